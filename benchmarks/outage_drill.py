"""Kill page processes, Valkey and PostgreSQL under a running site, and check that it recovers by itself.

    python -m benchmarks.outage_drill [--short] [--times 3] [--seconds 20]

It runs real page processes, a worker and a scheduler with a PostgreSQL and a Valkey of its own. During each outage
it requests pages and the API all the time, and counts the answers and their duration. The promises:

- When a page process is killed, the others go on, and it is replaced.
- Without Valkey every page is answered, bookings can be made and paid, worker and scheduler survive, and the mail of
  those bookings is sent once Valkey is back.
- Without PostgreSQL every answer is a 503 with `Retry-After`, within a second; `/readyz` reports it within three; and
  everything works again within seconds after its return.

`--short`, for tests: with the SQLite of DATABASE_URL, it kills one page process and Valkey once, without worker.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import threading
import time
from collections import Counter
from signal import SIGKILL

from benchmarks.client import Client
from benchmarks.site import NO_ANSWER, NO_MAIL, Site
from tools.environment import ensure
from tools.processes import Supervisor, plain_errors
from tools.servers import make_folder, start_postgres, start_valkey, valkey_settings
from tools.test import served_environment

READY_SECONDS = 3
DOWN_SECONDS = 1
BACK_SECONDS = 10


class Watch:
    """Requests some addresses all the time, from a few threads, and records the answers."""

    def __init__(self, port: int, paths: list[str], *, cookie: str, pause: float) -> None:
        self.pause = pause
        self.answers: list[tuple[float, str, int, float, bool]] = []
        self._is_over = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(port, path, cookie), daemon=True) for path in paths]

    def __enter__(self) -> Watch:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._is_over.set()
        for thread in self._threads:
            thread.join(70)

    def _ask(self, port: int, path: str, cookie: str) -> None:
        while not self._is_over.is_set():
            # A new connection each time, as for visitors behind a proxy.
            client, started = Client("127.0.0.1", port), time.monotonic()
            if cookie:
                client.cookies["sessionid"] = cookie
            status, can_wait = NO_ANSWER, False
            with contextlib.suppress(OSError, EOFError):
                answer = client.get(path)
                status, can_wait = answer.status, "retry-after" in answer.headers
            client.close()
            now = time.monotonic()
            self.answers.append((now, path, status, now - started, can_wait))
            self._is_over.wait(self.pause)

    def since(self, moment: float) -> list[tuple[float, str, int, float, bool]]:
        return [one for one in list(self.answers) if one[0] - one[3] >= moment]

    def say(self, what: str, moment: float) -> None:
        found = self.since(moment)
        counts = dict(sorted(Counter(status for _, _, status, _, _ in found).items()))
        print(f"  {what}: {counts}, the slowest after {max(took for _, _, _, took, _ in found):.1f} s", flush=True)


class Drill(Site):
    def __init__(self, supervisor: Supervisor, *, is_short: bool) -> None:
        self.is_short = is_short
        folder = make_folder(supervisor, "drill", on_disk=True)
        env = served_environment(folder, is_short=is_short, EMAIL_BACKEND=NO_MAIL, LOG_LEVEL="WARNING")
        env["DATABASE_URL"] = os.environ.get("DATABASE_URL", "") if is_short else start_postgres(supervisor)
        env |= valkey_settings(start_valkey(supervisor))
        super().__init__(supervisor, env)
        self.broken: list[str] = []

    def expect(self, is_so: bool, promise: str) -> None:
        if not is_so:
            print(f"  BROKEN: {promise}", flush=True)
            self.broken.append(promise)

    def start(self) -> None:
        if not self.is_short:
            self.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        plan = json.loads(self.python("-m", "benchmarks.prepare", "--short"))
        self.plan, self.show, self.booked = plan, plan["shows"][0]["code"], 0
        self.start_pages()
        if not self.is_short:
            self.start_celery("worker", "worker", "--concurrency", "2")
            self.start_celery("scheduler", "beat", "--pidfile", "")
        self.wait_for_pages("The pages did not answer.")

    @property
    def paths(self) -> list[str]:
        return ["/", f"/shows/{self.show}/", f"/api/v1/shows/{self.show}", "/readyz"]

    def watch(self) -> Watch:
        # With a cookie, so that the session is read.
        return Watch(self.port, self.paths, cookie="s" * 32, pause=0.5 if self.is_short else 0.1)

    def wait(self, seconds: float) -> None:
        """Wait, and raise `Trouble` if a process ends meanwhile."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self.supervisor.wait_for_event(min(left, 1))

    def kill_a_page_process(self) -> None:
        print("One of two page processes is killed.", flush=True)
        before = set(self.page_processes())
        victim = min(before)
        with self.watch() as watch:
            self.wait(1)
            killed = time.monotonic()
            os.kill(victim, SIGKILL)
            self.supervisor.wait_until(
                lambda: len(set(self.page_processes()) - {victim}) == len(before), 60, "It was not replaced."
            )
            replaced = time.monotonic()
            self.wait(1 if self.is_short else 10)
        watch.say(f"replaced after {replaced - killed:.1f} s; answers", killed)
        # Requests that the process was serving get no answer; later ones are served by the other.
        late = [one for one in watch.since(killed + 0.5) if one[2] != 200]
        self.expect(not late, f"Pages go on when one process dies. {Counter(one[1:3] for one in late)}")

    def take_valkey_away(self, seconds: float) -> None:
        print(f"Valkey is killed for {seconds:.0f} seconds.", flush=True)
        valkey = self.child("valkey")
        with self.watch() as watch:
            self.wait(1)
            gone = time.monotonic()
            self.supervisor.kill(valkey)
            self.wait(1)
            codes = [self.book() for _ in range(1 if self.is_short else 3)]
            self.wait(max(0.0, seconds - (time.monotonic() - gone)))
            watch.say("answers", gone)
            valkey.again()
            back = time.monotonic()
            self.wait_for_pages("Pages did not take Valkey up again.")
        self.expect({one[2] for one in watch.since(gone)} == {200}, "Every page is answered without Valkey.")
        slowest = max(one[3] for one in watch.since(gone))
        self.expect(slowest < 10, f"No page takes long without Valkey: {slowest:.1f} s.")
        print(f"  all is well {time.monotonic() - back:.1f} s after its return; booked meanwhile: {codes}", flush=True)
        if not self.is_short:
            self.supervisor.wait_until(self.is_all_mailed, 90, f"No mail for {codes}:\n{self.logs()}")
            print(f"  their mail was sent {time.monotonic() - back:.1f} s after its return", flush=True)

    def book(self) -> str:
        """Hold and pay two seats as a customer of the API; return the booking's code."""
        client, headers = Client("127.0.0.1", self.port), {"Authorization": f"Bearer {self.plan['tokens'][0]}"}
        # In one show after the other, so that no customer has too many tickets.
        pair, show = divmod(self.booked, len(self.plan["shows"]))
        seats = self.plan["seats"][2 * pair : 2 * pair + 2]
        wish = {"show": self.plan["shows"][show]["code"], "seats": [{"seat": pk} for pk, _ in seats]}
        self.booked += 1
        held = client.post("/api/v1/bookings", json.dumps(wish).encode(), **headers)
        self.expect(held.status == 201, f"Seats can be held: {held.status} {held.body[:300]!r}")
        code = json.loads(held.body).get("code", "")
        pay = json.dumps({"gateway": "sandbox", "token": "approve"}).encode()
        paid = client.post(f"/api/v1/bookings/{code}/pay", pay, **headers)
        self.expect(paid.status == 200, f"A booking can be paid: {paid.status} {paid.body[:300]!r}")
        client.close()
        return str(code)

    def is_all_mailed(self) -> bool:
        read = "from notifications.models import Notification as N; print(N.objects.exclude(state='sent').count())"
        return self.python("manage.py", "shell", "--no-imports", "-c", read).strip() == "0"

    def take_postgres_away(self, seconds: float) -> None:
        print(f"PostgreSQL is stopped for {seconds:.0f} seconds.", flush=True)
        postgres = self.child("postgres")
        with self.watch() as watch:
            self.wait(1)
            self.supervisor.end(postgres)
            gone = time.monotonic()
            self.wait(seconds)
            watch.say("answers", gone)
            for _, path, status, took, can_wait in watch.since(gone + 1):
                is_ready_page = path == "/readyz"
                self.expect(status == 503 and (can_wait or is_ready_page), f"{path} answers 503, not {status}.")
                self.expect(not is_ready_page or took < READY_SECONDS, f"/readyz answers quickly, not in {took:.1f} s.")
                self.expect(is_ready_page or took < DOWN_SECONDS, f"{path} answers at once, not in {took:.1f} s.")
                if self.broken:
                    break
            postgres.again()
            self.wait(BACK_SECONDS + 10)
            back = watch.since(time.monotonic() - BACK_SECONDS - 10)
        failed = [one for one in back if one[2] != 200]
        last = max((one[0] for one in failed), default=back[0][0])
        print(f"  the last failure {last - back[0][0]:.1f} s after its return was begun", flush=True)
        self.expect(last - back[0][0] < BACK_SECONDS, "All is well within seconds after its return.")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--times", type=int, default=3, help="how often Valkey is killed")
    parser.add_argument("--seconds", type=float, default=20, help="for how long")
    parser.add_argument("--database-seconds", type=float, default=70, help="for how long PostgreSQL is away")
    options = parser.parse_args()
    with plain_errors(), Supervisor(lambda _, line: print(line, flush=True)) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        drill = Drill(supervisor, is_short=options.short)
        drill.start()
        drill.kill_a_page_process()
        for _ in range(1 if options.short else options.times):
            drill.take_valkey_away(1.5 if options.short else options.seconds)
        if not options.short:
            drill.take_postgres_away(options.database_seconds)
            drill.take_valkey_away(1)
        if drill.broken:
            print(drill.logs())
            sys.exit("A promise is broken.")
    print("All promises were kept.")


if __name__ == "__main__":
    main()
