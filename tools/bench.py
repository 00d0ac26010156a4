"""`make bench`: the on-sale benchmark, against a PostgreSQL and a Valkey started here, as ratios to bare Django.

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
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.environment import PYTHON, ensure
from tools.probe import find_fault
from tools.processes import PROJECT, Child, Supervisor, Trouble, plain_errors
from tools.servers import free_port, make_folder, start_postgres, start_valkey
from tools.test import test_environment

RESULT = PROJECT / ".run" / "benchmark.json"
_PINNED = "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])"


class Bench:
    def __init__(self, supervisor: Supervisor, *, is_short: bool = False) -> None:
        self.supervisor = supervisor
        self.short = ["--short"] if is_short else []
        self.folder = make_folder(supervisor, "bench", on_disk=True)
        self.plan = self.folder / "plan.json"
        self.figures: dict[str, dict[str, Any]] = {}
        self.env = test_environment(
            DEBUG="1" if is_short else "0",
            ENV_FILE=os.devnull,
            SECRET_KEY="of-the-benchmark-0123456789-abcdefghijklmnopqrstuvwxyz",  # noqa: S106
            DATA_DIR=str(self.folder / "data"),
            STATIC_ROOT=str(self.folder / "static"),
            PAYMENT_GATEWAYS="sandbox",
            API_ANONYMOUS_PER_MINUTE="0",
            LOG_LEVEL="ERROR",
        )
        if is_short:
            self.env["DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
        else:
            self.env["DATABASE_URL"] = start_postgres(supervisor, is_durable=True)
            self.env["REDIS_URL"] = start_valkey(supervisor)
            self.env["CELERY_BROKER_URL"] = self.env["REDIS_URL"].replace("/0", "/1")

    def python(self, *arguments: str | Path) -> str:
        done = subprocess.run(
            [str(PYTHON), *map(str, arguments)], cwd=PROJECT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Trouble(f"{' '.join(map(str, arguments))} failed:\n{done.stdout[-2000:]}{done.stderr[-6000:]}")
        return done.stdout

    def prepare(self) -> None:
        if not self.short:
            self.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        self.plan.write_text(self.python("-m", "benchmarks.prepare", *self.short))

    def serve(self, *, workers: int, is_floor: bool = False, is_pinned: bool = False) -> tuple[Child, int]:
        port = free_port()
        command: list[str | Path] = [PYTHON, "-m", "granian", "--interface", "wsgi", "--port", str(port), "--no-ws"]
        command += ["--workers", str(workers), "--blocking-threads", "4", "--respawn-failed-workers"]
        command += ["--log-level", "error"]
        env = {**self.env, "SITE_URL": f"http://127.0.0.1:{port}"}
        if is_floor:
            env["DJANGO_SETTINGS_MODULE"] = "benchmarks.floor.settings"
        if is_pinned and hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
            command = [PYTHON, "-c", _PINNED, *command]
        child = self.supervisor.start("granian", [*command, "ticketing.wsgi:application"], env=env, is_shown=False)
        address = f"http://127.0.0.1:{port}/{'constant' if is_floor else 'readyz'}"
        self.supervisor.wait_until(lambda: not find_fault(address), 60, f"The server did not start:\n{child.quote()}")
        return child, port

    def drive(self, name: str, driver: str, port: int, *rest: str) -> dict[str, Any]:
        figures: dict[str, Any] = json.loads(
            self.python("-m", "benchmarks.drive", *self.short, driver, str(port), self.plan, *rest)
        )
        self.figures[name] = figures
        told = ", ".join(f"{key} {value}" for key, value in figures.items())
        print(f"  {name}: {told}", flush=True)
        return figures

    def run(self) -> None:
        self.prepare()
        plan = json.loads(self.plan.read_text())
        show, api = f"/shows/{plan['shows'][0]['code']}/", "/api/v1/shows/{}".format(plan["shows"][0]["code"])
        bare_pages: list[tuple[str, ...]] = [
            ("bare template view", "read", "/page"),
            ("bare constant view", "read", "/constant"),
        ]
        pages: list[tuple[str, ...]] = [
            ("availability", "read", f"{api}/availability"),
            ("seat map as JSON", "read", f"{show}plan.json"),
            ("page of the show", "read", show),
            ("page of the event", "read", f"/events/{plan['event']}/"),
            ("home", "read", "/"),
        ]
        bare_bookings: list[tuple[str, ...]] = [("bare bookings, 2 requests each", "floor")]
        bookings: list[tuple[str, ...]] = [
            ("bookings by the API, 2 requests each", "api"),
            ("bookings by pages, 8 requests each", "pages"),
            ("rush", "rush"),
        ]
        if self.short:
            self.measure("All of it, in short:", bare_pages + bare_bookings, workers=1, is_floor=True)
            self.measure("", pages + bookings, workers=1)
        else:
            self.measure(
                "Pages, warm, one process of the server on one core:",
                bare_pages,
                workers=1,
                is_floor=True,
                is_pinned=True,
            )
            self.measure("", pages, workers=1, is_pinned=True)
            self.measure(
                "Bookings of two seats, and a rush for the last ones, two processes of the server:",
                bare_bookings,
                workers=2,
                is_floor=True,
            )
            self.measure("", bookings, workers=2)
        self.figures["counted by SQL"] = json.loads(self.python("-m", "benchmarks.verify", self.plan))

    def measure(
        self,
        title: str,
        drives: Sequence[tuple[str, ...]],
        *,
        workers: int,
        is_floor: bool = False,
        is_pinned: bool = False,
    ) -> None:
        """Serve, drive all of these against it, and end the server."""
        print(title, end="\n" if title else "", flush=True)
        server, port = self.serve(workers=workers, is_floor=is_floor, is_pinned=is_pinned)
        for name, driver, *rest in drives:
            self.drive(name, driver, port, *rest)
        self.supervisor.end(server)


def report(figures: dict[str, dict[str, Any]]) -> None:
    def ratio(name: str, floor: str) -> str:
        share = figures[name]["per_second"] / figures[floor]["per_second"]
        return f"{share:6.1%} of {floor}"

    print(f"\n{'':38}{'a second':>10}{'p50 ms':>9}{'p95 ms':>9}  ratio")
    for name, figure in figures.items():
        if "per_second" not in figure:
            continue
        is_floor = name.startswith("bare")
        floor = "bare bookings, 2 requests each" if "bookings" in name else "bare template view"
        shown = "" if is_floor or name == "rush" else ratio(name, floor)
        print(f"{name:38}{figure['per_second']:>10}{figure['p50_ms']:>9}{figure['p95_ms']:>9}  {shown}")
    rush = figures["rush"]
    print(
        f"\nThe rush: {rush['bought'] + rush['sold out']} buyers, {rush['bought']} bought, {rush['sold out']} found "
        f"everything sold, {rush['attempts']} attempts, {rush['seconds']} seconds."
    )
    for name, count in figures["counted by SQL"].items():
        print(f"    {name}: {count}")


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
        RESULT.write_text(json.dumps({"machine": machine, "figures": bench.figures}, indent=2) + "\n")
        print(f"\nWritten to {RESULT.relative_to(PROJECT)}.")
    print(f"\n{time.monotonic() - started:.0f} seconds.")
    truth = bench.figures["counted by SQL"]
    rush = bench.figures["rush"]
    if truth["seats sold twice"] or truth["seats sold in the rush"] != rush["bought"]:
        sys.exit("The rush sold a seat twice, or lost one.")


if __name__ == "__main__":
    main()
