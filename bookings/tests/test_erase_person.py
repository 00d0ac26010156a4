import json
from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from accounts.privacy import ErasureRefused, erase_person
from bookings import messages
from bookings.access import guest_token
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import promise_refund
from bookings.services.review import save_review
from box_office.sale import hold_at_counter, take_money
from events.models import Show
from notifications.models import Notification
from payments.models import Payment, Refund
from show_changes.models import CanceledBooking, ShowCancellation
from testing.bookings import choose, lapse, make_hold, make_paid, open_till
from testing.builders import make_hall, make_show
from testing.messages import write_message
from waiting_list.models import WaitingListEntry

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


@pytest.mark.slow
def test_nothing_identifies_the_person_and_the_books_stay(visited, customer):
    before = list(Payment.objects.order_by("pk").values("amount", "state"))
    assert "Asha" in everything()
    erase_person(user=customer)
    kept = everything()
    for word in ["Asha", "customer@example.com", "+43 1 234", "aisle"]:
        assert word not in kept
    assert list(Payment.objects.order_by("pk").values("amount", "state")) == before
    assert Booking.objects.filter(state=Booking.State.CONFIRMED).count() == 2
    visited.shows[0].event.refresh_from_db()
    assert (visited.shows[0].event.rating_count, visited.shows[0].event.rating_average) == (0, None)
    assert AuditEntry.objects.latest("pk").action == "erase person"


@pytest.mark.slow
def test_repeating_it_is_harmless(visited, customer):
    erase_person(user=customer)
    erase_person(user=customer)
    assert AuditEntry.objects.filter(action="erase person").count() == 1


@pytest.mark.slow
def test_the_account_can_no_longer_sign_in(visited, customer):
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


@pytest.mark.slow
def test_unsent_messages_are_not_sent(visited, customer):
    assert Notification.objects.filter(state=Notification.State.WAITING).exists()
    erase_person(user=customer)
    assert set(Notification.objects.values_list("state", "recipient")) == {(Notification.State.SUPPRESSED, "")}


@pytest.mark.slow
def test_the_address_is_free_for_a_new_account(visited, customer, client):
    erase_person(user=customer)
    client.post(reverse("account_signup"), {"email": "customer@example.com", "password1": "correct horse battery"})
    assert User.objects.filter(email="customer@example.com").count() == 1


@pytest.mark.slow
def test_an_unconfirmed_address_erases_nothing(visited, customer, rival):
    EmailAddress.objects.create(user=customer, email="victim@example.com", verified=False)
    stranger = make_hold(make_show(), 0, email="victim@example.com")
    message = write_message(recipient="victim@example.com")
    erase_person(user=customer)
    message.refresh_from_db()
    assert (message.state, message.recipient) == (Notification.State.WAITING, "victim@example.com")
    stranger.refresh_from_db()
    assert stranger.email == "victim@example.com"


def refused(user):
    """Return the one obstacle."""
    with pytest.raises(ErasureRefused) as refusal:
        erase_person(user=user)
    user.refresh_from_db()
    assert (user.is_active, user.erased_at) == (True, None)
    [obstacle] = refusal.value.obstacles
    return obstacle


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


@pytest.mark.slow
def test_it_is_refused_in_the_middle_of_a_booking_and_not_after_it_lapsed(customer):
    hold = make_hold(make_show(), 0, customer=customer, email=customer.email)
    assert refused(customer).bookings == [hold]
    lapse(hold)
    erase_person(user=customer)
    hold.refresh_from_db()
    assert hold.email == ""


def test_it_is_refused_to_staff(manager):
    assert "team" in str(refused(manager).reason)


def test_it_is_refused_to_platform_admins(platform_admin):
    assert "platform" in str(refused(platform_admin).reason)


def over(show):
    """Let a show be over."""
    started = timezone.now() - timedelta(days=2)
    Show.objects.filter(pk=show.pk).update(
        starts_at=started, ends_at=started + timedelta(hours=2), cleared_at=started + timedelta(hours=3)
    )


@pytest.fixture
def seen(customer):
    """A booking of a show that is over."""
    booking = make_paid(make_show(), 0, 1, customer=customer)
    over(booking.shows[0])
    return booking


@pytest.mark.slow
def test_past_bookings_are_no_obstacle(seen, customer):
    erase_person(user=customer)


