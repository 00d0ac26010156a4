"""How many statements a guest's booking takes, from the page of the show to the tickets."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bookings.models import Booking
from events.models import Show
from testing.bookings import seats_of
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db

# Those of PostgreSQL, where a customer is locked by one more than on SQLite.
BUDGET = {
    "show": 0,
    # Show; show, seats, prices, what is in the way, booking, tickets; session.
    "hold": 8,
    # Booking, session, tickets.
    "checkout": 3,
    # Booking, session, tickets; shows and address, lock, booking, tickets, those of other bookings, payment, details;
    # the gateway's answer.
    "pay": 11,
    # Payment, session, shows.
    "gateway": 3,
    # Payment, answer.
    "decide": 2,
    # Booking, session, payment, answer; booking, payment, tickets, three updates, message; refunds, payments,
    # check-ins.
    "return": 14,
}


def _counts(sql: str) -> bool:
    """Return True for statements that it takes with Redis, and outside of a test's transaction."""
    return '"cache"' not in sql and not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))


class Guest:
    def __init__(self) -> None:
        self.client = Client()
        self.statements: dict[str, int] = {}

    def go(self, step: str, address: str, data: dict[str, object] | None = None) -> str:
        """Return where the answer leads."""
        with CaptureQueriesContext(connection) as queries:
            answer = self.client.get(address) if data is None else self.client.post(address, data)
        assert answer.status_code == (200 if data is None else 302)
        self.statements[step] = sum(_counts(query["sql"] or "") for query in queries)
        return str(answer["Location"]) if data is not None else ""

    def book(self, show: Show, *indices: int) -> None:
        seats = [seat.pk for seat in (seats_of(show)[index] for index in indices)]
        self.go("show", show.get_absolute_url())
        checkout = self.go(
            "hold", reverse("bookings:hold", args=[show.code]), {"seat": seats, "key": f"{seats[0]:032}"}
        )
        self.go("checkout", checkout)
        gateway = self.go("pay", checkout, {"name": "A", "email": f"{seats[0]}@example.com", "gateway": "sandbox"})
        self.go("gateway", gateway)
        self.go("return", self.go("decide", gateway, {"decision": "approve"}))


def test_a_guest_books() -> None:
    show = make_show(hall=make_hall(rows=2, seats=6))
    Guest().book(show, 0, 1)
    Client().get(show.get_absolute_url())
    guest = Guest()
    guest.book(show, 2, 3)
    over = {step: count for step, count in guest.statements.items() if count > BUDGET[step]}
    assert over == {}
    assert sum(BUDGET.values()) - sum(guest.statements.values()) <= 2
    assert Booking.objects.filter(state=Booking.State.CONFIRMED).count() == 2
