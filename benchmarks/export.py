"""Export every ticket of a large theater, as a worker does, and print what it takes.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.export [--tickets 1000000] [--short]

Fills an empty database by SQL, then exports a tenth of its tickets and all of them, each in a process of
its own, and prints rows a second and peak memory, which must be the same for both. Without DATABASE_URL
it uses SQLite in a temporary folder. `--short` exports a few in one process, to see that it works.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from decimal import Decimal

from benchmarks.copies import copy_row

TICKETS, SHORT = 1_000_000, 100
FORMATS = ("csv", "xlsx")
FIRST_KEY = 10_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tickets", type=int, default=TICKETS)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--measure", nargs=2, metavar=("FORMAT", "EVENT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    os.environ.setdefault("SECRET_KEY", "benchmark")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    if options.measure:
        set_up()
        print(json.dumps(measure(*options.measure)))
        return
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DATA_DIR"] = folder
        set_up()
        events = fill(SHORT if options.short else options.tickets)
        print(
            f"{'format':8}{'tickets':>10}{'seconds':>10}{'rows/s':>10}{'file, MB':>10}{'peak, MB':>10}{'idle, MB':>10}"
        )
        for file_format in FORMATS:
            for event in (events[0], ""):
                found = measure(file_format, str(event)) if options.short else measure_apart(file_format, str(event))
                speed = found["rows"] / found["seconds"]
                print(
                    f"{file_format:7}{found['rows']:>10,}{found['seconds']:>10.1f}{speed:>10,.0f}"
                    f"{found['size'] / 1e6:>10.1f}{found['peak']:>10.0f}{found['idle']:>10.0f}",
                    flush=True,
                )


def set_up() -> None:
    import django

    django.setup()


def fill(tickets: int) -> list[int]:
    """Make one theater with two events; the first one has a tenth of the tickets. Return their keys."""
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    from accounts.models import User
    from bookings.models import Booking, Ticket
    from events.models import Event, Show, TicketType
    from lib import guards
    from theaters.models import Area, City, Hall, SeatCategory, SeatMap, Theater

    call_command("migrate", verbosity=0)
    if Booking.objects.exists():
        sys.exit("This database has bookings. Name an empty one.")
    User.objects.create_superuser("benchmark@example.com", "benchmark")
    city = City.objects.create(name="Vienna", slug="vienna", country="AT", time_zone="Europe/Vienna")
    theater = Theater.objects.create(name="Arena", slug="arena", city=city, place="1 Main Street", currency="EUR")
    hall = Hall.objects.create(theater=theater, name="Floor")
    seat_map = SeatMap.objects.create(hall=hall, version=1, capacity=tickets)
    category = SeatCategory.objects.create(seat_map=seat_map, name="Standing", color="#aa3344", rank=1)
    area = Area.objects.create(seat_map=seat_map, guid="floor", name="Floor", capacity=tickets, category=category)
    SeatMap.objects.filter(pk=seat_map.pk).update(state="published", published_at=timezone.now())
    adult = TicketType.objects.create(theater=theater, name="Adult")
    now = timezone.now()
    # The guards' checks of each row are not measured here.
    guards.drop(connection)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in (Booking, Ticket):
                cursor.execute(f"ALTER TABLE {model._meta.db_table} DISABLE TRIGGER USER")
    events, after = [], 0
    for number, share in enumerate((tickets // 10, tickets - tickets // 10)):
        event = Event.objects.create(
            title=f"Night {number}", slug=f"night-{number}", kind="concert", running_minutes=90
        )
        starts_at = now + timedelta(days=number + 1)
        show = Show.objects.create(event=event, hall=hall, seat_map=seat_map, starts_at=starts_at, state="on_sale")
        booking = Booking.objects.create(
            theater=hall.theater,
            email="asha@example.com",
            name="Asha Customer",
            state="confirmed",
            confirmed_at=now,
            currency="EUR",
            total=Decimal(40),
            tax=Decimal("3.64"),
        )
        ticket = Ticket.objects.create(
            booking=booking,
            show=show,
            area=area,
            category=category,
            ticket_type=adult,
            price=Decimal("20.00"),
            amount=Decimal("20.00"),
            tax=Decimal("1.82"),
            state="issued",
        )
        # Far above what the sequences give to the rows that are copied.
        first = FIRST_KEY * (number + 1)
        copy_row(Booking, booking.pk, share // 2, {"id": f"n + {first}", "code": f"'B' || (n + {after})"})
        own = {"id": f"n + {first}", "code": f"'T' || (n + {after})", "booking_id": f"(n - 1) / 2 + {first + 1}"}
        copy_row(Ticket, ticket.pk, share, own)
        Ticket.objects.filter(pk=ticket.pk).delete()
        Booking.objects.filter(pk=booking.pk).delete()
        after += share
        events.append(event.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return events


def measure_apart(file_format: str, event: str) -> dict[str, float]:
    """Run one export in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.export", "--measure", file_format, event]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def measure(file_format: str, event: str) -> dict[str, float]:
    """Run one export in this process, as a worker does, and return what it took."""
    from accounts.models import User
    from reports.catalog import REPORTS
    from reports.exports.run import run_export, start_export

    user = User.objects.get(email="benchmark@example.com")
    parameters = {"span": "this_year", **({"event": event} if event else {})}
    export = start_export(report=REPORTS["tickets"], parameters=parameters, format=file_format, by=user)
    idle = peak()
    started = time.monotonic()
    if not run_export(export.pk):
        export.refresh_from_db()
        sys.exit(f"The export is {export.state}: {export.error}")
    seconds = time.monotonic() - started
    export.refresh_from_db()
    return {"rows": export.rows, "seconds": seconds, "size": export.file.size, "peak": peak(), "idle": idle}


def peak() -> float:
    """Return the peak memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
