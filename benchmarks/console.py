"""Time every list of the console with 100,000 bookings, against an empty list of the same admin.

    DATABASE_URL=postgres://… python -m benchmarks.console [--bookings 100000] [--keep] [--short]

Fills a test database of its own by a few statements: bookings of thousands of people for a season of
shows in four theaters. Asks for each list as a platform admin and as a manager, and prints its time as a
ratio to the floor: the console's list of a model without rows, asked for right before it each time, so
that a busy machine slows down both. Says too what such a list takes in Django's admin without theme.
Ends with 1 when a list takes more than `MOST` floors. `--keep` leaves the database for the next run,
which then skips the filling. `--short` looks at each list once, with few bookings, keeps the database
and judges nothing.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from bookings.models import Booking

MOST = 3.0
ROUNDS = 5
THEATERS = 4
# Of each theater, a month that is over and a month to come, a show a day; and who books so many.
SHOWS = 60
PEOPLE = 5000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bookings", type=int, default=100_000)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    bookings = 10 * THEATERS if options.short else options.bookings
    keeps = options.keep or options.short
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_test_environment, teardown_test_environment

    setup_test_environment(debug=False)
    settings.ALLOWED_HOSTS = ["*"]
    name = settings.DATABASES["default"]["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=not keeps, keepdb=keeps)
    try:
        from bookings.models import Booking

        if Booking.objects.count() < bookings:
            started = perf_counter()
            fill(bookings)
            print(f"Filled with {Booking.objects.count():,} bookings in {perf_counter() - started:.0f} s.")
        is_too_slow = measure(rounds=1 if options.short else ROUNDS)
        return 0 if options.short else is_too_slow
    finally:
        teardown_test_environment()
        connection.creation.destroy_test_db(str(name), verbosity=0, keepdb=keeps)


def fill(bookings: int) -> None:
    """Make one booking for each of some theaters by the services, then copy its rows by SQL."""
    from django.db import connection

    from accounts.audit import record
    from notifications.models import Notification
    from testing.bookings import make_paid
    from testing.builders import make_hall, make_show, make_theater, make_user
    from theaters.models import StaffMembership

    manager = make_user("manager@example.com")
    make_user("admin@example.com", is_superuser=True)
    for number in range(THEATERS):
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
        season = [make_show(hall=show.hall, event=show.event, in_hours=24 * (day - 30) + 6).pk for day in range(SHOWS)]
        with connection.cursor() as cursor:
            copy_rows(cursor, booking, season[0], times=bookings // THEATERS, first=(number + 1) * 10_000_000)
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself after a while.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def copy_rows(cursor: Any, source: Booking, first_show: int, *, times: int, first: int) -> None:
    """Copy a booking with tickets and payment, an audit entry and a message so many times; keys start at `first`."""
    booking, theater = source.pk, source.show.hall.theater_id
    is_postgres = cursor.db.vendor == "postgresql"
    series = (
        f"generate_series(1, {times}) AS series(n)"
        if is_postgres
        else "(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s "
        f"WHERE n < {times}) SELECT n FROM s) series"
    )
    key = "gen_random_uuid()" if is_postgres else "lower(hex(randomblob(16)))"
    later = "created_at - n * interval '1 minute'" if is_postgres else "datetime(created_at, '-' || n || ' minutes')"
    number = f"{first} + n"
    text = f"CAST({number} AS varchar)" if is_postgres else f"CAST({number} AS text)"
    person = f"CAST(n % {PEOPLE} AS varchar)" if is_postgres else f"CAST(n % {PEOPLE} AS text)"
    show = f"{first_show} + n % {SHOWS}"
    for table, where, changes in (
        (
            "bookings_booking",
            f"id = {booking}",
            {
                "id": number,
                # Of eight letters and digits, as those are that customers say.
                "code": f"replace(replace({text}, '0', 'A'), '1', 'B')",
                "created_at": later,
                "idempotency_key": "NULL",
                "show_id": show,
                "name": f"'Customer ' || {person}",
                "name_key": f"' customer ' || {person}",
                "email": f"'customer' || {person} || '@example.com'",
            },
        ),
        (
            "bookings_ticket",
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
            "payments_payment",
            f"booking_id = {booking}",
            {"id": number, "booking_id": number, "key": key, "created_at": later},
        ),
        (
            "accounts_auditentry",
            f"theater_id = {theater} AND action = 'sell'",
            {"id": number, "at": later.replace("created_at", "at")},
        ),
        (
            "notifications_notification",
            f"theater_id = {theater} AND unique_key LIKE 'n%'",
            {"id": number, "unique_key": f"'c' || {text}", "created_at": later},
        ),
    ):
        columns = [column.name for column in cursor.db.introspection.get_table_description(cursor, table)]
        values = ", ".join(changes.get(column, f't."{column}"') for column in columns)
        names = ", ".join(f'"{column}"' for column in columns)
        cursor.execute(f'INSERT INTO "{table}" ({names}) SELECT {values} FROM "{table}" t, {series} WHERE {where}')


def measure(*, rounds: int) -> int:
    """Print each list's time as a ratio to the floor; return 1 when one takes too long."""
    from django.contrib import admin
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User

    empty = reverse("admin:django_celery_beat_solarschedule_changelist")
    pages = [("first page", reverse("admin:index"))]
    for model in sorted(admin.site._registry, key=lambda model: model._meta.label):
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
                floor = ask(boss, empty)
                ratios.append(ask(client, address) / floor)
                floors.append(floor)
            ratio = median(ratios)
            results.append(ratio)
            print(f"{ratio:6.2f}  {name} ({email.split('@')[0]}){'  too slow' if ratio > MOST else ''}", flush=True)
    plain = measure_plain()
    print(f"Floor: {1000 * median(floors):.1f} ms; without theme: {plain:.1f} ms. A list may take {MOST} floors.")
    return int(any(ratio > MOST for ratio in results))


def ask(client: Any, address: str) -> float:
    """Return how many seconds an answer takes."""
    start = perf_counter()
    client.get(address)
    return perf_counter() - start


def measure_plain() -> float:
    """Return the milliseconds of an empty list in Django's own admin."""
    answer = subprocess.run(
        [sys.executable, "-m", "benchmarks.floor.admin"], capture_output=True, text=True, check=True
    )
    return float(answer.stdout.strip())


if __name__ == "__main__":
    sys.exit(main())
