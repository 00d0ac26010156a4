"""Time every list of the console with 100,000 bookings, against an empty list of the same admin.

    DATABASE_URL=postgres://… python -m benchmarks.console [--bookings 100000] [--keep] [--short]

Fills a test database of its own with a few statements: bookings of thousands of people for a season of
shows in four theaters. Requests each list as a platform admin and as a manager, and prints what it costs (processor
time of Python and time of the database) as a ratio to the floor: the console's list of a model without rows,
requested right before it each time, so that a busy machine slows down both. Prints, too, what such a list takes in
Django's admin without theme. Exits with 1 if a list takes more than `MAX_FLOORS`. `--keep` leaves the
database for the next run, which then skips the filling. `--short` requests once what holds a few copied bookings,
keeps the database and never fails; `console/tests/test_list_statements.py` asks for every list.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import partial
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

import django

from benchmarks.copies import copy_rows, random_key
from benchmarks.growth import cost

if TYPE_CHECKING:
    from bookings.models import Booking

MAX_FLOORS = 3.0
ROUNDS = 5
THEATERS = 4
# A show a day in each theater, for a month back and a month ahead, and the people who book them.
SHOWS = 60
PEOPLE = 5000
COPIED = {
    "bookings.Booking",
    "bookings.Ticket",
    "payments.Payment",
    "accounts.AuditEntry",
    "notifications.Notification",
}


@dataclass(frozen=True)
class Size:
    bookings: int
    theaters: int
    shows: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    size = Size(bookings=10, theaters=1, shows=2) if options.short else Size(options.bookings, THEATERS, SHOWS)
    keeps = options.keep or options.short
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Outside of development a platform admin needs a second factor.
    os.environ["DEBUG"] = "1"
    django.setup()
    from django.conf import settings
    from django.db import connection

    # Not the environment of tests, which copies the context of each template.
    settings.DEBUG = False
    settings.ALLOWED_HOSTS = ["*"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    name = settings.DATABASES["default"]["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=not keeps, keepdb=keeps)
    try:
        from bookings.models import Booking

        if Booking.objects.count() < size.bookings:
            started = perf_counter()
            fill(size)
            print(f"Filled with {Booking.objects.count():,} bookings in {perf_counter() - started:.0f} s.")
        if options.short:
            measure(only_copied=True, rounds=1)
            return 0
        return measure(rounds=ROUNDS)
    finally:
        connection.creation.destroy_test_db(str(name), verbosity=0, keepdb=keeps)


def fill(size: Size) -> None:
    """Make one booking for each of some theaters by the services, then copy its rows by SQL."""
    from django.db import connection

    from accounts.audit import record
    from notifications.models import Notification
    from testing.bookings import make_paid
    from testing.builders import make_hall, make_show, make_theater, make_user
    from theaters.models import StaffMembership

    manager = make_user("manager@example.com")
    make_user("admin@example.com", is_superuser=True)
    for number in range(size.theaters):
        theater = make_theater(f"Theater {number}")
        show = make_show(hall=make_hall(theater=theater, rows=20, seats=20))
        booking = make_paid(show, 0, 1, customer=make_user(f"customer{number}@example.com", f"Customer {number}"))
        record(by=manager, action="sell", on=booking, theater_id=theater.pk, after={"state": "confirmed"})
        Notification.objects.create(
            kind="booking_confirmed", recipient="a@example.com", unique_key=f"n{number}", theater_id=theater.pk,
            state="sent",
        )  # fmt: skip
        if number == 0:
            StaffMembership.objects.create(user=manager, theater=theater, role="manager")
        season = [
            make_show(hall=show.hall, event=show.event, in_hours=24 * (day - 30) + 6).pk for day in range(size.shows)
        ]
        times = size.bookings // size.theaters
        copy_booking(booking, season, times=times, first=(number + 1) * 10_000_000)
    with connection.cursor() as cursor:
        # As PostgreSQL does automatically after a while.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def copy_booking(source: Booking, shows: list[int], *, times: int, first: int) -> None:
    """Copy a booking with tickets and payment, an audit entry and a message so many times; keys start at `first`.

    The keys of `shows` follow each other.
    """
    from django.db import connection

    from accounts.models import AuditEntry
    from bookings.models import Booking, Ticket
    from notifications.models import Notification
    from payments.models import Payment

    booking, theater = source.pk, source.theater_id
    is_postgres = connection.vendor == "postgresql"
    later = "created_at - n * interval '1 minute'" if is_postgres else "datetime(created_at, '-' || n || ' minutes')"
    number = f"{first} + n"
    text, person = f"CAST({number} AS varchar)", f"CAST(n % {PEOPLE} AS varchar)"
    show = f"{shows[0]} + n % {len(shows)}"
    for model, where, changes in (
        (
            Booking,
            f"id = {booking}",
            {
                "id": number,
                # Eight letters and digits, like the codes that customers read out.
                "code": f"replace(replace({text}, '0', 'A'), '1', 'B')",
                "created_at": later,
                "idempotency_key": "NULL",
                "name": f"'Customer ' || {person}",
                "name_key": f"' customer ' || {person}",
                "email": f"'customer' || {person} || '@example.com'",
            },
        ),
        (
            Ticket,
            f"booking_id = {booking}",
            {
                "id": f"{number} * 2 + (t.id % 2)",
                "booking_id": number,
                "show_id": show,
                "code": f"'T' || (t.id % 2) || '-' || {text}",
                "state": "'canceled'",
            },
        ),
        (
            Payment,
            f"booking_id = {booking}",
            {"id": number, "booking_id": number, "key": random_key(), "created_at": later},
        ),
        (
            AuditEntry,
            f"theater_id = {theater} AND action = 'sell'",
            {"id": number, "at": later.replace("created_at", "at")},
        ),
        (
            Notification,
            f"theater_id = {theater} AND unique_key LIKE 'n%'",
            {"id": number, "unique_key": f"'c' || {text}", "created_at": later},
        ),
    ):
        copy_rows(model, where, times, changes)


def measure(*, rounds: int, only_copied: bool = False) -> int:
    """Print each list's time as a ratio to the floor; return 1 when one takes too long."""
    from django.contrib import admin
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User

    empty = reverse("admin:django_celery_beat_solarschedule_changelist")
    pages = [("first page", reverse("admin:index"))]
    models = [model for model in admin.site._registry if not only_copied or model._meta.label in COPIED]
    for model in sorted(models, key=lambda model: model._meta.label):
        options = model._meta
        pages.append((options.label, reverse(f"admin:{options.app_label}_{options.model_name}_changelist")))
    listed = reverse("admin:bookings_booking_changelist")
    pages += [
        ("search by code", f"{listed}?q=BAAAAA77"),
        ("search by name", f"{listed}?q=Customer+2"),
        ("search for nobody", f"{listed}?q=B10000077"),
    ]
    boss = Client()
    boss.force_login(User.objects.get(email="admin@example.com"))
    results, floors = [], []
    for email in ("admin@example.com", "manager@example.com"):
        client = Client()
        client.force_login(User.objects.get(email=email))
        for name, address in pages:
            if client.get(address).status_code != 200:
                continue
            ratios = []
            for _round in range(rounds):
                floor = cost(partial(boss.get, empty))
                ratios.append(cost(partial(client.get, address)) / floor)
                floors.append(floor)
            ratio = median(ratios)
            results.append(ratio)
            print(
                f"{ratio:6.2f}  {name} ({email.split('@')[0]}){'  too slow' if ratio > MAX_FLOORS else ''}", flush=True
            )
    plain = measure_plain()
    print(f"Floor: {median(floors):.1f} ms; without theme: {plain:.1f} ms. A list may take {MAX_FLOORS} floors.")
    return int(any(ratio > MAX_FLOORS for ratio in results))


def measure_plain() -> float:
    """Return the milliseconds of an empty list in Django's own admin."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.floor.admin"], capture_output=True, text=True, check=True
    )
    return float(answer.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())
