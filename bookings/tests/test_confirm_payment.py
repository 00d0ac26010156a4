"""Money has come: it buys the tickets, or it goes back and is explained. Nobody pays and gets nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from bookings.availability import read_availability
from bookings.errors import DetailsMissing, HoldExpired, WrongState
from bookings.models import Booking, Payment, Refund, Ticket, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.pay import (
    confirm_free,
    confirm_payment,
    decline_payment,
    pay_with_token,
    start_payment,
)
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.tests.builders import choose_standing, lapse, make_hold, make_paid, open_till
from conftest import make_hall, make_show
from events.models import Show
from notifications.models import Notification
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=5))


@pytest.fixture
def booking(show: Show, customer) -> Booking:
    return make_hold(show, 0, 1, customer=customer)


def start(booking: Booking, **how: object) -> Payment:
    return start_payment(booking=booking, **{"gateway": "sandbox", "return_url": "https://a.example/", **how}).payment


def told(kind: str) -> int:
    return Notification.objects.filter(kind=kind).count()


def assert_confirmed(booking: Booking, payment: Payment) -> None:
    booking.refresh_from_db()
    payment.refresh_from_db()
    assert (booking.state, payment.state) == (Booking.State.CONFIRMED, Payment.State.CAPTURED)
    assert set(booking.tickets.values_list("state", flat=True)) == {Ticket.State.ISSUED}
    assert booking.confirmed_at is not None
    assert payment.captured_at is not None
    assert told("booking_confirmed") == 1
    assert not Refund.objects.exists()


def assert_returned(payment: Payment, *, amount: Decimal | None = None) -> None:
    payment.refresh_from_db()
    refund = Refund.objects.get(payment=payment)
    assert payment.state == Payment.State.SURPLUS
    assert payment.refunded == refund.amount == (payment.amount if amount is None else amount)
    assert refund.state == Refund.State.PENDING
    assert told("money_returned") == 1
    assert AuditEntry.objects.filter(action="surplus payment").count() == 1


def test_it_issues_the_tickets_and_tells(booking: Booking):
    payment = start(booking)
    confirmed = confirm_payment(payment=payment, reference="abc", amount=Decimal(40), currency="EUR")
    assert confirmed.state == Booking.State.CONFIRMED
    assert_confirmed(booking, payment)
    assert payment.reference == "abc"


def test_a_repeated_call_is_harmless(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment)
    first = confirm_payment(payment=payment).confirmed_at
    assert confirm_payment(payment=Payment.objects.get()).confirmed_at == first
    decline_payment(payment=payment)
    assert_confirmed(booking, payment)


def test_paying_in_the_sandbox_takes_at_most_twelve_statements(booking: Booking):
    with CaptureQueriesContext(connection) as queries:
        pay_with_token(booking=booking, gateway="sandbox", token="approve")
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 12, statements


def test_a_lapsed_hold_that_nobody_freed_is_still_its_own(booking: Booking):
    payment = start(booking)
    lapse(booking)
    confirm_payment(payment=payment)
    assert_confirmed(booking, payment)


def test_late_money_takes_the_same_places_again(show: Show, customer, django_capture_on_commit_callbacks):
    booking = make_hold(show, 0, 1, customer=customer, areas=choose_standing(show, 2))
    payment = start(booking)
    lapse(booking)
    with django_capture_on_commit_callbacks(execute=True):
        free_lapsed_holds()
    assert read_availability(show.pk).taken == []
    with django_capture_on_commit_callbacks(execute=True):
        confirm_payment(payment=payment)
    assert_confirmed(booking, payment)
    assert show.areas.get().taken == 2
    assert len(read_availability(show.pk).taken) == 2


def test_late_money_takes_seats_from_a_hold_that_lapsed_too(show: Show, booking: Booking, rival):
    payment = start(booking)
    lapse(booking)
    free_lapsed_holds()
    other = make_hold(show, 1, 2, customer=rival)
    lapse(other)
    confirm_payment(payment=payment)
    assert_confirmed(booking, payment)
    other.refresh_from_db()
    assert other.state == Booking.State.EXPIRED


def test_late_money_takes_places_from_a_hold_that_lapsed_too(show: Show, customer, rival):
    booking = make_hold(show, customer=customer, areas=choose_standing(show, 3))
    payment = start(booking)
    release_hold(booking=booking)
    lapse(make_hold(show, customer=rival, areas=choose_standing(show, 4)))
    confirm_payment(payment=payment)
    assert_confirmed(booking, payment)
    assert show.areas.get().taken == 3


@pytest.mark.parametrize("place", ["seat", "area"])
def test_late_money_goes_back_when_a_place_is_gone(show: Show, customer, rival, place: str):
    booking = make_hold(show, 0, 1, customer=customer, areas=choose_standing(show, 2))
    payment = start(booking)
    release_hold(booking=booking)
    if place == "seat":
        make_hold(show, 1, customer=rival)
    else:
        make_hold(show, 5, customer=rival, areas=choose_standing(show, 4))
    taken = show.areas.get().taken
    live = Ticket.objects.live().filter(show=show).count()

    assert confirm_payment(payment=payment).state == Booking.State.EXPIRED
    assert_returned(payment)
    assert set(booking.tickets.values_list("state", flat=True)) == {Ticket.State.RELEASED}
    assert (show.areas.get().taken, Ticket.objects.live().filter(show=show).count()) == (taken, live)
    assert told("booking_confirmed") == 0

    confirm_payment(payment=payment)
    assert_returned(payment)


def test_a_second_payment_of_a_booking_goes_back(booking: Booking, settings):
    settings.PAYMENT_GATEWAYS = ["sandbox", "stripe"]
    first = start(booking)
    decline_payment(payment=first)
    second = start(booking)
    confirm_payment(payment=second)
    # The bank changed its mind: money has come for the declined one too.
    confirm_payment(payment=first)
    assert_returned(first)
    booking.refresh_from_db()
    second.refresh_from_db()
    assert (booking.state, second.state, second.refunded) == (Booking.State.CONFIRMED, Payment.State.CAPTURED, 0)
    assert booking.tickets.filter(state=Ticket.State.ISSUED).count() == 2


@pytest.mark.parametrize("state", [Payment.State.DECLINED, Payment.State.ABANDONED])
def test_money_counts_even_when_nobody_expected_it_any_more(booking: Booking, state: str):
    payment = start(booking)
    Payment.objects.update(state=state)
    confirm_payment(payment=payment)
    assert_confirmed(booking, payment)


def test_money_for_a_canceled_booking_goes_back(show: Show, customer):
    booking = make_hold(show, 0, customer=customer)
    payment = start(booking)
    pay_with_token(booking=booking, gateway="sandbox", token="approve")
    late = Payment.objects.create(
        booking=booking, gateway="sandbox", amount=20, currency="EUR", key="00000000-0000-0000-0000-000000000001"
    )
    cancel_tickets(booking=booking, by=customer)
    Refund.objects.all().delete()
    confirm_payment(payment=late)
    assert_returned(late)
    assert payment.pk != late.pk


@pytest.mark.parametrize("change", [{"state": "canceled"}, {"state": "ended"}])
def test_money_for_a_show_that_will_not_be_goes_back(booking: Booking, change: dict[str, str]):
    payment = start(booking)
    Show.objects.update(**change)
    confirm_payment(payment=payment)
    assert_returned(payment)


def test_money_that_comes_after_the_show_goes_back(show: Show, booking: Booking):
    payment = start(booking)
    with time_machine.travel(show.ends_at + timedelta(seconds=1)):
        confirm_payment(payment=payment)
    assert_returned(payment)


def test_a_wrong_amount_buys_nothing_and_goes_back(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal("39.99"), currency="EUR")
    assert_returned(payment, amount=Decimal("39.99"))
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD
    assert AuditEntry.objects.get(action="surplus payment").reason == "paid 39.99 instead of 40.00 EUR"


def test_more_than_the_amount_is_flagged_and_the_amount_goes_back(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal(50), currency="EUR")
    assert_returned(payment)
    assert AuditEntry.objects.get(action="surplus payment").after == {"amount": "50", "currency": "EUR"}


def test_another_currency_is_left_to_staff(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal(40), currency="USD")
    payment.refresh_from_db()
    assert (payment.state, payment.refunded) == (Payment.State.SURPLUS, 0)
    assert AuditEntry.objects.get(action="surplus payment").reason == "paid in USD instead of EUR"
    assert not Refund.objects.exists()
    assert told("money_returned") == told("booking_confirmed") == 0


def test_staff_who_take_money_are_written_down(show: Show, box_office):
    booking = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)
    payment = start(booking, gateway="cash", made_by=box_office)
    open_till(box_office, show.hall.theater)
    confirm_payment(payment=payment, by=box_office)
    entry = AuditEntry.objects.get(action="confirm booking")
    assert (entry.action, entry.by, entry.theater_id) == ("confirm booking", box_office, show.hall.theater_id)
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_free_tickets_are_issued_without_a_payment(show: Show, customer):
    Voucher.objects.create(code="FREE", theater=show.hall.theater, percent=100)
    booking = make_hold(show, 0, customer=customer, voucher_code="FREE")
    first = confirm_free(booking=booking).confirmed_at
    assert confirm_free(booking=booking).confirmed_at == first
    assert booking.tickets.get().state == Ticket.State.ISSUED
    assert told("booking_confirmed") == 1
    assert not Payment.objects.exists()


def test_what_costs_something_is_not_free(booking: Booking):
    with pytest.raises(WrongState):
        confirm_free(booking=booking)
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_a_free_hold_that_is_over_or_nobodys_is_refused(show: Show, customer):
    Voucher.objects.create(code="FREE", theater=show.hall.theater, percent=100, limit=2)
    guest = make_hold(show, 1, voucher_code="FREE")
    with pytest.raises(DetailsMissing):
        confirm_free(booking=guest)
    booking = make_hold(show, 0, customer=customer, voucher_code="FREE")
    lapse(booking)
    with pytest.raises(HoldExpired):
        confirm_free(booking=booking)
    release_hold(booking=booking)
    with pytest.raises(HoldExpired):
        confirm_free(booking=booking)
    assert told("booking_confirmed") == 0


def test_a_paid_booking_keeps_its_places_from_the_sweep(show: Show, customer):
    booking = make_paid(show, 0, customer=customer)
    lapse(booking)
    assert free_lapsed_holds() == 0
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED
