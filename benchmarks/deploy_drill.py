"""Put a new version in place of the old one while people book, and count what they notice: nothing.

    python -m benchmarks.deploy_drill [--short] [--seconds 20]

Guests book by pages and others look around, through a proxy, as behind nginx. A migration that widens a table runs
under the old version's feet; the new version's page processes start beside the old ones; when `/readyz` answers there,
the proxy sends new connections to them, and the old ones are told to end. Every request has to be answered as ever, and
every booking to be confirmed. It ends with 1 if one was not. `--short`, for tests: with the SQLite of DATABASE_URL.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sys
import threading
import time
from collections import Counter
from signal import SIGTERM
from typing import Any

from benchmarks.client import Client
from benchmarks.drive import Pairs, Unexpected, hold_by_page, pay_by_pages
from benchmarks.proxy import Proxy
from benchmarks.site import NO_ANSWER, NO_MAIL, Site
from tools.environment import ensure
from tools.processes import Supervisor, plain_errors
from tools.servers import make_folder, start_postgres, start_valkey, valkey_settings
from tools.test import served_environment

HOST = "127.0.0.1"
GUESTS, LOOKERS = 3, 3
# As `migrate` does it for a column that the next version fills.
WIDEN = "from django.db import connection; connection.cursor().execute('ALTER TABLE bookings_booking ADD next integer')"


class Visitors:
    """Guests who book, over connections that they keep, and people who look around, over new ones."""

    def __init__(self, port: int, plan: dict[str, Any]) -> None:
        self.port, self.plan = port, plan
        self.answers: Counter[int] = Counter()
        self.booked, self.failed = 0, list[str]()
        self._pairs = Pairs(plan, plan["shows"][:15])
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=work, daemon=True) for work in [self._book] * GUESTS]
        self._threads += [threading.Thread(target=self._look, daemon=True) for _looker in range(LOOKERS)]

    def __enter__(self) -> Visitors:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(60)

    def _book(self) -> None:
        while not self._is_over.wait(random.uniform(0, 0.3)):
            client = Client(HOST, self.port)
            with self._lock:
                show, first, second, _category = self._pairs.take()
            try:
                checkout = hold_by_page(client, show["code"], [first, second])
                if checkout is None:
                    self.failed.append("A seat is gone that nobody wanted.")
                else:
                    pay_by_pages(client, checkout)
                    self.booked += 1
            except (Unexpected, OSError, EOFError) as error:
                self.failed.append(repr(error)[:300])
            client.close()

    def _look(self) -> None:
        show = self.plan["shows"][0]["code"]
        paths = ["/", "/events/", f"/shows/{show}/", f"/api/v1/shows/{show}/availability", "/accounts/login/"]
        while not self._is_over.wait(random.uniform(0, 0.1)):
            client, status = Client(HOST, self.port), NO_ANSWER
            with contextlib.suppress(OSError, EOFError):
                status = client.get(random.choice(paths)).status
            client.close()
            with self._lock:
                self.answers[status] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--seconds", type=float, default=20, help="before and after the change")
    options = parser.parse_args()
    seconds = 1.0 if options.short else options.seconds
    with plain_errors(), Supervisor(lambda _, line: print(line, flush=True)) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        folder = make_folder(supervisor, "deploy", on_disk=True)
        env = served_environment(folder, is_short=options.short, EMAIL_BACKEND=NO_MAIL, LOG_LEVEL="WARNING")
        env["DATABASE_URL"] = os.environ.get("DATABASE_URL", "") if options.short else start_postgres(supervisor)
        env |= valkey_settings(start_valkey(supervisor))
        old, new = Site(supervisor, env), Site(supervisor, env)
        proxy = Proxy(old.port)
        env["SITE_URL"] = f"http://{HOST}:{proxy.port}"
        if not options.short:
            old.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        plan = json.loads(old.python("-m", "benchmarks.prepare", "--short"))
        old.start_pages(workers=1 if options.short else 2)
        old_server = supervisor.children[-1]
        old.wait_for_pages("The old version did not start.")
        with Visitors(proxy.port, plan) as visitors:
            time.sleep(seconds)
            old.python("manage.py", "shell", "--no-imports", "-c", WIDEN)
            new.start_pages(workers=1 if options.short else 2)
            new.wait_for_pages("The new version did not start.")
            proxy.target = new.port
            booked, ended = visitors.booked, time.monotonic()
            supervisor.end(old_server, SIGTERM)
            print(f"  the old version ended {time.monotonic() - ended:.1f} s after it was told to", flush=True)
            time.sleep(seconds)
        print(f"  answers: {dict(visitors.answers)}; booked {booked} before and {visitors.booked - booked} after")
        for failure in visitors.failed:
            print(f"  FAILED: {failure}")
        is_good = not visitors.failed and set(visitors.answers) == {200} and visitors.booked > booked
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
