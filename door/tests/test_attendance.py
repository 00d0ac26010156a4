"""Who is inside, who went out and who is still to come; and that everything which tells it agrees."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.tickets.codes import sign
from box_office.house_holds import block
from box_office.sale import give_away, hold_at_counter
from door.attendance import Attendance, LateRow, count_gates, read_breakdown, with_attendance
from door.check_in import check_in
from door.undo import undo
from door.unticketed import Kind, count_in, undo_count
from events.models import Show, TicketType
from reports.definitions.attendance import build
from reports.periods import Period
from reports.results import ReportRequest
from reports.today.scope import read_scope
from reports.today.shows import read_shows
from testing.bookings import choose, choose_standing, make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.exchanges import exchange
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=3, seats=6, standing=5), in_hours=1, tickets_per_customer=20)


def scan(ticket: Ticket, by: User, gate: str = "North", direction: str = "in", **more: str) -> None:
    found = check_in(qr=sign(ticket), gate=gate, by=by, direction=direction, **more)
    assert found.result == "admitted"


def tickets_of(booking: Booking) -> list[Ticket]:
    tickets = booking.tickets.issued().select_related("show", "seat").order_by("seat__run", "seat__position", "pk")
    return list(tickets)


@pytest.fixture
def evening(show: Show, manager: User, box_office: User, door_staff: User) -> Show:
    """A show with everything that may happen to a ticket: nine are valid, five of whose holders came."""
    there, back, away, late, _later = tickets_of(make_paid(show, 0, 1, 2, 3, 4, email="asha@example.com"))
    scan(there, door_staff)
    for direction in ("in", "out", "in"):
        scan(back, door_staff, "South", direction)
    scan(away, door_staff)
    scan(away, door_staff, "South", "out")
    # Taken back at the door.
    scan(late, door_staff, key="slip")
    undo(key="slip", by=door_staff)
    # Nobody scanned the way out.
    standing, _other = tickets_of(make_paid(show, areas=choose_standing(show, 2), email="ravi@example.com"))
    scan(standing, door_staff)
    scan(standing, manager, "South", note="Went out to smoke")
    # Two that were canceled, one of them by staff after its holder came.
    canceled = make_paid(show, 6, 7, email="lena@example.com")
    scan(tickets_of(canceled)[0], door_staff)
    cancel_tickets(booking=canceled, by=manager, reason="Ill", amount=0)
    # One seat is exchanged for another of the show, and another ticket for a later show.
    exchange(make_paid(show, 8, email="omar@example.com"), show, 9, by=manager)
    later = make_show(hall=make_hall(theater=show.hall.theater), event=make_event("Macbeth"), in_hours=200)
    exchange(make_paid(show, 10, email="mina@example.com"), later, 0, by=manager)
    # Given away; kept for the house; reserved and not paid.
    cart = hold_at_counter(show=show, seller=box_office, cart="free", seats=choose(show, 11))
    given = give_away(hold=cart, reason="Press", seller=box_office)
    scan(tickets_of(given)[0], door_staff, "")
    cart = hold_at_counter(show=show, seller=box_office, cart="house", seats=choose(show, 12, 13))
    block(hold=cart, reason="Technology", until=None, by=box_office)
    make_hold(show, 14, email="tom@example.com")
    return show


def test_everybody_counts_once(evening: Show):
    found = read_breakdown(evening)
    assert found.total == Attendance(tickets=9, inside=4, out=1)
    assert (found.total.came, found.total.to_come) == (5, 4)
    assert found.zones == {"Stalls": Attendance(7, 3, 1), "Floor": Attendance(2, 1, 0)}
    assert list(found.zones) == ["Stalls", "Floor"]
    assert found.ticket_types == {"Adult": Attendance(9, 4, 1)}
    assert found.gates == {"": Attendance(0, 1, 0), "North": Attendance(0, 1, 0), "South": Attendance(0, 2, 1)}
    assert count_gates([evening]) == found.gates


def test_the_report_and_today_say_the_same(evening: Show, manager: User):
    total = read_breakdown(evening).total
    (row,) = with_attendance(Show.objects.filter(pk=evening.pk))
    assert (row.issued, row.came, row.inside) == (total.tickets, total.came, total.inside)
    (today,) = [row for row in read_shows(read_scope(manager, timezone.now())) if row.title == "Hamlet"]
    assert (today.issued, today.came, today.inside, today.missing) == (
        total.tickets,
        total.came,
        total.inside,
        total.to_come,
    )
    # Two without a ticket, and a slip.
    for key in ("1", "2", "3"):
        count_in(show=evening, kind=Kind.PRESS, gate="", by=manager, key=key)
    undo_count(key="3", by=manager)
    with time_machine.travel(evening.starts_at + timedelta(minutes=1)):
        now = timezone.now()
        day = now.date()
        request = ReportRequest(
            theaters=[evening.hall.theater],
            period=Period(day - timedelta(days=1), day + timedelta(days=1)),
            now=now,
        )
        (line,) = build(request).rows
    assert line.cells[4:7] == (total.tickets, total.came, total.to_come)
    assert line.cells[9] == 2


def test_late_seating_goes_by_rows_in_the_order_of_the_hall(evening: Show):
    assert read_breakdown(evening).late_rows == (
        LateRow("Stalls", "A", tickets=5, to_come=2, numbers=("4", "5")),
        LateRow("Stalls", "B", tickets=2, to_come=1, numbers=("4",)),
    )
    make_paid(evening, 16, 17, email="nina@example.com")
    assert read_breakdown(evening).late_rows[2:] == (LateRow("Stalls", "C", tickets=2, to_come=2, numbers=()),)


def test_ticket_types_stand_in_their_order(show: Show, door_staff: User):
    for name, order, seats in (("Child", 2, (0, 1)), ("Senior", 1, (2,))):
        kind = TicketType.objects.create(theater=show.hall.theater, name=name, order=order)
        make_paid(show, *seats, email="asha@example.com").tickets.update(ticket_type=kind)
    assert list(read_breakdown(show).ticket_types.items()) == [
        ("Senior", Attendance(tickets=1)),
        ("Child", Attendance(tickets=2)),
    ]


def test_a_show_that_nobody_booked(show: Show):
    found = read_breakdown(show)
    assert (found.total, found.zones, found.gates, found.late_rows) == (Attendance(), {}, {}, ())


def test_statements(evening: Show, django_assert_num_queries):
    with django_assert_num_queries(4):
        read_breakdown(evening)
    with django_assert_num_queries(1):
        list(with_attendance(Show.objects.all()))
