"""Money has come: it buys the tickets, or it is refunded and explained. Nobody pays and gets nothing."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import AuditEntry
from bookings.errors import DetailsMissing, HoldExpired, WrongState
from bookings.models import Booking, Ticket, Voucher
from bookings.seating.availability import read_availability
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.release_hold import free_lapsed_holds, release_hold
from bookings.services.remedy import give_back, needing_remedy
from bookings.services.settle import decline_payment
from events.models import Show
from legal.texts import read_links
from notifications.models import Notification
from notifications.rendering import render
from payments.models import Payment, Refund
from testing.bookings import choose_standing, lapse, make_hold, make_paid, open_till
from testing.builders import make_hall, make_show
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


def assert_returned(payment: Payment, why: str, *, amount: Decimal | None = None) -> None:
    payment.refresh_from_db()
    refund = Refund.objects.get(payment=payment)
    assert (payment.state, payment.surplus_reason) == (Payment.State.SURPLUS, why)
    assert payment.received_amount == payment.refunded == refund.amount == (amount or payment.amount)
    assert (payment.left, refund.state) == (0, Refund.State.PENDING)
    assert not needing_remedy().exists()
    assert told("money_returned") == 1
    assert AuditEntry.objects.filter(action="surplus payment").count() == 1


def test_it_issues_the_tickets_and_notifies_the_customer(booking: Booking):
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
    # Which legal pages there are is read each minute for the whole site.
    read_links(booking.theater_id)
    with CaptureQueriesContext(connection) as queries:
        pay_with_token(booking=booking, gateway="sandbox", token="approve")
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 12, statements


def test_a_lapsed_hold_keeps_its_places_until_it_is_freed(booking: Booking):
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


@pytest.mark.slow
@pytest.mark.parametrize("place", ["seat", "area"])
def test_late_money_is_refunded_if_a_place_is_gone(show: Show, customer, rival, place: str):
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
    assert_returned(payment, "places_gone")
    assert set(booking.tickets.values_list("state", flat=True)) == {Ticket.State.RELEASED}
    assert (show.areas.get().taken, Ticket.objects.live().filter(show=show).count()) == (taken, live)
    assert told("booking_confirmed") == 0

    confirm_payment(payment=payment)
    assert_returned(payment, "places_gone")


def test_a_second_payment_of_a_booking_is_refunded(booking: Booking, settings):
    settings.PAYMENT_GATEWAYS = ["sandbox", "stripe"]
    first = start(booking)
    decline_payment(payment=first)
    second = start(booking)
    confirm_payment(payment=second)
    # The bank changed its mind: money has come for the declined one too.
    confirm_payment(payment=first)
    assert_returned(first, "paid_already")
    booking.refresh_from_db()
    second.refresh_from_db()
    assert (booking.state, second.state, second.refunded) == (Booking.State.CONFIRMED, Payment.State.CAPTURED, 0)
    assert booking.tickets.filter(state=Ticket.State.ISSUED).count() == 2


@pytest.mark.parametrize("state", [Payment.State.DECLINED, Payment.State.ABANDONED])
def test_money_counts_even_after_it_was_given_up(booking: Booking, state: str):
    payment = start(booking)
    Payment.objects.update(state=state)
    confirm_payment(payment=payment)
    assert_confirmed(booking, payment)


def test_money_for_a_canceled_booking_is_refunded(show: Show, customer):
    booking = make_hold(show, 0, customer=customer)
    payment = start(booking)
    pay_with_token(booking=booking, gateway="sandbox", token="approve")
    late = Payment.objects.create(
        booking=booking, gateway="sandbox", amount=20, currency="EUR", key="00000000-0000-0000-0000-000000000001"
    )
    cancel_tickets(booking=booking, by=customer)
    Refund.objects.all().delete()
    confirm_payment(payment=late)
    assert_returned(late, "booking_canceled")
    assert payment.pk != late.pk


@pytest.mark.parametrize(("state", "why"), [("canceled", "show_canceled"), ("ended", "off_sale")])
def test_money_for_a_show_that_is_off_is_refunded(booking: Booking, state: str, why: str):
    payment = start(booking)
    Show.objects.update(state=state)
    confirm_payment(payment=payment)
    assert_returned(payment, why)


def test_money_that_comes_after_the_show_is_refunded(show: Show, booking: Booking):
    payment = start(booking)
    with time_machine.travel(show.ends_at + timedelta(seconds=1)):
        confirm_payment(payment=payment)
    assert_returned(payment, "show_over")


def test_a_wrong_amount_buys_nothing_and_is_refunded(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal("39.99"), currency="EUR")
    assert_returned(payment, "other_amount", amount=Decimal("39.99"))
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


@pytest.mark.parametrize("came", ["26.50", "50"])
def test_a_wrong_amount_is_refunded_to_the_cent(booking: Booking, manager, came: str):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal(came), currency="EUR")
    assert_returned(payment, "other_amount", amount=Decimal(came))
    for by_hand in ({}, {"way": Refund.Way.OUTSIDE}):
        with pytest.raises(WrongState):
            give_back(payment=payment, by=manager, reason="And the rest", **by_hand)
    assert Refund.objects.count() == 1


def test_money_is_refunded_in_its_own_currency(booking: Booking):
    payment = start(booking)
    confirm_payment(payment=payment, amount=Decimal(44), currency="USD")
    assert_returned(payment, "other_currency", amount=Decimal(44))
    assert Refund.objects.get().currency == "USD"
    assert "$44.00" in render("money_returned", Notification.objects.get(kind="money_returned").context, "en").subject


def pay_late(booking: Booking, how: str) -> Payment:
    """Let the hold be over, freed or not yet, and the customer's money come."""
    payment = booking.payments.get()
    lapse(booking)
    if how == "freed":
        free_lapsed_holds()
    return payment


