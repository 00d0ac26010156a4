"""The database refuses what the services never do: each test writes past them."""

import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from bookings.models import Booking, Ticket, Voucher
from events.models import Show, ShowArea
from payments.models import GatewayEvent, Payment, Refund, RefundLine
from testing.bookings import captured, make_hold, make_paid, seats_of
from testing.builders import make_hall, make_show
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=3))


@pytest.fixture
def held(show: Show) -> Booking:
    return make_hold(show, 0, 1)


@pytest.fixture
def paid(show: Show, customer) -> Booking:
    return make_paid(show, 4, 5, customer=customer)


def refuse(write: Callable[[], Any], name: str) -> None:
    """Expect the constraint or guard of that name, and no other, to refuse the write."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write()
    assert name in str(caught.value), caught.value


def copy_of(ticket: Ticket, **changes: Any) -> Ticket:
    fields = {field.attname: getattr(ticket, field.attname) for field in Ticket._meta.concrete_fields}
    return Ticket(**{**fields, "id": None, "code": uuid.uuid4().hex[:16], **changes})


def test_a_seat_has_one_live_ticket_for_a_show(held: Booking):
    ticket = held.tickets.first()
    seat = ("ticket_one_live_per_seat", "bookings_ticket.seat_id")
    for state in Ticket.LIVE:
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            copy_of(ticket, state=state).save()
        assert any(name in str(caught.value) for name in seat)
    copy_of(ticket, state=Ticket.State.RELEASED).save()
    copy_of(ticket, state=Ticket.State.CANCELED).save()


def test_a_ticket_is_for_a_seat_or_an_area(show: Show, held: Booking):
    ticket = held.tickets.first()
    area = show.areas.get().area_id
    refuse(lambda: copy_of(ticket, area_id=area, state="released").save(), "ticket_seat_or_area")
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_of(ticket, seat_id=None).save()


def test_a_ticket_is_for_a_place_of_its_own_show(show: Show, held: Booking):
    elsewhere = make_show(hall=make_hall(theater=show.hall.theater, standing=3))
    ticket = held.tickets.first()
    message = "A ticket names a place of its show, which is at its booking's theater."
    stranger = make_show()
    refuse(lambda: copy_of(ticket, show_id=stranger.pk, seat_id=seats_of(stranger)[0].pk).save(), message)
    copy_of(ticket, show_id=elsewhere.pk, seat_id=seats_of(elsewhere)[0].pk).save()
    refuse(lambda: copy_of(ticket, seat_id=seats_of(elsewhere)[0].pk).save(), message)
    refuse(lambda: copy_of(ticket, show_id=elsewhere.pk).save(), message)
    refuse(lambda: copy_of(ticket, seat_id=None, area_id=elsewhere.areas.get().area_id).save(), message)
    refuse(lambda: Ticket.objects.filter(pk=ticket.pk).update(seat=seats_of(elsewhere)[0]), message)


def test_a_ticket_keeps_its_price(held: Booking, paid: Booking):
    message = "A ticket keeps the price that it was quoted."
    refuse(lambda: held.tickets.update(price=Decimal("1.00")), message)
    refuse(lambda: paid.tickets.update(discount=Decimal("1.00")), message)
    refuse(lambda: held.tickets.update(discount=Decimal("1.00"), state="issued"), message)
    held.tickets.update(discount=Decimal("1.00"))


@pytest.mark.parametrize("amounts", [{"price": -1}, {"discount": -1}, {"price": 5, "discount": 6}])
def test_a_ticket_costs_between_nothing_and_its_price(held: Booking, amounts: dict[str, int]):
    refuse(lambda: copy_of(held.tickets.first(), state="released", **amounts).save(), "ticket_price_range")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("canceled", "issued"),
        ("canceled", "held"),
        ("issued", "held"),
        ("issued", "released"),
        ("released", "held"),
        ("released", "canceled"),
    ],
)
def test_a_ticket_never_goes_back(held: Booking, before: str, after: str):
    held.tickets.update(state=before)
    refuse(lambda: held.tickets.update(state=after), "A canceled ticket stays canceled")


@pytest.mark.parametrize(("before", "after"), [("canceled", "held"), ("canceled", "confirmed"), ("expired", "held")])
def test_a_booking_never_goes_back(held: Booking, before: str, after: str):
    now = timezone.now()
    Booking.objects.filter(pk=held.pk).update(state=before, confirmed_at=now)
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(state=after), "A canceled booking stays canceled")


def test_a_hold_has_an_end_and_a_confirmed_booking_a_beginning(held: Booking):
    rows = Booking.objects.filter(pk=held.pk)
    refuse(lambda: rows.update(expires_at=None), "booking_held_expires")
    refuse(lambda: rows.update(state=Booking.State.CONFIRMED), "booking_confirmed_at")


def test_a_booking_keeps_its_amounts(held: Booking, paid: Booking):
    for change in ({"discount": 1}, {"tax": 1}, {"credit": 1}, {"currency": "USD"}):
        refuse(lambda change=change: Booking.objects.filter(pk=paid.pk).update(**change), "keeps the amounts")
    # Both guards refuse it; the databases differ in which comes first.
    refuse(lambda: Booking.objects.filter(pk=paid.pk).update(total=1), "booking_")
    refuse(lambda: Booking.objects.filter(pk=paid.pk).update(fees=1), "booking_")
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(currency="USD"), "keeps the amounts")
    now = timezone.now()
    paid_anew = {"tax": 1, "state": "confirmed", "confirmed_at": now}
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(**paid_anew), "keeps the amounts")
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(credit=held.total + 1), "booking_credit_range")
    # A voucher is taken by a hold, whose tickets then cost less.
    Booking.objects.filter(pk=held.pk).update(discount=1, total=held.total - 1)
    paid_now = {"state": "confirmed", "confirmed_at": now}
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(**paid_now), "costs what its tickets add up to")


@pytest.mark.parametrize("amount", ["total", "discount", "fees", "tax"])
def test_no_amount_of_a_booking_is_negative(show: Show, amount: str):
    amounts = {"total": 10, amount: -1}
    booking = Booking(theater=show.hall.theater, currency="EUR", expires_at=timezone.now(), **amounts)
    refuse(booking.save, "booking_amounts_not_negative")


def test_an_area_never_holds_more_than_it_can(show: Show):
    counter = ShowArea.objects.filter(show=show)
    refuse(lambda: counter.update(taken=4), "show_area_within_capacity")
    with pytest.raises(IntegrityError), transaction.atomic():
        counter.update(taken=F("taken") - 1)


def test_a_voucher_is_used_at_most_its_limit(theater: Theater):
    voucher = Voucher.objects.create(code="TWICE", theater=theater, percent=10, limit=2)
    refuse(lambda: Voucher.objects.filter(pk=voucher.pk).update(used=3), "voucher_within_limit")


@pytest.mark.parametrize(
    ("terms", "name"),
    [
        ({}, "voucher_percent_or_amount"),
        ({"percent": 10, "amount": 5}, "voucher_percent_or_amount"),
        ({"percent": 101}, "voucher_percent_bounds"),
        ({"percent": -1}, "voucher_percent_bounds"),
        ({"amount": -1}, "voucher_amount_bounds"),
    ],
)
def test_a_voucher_takes_off_a_sensible_percentage_or_amount(theater: Theater, terms: dict[str, int], name: str):
    refuse(Voucher(code="ODD", theater=theater, **terms).save, name)


def test_a_booking_has_one_captured_payment(paid: Booking):
    first = captured(paid)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.create(
            booking=paid,
            gateway="sandbox",
            amount=first.amount,
            currency="EUR",
            received_amount=first.amount,
            received_currency="EUR",
            key=uuid.uuid4(),
            state="captured",
        )


def test_a_payment_keeps_its_amount_and_what_it_came_to(paid: Booking):
    rows = Payment.objects.filter(pk=captured(paid).pk)
    for change in (
        {"amount": 1},
        {"currency": "USD"},
        {"key": uuid.uuid4()},
        {"received_amount": 1},
        {"received_amount": None},
        {"received_currency": "USD"},
    ):
        refuse(lambda change=change: rows.update(**change), "A payment keeps its amount, its booking")
    for state in ("started", "declined", "abandoned", "surplus"):
        refuse(lambda state=state: rows.update(state=state), "Money that was received stays received")


def test_refunds_never_exceed_the_payment(paid: Booking):
    payment = captured(paid)
    rows = Payment.objects.filter(pk=payment.pk)
    refuse(lambda: rows.update(refunded=payment.amount + 1), "payment_refunded_range")
    refuse(lambda: rows.update(refunded=-1), "payment_refunded_range")
    Refund.objects.create(payment=payment, amount=payment.amount - 1, key=uuid.uuid4())
    message = "Refunds never exceed what was received."
    refuse(lambda: Refund.objects.create(payment=payment, amount=2, key=uuid.uuid4()), message)
    Refund.objects.update(state=Refund.State.FAILED)
    Refund.objects.create(payment=payment, amount=payment.amount, key=uuid.uuid4())


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refund_gives_something_back(paid: Booking, amount: int):
    refund = Refund(payment=captured(paid), amount=amount, key=uuid.uuid4())
    refuse(refund.save, "refund_amount_positive")


def test_a_refund_keeps_its_amount_and_its_end(paid: Booking):
    refund = Refund.objects.create(payment=captured(paid), amount=5, key=uuid.uuid4())
    rows = Refund.objects.filter(pk=refund.pk)
    refuse(lambda: rows.update(amount=4), "A refund keeps its amount")
    refuse(lambda: rows.update(source="gateway", reference="re_1"), "A refund keeps its amount")
    rows.update(state=Refund.State.SUCCEEDED)
    refuse(lambda: rows.update(state="pending"), "A refund keeps its amount")
    # A bank may send back what was made.
    rows.update(state=Refund.State.FAILED)
    for state in ("pending", "succeeded"):
        refuse(lambda state=state: rows.update(state=state), "A refund keeps its amount")


def test_the_lines_of_a_refund_are_of_its_booking_and_within_it(paid: Booking, held: Booking):
    refund = Refund.objects.create(payment=captured(paid), amount=12, key=uuid.uuid4())
    first, second = paid.tickets.order_by("pk")

    def write(ticket: Ticket, amount: int) -> RefundLine:
        return RefundLine.objects.create(refund=refund, ticket=ticket, amount=amount)

    message = "A refund is for tickets of its booking, and its lines never exceed it."
    refuse(lambda: write(held.tickets.first(), 5), message)
    refuse(lambda: write(first, 13), message)
    refuse(lambda: write(first, -1), "refund_line_not_negative")
    line = write(first, 8)
    refuse(lambda: write(second, 5), message)
    refuse(lambda: RefundLine.objects.filter(pk=line.pk).update(amount=7), "The lines of a refund never change.")
    with pytest.raises(IntegrityError), transaction.atomic():
        write(first, 1)
    write(second, 4)


def test_a_theater_that_sold_something_keeps_its_currency(theater: Theater, show: Show):
    Theater.objects.filter(pk=theater.pk).update(currency="CHF")
    Theater.objects.filter(pk=theater.pk).update(currency="EUR")
    make_hold(show, 0)
    refuse(lambda: Theater.objects.filter(pk=theater.pk).update(currency="CHF"), "keeps its currency")


def test_what_was_sold_stays_with_its_theater(held: Booking, other_theater: Theater):
    hall = Hall.objects.filter(pk=held.shows[0].hall_id)
    refuse(lambda: hall.update(theater=other_theater), "stays with its theater once tickets were sold")
    refuse(lambda: Booking.objects.filter(pk=held.pk).update(theater=other_theater), "A booking stays with its theater")
    empty = make_hall(name="Empty")
    empty.theater = other_theater
    empty.save()


def test_a_gateway_event_is_noted_once(db: None):
    GatewayEvent.objects.create(gateway="sandbox", event_id="1", kind="payment.paid")
    GatewayEvent.objects.create(gateway="stripe", event_id="1", kind="payment.paid")
    with pytest.raises(IntegrityError), transaction.atomic():
        GatewayEvent.objects.create(gateway="sandbox", event_id="1", kind="payment.paid")


def test_an_idempotency_key_makes_one_booking_for_a_customer(show: Show, customer, rival):
    fields = {
        "theater": show.hall.theater,
        "total": 1,
        "currency": "EUR",
        "expires_at": timezone.now(),
        "idempotency_key": "a",
    }
    Booking.objects.create(customer=customer, **fields)
    Booking.objects.create(customer=rival, **fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Booking.objects.create(customer=customer, **fields)
    refuse(Booking(customer=None, **fields).save, "booking_idempotency_of_customer")


def test_a_cart_has_a_key_or_there_is_none(show: Show):
    booking = Booking(theater=show.hall.theater, total=1, currency="EUR", expires_at=timezone.now(), cart="")
    refuse(booking.save, "booking_cart_not_empty")
