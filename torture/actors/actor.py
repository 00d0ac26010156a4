"""What all clients share: requests with a diary, choices from a seed, and doing a thing twice at once."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.client import Answer, Client, path_of
from torture.diary import Diary

HOST = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"
# Django's token against forgery is right if the form repeats the cookie.
CSRF = "t" * 32
# While a part is down every answer is refused at once; without a pause, clients would only count refusals.
PAUSE_SECONDS = 0.3
LONGEST_ERROR = 300

Fields = Sequence[tuple[str, Any]]


@dataclass
class Board:
    """What clients of one process know of each other's bookings, the newest last."""

    booked: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=60))
    tickets: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=60))
    leavers: list[Any] = field(default_factory=list)


@dataclass
class Stage:
    """Where clients play, and until when."""

    plan: dict[str, Any]
    port: int
    folder: Path
    until: float
    board: Board = field(default_factory=Board)

    @property
    def is_over(self) -> bool:
        return time.time() >= self.until


class Actor:
    """A client with a number. Its choices follow from the seed and the number alone; their timing does not."""

    kind = "actor"

    def __init__(self, number: int, stage: Stage) -> None:
        self.number, self.stage = number, stage
        self.chance = random.Random(f"{stage.plan['seed']} {number}")
        self.diary = Diary(stage.folder / f"{self.kind}-{number:03}.jsonl")
        self.client = self.connect()
        self.headers: dict[str, str] = {}

    def connect(self) -> Client:
        return Client(HOST, self.stage.port)

    # What it does

    def choices(self) -> Mapping[Callable[[], None], int]:
        """Return what it can do now, each with its weight."""
        raise NotImplementedError

    def play(self) -> None:
        while not self.stage.is_over:
            found = self.choices()
            act = self.chance.choices(list(found), list(found.values()))[0]
            self.diary.write(operation=act.__name__)
            try:
                act()
            except (OSError, EOFError) as error:
                self.diary.write(lost=repr(error)[:LONGEST_ERROR])
                self.client.close()
                time.sleep(PAUSE_SECONDS)

    def one_of(self, things: Sequence[Any]) -> Any:
        return self.chance.choice(things)

    def some_of(self, things: Sequence[Any], most: int) -> list[Any]:
        return self.chance.sample(things, min(len(things), self.chance.randint(1, most)))

    def fact(self, fact: str, **about: Any) -> None:
        self.diary.write(fact=fact, **about)

    # How it asks

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask(self.client, b"GET", path, b"", headers)

    def submit(self, path: str, fields: Fields, client: Client | None = None) -> Answer:
        """Send a form as a browser does; for pages whose token is known or not needed."""
        client = client or self.client
        if not any(name == "csrfmiddlewaretoken" for name, _ in fields):
            client.cookies["csrftoken"] = CSRF
            fields = [("csrfmiddlewaretoken", CSRF), *fields]
        headers = {"Content-Type": FORM, "Origin": f"http://{HOST}:{self.stage.port}", "Accept": "text/html"}
        return self.ask(client, b"POST", path, urlencode(fields).encode(), headers)

    def call(self, method: str, path: str, body: Any = None, client: Client | None = None, **headers: str) -> Answer:
        """Call the API as the person whose token this is."""
        sent = b"" if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **headers}
        return self.ask(client or self.client, method.encode(), f"/api/v1{path}", sent, headers)

    def ask(self, client: Client, method: bytes, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.diary.write(sent=f"{method.decode()} {path}", body=body.decode()[:600])
        answer = client.send(method, path, body, {**self.headers, **headers})
        error = answer.body.decode(errors="replace")[:LONGEST_ERROR] if answer.status >= 500 else ""
        self.diary.write(
            status=answer.status, to=answer.headers.get("location", ""), **({"error": error} if error else {})
        )
        if answer.status == 503:
            time.sleep(PAUSE_SECONDS)
        return answer

    def twice_at_once(self, first: Callable[[Client], None], second: Callable[[Client], None]) -> None:
        """Do two things at the same moment, each on a connection of its own with this client's cookies."""
        start = threading.Barrier(2)

        def run(act: Callable[[Client], None]) -> None:
            client = self.connect()
            client.cookies.update(self.client.cookies)
            try:
                start.wait()
                act(client)
            except (OSError, EOFError) as error:
                self.diary.write(lost=repr(error)[:LONGEST_ERROR])
            finally:
                client.close()

        threads = [threading.Thread(target=run, args=(act,)) for act in (first, second)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    # Where it is

    def choose_theater(self) -> dict[str, Any]:
        found: dict[str, Any] = self.one_of(self.stage.plan["theaters"])
        return found

    def choose_show(self, theater: dict[str, Any] | None = None) -> dict[str, Any]:
        """Choose a show; the first ones far more often, so that clients meet there."""
        shows = (theater or self.choose_theater())["shows"]
        found: dict[str, Any] = shows[min(int(self.chance.expovariate(1 / 3)), len(shows) - 1)]
        return found

    def choose_seats(self, show: dict[str, Any], *, free: float) -> list[int]:
        """Return the seats of a show; with this probability only those that are free at the moment."""
        seats: list[int] = show["seats"]
        if self.chance.random() < free:
            answer = self.call("GET", f"/shows/{show['code']}/availability")
            taken = set(json.loads(answer.body)["taken"]) if answer.status == 200 else set()
            seats = [seat for seat in seats if seat not in taken]
        return seats


def location_of(answer: Answer) -> str:
    return path_of(answer.headers.get("location", ""))


def code_in(path: str) -> str:
    """Return the code of the booking that a path names, or an empty text."""
    found = re.match(r"/bookings/([A-Z0-9]{6,12})/", path)
    return found[1] if found else ""


def values_of(page: Answer, name: str) -> list[str]:
    """Return the values of all fields of a page that have this name."""
    text = page.body.decode(errors="replace")
    return re.findall(rf'name="{re.escape(name)}"[^>]*? value="([^"]*)"', text)
