"""What it costs a worker to send a confirmation with its tickets, in milliseconds of processor time by layer.

    DATABASE_URL=postgres://…/an_empty_database REDIS_URL=redis://… python -m benchmarks.confirmation
        [--mails 200] [--short]

Books two seats for each customer of the benchmark's opera house, then sends each confirmation twice, to an SMTP server
in a process of its own: by a real worker, whose processes' time and memory are read from /proc, and in this process,
where each layer's own time is added up. Without DATABASE_URL it uses SQLite in a temporary folder, without REDIS_URL
the queue in a folder. `--short` sends a few, to see that it works.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from benchmarks.usage import read_cpu_seconds, read_memory
from tools.processes import Supervisor
from tools.servers import free_port

MAILS, SHORT = 200, 4
# Sent first: each process loads typefaces, templates and translations once.
WARM_UP = 60
PROCESSES = 2
PATIENCE_SECONDS = 240
# Whose own time is added up, as "module:object.attribute", by the layer's name.
LAYERS = {
    "database": [
        "django.db.models.query:QuerySet._fetch_all",
        "django.db.models.query:QuerySet.update",
        "lib.compiled:_Select.run",
        "lib.compiled:_Update.run",
    ],
    "templates": ["notifications.email:render"],
    "MJML": ["notifications.rendering:mjml2html"],
    "PDF": ["bookings.tickets.documents:typeset"],
    "QR codes": ["bookings.tickets.documents:draw_qr", "bookings.tickets.documents:sign"],
    "documents": ["notifications.attachments:build"],
    "calendar": ["bookings.tickets.documents:calendar_ics"],
    "SMTP": ["notifications.email:deliver"],
}


class Stopwatch:
    """Adds up each layer's own processor time: what a layer calls of another is the other's."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._running = ["rest"]
        self._since = time.process_time()

    def turn(self) -> None:
        now = time.process_time()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now

    def watch(self, layer: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **kwargs: Any) -> Any:
            self.turn()
            self._running.append(layer)
            try:
                return function(*args, **kwargs)
            finally:
                self.turn()
                self._running.pop()

        return watched


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=MAILS)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Supervisor(show=lambda *_: None) as supervisor:
        port = free_port()
        os.environ |= {"DATA_DIR": folder, "EMAIL_URL": f"smtp://127.0.0.1:{port}", "PAYMENT_GATEWAYS": "sandbox"}
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
        os.environ.setdefault("SECRET_KEY", "benchmark")
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        sink = [sys.executable, "-m", "aiosmtpd", "-n", "-l", f"127.0.0.1:{port}", "-c", "aiosmtpd.handlers.Sink"]
        supervisor.start("smtp", sink, is_shown=False)
        figures = measure(supervisor, SHORT if options.short else options.mails, is_short=options.short)
    for name, figure in figures.items():
        print(f"{name:42}{figure:>10}")


def measure(supervisor: Supervisor, mails: int, *, is_short: bool) -> dict[str, float]:
    """Return milliseconds of processor time for each confirmation, by layer, and the worker's memory in MiB."""
    import django

    django.setup()
    warm_up = 1 if is_short else WARM_UP
    keys = book(warm_up + mails, is_short=is_short)
    return {
        **measure_worker(supervisor, keys[:warm_up], keys[warm_up:]),
        **measure_layers(keys[:warm_up], keys[warm_up:]),
    }


def book(count: int, *, is_short: bool) -> list[int]:
    """Let as many customers buy two seats each; return the keys of their confirmations, not yet sent."""
    from django.core.management import call_command
    from django.utils import timezone

    from accounts.models import User
    from benchmarks.prepare import plain_seats, prepare
    from bookings.seating.chosen import SeatChoice
    from bookings.services.hold_seats import hold_seats
    from bookings.services.pay import pay_with_token
    from events.models import Show
    from notifications import tasks
    from notifications.models import Notification

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if Notification.objects.exists():
        sys.exit("The database is not empty.")
    prepare(is_short=is_short)
    customers, shows = list(User.objects.order_by("pk")), list(Show.objects.order_by("pk"))
    seats = [seat.pk for seat in plain_seats(shows[0].seat_map).order_by("run", "position")]
    with mock.patch.object(tasks, "wake"):
        for number in range(count):
            round_, at = divmod(number, len(customers))
            pair = seats[2 * at % len(seats) :][:2]
            booking = hold_seats(show=shows[round_], seats=[SeatChoice(seat) for seat in pair], customer=customers[at])
            pay_with_token(booking=booking, gateway="sandbox", token="approve")
    rows = Notification.objects.filter(kind=Notification.Kind.BOOKING_CONFIRMED)
    # None is due before its turn.
    rows.update(next_attempt_at=timezone.now() + timedelta(days=1))
    return list(rows.order_by("pk").values_list("pk", flat=True))


