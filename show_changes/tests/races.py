"""A seat that is just being taken, while its show leaves for another hall or another map. On PostgreSQL only."""

from collections.abc import Callable
from threading import Event
from typing import Any

from django.db import connection, transaction

from bookings.models import Booking
from events.models import Show
from testing.bookings import make_hold, race


def race_with_hold(show: Show, change: Callable[[], Any]) -> list[Any]:
    """Take the fourth seat, and end that only when `change` is done, or waits for it; return what both gave."""
    is_taken, is_done = Event(), Event()

    def hold() -> Booking:
        with transaction.atomic():
            booking = make_hold(show, 3, email="quick@example.com")
            is_taken.set()
            while not is_done.wait(timeout=0.05) and not somebody_waits():
                pass
        return booking

    def leave() -> Any:
        is_taken.wait(timeout=20)
        try:
            return change()
        finally:
            is_done.set()

    return race(hold, leave)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND wait_event_type = 'Lock')"
        )
        return bool(cursor.fetchone()[0])
