"""A show whose tickets were all replaced: what the list says of each, by a number of queries that does not grow."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.move_tickets import move_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.services.print_tickets import print_tickets
from bookings.tickets.replaced import find_standing, find_standings, find_successors
from door.ticket_list import list_tickets
from events.models import Show
from notifications.models import Notification
from testing.bookings import choose, make_paid
from testing.builders import make_event, make_hall, make_show
from testing.exchanges import exchange, issued, pay
from theaters.models import Theater
from theaters.stock import TicketStock

pytestmark = pytest.mark.django_db

# What the list has for a code: another that it stands for, and why it is refused.
Entry = tuple[str, str]
REPLACED, CANCELED = ("", "replaced"), ("", "canceled")


class House:
    """A show whose seats are sold one after the other, and a dearer one in the same theater."""

    def __init__(self, theater: Theater, manager: User) -> None:
        hall = make_hall(rows=8, seats=12, theater=theater)
        self.show = make_show(hall=hall, in_hours=8)
        self.dearer = make_show(hall=hall, event=make_event("Macbeth"), price="35.00", in_hours=48)
        self.manager = manager
        self.free = {self.show: count(), self.dearer: count()}

    def seats(self, quantity: int, show: Show | None = None) -> list[int]:
        return [next(self.free[show or self.show]) for _ in range(quantity)]

    def sell(self, quantity: int = 1) -> Booking:
        seats = self.seats(quantity)
        return make_paid(self.show, *seats, email=f"asha{seats[0]}@example.com")

    def move(self, booking: Booking) -> None:
        tickets = list(booking.tickets.issued().select_related("show__hall__theater").order_by("pk"))
        show = tickets[0].show
        seats = choose(show, *self.seats(len(tickets), show))
        move_tickets(booking=booking, tickets=tickets, seats=seats, by=self.manager)

    def exchange(self, booking: Booking) -> Booking:
        """Hold others for all tickets of a booking, those bought last first."""
        tickets = issued(booking)[::-1]
        return exchange(booking, self.dearer, *self.seats(len(tickets), self.dearer), tickets=tickets, by=self.manager)

    def print(self, booking: Booking) -> None:
        print_tickets(booking=booking, by=self.manager, stock=TicketStock.A4_ONE)

    def give_away(self, booking: Booking) -> Ticket:
        first = booking.tickets.issued().order_by("pk")[0]
        return pass_on_ticket(booking=booking, ticket=first, name="Ben", email="ben@example.com", by=None)

    def mail(self, booking: Booking, kind: str, delivery: str = "") -> None:
        found = Notification.objects.filter(about=booking.code, kind=kind)
        assert found.update(state="sent", delivery=delivery, created_at=timezone.now())


def codes(booking: Booking) -> list[str]:
    return list(booking.tickets.order_by("pk").values_list("code", flat=True))


def replace_all(house: House) -> dict[str, Entry]:
    """Sell some tickets, replace them in all ways, and return what is expected of each old one."""
    return {**dict(_move(house)), **dict(_pass_on(house)), **dict(_exchange(house))}


def _move(house: House) -> Iterator[tuple[str, Entry]]:
    moved = house.sell()
    house.move(moved)
    old, new = codes(moved)
    yield old, (new, "")

    twice = house.sell()
    house.move(twice)
    house.move(twice)
    old, newer, new = codes(twice)
    yield from [(old, (new, "")), (newer, (new, ""))]

    printed = house.sell(2)
    house.move(printed)
    house.print(printed)
    yield from [(code, REPLACED) for code in codes(printed)[:2]]

    printed_before = house.sell()
    house.print(printed_before)
    house.move(printed_before)
    old, new = codes(printed_before)
    yield old, (new, "")

    mailed = house.sell()
    house.move(mailed)
    house.mail(mailed, "booking_confirmed")
    yield codes(mailed)[0], REPLACED

    mailed_before = house.sell()
    house.mail(mailed_before, "booking_confirmed")
    house.move(mailed_before)
    old, new = codes(mailed_before)
    yield old, (new, "")

    bounced = house.sell()
    house.move(bounced)
    house.mail(bounced, "booking_confirmed", "bounced")
    old, new = codes(bounced)
    yield old, (new, "")

    canceled = house.sell()
    house.move(canceled)
    cancel_tickets(booking=canceled, by=house.manager, amount=Decimal(0))
    yield from [(code, CANCELED) for code in codes(canceled)]


def _pass_on(house: House) -> Iterator[tuple[str, Entry]]:
    # Ben was mailed his new ticket, and the customer was not.
    shared = house.sell(2)
    friends = house.give_away(shared)
    house.move(shared)
    house.mail(shared, "ticket_passed_on")
    yield from [(codes(shared)[0], REPLACED), (friends.code, REPLACED)]
    new = shared.tickets.issued().kept().get()
    yield new.moved_from.code, (new.code, "")


def _exchange(house: House) -> Iterator[tuple[str, Entry]]:
    # Each new ticket is for the person who had the old one.
    exchanged = house.sell(3)
    friends = house.give_away(exchanged)
    pay(house.exchange(exchanged))
    first, second, third = (ticket.code for ticket in sorted(issued(exchanged), key=lambda one: one.attendee_email))
    withdrawn, kept, also_kept, _friends, *_new = codes(exchanged)
    yield from [(withdrawn, REPLACED), (kept, (first, "")), (also_kept, (second, "")), (friends.code, (third, ""))]

    exchanged_and_moved = house.sell()
    pay(house.exchange(exchanged_and_moved))
    house.move(exchanged_and_moved)
    old, _between, new = codes(exchanged_and_moved)
    yield old, (new, "")

    # The new ticket was held, and not in this mail yet.
    mailed_before = house.sell()
    held = house.exchange(mailed_before)
    house.mail(mailed_before, "booking_confirmed")
    pay(held)
    old, new = codes(mailed_before)
    yield old, (new, "")


def test_a_hall_full_of_old_prints_takes_no_more_queries_than_a_row(theater: Theater, manager: User):
    house = House(theater, manager)

    def read() -> tuple[int, dict[str, Entry]]:
        with CaptureQueriesContext(connection) as queries:
            listed = list_tickets(shows=[house.show], user=manager, now=timezone.now())["tickets"]
        return len(queries), {one["code"]: (one["stands_for"], one["refusal"]) for one in listed}

    expected = replace_all(house)
    in_a_row, found = read()
    assert {code: found[code] for code in expected} == expected
    for _ in range(2):
        expected |= replace_all(house)
    in_a_hall, found = read()
    assert {code: found[code] for code in expected} == expected
    assert in_a_hall == in_a_row == 13

    old = list(Ticket.objects.filter(state=Ticket.State.CANCELED))
    assert len(old) > 30
    standings = find_standings(find_successors(old))
    assert standings == {ticket: find_standing(ticket) for ticket in old}


@pytest.mark.parametrize(("way", "queries"), [("moved", 3), ("printed", 2), ("exchanged", 6), ("canceled", 2)])
def test_one_old_print_takes_few_queries(way, queries, theater, manager, django_assert_num_queries):
    house = House(theater, manager)
    booking = house.sell()
    if way == "canceled":
        cancel_tickets(booking=booking, by=manager, amount=Decimal(0))
    elif way == "exchanged":
        pay(house.exchange(booking))
    else:
        house.move(booking)
    if way == "printed":
        house.print(booking)
    first, *_new = booking.tickets.order_by("pk")
    with django_assert_num_queries(queries):
        standing = find_standing(first)
    assert (standing == first) is (way in {"printed", "canceled"})


def test_a_valid_ticket_takes_none(theater, manager, django_assert_num_queries):
    ticket = House(theater, manager).sell().tickets.get()
    with django_assert_num_queries(0):
        assert find_standing(ticket) == ticket
