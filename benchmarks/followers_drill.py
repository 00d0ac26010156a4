"""Tell thousands of followers of one show, while tickets of another one are sold.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.followers_drill [--followers 10000] [--short]

It uses a real worker and scheduler, a real Valkey and a real SMTP server, which takes each message at once. Tickets
are sold and paid for one after the other, a few each second, by the services that pages call: for a while alone, then
from the moment in which the show is put on sale until its last follower was written to. It prints when the last
message was in the outbox and at the mail server, and how long a sale and its mail took before and meanwhile; on a
machine that does other work, too, the worker's processor time tells more than the clock. The
promise: each follower is told once. Without DATABASE_URL it runs on SQLite in a temporary folder. `--short` tells a
few followers and sells a few tickets.
"""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from statistics import median
from typing import Any

from benchmarks.mail_drill import Processes, Sink
from benchmarks.usage import read_cpu_seconds
from tools.servers import free_port

PATIENCE_SECONDS = 900
PAUSE_SECONDS = 0.4


class TimedSink(Sink):
    """Takes messages without delay, and keeps when each address got how many."""

    def __init__(self) -> None:
        super().__init__()
        self.got: Counter[str] = Counter()
        self.at: dict[str, float] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        address = str(message_from_bytes(envelope.content[:4000])["To"]).strip()
        self.got[address] += 1
        self.at[address] = time.monotonic()
        return "250 taken"


@dataclass
class Sales:
    """Sells one ticket after the other, each to a guest of its own."""

    show: Any
    seats: list[int]
    sold: dict[str, tuple[float, float]] = field(default_factory=dict)

    def sell(self, name: str) -> None:
        from testing.bookings import make_paid

        address = f"{name}-{len(self.sold)}@example.com"
        started = time.monotonic()
        make_paid(self.show, self.seats.pop(), email=address)
        ended = time.monotonic()
        self.sold[address] = (ended - started, ended)

    def report(self, name: str, sink: TimedSink) -> str:
        mine = {address: found for address, found in self.sold.items() if address.startswith(name)}
        took = sorted(1000 * seconds for seconds, _ended in mine.values())
        waited = sorted(sink.at[address] - ended for address, (_seconds, ended) in mine.items())
        return (
            f"{len(mine)} sales, each {median(took):.0f} ms (slowest {took[-1]:.0f}); "
            f"tickets by mail after {median(waited):.2f} s (slowest {waited[-1]:.2f})"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--followers", type=int, default=10_000)
    parser.add_argument("--alone", type=int, default=25, help="sales before the show is put on sale")
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    if options.short:
        options.followers, options.alone = 150, 2
    sink, broker_port = TimedSink(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "ticketing.settings",
            "DEBUG": "1",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
            "REDIS_URL": f"redis://127.0.0.1:{broker_port}/1",
        }
        processes = Processes(folder, broker_port)
        try:
            drill(options.followers, options.alone, sink, processes)
        finally:
            processes.stop()
            sink.stop()


def drill(followers: int, alone: int, sink: TimedSink, processes: Processes) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    from events.models import Show
    from events.sales.opening import open_sales
    from follows.models import Follow, Follower
    from notifications.models import Notification
    from testing.builders import make_event, make_hall, make_show

    if Notification.objects.exists():
        sys.exit("The database is not empty.")
    selling = make_show(hall=make_hall(rows=40, seats=30))
    awaited = make_show(hall=make_hall(), event=make_event("Nosferatu"), state=Show.State.DRAFT)
    people = Follower.objects.bulk_create(
        [Follower(email=f"follower-{number}@example.com", language="en") for number in range(followers)]
    )
    Follow.objects.bulk_create([Follow(follower=person, event=awaited.event) for person in people], batch_size=1000)
    for name in ("broker", "worker", "scheduler"):
        processes.start(name)
    sales = Sales(selling, list(range(40 * 30)))
    warm_up(sales, sink)
    for _ in range(alone):
        sales.sell("alone")
        time.sleep(PAUSE_SECONDS)
    print(f"{followers} followers; {os.cpu_count()} processors for all of it", flush=True)
    worker = processes.running["worker"].pid
    started, written_after, used = time.monotonic(), 0.0, read_cpu_seconds(worker)
    open_sales(show=awaited, by=None)
    told = Notification.objects.filter(kind=Notification.Kind.FOLLOWED_ON_SALE)
    while sum(address.startswith("follower-") for address in list(sink.got)) < followers:
        if time.monotonic() - started > PATIENCE_SECONDS:
            sys.exit(f"{told.exclude(state=Notification.State.SENT).count()} are not sent in {PATIENCE_SECONDS} s.")
        if not written_after and told.count() == followers:
            written_after = time.monotonic() - started
        sales.sell("meanwhile")
        time.sleep(PAUSE_SECONDS)
    last = max(at for address, at in sink.at.items() if address.startswith("follower-")) - started
    wait_for(set(sales.sold), sink)
    print(f"written after {written_after or last:.1f} s, sent after {last:.1f} s: {followers / last:.0f} a second")
    used = read_cpu_seconds(worker) - used
    print(f"the worker used {used:.1f} s of processor time; load average {os.getloadavg()[0]:.1f}")
    print(f"alone:     {sales.report('alone', sink)}")
    print(f"meanwhile: {sales.report('meanwhile', sink)}")
    twice = [address for address, count in sink.got.items() if count > 1]
    if twice or told.count() != followers:
        sys.exit(f"The promise is broken: {told.count()} told, {len(twice)} twice.")
    print("each follower told once")


def warm_up(sales: Sales, sink: TimedSink) -> None:
    """Sell one ticket, and wait until its mail came: then the worker is there."""
    sales.sell("first")
    wait_for(set(sales.sold), sink)


def wait_for(addresses: set[str], sink: TimedSink) -> None:
    ends_at = time.monotonic() + PATIENCE_SECONDS
    while not addresses <= set(sink.got):
        if time.monotonic() > ends_at:
            sys.exit(f"{len(addresses - set(sink.got))} mails of sales did not come.")
        time.sleep(0.05)


if __name__ == "__main__":
    main()
