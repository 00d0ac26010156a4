"""Measure the database of a house of 1,000 seats after a year, and what the nightly pruning leaves of it.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.year [--short]

Makes one booking of each kind by the services, then copies its rows by SQL with other codes, people, seats
and days: 250 shows, 70 % sold in bookings of two, half as many holds that lapse, each fiftieth booking
canceled and refunded, each ticket scanned, three messages and two gateway events for each booking, and a
session for each visitor who held something. Prints rows and the sizes of tables and indexes, and again
after `prune`, a year after the last show. On SQLite it prints only rows. `--short` makes a small year, to
see that it works.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from datetime import timedelta
from time import perf_counter
from typing import Any

from accounts.actions import Action
from benchmarks.copies import copy_row, random_key, without_guards

SEATS, SHOWS, SOLD, DAYS = 1000, 250, 0.7, 365
SHORT_SEATS, SHORT_SHOWS = 20, 8
LAPSED_PER_BOOKING, REFUNDED_PER_BOOKING, ACCOUNTS_PER_BOOKING = 0.5, 0.02, 0.25
MESSAGES = ("booking_confirmed", "show_reminder", "review_ask")
# Far above what the sequences give to the rows that are copied; one range for each kind of booking.
SALES, LAPSES, CANCELS = 10_000_000, 20_000_000, 30_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    # Each customer pays at once.
    os.environ.setdefault("PAYMENT_GATEWAYS", "sandbox")
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATA_DIR", folder)
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        from bookings.models import Booking
        from operations.retention import prune

        call_command("migrate", verbosity=0)
        if Booking.objects.exists():
            sys.exit("This database has bookings. Name an empty one.")
        started = perf_counter()
        if options.short:
            fill(SHORT_SEATS, SHORT_SHOWS)
        else:
            fill(SEATS, SHOWS)
        print(f"Filled in {perf_counter() - started:.0f} s.\n\nAfter a year")
        print_sizes()
        started = perf_counter()
        removed = sum(prune(seconds=3600).values())
        print(f"\n{removed:,} rows pruned in {perf_counter() - started:.0f} s.\n\nWhat stays")
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # To measure what is left: otherwise PostgreSQL keeps the space for new rows.
                cursor.execute("VACUUM FULL ANALYZE")
        print_sizes()


def fill(seats: int, shows: int) -> None:
    """Insert the rows of a year that ended a year ago."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.audit import record
    from bookings.services.cancel import cancel_tickets
    from bookings.services.release_hold import release_hold
    from door.models import CheckIn
    from notifications.models import Notification
    from payments.models import GatewayEvent, Refund
    from testing.bookings import make_hold, make_paid
    from testing.builders import make_hall, make_show, make_user

    hall = make_hall(rows=seats // 20, seats=20)
    asha, clerk = make_user("asha.customer@example.com", "Asha Customer"), make_user("clerk@example.com")
    source = make_show(hall=hall)
    season = [make_show(hall=hall, event=source.event, in_hours=24 * (n + 10)).pk for n in range(shows)]
    sold, lapsed, canceled = (make_paid(source, 0, 1, customer=asha), make_hold(source, 2, 3, customer=asha),
                              make_paid(source, 4, 5, customer=asha))  # fmt: skip
    release_hold(booking=lapsed, by=None)
    refund = cancel_tickets(booking=canceled, by=clerk, reason="Asked for at the box office")
    assert refund is not None
    Refund.objects.filter(pk=refund.pk).update(state="succeeded", reference="re_3Q1a2b3c4d5e6f7g8h9i0j1k")
    for ticket in sold.tickets.all():
        CheckIn.objects.create(
            ticket=ticket, gate="Main door", result="admitted", passage=1, by=clerk, device="Scanner 1"
        )
    record(by=clerk, action="sell at counter", on=sold, theater_id=hall.theater_id, after={"total": "40.00"})
    record(by=asha, action=Action.SIGN_IN, on=asha, after={"way": "website"}, address="203.0.113.7")
    message = Notification.objects.filter(about=sold.code).first()
    assert message is not None
    event = GatewayEvent.objects.create(
        gateway="stripe", event_id="evt_source", kind="checkout.session.completed",
        payload={"session": "cs_live_a1b2c3d4e5f6", "amount": 4000, "currency": "eur", "status": "paid"},
    )  # fmt: skip
    Session.objects.create(session_key="source", session_data="x" * 220, expire_date=timezone.now())
    UserSession.objects.create(
        user=asha, ip="203.0.113.7", session_key="source", user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"
    )

    sql = Sql(timezone.now() - timedelta(days=2 * DAYS), timezone.now() - timedelta(days=DAYS))
    bookings = int(seats * SOLD * shows) // 2
    with without_guards():
        for original, first, share in (
            (sold, SALES, 1.0),
            (lapsed, LAPSES, LAPSED_PER_BOOKING),
            (canceled, CANCELS, REFUNDED_PER_BOOKING),
        ):
            show = f"{season[0]} + (n - 1) / {bookings // shows}"
            copy_booking(sql, original, first=first, times=int(bookings * share), show=show, per_show=bookings // shows)
        own = {"id": "n + 1000", "payment_id": f"n + {CANCELS}", "key": random_key()}
        copy_row(Refund, refund.pk, int(bookings * REFUNDED_PER_BOOKING), own)
        copy_messages(sql, message, event, bookings)
        copy_visitors(sql, asha, bookings)


def copy_booking(sql: Sql, original: Any, *, first: int, times: int, show: str, per_show: int) -> None:
    """Copy a booking with its tickets, payment, scans and audit entries."""
    from django.contrib.contenttypes.models import ContentType

    from accounts.models import AuditEntry
    from bookings.models import Booking, Ticket
    from door.models import CheckIn
    from payments.models import Payment

    at, key = sql.moment(times), f"n + {first}"
    own = {"id": key, "code": f"'B' || ({key})", "idempotency_key": "NULL", "email": sql.address}
    own |= {"name": "'Asha Customer ' || n", "name_key": "'asha customer ' || n", "created_at": at}
    own |= {column: at for column in ("expires_at", "confirmed_at") if getattr(original, column)}
    copy_row(Booking, original.pk, times, own)
    for number, ticket in enumerate(Ticket.objects.filter(booking=original).order_by("pk")):
        key_of_ticket = f"2 * n + {2 * first + number}"
        own = {"id": key_of_ticket, "code": f"'T' || ({key_of_ticket})", "booking_id": key, "show_id": show}
        copy_row(Ticket, ticket.pk, times, own | {"seat_id": f"{ticket.seat_id} + 2 * ((n - 1) % {per_show})"})
        for scan in CheckIn.objects.filter(ticket=ticket):
            copy_row(CheckIn, scan.pk, times, {"id": key_of_ticket, "ticket_id": key_of_ticket, "at": at})
    for payment in Payment.objects.filter(booking=original):
        own = {"id": key, "booking_id": key, "key": random_key(), "created_at": at}
        copy_row(Payment, payment.pk, times, own | {"reference": "'pi_3Q1a2b3c4d5e6f7' || n"})
    about = ContentType.objects.get_for_model(Booking)
    for number, entry in enumerate(AuditEntry.objects.filter(content_type=about, object_id=str(original.pk))):
        own = {"id": f"n + {first + number * 1_000_000}", "object_id": key, "at": at}
        copy_row(AuditEntry, entry.pk, times, own)


def copy_messages(sql: Sql, message: Any, event: Any, times: int) -> None:
    """Copy the messages to customers, and the events of the gateway."""
    at = sql.moment(times)
    for number, kind in enumerate(MESSAGES):
        own = {
            "id": f"n + {SALES + number * 1_000_000}",
            "kind": f"'{kind}'",
            "unique_key": f"'{kind}:' || n",
            "about": f"'B' || (n + {SALES})",
            "recipient": sql.address,
            "state": "'sent'",
            "gateway_id": f"'<{number}.' || (n + {SALES}) || '@tickets.example.org>'",
            "created_at": at,
            "sent_at": at,
        }
        copy_row(type(message), message.pk, times, own)
    for number in range(2):
        own = {"id": f"n + {SALES * (number + 1)}", "event_id": f"'evt_3Q1a2b3c4d5e6f{number}' || n", "received_at": at}
        copy_row(type(event), event.pk, times, own)


def copy_visitors(sql: Sql, person: Any, bookings: int) -> None:
    """Copy the sessions of everyone who held something, and the accounts of some with devices and sign-ins."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from accounts.models import AuditEntry, User

    visitors, accounts = int(bookings * (1 + LAPSED_PER_BOOKING)), int(bookings * ACCOUNTS_PER_BOOKING)
    key, session = f"n + {SALES}", f"'session' || (n + {SALES})"
    [source] = Session.objects.filter(session_key="source")
    copy_row(Session, source.pk, visitors, {"session_key": session, "expire_date": sql.moment(visitors)})
    at = sql.moment(accounts)
    copy_row(User, person.pk, accounts, {"id": key, "email": sql.address, "name": "'Asha Customer ' || n"})
    own = {"id": key, "session_key": session, "last_seen_at": at, "created_at": at, "user_id": key}
    copy_row(UserSession, UserSession.objects.get().pk, accounts, own)
    [entry] = AuditEntry.objects.filter(action=Action.SIGN_IN)
    own = {"id": f"n + {2 * CANCELS}", "by_id": key, "object_id": key, "at": at}
    copy_row(AuditEntry, entry.pk, accounts, own)


class Sql:
    """Expressions that differ between the databases; `n` numbers the copies of a row from 1."""

    address = "'asha.customer' || n || '@example.com'"

    def __init__(self, first: Any, last: Any) -> None:
        from django.db import connection

        self.connection = connection
        self.first, self.last = first, last
        self.is_postgres = connection.vendor == "postgresql"

    def moment(self, times: int) -> str:
        """Return the moment of copy n, if so many copies are spread over the year."""
        seconds = f"n * {int((self.last - self.first).total_seconds() / times)}"
        if self.is_postgres:
            return f"TIMESTAMPTZ '{self.first.isoformat()}' + {seconds} * INTERVAL '1 second'"
        return f"datetime('{self.first:%Y-%m-%d %H:%M:%S}', '+' || ({seconds}) || ' seconds')"


def print_sizes() -> None:
    """Print the largest tables: rows, and on PostgreSQL megabytes of rows and of indexes."""
    from django.apps import apps
    from django.db import connection

    found = []
    for model in apps.get_models():
        rows, table, indexes = model._base_manager.count(), 0, 0
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_table_size(%s), pg_indexes_size(%s)", [model._meta.db_table, model._meta.db_table]
                )
                table, indexes = cursor.fetchone()
        found.append((table + indexes, rows, table, indexes, model._meta.label))
    print(f"{'table':40}{'rows':>12}{'rows, MB':>12}{'indexes, MB':>14}")
    for _size, rows, table, indexes, label in sorted(found, reverse=True)[:12]:
        print(f"{label:40}{rows:>12,}{table / 1e6:>12.1f}{indexes / 1e6:>14.1f}")
    table, indexes = (sum(row[place] for row in found) for place in (2, 3))
    print(f"{'all':40}{sum(row[1] for row in found):>12,}{table / 1e6:>12.1f}{indexes / 1e6:>14.1f}", flush=True)


if __name__ == "__main__":
    main()
