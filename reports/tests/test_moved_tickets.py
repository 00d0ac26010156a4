"""A ticket that was moved to another seat is one line, with all that was refunded of it."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db.models import Q

from bookings.services.move_tickets import move_tickets
from bookings.services.refund import give_goodwill, settle_refund
from payments.models import Refund
from reports.figures import read_lines_where
from testing.bookings import choose, make_paid
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


def test_it_has_what_was_refunded_before_each_of_its_moves(manager, theater):
    show = make_show(hall=make_hall(theater=theater))
    booking = make_paid(show, 0, 1, email="guest@example.com")
    for seat, amount in ((4, 3), (5, 2)):
        [moved, *_others] = booking.tickets.filter(moved_to=None).order_by("-pk")
        give_goodwill(booking=booking, amount=Decimal(amount), reason="Cold", key=uuid4(), by=manager)
        for refund in Refund.objects.filter(state=Refund.State.PENDING):
            settle_refund(refund.pk)
        move_tickets(booking=booking, tickets=[moved], seats=choose(show, seat), by=manager)
    lines = read_lines_where(Q(booking=booking))
    assert (len(lines), lines["sold"].sum()) == (2, 2)
    assert lines["refunded"].sum() == 5_000
    assert (lines["gross"] - lines["refunded"] - lines["tax"] - lines["net"]).sum() == 0
