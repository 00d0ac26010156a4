"""Mail follows the person: an account's current address, a guest's own."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from bookings import messages
from mailings.messages import remind_of_show
from notifications.kinds import KINDS
from notifications.models import Notification
from notifications.sending import Outcome, _follow_account, send
from reports.models import ReportSchedule
from show_changes.messages import BeforeMove, notify_show_moved
from testing.bookings import make_hold, make_paid
from testing.builders import make_show, make_user
from testing.codes import read_code
from testing.messages import write_message
from waiting_list.messages import notify_waiting_list_closed
from waiting_list.models import WaitingListEntry

pytestmark = pytest.mark.django_db

CHECKOUT = "bookings:checkout"


def change_address(client, customer, email):
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    client.post(reverse("account_email"), {"action_add": "", "email": email})
    client.post(reverse("account_email_verification_sent"), {"code": read_code("email_confirmation", email)})
    customer.refresh_from_db()
    assert customer.email == email


def test_mail_about_a_show_goes_to_the_account_s_new_address(client, customer):
    show = make_show()
    booking = make_paid(show, 0, customer=customer, email=customer.email)
    change_address(client, customer, "new@example.com")
    booking.refresh_from_db()
    before = BeforeMove(move="1", starts_at=show.starts_at - timedelta(hours=1), hall=show.hall)
    assert notify_show_moved(booking, before).recipient == "new@example.com"
    assert remind_of_show(booking, booking.shows[0]).recipient == "new@example.com"


def test_the_waiting_list_goes_along(client, customer):
    entry = WaitingListEntry.objects.create(show=make_show(), customer=customer, email=customer.email, party_size=2)
    change_address(client, customer, "new@example.com")
    entry.refresh_from_db()
    assert notify_waiting_list_closed(entry).recipient == "new@example.com"


def test_a_guest_s_mail_goes_to_the_booking_s_address():
    booking = make_paid(make_show(), 0, email="guest@example.com")
    assert messages.send_tickets_again(booking).recipient == "guest@example.com"


def test_signed_in_customers_are_told_where_the_tickets_go_and_not_asked(client, customer):
    client.force_login(customer)
    hold = make_hold(make_show(), 0, customer=customer)
    page = client.get(reverse(CHECKOUT, args=[hold.code]) + "?edit")
    assert "email" not in page.context["form"].fields
    assert "<strong>customer@example.com</strong>" in page.content.decode()
    client.post(reverse(CHECKOUT, args=[hold.code]), {"name": "Asha", "email": "other@example.com", "phone": ""})
    hold.refresh_from_db()
    assert (hold.name, hold.email) == ("Asha", "customer@example.com")


@pytest.mark.parametrize("kind", KINDS)
def test_messages_are_sent_to_the_current_address(kind, customer):
    """Every kind of mail, but those that are about an address itself."""
    row = write_message(user=customer, recipient="old@example.com")
    Notification.objects.filter(pk=row.pk).update(kind=kind)
    customer.email = "new@example.com"
    customer.save()
    found = Notification.objects.select_related("user").get(pk=row.pk)
    _follow_account(found)
    found.refresh_from_db()
    assert found.recipient == ("old@example.com" if KINDS[kind].is_for_address else "new@example.com")


@pytest.mark.slow
def test_a_message_that_waits_follows(customer, settings):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    row = Notification.objects.get(about=booking.code)
    customer.email = "new@example.com"
    customer.save()
    assert send(row.pk) is Outcome.SENT
    assert mail.outbox[-1].to == ["new@example.com"]


def test_scheduled_reports_go_along(client, manager, theater):
    other = ReportSchedule.objects.create(
        report="sales",
        theater=theater,
        owner=manager,
        recipients=["customer@example.com", "board@example.com"],
        start_on="2026-01-01",
        next_run_at=make_show().starts_at,
    )
    change_address(client, make_user("customer@example.com"), "new@example.com")
    other.refresh_from_db()
    assert other.recipients == ["new@example.com", "board@example.com"]


def test_an_address_set_in_the_console_has_to_be_confirmed_and_the_former_proves_nothing(
    client, platform_admin, customer
):
    client.force_login(platform_admin)
    page = reverse("admin:accounts_user_change", args=[customer.pk])
    assert client.post(page, {"email": "new@example.com", "name": "Asha", "language": "en", "is_active": "on"}).url
    customer.refresh_from_db()
    assert customer.email == "new@example.com"
    assert list(EmailAddress.objects.filter(user=customer).values_list("email", "verified")) == [
        ("new@example.com", False)
    ]