@pytest.mark.parametrize("how", ["freed", "not freed yet"])
def test_late_money_keeps_to_the_limit_for_one_customer(show: Show, customer, how: str):
    Show.objects.update(tickets_per_customer=3)
    booking = make_hold(show, 0, 1, customer=customer)
    start(booking)
    payment = pay_late(booking, how)
    make_paid(show, 2, 3, customer=customer)
    Notification.objects.all().delete()
    confirm_payment(payment=payment)
    assert_returned(payment, "over_limit")
    assert Ticket.objects.issued().count() == 2


@pytest.mark.parametrize("how", ["freed", "not freed yet"])
def test_late_money_of_a_guest_keeps_to_the_limit_too(show: Show, how: str):
    Show.objects.update(tickets_per_customer=2)
    booking = make_hold(show, 0, 1, email="guest@example.com")
    start(booking)
    payment = pay_late(booking, how)
    make_paid(show, 2, email="guest@example.com")
    Notification.objects.all().delete()
    confirm_payment(payment=payment)
    assert_returned(payment, "over_limit")


@pytest.mark.parametrize("how", ["freed", "not freed yet"])
@pytest.mark.parametrize("limit", [1, 2])
def test_late_money_does_not_use_a_voucher_twice(show: Show, customer, how: str, limit: int):
    voucher = Voucher.objects.create(code="ONCE", theater=show.hall.theater, percent=50, limit=limit)
    booking = make_hold(show, 0, customer=customer, voucher_code="ONCE")
    start(booking)
    payment = pay_late(booking, how)
    if how == "not freed yet" and limit == 1:
        # It is only free again for others once the hold was.
        free_lapsed_holds()
    make_paid(show, 1, customer=customer, voucher_code="ONCE")
    Notification.objects.all().delete()
    confirm_payment(payment=payment)
    assert_returned(payment, "voucher_used")
    voucher.refresh_from_db()
    assert voucher.used == Ticket.objects.issued().count() + (how == "not freed yet" and limit == 2)


def test_late_money_at_the_box_office_may_exceed_the_limit(show: Show, customer, box_office):
    Show.objects.update(tickets_per_customer=1)
    booking = make_hold(show, 0, 1, customer=customer, channel=Booking.Channel.BOX_OFFICE, made_by=box_office)
    start(booking)
    confirm_payment(payment=pay_late(booking, "freed"))
    assert_confirmed(booking, booking.payments.get())


def test_staff_who_take_money_are_recorded(show: Show, box_office):
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


def test_a_booking_that_costs_something_is_not_free(booking: Booking):
    with pytest.raises(WrongState):
        confirm_free(booking=booking)
    booking.refresh_from_db()
    assert booking.state == Booking.State.HELD


def test_a_free_hold_that_is_over_or_anonymous_is_refused(show: Show, customer):
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