def test_it_is_refused_while_a_refund_has_failed(seen, customer, manager):
    refund = promise_refund(seen, Decimal(5), by=manager, reason="a broken seat", key=uuid4())
    Refund.objects.filter(payment__booking=seen).update(state=Refund.State.FAILED, settled_at=timezone.now())
    found = refused(customer)
    assert "A refund to you failed" in str(found.reason)
    assert found.bookings == [seen]
    assert refund is not None


@pytest.mark.slow
def test_it_is_refused_while_money_that_bought_nothing_is_still_here(seen, customer):
    late = Payment.objects.create(
        booking=seen,
        gateway="sandbox",
        amount=5,
        currency="EUR",
        received_amount=5,
        received_currency="EUR",
        state=Payment.State.SURPLUS,
        surplus_reason=Payment.SurplusReason.PAID_ALREADY,
        key=uuid4(),
    )
    assert "A refund to you failed" in str(refused(customer).reason)
    Payment.objects.filter(pk=late.pk).update(refunded=5)
    erase_person(user=customer)


@pytest.mark.slow
def test_it_is_refused_while_cash_waits_at_the_box_office(customer, box_office, theater):
    open_till(box_office, theater)
    show = make_show(hall=make_hall(theater=theater))
    hold = hold_at_counter(show=show, seats=choose(show, 0), seller=box_office, cart="c")
    booking = take_money(hold=hold, gateway="cash", seller=box_office)
    Booking.objects.filter(pk=booking.pk).update(customer=customer)
    cancel_tickets(booking=booking, by=box_office, reason="ill", amount=Decimal(20))
    found = refused(customer)
    assert "cash refund is waiting for you at the box office" in str(found.reason)
    assert found.bookings == [booking]


@pytest.mark.slow
@pytest.mark.parametrize("state", [CanceledBooking.State.WAITING, CanceledBooking.State.PAY_OUT, "failed"])
def test_it_is_refused_while_a_canceled_show_is_not_settled(seen, customer, manager, state):
    cancellation = ShowCancellation.objects.create(show=seen.shows[0], reason="Flood")
    row = CanceledBooking.objects.create(cancellation=cancellation, booking=seen, state=state)
    assert refused(customer).bookings == [seen]
    CanceledBooking.objects.filter(pk=row.pk).update(state=CanceledBooking.State.DONE)
    erase_person(user=customer)


@pytest.mark.slow
def test_all_obstacles_are_named_at_once(seen, customer, manager):
    make_hold(make_show(), 0, customer=customer)
    make_paid(make_show(), 0, customer=customer)
    promise_refund(seen, Decimal(5), by=manager, reason="a broken seat", key=uuid4())
    with pytest.raises(ErasureRefused) as refusal:
        erase_person(user=customer)
    assert len(refusal.value.obstacles) == 3


@pytest.mark.slow
def test_nothing_is_sent_to_an_erased_person_later(seen, customer):
    erase_person(user=customer)
    seen.refresh_from_db()
    assert messages.send_tickets_again(seen) is None
    assert not Booking.objects.reachable().filter(pk=seen.pk).exists()


@pytest.mark.slow
def test_links_sent_before_no_longer_open_the_booking(seen, customer, client):
    link = reverse("bookings:guest", args=[guest_token(seen)])
    assert client.get(link).status_code == 302
    erase_person(user=customer)
    assert client.get(link).status_code == 404
    assert client.get(seen.get_absolute_url()).status_code == 404


@pytest.mark.slow
def test_the_pages_ask_for_the_password_and_a_confirmation(visited, customer, client):
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


@pytest.mark.slow
def test_the_page_names_the_obstacles(customer, client):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    page = client.get(reverse("accounts:erase")).content.decode()
    assert booking.get_absolute_url() in page
    assert "is_sure" not in page
    assert client.post(reverse("accounts:erase"), {"is_sure": "on"}).status_code == 409
    assert User.objects.get(pk=customer.pk).is_active


@pytest.mark.slow
def test_the_export_is_a_file_for_those_who_confirm_their_identity(visited, customer, client):
    export = reverse("accounts:export")
    client.force_login(customer)
    assert client.get(export).url.startswith(reverse("account_reauthenticate"))
    client.post(reverse("account_reauthenticate"), {"password": "correct horse battery"})
    answer = client.get(export)
    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer.json()["bookings"]
    assert "no-store" in answer["Cache-Control"]
