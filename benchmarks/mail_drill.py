"""Send a thousand e-mails while worker and broker are killed again and again, and count what arrives.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.mail_drill [--mails 1000] [--kills 12] [--short]

It uses a real worker and scheduler, a real Valkey as broker and a real SMTP server. Each kill is a SIGKILL
at a random moment while a message is being sent: of the worker with all its processes, or of the broker,
whose queue is lost. The promise: each message arrives once; at most twice if a worker died between the
mail server's acceptance and its own record of it, and then the outbox says so. Without DATABASE_URL it
runs on SQLite in a temporary folder. It takes two to six minutes: the lease of a message whose worker was
killed lasts four. `--short` sends a few messages and kills only the scheduler, once.
"""

import argparse
import asyncio
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any

from tools.servers import find_valkey, free_port

PATIENCE_SECONDS = 900
WORK_SECONDS = 10


class Sink:
    """An SMTP server that counts each Message-ID. It is slow, so that kills hit it at work."""

    def __init__(self) -> None:
        from aiosmtpd.controller import Controller

        self.arrived: Counter[str] = Counter()
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.arrived[str(message_from_bytes(envelope.content)["Message-ID"]).strip()] += 1
        await asyncio.sleep(random.uniform(0, 0.05))
        return "250 taken"

    def stop(self) -> None:
        self._controller.stop()


class Processes:
    def __init__(self, folder: str, broker_port: int) -> None:
        self.folder, self.port = folder, broker_port
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        with Path(self.folder, f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.command(name), stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
            )

    def command(self, name: str) -> list[str]:
        celery = [sys.executable, "-m", "celery", "-A", "ticketing"]
        return {
            "worker": [*celery, "worker", "--concurrency=2", "--loglevel=error"],
            "scheduler": [*celery, "beat", "--loglevel=error"],
            "broker": [str(find_valkey()), "--port", str(self.port), "--save", "", "--dir", self.folder],
        }[name]

    def kill(self, name: str) -> None:
        """Kill the process and all that it started."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in list(self.running):
            self.kill(name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    if options.short:
        options.mails, options.kills = 4, 1
    victims = ["scheduler"] if options.short else ["worker", "worker", "broker"]
    sink, broker_port = Sink(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "ticketing.settings",
            "DEBUG": "1",
            "LOG_LEVEL": "ERROR",
            "DATA_DIR": folder,
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "CELERY_BROKER_URL": f"redis://127.0.0.1:{broker_port}/0",
        }
        processes = Processes(folder, broker_port)
        try:
            drill(options.mails, options.kills, victims, sink, processes)
        finally:
            processes.stop()
            sink.stop()


def wait_for_work() -> None:
    """Wait until a message is being sent, so that a kill hits it; a while at most, since all may be sent already."""
    from notifications.models import Notification

    ends_at = time.monotonic() + WORK_SECONDS
    while time.monotonic() < ends_at and not Notification.objects.filter(state=Notification.State.SENDING).exists():
        time.sleep(0.01)


def drill(mails: int, kills: int, victims: list[str], sink: Sink, processes: Processes) -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable")
    from notifications.email import make_message_id
    from notifications.models import Notification
    from notifications.sending import MAY_BE_TWICE
    from notifications.services import notify

    if Notification.objects.exists():
        sys.exit("The database is not empty.")
    for name in ("broker", "worker", "scheduler"):
        processes.start(name)
    started, killed = time.monotonic(), Counter[str]()
    print(f"{mails} messages, {kills} kills", flush=True)
    between = max(mails // kills, 1)
    for number in range(mails):
        notify(
            kind="account_unknown",
            recipient=f"person-{number}@example.com",
            unique_key=f"drill:{number}",
            context={"name": "", "recipient": "", "sign_up_url": ""},
        )
        if number % between == between - 1 and sum(killed.values()) < kills:
            wait_for_work()
            time.sleep(random.uniform(0, 0.3))
            victim = random.choice(victims)
            processes.kill(victim)
            killed[victim] += 1
            time.sleep(random.uniform(0, 1))
            processes.start(victim)
    while open_ones := Notification.objects.exclude(state=Notification.State.SENT).count():
        if time.monotonic() - started > PATIENCE_SECONDS:
            sys.exit(f"{open_ones} messages are not sent after {PATIENCE_SECONDS} seconds.")
        time.sleep(2)
    rows = list(Notification.objects.all())
    admitted = {make_message_id(row) for row in rows if row.error.startswith(MAY_BE_TWICE)}
    twice = {message_id for message_id, count in sink.arrived.items() if count > 1}
    print(f"killed: {dict(killed)}; {time.monotonic() - started:.0f} seconds")
    print(f"arrived: {sum(sink.arrived.values())} messages, {len(sink.arrived)} different")
    print(f"never arrived: {len({make_message_id(row) for row in rows} - set(sink.arrived))}")
    print(f"twice: {len(twice)}, of which the outbox does not say so: {len(twice - admitted)}")
    print(f"more than twice: {sum(count > 2 for count in sink.arrived.values())}")
    print(f"may have come twice, says the outbox: {len(admitted)}")
    lost = {make_message_id(row) for row in rows} != set(sink.arrived)
    if lost or twice - admitted or max(sink.arrived.values()) > 2:
        sys.exit("The promise is broken.")


if __name__ == "__main__":
    main()
