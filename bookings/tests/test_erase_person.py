import json
from datetime import timedelta

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Booking, Payment, Ticket, WaitingListEntry
from bookings.services.cancel import cancel_tickets
from bookings.services.erase_person import ErasureRefused, erase_person
from bookings.services.export_person import export_person
from bookings.services.review import save_review
from bookings.tests.builders import lapse, make_hold, make_paid
from conftest import make_show
from notifications.models import Notification
from notifications.tests.messages import write_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visited(customer):
    """A customer who has seen a show, reviewed it, and booked another as a guest; it is a week later."""
    show = make_show()
    booking = make_paid(show, 0, 1, customer=customer, email=customer.email)
    Booking.objects.filter(pk=booking.pk).update(name="Asha Customer", phone="+43 1 234", note="sat by the aisle")
    booking.tickets.update(attendee_name="Asha Customer")
    guest = make_paid(show, 2, email=customer.email)
    Booking.objects.filter(pk=guest.pk).update(name="Asha Customer")
    WaitingListEntry.objects.create(show=make_show(), customer=customer, email=customer.email, party_size=2)
    with time_machine.travel(show.ends_at + timedelta(days=7)):
        save_review(event=show.event, user=customer, stars=2, text="Asha was here")
        yield booking


def everything():
    """Return all that is kept about people, as text."""
    rows = []
    for model in [User, Booking, Ticket, Notification, WaitingListEntry, EmailAddress, AuditEntry]:
        rows += [{key: str(value) for key, value in row.items()} for row in model.objects.values()]
    return json.dumps(rows, ensure_ascii=False)


def test_nothing_tells_who_it_was_and_the_books_stay(visited, customer):
    before = list(Payment.objects.order_by("pk").values("amount", "state"))
    assert "Asha" in everything()
    erase_person(user=customer)
    kept = everything()
    for word in ["Asha", "customer@example.com", "+43 1 234", "aisle"]:
        assert word not in kept
    assert list(Payment.objects.order_by("pk").values("amount", "state")) == before
    assert Booking.objects.filter(customer=customer, state=Booking.State.CONFIRMED).count() == 2
    visited.show.event.refresh_from_db()
    assert (visited.show.event.rating_count, visited.show.event.rating_average) == (0, None)
    assert AuditEntry.objects.latest("pk").action == "erase person"


def test_repeating_it_is_harmless(visited, customer):
    erase_person(user=customer)
    erase_person(user=customer)
    assert AuditEntry.objects.filter(action="erase person").count() == 1


def test_nobody_signs_in_any_more(visited, customer):
    other = Client()
    other.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    Authenticator.objects.create(user=customer, type="totp", data={"secret": "x"})
    key = other.session.session_key
    assert other.session.exists(key)
    erase_person(user=customer)
    assert not other.session.exists(key)
    customer.refresh_from_db()
    assert not customer.is_active
    assert not customer.has_usable_password()
    assert not Authenticator.objects.exists()
    assert other.get(reverse("accounts:profile")).status_code == 302


def test_messages_that_were_not_sent_are_not_sent_any_more(visited, customer):
    assert Notification.objects.filter(state=Notification.State.WAITING).exists()
    erase_person(user=customer)
    assert set(Notification.objects.values_list("state", "recipient")) == {(Notification.State.SUPPRESSED, "")}


def test_the_address_is_free_for_a_new_account(visited, customer, client):
    erase_person(user=customer)
    client.post(reverse("account_signup"), {"email": "customer@example.com", "password1": "correct horse battery"})
    assert User.objects.filter(email="customer@example.com").count() == 1


def test_an_address_that_was_never_proven_erases_nothing(visited, customer, rival):
    EmailAddress.objects.create(user=customer, email="victim@example.com", verified=False)
    stranger = make_hold(make_show(), 0, email="victim@example.com")
    message = write_message(recipient="victim@example.com")
    erase_person(user=customer)
    message.refresh_from_db()
    assert (message.state, message.recipient) == (Notification.State.WAITING, "victim@example.com")
    stranger.refresh_from_db()
    assert stranger.email == "victim@example.com"


def refused(user):
    with pytest.raises(ErasureRefused) as refusal:
        erase_person(user=user)
    user.refresh_from_db()
    assert user.is_active
    assert "@erased" not in user.email
    return refusal.value


def test_it_is_refused_before_a_show(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    assert refused(customer).bookings == [booking]


def test_it_is_refused_before_a_show_that_was_booked_as_a_guest(customer):
    make_paid(make_show(), 0, email=customer.email)
    refused(customer)


def test_it_is_refused_while_a_refund_is_on_its_way(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    cancel_tickets(booking=booking, by=customer)
    assert "refund" in str(refused(customer).reason)


def test_it_is_refused_in_the_middle_of_a_booking_and_not_after_it_lapsed(customer):
    hold = make_hold(make_show(), 0, customer=customer, email=customer.email)
    assert refused(customer).bookings == [hold]
    lapse(hold)
    erase_person(user=customer)
    hold.refresh_from_db()
    assert hold.email == ""


def test_it_is_refused_to_staff(manager, platform_admin):
    for user in [manager, platform_admin]:
        assert "team" in str(refused(user).reason)


def test_the_pages_ask_who_it_is_and_whether_it_is_meant(visited, customer, client):
    erase = reverse("accounts:erase")
    client.force_login(customer)
    assert client.get(erase).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery", "next": erase})
    assert client.post(erase, {}).status_code == 200
    assert User.objects.get(pk=customer.pk).is_active
    page = client.post(erase, {"is_sure": "on"}, follow=True)
    assert "are erased" in page.content.decode()
    assert not User.objects.get(pk=customer.pk).is_active
    assert client.get(reverse("accounts:profile")).status_code == 302


def test_the_page_names_what_stands_in_the_way(customer, client):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    page = client.get(reverse("accounts:erase")).content.decode()
    assert booking.get_absolute_url() in page
    assert "is_sure" not in page
    assert client.post(reverse("accounts:erase"), {"is_sure": "on"}).status_code == 409
    assert User.objects.get(pk=customer.pk).is_active


def test_the_export_holds_all_of_ones_own_and_nothing_else(visited, customer, rival):
    make_paid(
        visited.show.__class__.objects.get(pk=make_show(in_hours=24 * 30).pk), 0, customer=rival, email=rival.email
    )
    data = json.loads(json.dumps(export_person(customer)))
    assert data["account"]["email"] == "customer@example.com"
    [booking] = data["bookings"]
    assert booking["code"] == visited.code
    assert [ticket["price"] for ticket in booking["tickets"]] == ["20.000", "20.000"]
    assert booking["payments"][0]["amount"] == "40.000"
    assert data["reviews"][0]["text"] == "Asha was here"
    assert "rival" not in json.dumps(data)


def test_the_export_asks_a_fixed_number_of_statements(visited, customer, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        export_person(customer)


def test_the_export_is_a_file_for_those_who_show_who_they_are(visited, customer, client):
    export = reverse("accounts:export")
    client.force_login(customer)
    assert client.get(export).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    answer = client.get(export)
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer.json()["bookings"]
    assert "no-store" in answer["Cache-Control"]
