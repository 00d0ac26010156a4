"""What was sold, what came in and what went back are told apart by kind and rate, and add up to the cent."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import give_goodwill
from bookings.taxes import TaxLine, tax_breakdown, tax_of_payment, tax_of_refund
from payments.models import Refund
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_fee, make_hall, make_show, make_tax_rate, make_theater, make_user
from testing.exchanges import exchange, issued, make_later_show, pay

pytestmark = pytest.mark.django_db
D = Decimal


def sums(lines: list[TaxLine]) -> tuple[Decimal, Decimal]:
    return sum((line.gross for line in lines), D(0)), sum((line.tax for line in lines), D(0))


def test_it_adds_up_to_the_booking_and_to_its_payment() -> None:
    held = make_hold(make_show(), 0, 1)
    assert [(line.kind, line.rate, line.net, line.tax, line.gross) for line in tax_breakdown(held)] == [
        ("admission", D(10), D("36.36"), D("3.64"), D(40))
    ]
    paid = make_paid(make_show(price="19.99"), 0, 1, 2, email="guest@example.com")
    assert sums(tax_breakdown(paid)) == (paid.total, paid.tax)
    assert tax_of_payment(captured(paid)) == tax_breakdown(paid)


def test_refunds_take_their_share_of_the_tax_and_the_last_one_the_rest() -> None:
    booking = make_paid(make_show(price="19.99"), 0, email="guest@example.com")
    staff = make_user("staff@example.com")
    for _time in range(3):
        give_goodwill(booking=booking, amount=D("3.33"), by=staff, reason="", key=uuid4())
    cancel_tickets(booking=booking, by=staff, amount=D("10.00"))
    booking.refresh_from_db()
    refunds = Refund.objects.filter(payment__booking=booking)
    assert [sums(tax_of_refund(refund))[0] for refund in refunds] == [refund.amount for refund in refunds]
    assert sum(sums(tax_of_refund(refund))[1] for refund in refunds) == booking.tax
    assert sums(tax_breakdown(booking)) == (booking.total, booking.tax)


def test_a_surcharge_pays_for_the_difference() -> None:
    show = make_show()
    booking = make_paid(show, 0, 1, email="guest@example.com")
    pay(exchange(booking, make_later_show(show.hall.theater), 0, tickets=issued(booking)[:1]))
    booking = Booking.objects.get(pk=booking.pk)
    assert sums(tax_breakdown(booking)) == (booking.total, booking.tax)
    first, surcharge = booking.payments.order_by("pk")
    assert sums(tax_of_payment(surcharge)) == (D(15), D("1.36"))
    both = [sums(tax_of_payment(payment)) for payment in (first, surcharge)]
    assert tuple(map(sum, zip(*both, strict=True))) == (booking.total, booking.tax)


def test_fees_and_admission_have_rates_of_their_own_and_go_back_by_their_rule() -> None:
    show = make_show(refund_percent=50)
    theater = show.hall.theater
    make_tax_rate(theater, "fee", "20")
    make_fee(theater, is_returned=True)
    make_fee(theater, "1.00", per="booking")
    booking = make_paid(show, 0, 1, email="guest@example.com")
    assert (booking.total, booking.fees) == (D("46.00"), D("6.00"))
    assert [(line.kind, line.rate, line.gross, line.tax) for line in tax_breakdown(booking)] == [
        ("admission", D(10), D(40), D("3.64")),
        ("fee", D(20), D(6), D("1.00")),
    ]
    refund = cancel_tickets(booking=booking, tickets=issued(booking)[:1], by=None)
    assert refund is not None
    assert refund.amount == D("12.50")
    assert [(line.kind, line.gross, line.tax) for line in tax_of_refund(refund)] == [
        ("admission", D(10), D("0.91")),
        ("fee", D("2.50"), D("0.42")),
    ]


def test_no_fee_is_paid_twice_in_an_exchange() -> None:
    show = make_show()
    theater = show.hall.theater
    make_fee(theater, is_returned=True)
    make_fee(theater, "1.00", per="booking")
    booking = make_paid(show, 0, 1, email="guest@example.com")
    make_fee(theater, "0.50", name="Facility fee")
    held = exchange(booking, make_later_show(theater), 0, tickets=issued(booking)[:1])
    assert (held.fees, held.due) == (D("3.00"), D("15.50"))
    pay(held)
    booking = Booking.objects.get(pk=booking.pk)
    assert (booking.total, booking.fees) == (D("61.50"), D("6.50"))
    assert sums(tax_breakdown(booking)) == (booking.total, booking.tax)
    assert sums(tax_of_payment(booking.payments.get(exchange__isnull=False)))[0] == D("15.50")
    # The fee that was carried over comes back with the ticket that it is for now.
    assert cancel_tickets(booking=booking, by=None).amount == D("60.00")  # type: ignore[union-attr]


def test_a_free_ticket_bears_no_fees_unless_they_are_for_it() -> None:
    show = make_show(price="0.00")
    theater = show.hall.theater
    make_fee(theater)
    make_fee(theater, None, percent=D(10), minimum=D(1))
    assert make_hold(show, 0, email="guest@example.com").total == 0
    make_fee(theater, "0.70", is_for_free_tickets=True)
    assert make_hold(show, 1, email="other@example.com").total == D("0.70")


def test_rates_change_from_a_day_on_and_rounding_is_the_theaters() -> None:
    theater = make_theater()
    theater.prices_include_tax, theater.tax_rounding = False, "line"
    theater.save()
    hall = make_hall(theater=theater)
    today = timezone.now().astimezone(theater.tz).date()
    make_tax_rate(theater, "admission", "8.875", today)
    make_tax_rate(theater, "admission", "50", today + timedelta(days=1))
    make_fee(theater, "1.50")
    booking = make_hold(make_show(hall=hall, price="10.10"), 0, 1, email="guest@example.com")
    # 0.896… each, and 0.15 at the theater's own 10 %.
    assert [(line.rate, line.net, line.tax) for line in tax_breakdown(booking)] == [
        (D("8.875"), D("20.20"), D("1.80")),
        (D(10), D("3.00"), D("0.30")),
    ]
