"""Measure what pages, API answers and bookings cost with 100 shows in the database, and with 200,000.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.growth [--short]

A house with 100 shows is measured, then 200,000 shows of other houses are added by SQL, with a booking each, and
the same is measured again: pages with empty caches ("cold") and with full ones. What it costs is processor time of
Python and time of the database together, in this process, without a server. Prints milliseconds at both sizes and
their ratio; exits with 1 if one grows by more than `MAX_GROWTH`. `--short`: a few shows more, which never fails.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from itertools import count
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from events.models import Show

MAX_GROWTH = 1.2
# Enough for full pages: 25 events of four shows each.
EVENTS, SHOWS_PER_EVENT = 25, 4
ADDED_SHOWS, SHORT_SHOWS = 200_000, 40
ROUNDS, SHORT_ROUNDS = 8, 1

Figures = dict[str, dict[str, float]]


def begin(description: str | None) -> bool:
    """Read the arguments, load the site and make its tables; return True if the program is to be short."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    os.environ.setdefault("PAYMENT_GATEWAYS", "sandbox")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    return bool(options.short)


def main() -> int:
    is_short = begin(__doc__)
    from django.conf import settings
    from django.core.management import call_command

    from events.models import Show

    if not settings.DEBUG:
        call_command("collectstatic", "--noinput", verbosity=0)
    if Show.objects.exists():
        sys.exit("This database has shows. Name an empty one.")
    figures = measure_growth(is_short=is_short)
    print(f"{'':34}{'before':>9}{'after':>9}{'ratio':>8}")
    for name, figure in figures.items():
        mark = "  grows" if figure["ratio"] > MAX_GROWTH else ""
        print(f"{name:34}{figure['before']:9.1f}{figure['after']:9.1f}{figure['ratio']:8.2f}{mark}", flush=True)
    return int(not is_short and any(figure["ratio"] > MAX_GROWTH for figure in figures.values()))


def measure_growth(*, is_short: bool) -> Figures:
    """Return milliseconds before and after the growth, and their ratio, by what was measured."""
    from benchmarks.catalogue import add_bookings, add_catalogue
    from testing.bookings import make_paid
    from testing.builders import make_user

    house = House()
    rounds = SHORT_ROUNDS if is_short else ROUNDS
    before = house.measure(rounds)
    add_catalogue(shows=SHORT_SHOWS if is_short else ADDED_SHOWS)
    add_bookings(make_paid(house.shows[1], 0, 1, customer=make_user("asha@example.com", "Asha")))
    after = house.measure(rounds)
    return {
        name: {"before": before[name], "after": after[name], "ratio": after[name] / before[name]} for name in before
    }


class House:
    """The theater whose pages are asked for, and its customers."""

    def __init__(self) -> None:
        from testing.builders import make_event, make_hall, make_show, make_theater

        self.theater = make_theater("The House")
        hall = make_hall(theater=self.theater, rows=20, seats=20)
        events = [make_event(f"Play {number}") for number in range(EVENTS)]
        self.shows: list[Show] = [
            make_show(hall=hall, event=events[number % EVENTS], in_hours=24 + 3 * number)
            for number in range(EVENTS * SHOWS_PER_EVENT)
        ]
        self._customers = count()
        self._next_show = iter(self.shows[2:])

    def measure(self, rounds: int) -> dict[str, float]:
        """Return the milliseconds of everything in its fastest round, because other programs slow down the rest."""
        from django.test import Client

        from testing.caches import forget_pages

        client = Client(SERVER_NAME="localhost", headers={"accept": "text/html"})
        found = {}
        for name, address in self.list_addresses().items():
            # Compiles templates.
            expect(client.get(address), 200)
            for is_cold in (True, False):
                times = []
                for _round in range(rounds):
                    if is_cold:
                        forget_pages()
                    times.append(cost(lambda address=address: expect(client.get(address), 200)))  # type: ignore[misc]
                found[f"{name}, {'cold' if is_cold else 'warm'}"] = min(times)
        holds, payments = [], []
        show = next(self._next_show)
        for number in range(rounds):
            held, paid = self.book(show, number)
            holds.append(held)
            payments.append(paid)
        return {**found, "hold": min(holds), "pay": min(payments)}

    def list_addresses(self) -> dict[str, str]:
        show, theater = self.shows[0], self.theater
        return {
            "home": "/",
            "home of a city": "/?city=vienna",
            "events": "/events/",
            "events of a city": "/events/?city=vienna",
            "events by title": "/events/?sort=title",
            "events up to a price": "/events/?price_max=20",
            "search": "/events/?q=play",
            "event": show.event.get_absolute_url(),
            "theater": f"/theaters/{theater.slug}/",
            "show": show.get_absolute_url(),
            "availability by API": f"/api/v1/shows/{show.code}/availability",
            "seats by API": f"/api/v1/shows/{show.code}/seats",
            "events by API": "/api/v1/events",
            "event by API": f"/api/v1/events/{show.event.slug}",
            "shows by API": "/api/v1/shows",
            "shows of a theater by API": f"/api/v1/shows?theater={theater.slug}",
            "show by API": f"/api/v1/shows/{show.code}",
        }

    def book(self, show: Show, number: int) -> tuple[float, float]:
        """Let a new customer hold two seats and pay, by the API; return what both cost."""
        from django.test import Client

        from accounts.api import make_access_token, start_session
        from testing.builders import make_user

        user = make_user(f"customer{next(self._customers)}@example.com", "Customer")
        token = make_access_token(user, start_session(user))
        client = Client(SERVER_NAME="localhost", headers={"authorization": f"Bearer {token}"})
        seats = list(show.seat_map.seats.order_by("pk").values_list("pk", flat=True)[2 * number : 2 * number + 2])
        wish = json.dumps({"show": show.code, "seats": [{"seat": seat} for seat in seats]})
        answer: dict[str, Any] = {}

        def hold() -> None:
            sent = client.post("/api/v1/bookings", wish, "application/json", headers={"idempotency-key": user.email})
            answer.update(expect(sent, 201).json())

        def pay() -> None:
            payment = json.dumps({"gateway": "sandbox", "token": "approve"})
            expect(client.post(f"/api/v1/bookings/{answer['code']}/pay", payment, "application/json"), 200)

        return cost(hold), cost(pay)


def cost(work: Callable[[], Any]) -> float:
    """Return the milliseconds that `work` takes: of the processor for Python, and of waiting for the database."""
    from django.db import connection

    waited = 0.0

    def watch(execute: Any, *arguments: Any) -> Any:
        nonlocal waited
        start, busy = perf_counter(), process_time()
        try:
            return execute(*arguments)
        finally:
            waited += perf_counter() - start - (process_time() - busy)

    with connection.execute_wrapper(watch):
        busy = process_time()
        work()
        return 1000 * (process_time() - busy + waited)


def expect(answer: Any, status: int) -> Any:
    if answer.status_code != status:
        raise SystemExit(f"Answered {answer.status_code} instead of {status}: {answer.content[:300]!r}")
    return answer


if __name__ == "__main__":
    sys.exit(main())