def measure_worker(supervisor: Supervisor, warm_up: list[int], keys: list[int]) -> dict[str, float]:
    """Let a real worker send them; without /proc nothing is measured."""
    from celery import current_app
    from django.core.cache import cache

    from notifications.tasks import AWAKE

    # What the purchases and other programs left in the queue is no part of it; nor is that they asked for a worker.
    current_app.control.purge()
    cache.delete(AWAKE)
    command = [sys.executable, "-m", "celery", "-A", "ticketing", "--quiet", "worker"]
    worker = supervisor.start("worker", [*command, "--concurrency", str(PROCESSES)], env=os.environ, is_shown=False)
    send_by_worker(warm_up)
    before = read_cpu_seconds(worker.group)
    send_by_worker(keys)
    figures = {}
    if before:
        spent = (read_cpu_seconds(worker.group) - before) / len(keys)
        figures = {
            "worker: ms per confirmation": round(1000 * spent, 1),
            f"worker: MiB in all, {PROCESSES} processes": round(read_memory(worker.group)),
        }
    supervisor.end(worker)
    return figures


def send_by_worker(keys: list[int]) -> None:
    from django.utils import timezone

    from notifications import tasks
    from notifications.models import Notification

    rows = Notification.objects.filter(pk__in=keys)
    rows.update(next_attempt_at=timezone.now())
    tasks.wake()
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while rows.exclude(state=Notification.State.SENT).exists():
        if time.monotonic() > ends_at:
            sys.exit(f"Not all are sent: {rows.values_list('state', 'error').distinct()}")
        time.sleep(0.1)


def measure_layers(warm_up: list[int], keys: list[int]) -> dict[str, float]:
    """Send them again in this process, as the worker's task does."""
    from django.db import connection
    from django.utils import timezone

    from notifications.models import Notification
    from notifications.sending import Batch, send_batch

    def send(some: list[int]) -> None:
        Notification.objects.filter(pk__in=some).update(
            state=Notification.State.WAITING, attempts=0, next_attempt_at=timezone.now()
        )
        while send_batch(ends_at=time.monotonic() + PATIENCE_SECONDS) is not Batch.EMPTY:
            continue

    statements = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal statements
        statements += 1
        return execute(*arguments)

    send(warm_up)
    with watching() as stopwatch, connection.execute_wrapper(count):
        send(keys)
        stopwatch.turn()
    if sent := Notification.objects.filter(pk__in=keys).exclude(state=Notification.State.SENT).count():
        sys.exit(f"{sent} are not sent.")
    per_mail = {layer: 1000 * seconds / len(keys) for layer, seconds in stopwatch.seconds.items()}
    return {
        "in one process: ms per confirmation": round(sum(per_mail.values()), 1),
        **{f"    {layer}": round(per_mail.get(layer, 0), 2) for layer in [*LAYERS, "rest"]},
        "statements per confirmation": round(statements / len(keys), 1),
    }


@contextmanager
def watching() -> Iterator[Stopwatch]:
    from pkgutil import resolve_name

    stopwatch = Stopwatch()
    with ExitStack() as stack:
        for layer, names in LAYERS.items():
            for name in names:
                owner, _dot, attribute = name.replace(":", ".").rpartition(".")
                function = resolve_name(name)
                where = resolve_name(owner)
                stack.enter_context(mock.patch.object(where, attribute, stopwatch.watch(layer, function)))
        yield stopwatch


if __name__ == "__main__":
    main()
