"""What was sold, what came in and what went back are told apart by kind and rate, and add up to the cent."""

from decimal import Decimal
from uuid import uuid4

import pytest

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import give_goodwill
from bookings.taxes import TaxLine, tax_breakdown, tax_of_payment, tax_of_refund
from payments.models import Refund
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_show, make_user
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
