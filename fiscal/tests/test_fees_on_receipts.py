"""Receipts, the tax breakdown and the sales figures agree on fees and on the tax of each kind."""

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db.models import Q

from accounts.models import User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import settle_refund
from bookings.taxes import tax_of_payment, tax_of_refund
from fiscal.models import ReceiptLine
from fiscal.services.issue import issue_missing
from payments.models import Refund
from reports.figures import read_lines_where
from testing.bookings import make_paid
from testing.builders import make_fee, make_show, make_tax_rate
from testing.exchanges import exchange, issued, make_later_show, pay

pytestmark = pytest.mark.django_db


def test_they_agree_after_an_exchange_and_a_refund_with_returned_fees(customer: User) -> None:
    show = make_show(price="19.99", refund_percent=50)
    theater = show.hall.theater
    make_tax_rate(theater, "fee", "20")
    make_fee(theater, "2.55", is_returned=True)
    make_fee(theater, None, percent=Decimal("3.3"), per="booking", name="Booking fee")
    booking = make_paid(show, 0, 1, 2, customer=customer)
    pay(exchange(booking, make_later_show(theater), 0, tickets=issued(booking)[:1]))
    for ticket in issued(booking)[:2]:
        cancel_tickets(booking=booking, tickets=[ticket], by=None)
    for refund in Refund.objects.all():
        settle_refund(refund.pk)
    issue_missing(theater)

    booking = Booking.objects.get(pk=booking.pk)
    told: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for line in ReceiptLine.objects.filter(receipt__booking=booking):
        told[line.kind][0] += line.gross
        told[line.kind][1] += line.tax
    reckoned: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    moves = [(1, tax_of_payment(payment)) for payment in booking.payments.all()]
    moves += [(-1, tax_of_refund(refund)) for refund in Refund.objects.all()]
    for sign, lines in moves:
        for one in lines:
            reckoned[one.kind][0] += sign * one.gross
            reckoned[one.kind][1] += sign * one.tax
    assert told == reckoned
    assert told["fee"][0] > 0
    figures = read_lines_where(Q(booking=booking))
    assert Decimal(int(figures["tax"].sum())) / 1000 == told["admission"][1] + told["fee"][1]
    assert Decimal(int(figures["net_fees"].sum())) / 1000 == told["fee"][0] - told["fee"][1]
