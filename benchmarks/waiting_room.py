"""A crowd before one show: thousands wait in line while those admitted book, by pages, over real connections.

    python -m benchmarks.waiting_room [--short] [--people 5000]

Everyone comes in the half minute before the sale opens, and a robot with a hundred tabs among them. Each page asks
for its place as often as the site says, over a new connection and from an address of its own. Who is admitted thinks
some seconds, holds two seats and pays. Before, as on a quiet day, some customers book one after another. Printed: the
times of their requests and of those in the crowd, what the line cost, who got the seats, and how soon after the last
seat nobody waits any more. Ends with 1 if a promise is broken. `--short`, for tests: a few people and a small hall.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any

from benchmarks.client import Client
from benchmarks.drive import Unexpected, expect, form_key_of, pay_by_pages, submit, token_of
from benchmarks.site import NO_MAIL, Site
from benchmarks.usage import read_cpu_seconds
from tools.environment import ensure
from tools.processes import Supervisor, plain_errors
from tools.servers import make_folder, start_postgres, start_valkey, valkey_settings
from tools.test import served_environment

HOST = "127.0.0.1"
ROBOT = "31.0.0.1"
MAKE_ROOM = """
import os, sys
from datetime import timedelta
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "ticketing.settings"
django.setup()
from django.utils import timezone
from events.catalogue import forget_catalogue
from events.models import Show
from waiting_room.models import WaitingRoom
show = Show.objects.select_related("hall").get(code=sys.argv[1])
show.sales_open_at = timezone.now() + timedelta(seconds=float(sys.argv[2]))
show.save(update_fields=["sales_open_at"])
terms = {"per_minute": int(sys.argv[3]) or None}
WaitingRoom.objects.get_or_create(theater_id=show.hall.theater_id, event_id=show.event_id, defaults=terms)
forget_catalogue()
"""


@dataclass(frozen=True)
class Scale:
    people: int
    robot_tabs: int
    gathering_seconds: float
    quiet_bookings: int
    thinking_seconds: tuple[float, float]
    patience_seconds: float
    # How many may enter in a minute; 0: as many as the server can serve.
    per_minute: int


FULL = Scale(5000, 100, 40, 40, (4, 12), 900, 0)
# Time enough for all to come before the sale on a busy machine: who finds nobody waiting is not counted.
SHORT = Scale(2, 11, 4, 0, (0, 0.1), 60, 6000)


@dataclass
class Crowd:
    """What happened, counted by one event loop."""

    times: dict[str, list[float]] = field(default_factory=dict)
    places: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    bought: Counter[str] = field(default_factory=Counter)
    sold_out_at: float = 0.0
    released_at: float = 0.0

    def note(self, kind: str, seconds: float) -> None:
        self.times.setdefault(kind, []).append(seconds)

    def describe(self, kind: str) -> str:
        times = self.times.get(kind, [])
        cuts = quantiles(times, n=20) if len(times) > 1 else [*times, 0.0] * 19
        return f"{len(times)} requests, p50 {cuts[9] * 1000:.0f} ms, p95 {cuts[18] * 1000:.0f} ms"


class TimedClient(Client):
    """A visitor with an address of its own, behind the proxy that this stands for."""

    def __init__(self, port: int, address: str, crowd: Crowd, kind: str) -> None:
        super().__init__(HOST, port)
        self.address, self.crowd, self.kind = address, crowd, kind

    def send(self, method: bytes, path: str, body: bytes, headers: dict[str, str]) -> Any:
        started = time.perf_counter()
        answer = super().send(method, path, body, {**headers, "X-Forwarded-For": self.address})
        self.crowd.note(self.kind, time.perf_counter() - started)
        return answer


def address_of(number: int) -> str:
    return f"31.{1 + number // 62_500}.{number // 250 % 250 + 1}.{number % 250 + 1}"


class Evening(Site):
    def __init__(self, supervisor: Supervisor, scale: Scale, *, is_short: bool) -> None:
        self.scale, self.is_short, self.crowd = scale, is_short, Crowd()
        folder = make_folder(supervisor, "crowd", on_disk=True)
        # Each visitor comes from a network of their own.
        env = served_environment(folder, is_short=is_short, EMAIL_BACKEND=NO_MAIL, BEHIND_PROXY="1")
        super().__init__(supervisor, env)
        self.env["SITE_URL"] = f"http://{HOST}:{self.port}"
        if is_short:
            self.env["DATABASE_URL"] = os.environ.get("DATABASE_URL", "")
        else:
            self.env["DATABASE_URL"] = start_postgres(supervisor, is_durable=True)
            self.env |= valkey_settings(start_valkey(supervisor))
            self.python("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        self.plan = json.loads(self.python("-m", "benchmarks.prepare", *(["--short"] if is_short else [])))
        self.show, self.quiet_show = (show["code"] for show in self.plan["shows"][:2])
        self.seats = {seat for seat, _row in self.plan["seats"]}
        self.pairs: list[tuple[int, ...]] = [
            (first, second)
            for (first, row), (second, other) in zip(self.plan["seats"][::2], self.plan["seats"][1::2], strict=False)
            if row == other
        ]
        self.pool = ThreadPoolExecutor(200)
        # Without Redis a running process would see the room half a minute later.
        self.open_sale(3600)

    def open_sale(self, seconds: float) -> None:
        """Let the sale of a show in high demand open after so many seconds."""
        self.python("-c", MAKE_ROOM, self.show, str(seconds), str(self.scale.per_minute))

    def serve(self) -> int:
        self.start_pages("--backlog", "4096", workers=1 if self.is_short else 2)
        self.wait_for_pages("The pages did not start.")
        return self.child("pages").process.pid

    def buy(self, client: Client, show: str, chance: random.Random) -> bool:
        """Choose, hold and pay two seats; return False if none are left."""
        while True:
            answer = client.get(f"/shows/{show}/", Accept="text/html")
            if answer.status != 200:
                return False
            time.sleep(chance.uniform(*self.scale.thinking_seconds))
            taken = set(json.loads(expect(client.get(f"/api/v1/shows/{show}/availability"), 200).body)["taken"])
            free = [pair for pair in self.pairs if not taken & set(pair)] or [(seat,) for seat in self.seats - taken]
            if not free:
                return False
            fields = [token_of(answer), form_key_of(answer), *(("seat", seat) for seat in chance.choice(free))]
            held = expect(submit(client, f"/shows/{show}/hold/", fields), 302)
            location = held.headers["location"]
            if "/checkout/" in location:
                pay_by_pages(client, location)
                return True
            if "/line/" in location:
                raise Unexpected("A turn ended while its owner was choosing.")

    async def in_thread(self, work: Callable[..., Any], *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.pool, work, *arguments)

    async def quiet_day(self) -> None:
        async def customer(number: int) -> None:
            await asyncio.sleep(number * 0.5)
            client = TimedClient(self.port, address_of(60_000 + number), self.crowd, "on a quiet day")
            await self.in_thread(self.buy, client, self.quiet_show, random.Random(number))

        await asyncio.gather(*(customer(number) for number in range(self.scale.quiet_bookings)))

    async def visitor(self, number: int) -> None:
        is_robot = number >= self.scale.people
        kind = "robot" if is_robot else "person"
        client = TimedClient(self.port, ROBOT if is_robot else address_of(number), self.crowd, "in line")
        chance = random.Random(number)
        await asyncio.sleep(chance.uniform(0, self.scale.gathering_seconds * 0.75))
        asked = f"/shows/{self.show}/line/turn.json"
        state = ""
        until = time.monotonic() + self.scale.patience_seconds
        while time.monotonic() < until:
            turn = await self.ask(client, asked)
            self.crowd.places[kind] += not state and turn["state"] in {"gathering", "waiting"}
            state = turn["state"]
            if state in {"admitted", "open", "crowded"}:
                break
            await asyncio.sleep(turn["seconds"] * (0.85 + 0.3 * chance.random()))
        self.crowd.states[f"{kind}: {state}"] += 1
        if state == "admitted":
            client.kind = "admitted in the crowd"
            if await self.in_thread(self.buy, client, self.show, chance):
                self.crowd.bought[kind] += 1
            elif not self.crowd.sold_out_at:
                self.crowd.sold_out_at = time.monotonic()
        elif state == "open":
            self.crowd.sold_out_at = self.crowd.sold_out_at or time.monotonic()
        self.crowd.released_at = time.monotonic()

    async def ask(self, client: TimedClient, path: str) -> dict[str, Any]:
        """Ask for a place over a connection of its own, in the event loop: threads for thousands cost too much."""
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection(HOST, self.port)
        headers = {"X-Forwarded-For": client.address, "Connection": "close"}
        writer.write(client.encode(b"GET", path, b"", headers))
        raw = await reader.read()
        writer.close()
        head, _, body = raw.partition(b"\r\n\r\n")
        client.crowd.note("in line", time.perf_counter() - started)
        for line in head.split(b"\r\n"):
            if line.lower().startswith(b"set-cookie: "):
                name, _, value = line[12:].partition(b";")[0].decode().partition("=")
                client.cookies[name] = value
        if b" 200 " not in head.partition(b"\r\n")[0]:
            raise Unexpected(raw[:2000])
        found: dict[str, Any] = json.loads(body)
        return found

    async def evening(self, pid: int) -> None:
        self.open_sale(self.scale.gathering_seconds)
        cpu, started = read_cpu_seconds(pid), time.monotonic()
        people = self.scale.people + self.scale.robot_tabs
        visits = [asyncio.create_task(self.visitor(number)) for number in range(people)]
        await asyncio.sleep(self.scale.gathering_seconds * 0.9)
        gathered = read_cpu_seconds(pid) - cpu
        asked = len(self.crowd.times.get("in line", []))
        print(f"  gathering: {asked} questions, {gathered * 1000 / max(asked, 1):.2f} ms of CPU each", flush=True)
        await asyncio.gather(*visits)
        print(f"  over after {time.monotonic() - started:.0f} s: {dict(self.crowd.states)}", flush=True)

    def judge(self) -> int:
        crowd = self.crowd
        for kind in ("on a quiet day", "admitted in the crowd", "in line"):
            print(f"  {kind}: {crowd.describe(kind)}")
        late = crowd.released_at - crowd.sold_out_at if crowd.sold_out_at else 0.0
        print(f"  places in line: {dict(crowd.places)}; bought: {dict(crowd.bought)}")
        print(f"  nobody waited {late:.0f} s after the last seats were gone")
        faults = []
        if crowd.places["robot"] > 10:
            faults.append(f"The robot had {crowd.places['robot']} places.")
        if not crowd.bought["person"]:
            faults.append("No person bought a ticket.")
        if any(state.endswith((": waiting", ": gathering")) for state in crowd.states):
            faults.append("Somebody waited to the end.")
        for fault in faults:
            print(f"  BROKEN: {fault}")
        return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--people", type=int, default=FULL.people)
    options = parser.parse_args()
    scale = SHORT if options.short else Scale(options.people, *list(vars(FULL).values())[1:])
    with plain_errors(), Supervisor(lambda _, line: print(line, flush=True)) as supervisor:
        ensure(supervisor, "requirements-dev.txt")
        evening = Evening(supervisor, scale, is_short=options.short)
        pid = evening.serve()
        asyncio.run(evening.quiet_day())
        asyncio.run(evening.evening(pid))
        return evening.judge()


if __name__ == "__main__":
    sys.exit(main())
