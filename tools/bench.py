"""`make bench`: how fast the site is, against a PostgreSQL and a Valkey started here, as ratios to bare Django.

`make bench ARGS=--short` only shows that everything still runs: a moment of each, in a small hall, on SQLite or the
database in `DATABASE_URL`. A test does so.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.request import urlopen

from tools.environment import PYTHON, ensure
from tools.probe import find_fault
from tools.processes import PROJECT, Child, Supervisor, Trouble, plain_errors
from tools.servers import free_port, make_folder, start_postgres, start_valkey, valkey_settings
from tools.test import served_environment

RESULT = PROJECT / ".run" / "benchmark.json"
_PINNED = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])"


# Programs of `benchmarks/` that measure something of their own and print a table, and the database of each, which is
# empty at first. Their short forms are run by a test of their own.
PROGRAMS = [
    ("A confirmation, by the worker", "mail", ["confirmation"]),
    ("From 100 to 200,000 shows, ms", "shows", ["growth"]),
    ("Search among 10,000 events and 200,000 shows, ms", "shows", ["search"]),
    ("The console, as ratios to an empty page", "console", ["console", "--bookings", "2000"]),
]
_READ_MEMORY = "import sys; from benchmarks.usage import read_memory; print(round(read_memory(int(sys.argv[1]))))"
_CREATE = "import psycopg, sys; psycopg.connect(sys.argv[1], autocommit=True).execute(f'CREATE DATABASE {sys.argv[2]}')"
NO_VARIABLES: Mapping[str, str] = MappingProxyType({})
FLOOR_OF_PAGES, FLOOR_OF_BOOKINGS = "bare template view", "bare bookings, 2 requests each"


class Bench:
    def __init__(self, supervisor: Supervisor, *, is_short: bool = False) -> None:
        self.supervisor = supervisor
        self.short = ["--short"] if is_short else []
        self.folder = make_folder(supervisor, "bench", on_disk=True)
        self.plan = self.folder / "plan.json"
        self.figures: dict[str, dict[str, Any]] = {}
        self.tables: dict[str, str] = {}
        self.databases: set[str] = set()
        # In short, one server with the floor's views and one with the site's are kept to the end.
        self.kept: dict[bool, tuple[Child, int]] = {}
        mail_port = free_port()
        sink = f"-m aiosmtpd -n -l 127.0.0.1:{mail_port} -c aiosmtpd.handlers.Sink"
        supervisor.start("smtp", [PYTHON, *sink.split()], is_shown=False)
        self.env = served_environment(self.folder, is_short=is_short, EMAIL_URL=f"smtp://127.0.0.1:{mail_port}")
        if is_short:
            self.env["DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
        else:
            self.env["DATABASE_URL"] = start_postgres(supervisor, is_durable=True)
            self.env |= valkey_settings(start_valkey(supervisor))

    def python(
        self, *arguments: str | Path, variables: Mapping[str, str] = NO_VARIABLES, may_disapprove: bool = False
    ) -> str:
        """Return what a program prints. One that `may_disapprove` ends with 1 when its figures are not good."""
        done = subprocess.run(
            [str(PYTHON), *map(str, arguments)],
            cwd=PROJECT,
            env={**self.env, **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode and not (may_disapprove and done.returncode == 1 and done.stdout):
            raise Trouble(f"{' '.join(map(str, arguments))} failed:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
        return done.stdout

    def prepare(self) -> None:
        if not self.short:
            self.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        self.plan.write_text(self.python("-m", "benchmarks.prepare", *self.short))

    def serve(
        self,
        *,
        workers: int,
        is_floor: bool = False,
        is_pinned: bool = False,
        variables: Mapping[str, str] = NO_VARIABLES,
    ) -> tuple[Child, int]:
        if is_floor in self.kept:
            return self.kept[is_floor]
        port = free_port()
        program = "granian" if is_floor else "ticketing.serve"
        command: list[str | Path] = [PYTHON, "-m", program, "--interface", "wsgi", "--port", str(port), "--no-ws"]
        command += ["--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"]
        command += ["--log-level", "error"]
        env = {**self.env, **variables, "SITE_URL": f"http://127.0.0.1:{port}"}
        if is_floor:
            env["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.settings"
        if is_pinned and hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
            command = [PYTHON, "-c", _PINNED, *command]
        child = self.supervisor.start("granian", [*command, "ticketing.wsgi:application"], env=env, is_shown=False)
        address = f"http://127.0.0.1:{port}/{'constant' if is_floor else 'readyz'}"
        self.supervisor.wait_until(lambda: not find_fault(address), 60, f"The server did not start:\n{child.quote()}")
        if self.short:
            self.kept[is_floor] = child, port
        return child, port

    def end(self, server: Child) -> None:
        if not self.short:
            self.supervisor.end(server)

    def note(self, name: str, figures: dict[str, Any]) -> None:
        self.figures[name] = figures
        told = ", ".join(f"{key} {value}" for key, value in figures.items() if key != "began_at")
        print(f"  {name}: {told}", flush=True)

    def drive(self, name: str, driver: str, port: int, *rest: str) -> None:
        figures = self.python("-m", "benchmarks.drive", *self.short, driver, str(port), self.plan, *rest)
        self.note(name, json.loads(figures))

    def run(self) -> None:
        self.prepare()
        self.measure_pages()
        self.measure_bookings()
        self.figures["counted by SQL"] = json.loads(self.python("-m", "benchmarks.verify", self.plan))
        if not self.short:
            for title, database, (program, *arguments) in PROGRAMS:
                self.tables[title] = self.python(
                    "-m",
                    f"benchmarks.{program}",
                    *arguments,
                    may_disapprove=True,
                    variables=self.open_database(database),
                )
                print(f"{title}:\n{self.tables[title]}", flush=True)
        self.measure_phone()

    def measure_pages(self) -> None:
        plan = json.loads(self.plan.read_text())
        show, api = f"/shows/{plan['shows'][0]['code']}/", "/api/v1/shows/{}".format(plan["shows"][0]["code"])
        print("Pages, warm, one process of the server on one core:")
        server, port = self.serve(workers=1, is_floor=True, is_pinned=not self.short)
        self.drive(FLOOR_OF_PAGES, "read", port, "/page")
        self.drive("bare constant view", "read", port, "/constant")
        self.end(server)
        server, port = self.serve(workers=1, is_pinned=not self.short)
        self.drive("availability", "read", port, f"{api}/availability")
        self.drive("seat map as JSON", "read", port, f"{show}plan.json")
        self.drive("page of the show", "read", port, show)
        self.drive("page of the event", "read", port, f"/events/{plan['event']}/")
        self.drive("home", "read", port, "/")
        self.end(server)

    def measure_bookings(self) -> None:
        print("Bookings of two seats, and a rush for the last ones, two processes of the server:")
        workers = 1 if self.short else 2
        server, port = self.serve(workers=workers, is_floor=True)
        self.drive(FLOOR_OF_BOOKINGS, "floor", port)
        self.end(server)
        server, port = self.serve(workers=workers)
        self.drive("bookings by the API, 2 requests each", "api", port)
        self.drive("bookings by pages, 7 requests each", "pages", port, "11:12")
        self.drive("bookings by one customer alone", "pages", port, "12:13", "1")
        self.drive("rush", "rush", port)
        self.drive("parties at once", "parties", port, "15")
        self.drive("parties for the last seats", "parties", port, "16")
        self.measure_with_worker(port)
        self.note("memory of the server", {"processes": workers, "MiB": self.read_memory(server)})
        self.end(server)

    def measure_with_worker(self, port: int) -> None:
        """Book by pages while a worker on the same cores sends each confirmation; over when the last one is sent."""
        command: list[str | Path] = [
            PYTHON,
            "-m",
            "celery",
            "-A",
            "ticketing",
            "--quiet",
            "worker",
            "--concurrency",
            "2",
        ]
        worker = self.supervisor.start("worker", command, env=self.env, is_shown=False)
        if not self.short:
            # What was booked before is no part of it.
            self.python("-m", "benchmarks.mails")
        name = "bookings by pages, with all mail sent"
        self.drive(name, "pages", port, "13:14")
        figures = self.figures[name]
        ended_at = float(self.python("-m", "benchmarks.mails"))
        figures["per_second"] = round(figures["count"] / (ended_at - figures["began_at"]), 1)
        print(f"    {figures['per_second']} a second until the last mail is sent")
        self.note("memory of the worker", {"processes": 2, "MiB": self.read_memory(worker)})
        self.supervisor.end(worker)

    def measure_phone(self) -> None:
        """Open pages of the demo season with an arena, or in short those of the benchmark, as a phone does."""
        variables, theater = {}, "opera"
        if not self.short:
            variables = {**self.open_database("demo"), "DATA_DIR": str(self.folder / "demo")}
            theater = "north-quay-opera"
            self.python("manage.py", "migrate", "--verbosity", "0", variables=variables)
            self.python("manage.py", "createcachetable", variables=variables)
            self.python("manage.py", "demo", "--yes-this-is-a-demo", variables=variables)
        arena = self.python("-m", "benchmarks.arena", *self.short, variables=variables).strip()
        server, port = self.serve(workers=1, variables=variables)
        address = f"http://127.0.0.1:{port}"
        with urlopen(f"{address}/api/v1/shows?theater={theater}&limit=1") as answer:
            opera = json.load(answer)["items"][0]["code"]
        told = json.loads(self.python("-m", "benchmarks.phone", address, opera, arena, *self.short))
        for page, figures in told.items():
            shown = page.replace(opera, "an opera").replace(arena, "an arena")
            self.note(f"on a phone: {shown}", figures)
        self.end(server)

    def read_memory(self, child: Child) -> int:
        """Return the proportional set size of a process and its children in MiB; 0 where there is no /proc."""
        return int(self.python("-c", _READ_MEMORY, str(child.group)))

    def open_database(self, name: str) -> dict[str, str]:
        """Return the environment that names a database of our PostgreSQL, created when it is opened first."""
        url = self.env["DATABASE_URL"]
        if name not in self.databases:
            self.python("-c", _CREATE, url, f"bench_{name}")
            self.databases.add(name)
        return {"DATABASE_URL": f"{url.rpartition('/')[0]}/bench_{name}"}


def report(figures: dict[str, dict[str, Any]]) -> None:
    print(f"\n{'':38}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}  ratio")
    for name, figure in figures.items():
        if "per_second" not in figure:
            continue
        floor = FLOOR_OF_BOOKINGS if "bookings" in name else FLOOR_OF_PAGES
        share = figure["per_second"] / figures[floor]["per_second"]
        shown = "" if name.startswith(("bare", "parties", "rush")) else f"{share:6.1%} of {floor}"
        print(f"{name:38}{figure['per_second']:>10}{figure['p50_ms']:>9}{figure['p95_ms']:>9}  {shown}")
    rush = figures["rush"]
    print(
        f"\nThe rush: {rush['bought'] + rush['sold out']} buyers, {rush['bought']} bought, {rush['sold out']} found "
        f"everything sold, {rush['attempts']} attempts, {rush['seconds']} seconds."
    )
    for name in ("parties at once", "parties for the last seats"):
        found = figures[name]
        print(
            f"{name.capitalize()}: {found['held']} held two seats, {found['refused']} were told that none are left, "
            f"{found['refused though seats were free']} of them while seats were free; {found['lost']} proposals lost, "
            f"{found['seconds']} seconds."
        )
    for name, count in figures["counted by SQL"].items():
        print(f"    {name}: {count}")
    for name, figure in figures.items():
        if "per_second" not in figure and name != "counted by SQL":
            print(f"\n{name}:")
            for key, value in figure.items():
                print(f"    {key:60}{value!s:>10}")


def main() -> None:
    started = time.monotonic()
    with plain_errors(), Supervisor() as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        bench = Bench(supervisor, is_short="--short" in sys.argv)
        bench.run()
    machine = {"cores": os.cpu_count(), "machine": platform.machine(), "python": platform.python_version()}
    report(bench.figures)
    if not bench.short:
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(
            json.dumps({"machine": machine, "figures": bench.figures, "tables": bench.tables}, indent=2) + "\n"
        )
        print(f"\nWritten to {RESULT.relative_to(PROJECT)}.")
    print(f"\n{time.monotonic() - started:.0f} seconds.")
    truth = bench.figures["counted by SQL"]
    rush = bench.figures["rush"]
    for name in ("parties at once", "parties for the last seats"):
        if bench.figures[name]["refused though seats were free"]:
            sys.exit(f"{name}: some were refused though seats were free.")
    if truth["seats sold twice"] or truth["seats sold in the rush"] != rush["bought"]:
        sys.exit("The rush sold a seat twice, or lost one.")


if __name__ == "__main__":
    main()
