"""The servers that are attacked, started as in production or as `make run` starts them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import socket
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from signal import SIGKILL, SIGSTOP, SIGUSR1
from typing import Any
from urllib.parse import urlsplit

import psycopg

from benchmarks.client import Answer, Client
from benchmarks.proxy import Proxy
from benchmarks.site import Site, find_children
from tools.environment import PYTHON
from tools.processes import Child, Supervisor
from tools.servers import find_account, free_port, make_folder, start_postgres, start_valkey, valkey_settings
from tools.test import served_environment
from torture.diary import Diary
from torture.disk import MEGABYTES, Disk
from torture.parking import Parking

INSIDE = Path(__file__).parent / "inside"
# How far the clock of a process may be off, each way.
SKEW_SECONDS = 20
# Real sweeps settle nearly everything in this time; what is left, `torture.quiet` does at once.
QUIET_SECONDS, SHORT_QUIET_SECONDS = 75, 2
# Of the disk with PostgreSQL's log.
LOG_MEGABYTES = 2500
# No answer may take longer, whatever was killed.
LONGEST_ANSWER_SECONDS = 15


class Attacked(Site):
    """`folder` keeps everything for the auditor: the plan, diaries, mails and, with SQLite, the database."""

    # To files of the folder's `logs`.
    is_shown = True
    # What a service manager starts again.
    services: tuple[str, ...] = ("pages", "worker", "scheduler")

    def __init__(
        self,
        supervisor: Supervisor,
        folder: Path,
        *,
        seed: int,
        database: str,
        is_short: bool,
        hold_minutes: int = 1,
        has_disk: bool = False,
    ) -> None:
        self.folder, self.seed, self.is_short = folder, seed, is_short
        self.is_sqlite = database == "sqlite"
        for name in ("diaries", "mails", "data", "logs"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # On the first one are the tables, or all of the data with SQLite; on the second all else of PostgreSQL.
        self.disks: list[Disk] = []
        self.has_disk = has_disk
        if has_disk and self.is_sqlite:
            self.disks.append(Disk(folder / "data", user=os.geteuid(), group=os.getegid()))
            (folder / "data" / "tmp").mkdir()
        self.parking = Parking(folder / "parking")
        # Of the customer by whom recovery is measured.
        self.diary = Diary(folder / "diaries" / "probe.jsonl")
        self.proxies: dict[str, Proxy] = {}
        self.parked: Counter[str] = Counter()
        self.restarted: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.slow_answers = 0
        mail_port = free_port()
        supervisor.start("mailbox", [PYTHON, "-m", "torture.mailbox", str(mail_port), folder / "mails"], is_shown=False)
        env = served_environment(
            folder,
            is_short=is_short,
            EMAIL_URL=f"smtp://127.0.0.1:{mail_port}",
            # Guests come from networks of their own.
            BEHIND_PROXY="1",
            LOG_FORMAT="json",
            HOLD_MINUTES=str(hold_minutes),
            HOLD_EXTENSION_MINUTES="1",
            # Jobs pass through there: from another disk they would be copied, not moved.
            **({"TMPDIR": str(folder / "data" / "tmp")} if self.disks else {}),
        )
        # Where the auditor reads, past the proxy.
        self.database = f"sqlite:///{folder / 'data' / 'marquee.sqlite3'}"
        super().__init__(supervisor, env)
        if not self.is_sqlite:
            env |= self.start_services()
            if has_disk:
                self.move_tables()

    def start_services(self) -> dict[str, str]:
        """Start database and Valkey, and return the settings that lead there."""
        folder = self.make_disk(LOG_MEGABYTES).folder if self.has_disk else None
        self.database = start_postgres(self.supervisor, is_durable=True, folder=folder)
        valkey = self._through_proxy("valkey", start_valkey(self.supervisor))
        return {"DATABASE_URL": self._through_proxy("postgres", self.database), **valkey_settings(valkey)}

    def make_disk(self, megabytes: int) -> Disk:
        """Return a new disk for PostgreSQL."""
        account = find_account()
        user, group = account.get("user", os.geteuid()), account.get("group", os.getegid())
        folder = make_folder(self.supervisor, "disk", on_disk=True)
        self.disks.insert(0, Disk(folder, user=user, group=group, megabytes=megabytes))
        return self.disks[0]

    def move_tables(self) -> None:
        """Move the database to a small disk; PostgreSQL's log stays where it is."""
        disk = self.make_disk(MEGABYTES)
        with psycopg.connect(self.database, dbname="template1", autocommit=True) as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{disk.folder}'")
            connection.execute("ALTER DATABASE postgres SET TABLESPACE small")

    def lose_power(self, names: Sequence[str], seconds: float) -> None:
        """Let the machine with the disks lose its power, and with it these parts, for so many seconds."""
        children = [self.child(name) for name in names]
        # PostgreSQL's lead groups of their own.
        processes = [one for child in children for one in (child.group, *find_children(child.group))]
        # At one moment: none of them may answer when the disks are gone.
        for number in (SIGSTOP, SIGKILL):
            for process in processes:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, number)
            if number == SIGSTOP:
                for disk in self.disks:
                    disk.lose_power()
        for child in children:
            self.supervisor.kill(child)
        for disk in self.disks:
            disk.come_back()
        time.sleep(seconds)
        for child in children:
            child.again()

    def remove_disks(self) -> None:
        for disk in self.disks:
            disk.remove()

    def keep_data(self) -> None:
        """Copy SQLite's data from the small disk to the folder, where it can be audited again. Pages end."""
        if not self.disks or not self.is_sqlite:
            return
        self.supervisor.end(self.child("pages"))
        copy = self.folder / "copy"
        shutil.copytree(self.disks[0].folder, copy)
        self.disks.pop().remove()
        shutil.copytree(copy, self.folder / "data", dirs_exist_ok=True)
        shutil.rmtree(copy)

    def _through_proxy(self, name: str, url: str) -> str:
        port = urlsplit(url).port or 0
        self.proxies[name] = Proxy(port)
        return url.replace(f":{port}/", f":{self.proxies[name].port}/")

    def prepare(self) -> dict[str, Any]:
        """Make the world, and return its plan."""
        if not self.is_short:
            self.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        arguments = [str(self.seed), *(["--short"] if self.is_short else [])]
        self.plan: dict[str, Any] = json.loads(self.python("-m", "torture.world", *arguments))
        self.plan_file = self.folder / "plan.json"
        self.plan_file.write_text(json.dumps(self.plan | {"database": self.database}))
        return self.plan

    def start(self) -> None:
        """Start pages, worker and scheduler; the clocks of worker, scheduler and each page process are off."""
        chance = random.Random(f"clocks {self.seed}")
        worker, scheduler = (round(chance.uniform(-SKEW_SECONDS, SKEW_SECONDS), 1) for _ in range(2))
        self.skew = {"worker": worker, "scheduler": scheduler}
        apart = {"TORTURE_CLOCKS_APART": str(SKEW_SECONDS)}
        self.start_pages(workers=1 if self.is_sqlite else 2, env=self.inside(0) | apart)
        pool = ["--pool", "threads"] if self.is_sqlite else []
        self.start_celery("worker", "worker", *pool, "--concurrency", "2", env=self.inside(worker))
        self.start_celery("scheduler", "beat", "--pidfile", "", env=self.inside(scheduler))
        self.wait_for_pages("The pages did not answer.")

    def inside(self, clock_ahead: float) -> dict[str, str]:
        """Return the environment of a server process that has park points and a clock of its own."""
        return {
            **self.env,
            "PYTHONPATH": str(INSIDE),
            "TORTURE_PARKING": str(self.parking.folder),
            "TORTURE_CLOCK_AHEAD": str(clock_ahead),
        }

    def start_clients(self, seconds: float, *, processes: int, clients: int) -> list[Child]:
        until = time.time() + seconds
        return [
            self.supervisor.start(
                f"clients {number}",
                [
                    *(PYTHON, "-m", "torture.clients", self.plan_file, str(self.port), self.folder / "diaries"),
                    *(str(until), str(number * clients), str(clients)),
                ],
                is_shown=False,
            )
            for number in range(processes)
        ]

    def watch(self, seconds: float, clients: list[Child]) -> None:
        """Let the clients work for some time, and start again what has ended."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            services = [child for child in self.supervisor.children if child.name in self.services]
            self.supervisor.wait_for_event(min(left, 0.5), ignore=[*clients, *services])
            self.restart_ended()

    def calm_down(self) -> None:
        """Let the real sweeps work for a while, end the jobs, and do the rest at once."""
        self.watch(SHORT_QUIET_SECONDS if self.is_short else QUIET_SECONDS, [])
        for name in self.services:
            if not name.startswith("pages"):
                self.supervisor.end(self.child(name))
        self.python("-m", "torture.quiet")

    def restart_ended(self) -> None:
        """Start again what has ended, as a service manager does.

        Granian gives up when a page process dies twice within seconds.
        """
        for child in [one for one in self.supervisor.children if one.name in self.services and one.has_ended.is_set()]:
            self.supervisor.kill(child)
            child.again()
            self.restarted[child.name] += 1

    def can_sell(self) -> bool:
        """Return True if a customer can hold a place and give it up again; count what was answered instead."""
        probe, client = self.plan["probe"], Client("127.0.0.1", self.port, seconds=LONGEST_ANSWER_SECONDS)
        headers = {"Authorization": f"Bearer {probe['token']}"}
        wish = {"show": probe["show"], "areas": [{"area": probe["area"], "quantity": 1}]}
        try:
            held = client.post("/api/v1/bookings", json.dumps(wish).encode(), **headers)
            if held.status != 201:
                return self.note(held)
            code = json.loads(held.body)["code"]
            freed = client.send(b"DELETE", f"/api/v1/bookings/{code}", b"", headers)
            return freed.status == 200 or self.note(freed)
        except TimeoutError:
            self.write_stacks()
            return self.refuse("no answer")
        except (OSError, EOFError) as error:
            return self.refuse(repr(error))
        finally:
            client.close()

    def note(self, answer: Answer) -> bool:
        """Count an answer that is a refusal, and tell the auditor of an error."""
        body = answer.body[:200].decode(errors="replace")
        if answer.status == 500:
            self.diary.write(sent="to hold a place and give it up")
            self.diary.write(status=500, to="", error=body)
        return self.refuse(f"{answer.status} {body}")

    def refuse(self, refusal: str) -> bool:
        self.refusals[refusal] += 1
        return False

    def write_stacks(self) -> None:
        """Let page processes write what each of their threads is doing, into the folder of the park points."""
        self.slow_answers += 1
        for process in self.page_processes():
            os.kill(process, SIGUSR1)
        if not self.is_sqlite:
            with psycopg.connect(self.database) as connection:
                rows = connection.execute(
                    "SELECT pid, state, wait_event_type, wait_event, pg_blocking_pids(pid), now() - xact_start, query "
                    "FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle'"
                ).fetchall()
            with (self.parking.folder / "statements.txt").open("a") as file:
                print(*rows, sep="\n", file=file)

    def wait_until_sold(self, seconds: float = 90) -> float | None:
        """Return after how many seconds a customer can hold places again, or None."""
        started = time.monotonic()
        self.refusals = Counter()
        while time.monotonic() - started < seconds:
            self.restart_ended()
            if self.can_sell():
                return time.monotonic() - started
            time.sleep(0.1)
        return None

    def mails(self) -> int:
        return sum(1 for _ in (self.folder / "mails").iterdir())

    def empty_valkey(self) -> None:
        with socket.create_connection(("127.0.0.1", self.proxies["valkey"].target), 5) as connection:
            connection.sendall(b"FLUSHALL\r\n")
            connection.recv(100)
