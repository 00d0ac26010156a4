"""Holds and bookings as customers make them, and threads that race."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

from django.db import connection

from accounts.models import User
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import pay_with_token
from events.models import Show
from payments.drawers import open_drawer
from payments.models import Drawer, Payment
from theaters.models import Seat, Theater


def seats_of(show: Show) -> list[Seat]:
    return list(show.seat_map.seats.order_by("run", "position"))


def choose(show: Show, *indices: int) -> list[SeatChoice]:
    """Choose seats by their place in the hall, counted from 0."""
    seats = seats_of(show)
    return [SeatChoice(seats[index].pk) for index in indices]


def choose_standing(show: Show, quantity: int) -> list[AreaChoice]:
    return [AreaChoice(show.areas.get().area_id, quantity)]


def make_hold(show: Show, *indices: int, customer: User | None = None, **wish: Any) -> Booking:
    wish.setdefault("channel", Booking.Channel.WEB)
    return hold_seats(show=show, seats=choose(show, *indices), customer=customer, **wish)


def make_paid(show: Show, *indices: int, customer: User | None = None, **wish: Any) -> Booking:
    return pay_with_token(
        booking=make_hold(show, *indices, customer=customer, **wish), gateway="sandbox", token="approve"
    )


def open_till(person: User, theater: Theater, opening_float: str = "100") -> Drawer:
    """Open a drawer, so that `person` may take cash in `theater`."""
    return open_drawer(theater=theater, person=person, opening_float=Decimal(opening_float))


def captured(booking: Booking) -> Payment:
    return booking.payments.get(state=Payment.State.CAPTURED)


def lapse(booking: Booking) -> None:
    """Let a hold lapse, in the database and in `booking`, and forget what was read in the meantime."""
    forget_availability(booking.shows[0].pk)
    Booking.objects.filter(pk=booking.pk).update(expires_at=booking.created_at)
    booking.refresh_from_db()


def race(*runners: Callable[[], Any]) -> list[Any]:
    """Run all at the same moment, each on its own connection; return results and exceptions in order."""
    start = Barrier(len(runners), timeout=30)

    def run(runner: Callable[[], Any]) -> Any:
        try:
            # Connected before the start, so that none is late.
            connection.ensure_connection()
            start.wait()
            return runner()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners))
