"""The drivers: `python -m benchmarks.drive [--short] <driver> <port> <plan.json> [path]` prints its figures as JSON.

They run in a process of their own, apart from the server.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks.client import Answer, Client, path_of

HOST = "127.0.0.1"
FORM = "application/x-www-form-urlencoded"

Plan = dict[str, Any]


@dataclass(frozen=True)
class Scale:
    seconds_per_page: float
    warming_requests: int
    readers: int
    seconds_of_booking: float
    customers_at_once: int
    rush_buyers: int
    rush_seats: int
    # Parties of two at once, and those who want the last seats.
    parties: int
    last_parties: int


FULL = Scale(3, 20, 8, 8, 16, 300, 100, 200, 300)
SHORT = Scale(0.05, 1, 2, 0.1, 2, 4, 3, 3, 4)


class Unexpected(Exception):
    """The server gave a wrong answer, so the figures would mean nothing."""


def expect(answer: Answer, *statuses: int) -> Answer:
    if answer.status not in statuses:
        raise Unexpected(f"{answer.status} instead of {statuses}: {answer.headers} {answer.body[:600]!r}")
    return answer


def in_threads(count: int, work: Callable[[int], None]) -> float:
    """Run `work` in so many threads at once; return the seconds until the last one ends."""
    errors: list[BaseException] = []
    barrier = threading.Barrier(count + 1)

    def run(number: int) -> None:
        barrier.wait()
        try:
            work(number)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    barrier.wait()
    started = time.perf_counter()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if errors:
        raise errors[0]
    return seconds


def describe(times: list[float], seconds: float) -> dict[str, float]:
    cuts = quantiles(times, n=20) if len(times) > 1 else [times[0]] * 19
    return {
        "count": len(times),
        "per_second": round(len(times) / seconds, 1),
        "p50_ms": round(cuts[9] * 1000, 1),
        "p95_ms": round(cuts[18] * 1000, 1),
    }


def read(port: int, plan: Plan, scale: Scale, path: str) -> dict[str, float]:
    """Request one address over and over, warm, over a few connections."""
    headers = {"Accept-Encoding": "gzip", "Accept": "text/html"}
    for _ in range(scale.warming_requests):
        expect(Client(HOST, port).get(path, **headers), 200)
    times: list[float] = []

    def work(number: int) -> None:
        client = Client(HOST, port)
        request = client.encode(b"GET", path, b"", headers)
        until = time.perf_counter() + scale.seconds_per_page
        while (started := time.perf_counter()) < until:
            expect(client.exchange(request), 200)
            times.append(time.perf_counter() - started)

    return describe(times, in_threads(scale.readers, work))


class Pairs:
    """Pairs of seats in some shows, shuffled, for one driver alone."""

    def __init__(self, plan: Plan, shows: list[Any]) -> None:
        seats = plan["seats"]
        self._left = [
            (show, seats[place][0], seats[place + 1][0], seats[place][1])
            for show in shows
            for place in range(0, len(seats) - 1, 2)
            if seats[place][1] == seats[place + 1][1]
        ]
        random.Random(1).shuffle(self._left)

    def take(self) -> tuple[Any, int, int, int]:
        return self._left.pop()


def book(
    work: Callable[[Client, int, list[float]], None], port: int, scale: Scale, *, customers: int = 0
) -> dict[str, float]:
    """Let so many customers book, each one after another; returns when it began, too, in seconds of the epoch."""
    times: list[float] = []
    began_at = time.time()

    def customer(number: int) -> None:
        client = Client(HOST, port)
        until = time.perf_counter() + scale.seconds_of_booking
        while time.perf_counter() < until:
            started = time.perf_counter()
            work(client, number, times)
            times.append(time.perf_counter() - started)

    seconds = in_threads(customers or scale.customers_at_once, customer)
    return {**describe(times, seconds), "began_at": began_at}


def book_floor(port: int, plan: Plan, scale: Scale) -> dict[str, float]:
    """Book by the floor's two calls."""
    pairs = Pairs(plan, plan["shows"][:8])

    def one(client: Client, number: int, times: list[float]) -> None:
        show, first, second, category = pairs.take()
        wish = {
            "show": show["pk"],
            "seats": [first, second],
            "category": category,
            "ticket_type": plan["ticket_type"],
        }
        held = expect(client.post("/hold", json.dumps(wish).encode()), 201)
        expect(client.post("/pay", held.body), 200)

    return book(one, port, scale)


def book_by_api(port: int, plan: Plan, scale: Scale) -> dict[str, float]:
    """Book by the API's two calls."""
    pairs = Pairs(plan, plan["shows"][8:11])
    tokens = plan["tokens"]
    lock = threading.Lock()
    turn = iter(range(10**9))

    def one(client: Client, number: int, times: list[float]) -> None:
        show, first, second, _ = pairs.take()
        with lock:
            token = tokens[next(turn) % len(tokens)]
        wish = {"show": show["code"], "seats": [{"seat": first}, {"seat": second}]}
        headers = {"Authorization": f"Bearer {token}"}
        held = expect(
            client.post("/api/v1/bookings", json.dumps(wish).encode(), **headers, Idempotency_Key=uuid4().hex), 201
        )
        code = json.loads(held.body)["code"]
        payment = json.dumps({"gateway": "sandbox", "token": "approve"}).encode()
        paid = expect(client.post(f"/api/v1/bookings/{code}/pay", payment, **headers), 200)
        if json.loads(paid.body)["state"] != "confirmed":
            raise Unexpected(paid.body)

    return book(one, port, scale)


def token_of(page: Answer) -> tuple[str, str]:
    found = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', page.body)
    if not found:
        raise Unexpected(f"A page without a form: {page.body[:600]!r}")
    return "csrfmiddlewaretoken", found[1].decode()


def form_key_of(page: Answer) -> tuple[str, str]:
    """Return the key that identifies the form to hold seats when it is sent twice."""
    found = re.search(rb'name="key" value="(\w+)"', page.body)
    return "key", found[1].decode() if found else ""


def submit(client: Client, path: str, fields: list[tuple[str, Any]]) -> Answer:
    # Django requires the referrer that browsers send.
    origin = f"http://{client.host}:{client.port}"
    return client.post(path, urlencode(fields).encode(), FORM, Origin=origin, Accept="text/html")


def hold_by_page(client: Client, show: str, seats: list[int]) -> str | None:
    """Choose seats on the page of a show; return the address of the checkout, or None if one is gone."""
    page = expect(client.get(f"/shows/{show}/", Accept="text/html"), 200)
    fields = [token_of(page), form_key_of(page), *(("seat", seat) for seat in seats)]
    held = expect(submit(client, f"/shows/{show}/hold/", fields), 302)
    location = path_of(held.headers["location"])
    return location if location.endswith("/checkout/") else None


def pay_by_pages(client: Client, checkout: str) -> None:
    """Go from the checkout to the tickets as a browser does, with all redirects."""
    page = expect(client.get(checkout, Accept="text/html"), 200)
    person = [("name", "A Customer"), ("email", f"{uuid4().hex}@example.com"), ("gateway", "sandbox")]
    started = expect(submit(client, checkout, [token_of(page), *person]), 302)
    gateway = path_of(started.headers["location"])
    page = expect(client.get(gateway, Accept="text/html"), 200)
    token = token_of(page)
    answered = expect(submit(client, gateway, [token, ("decision", "approve")]), 302)
    tickets = expect(client.get(path_of(answered.headers["location"]), Accept="text/html"), 200)
    if b"tickets.pdf" not in tickets.body:
        raise Unexpected(tickets.body[:600])


def book_by_pages(port: int, plan: Plan, scale: Scale, shows: str = "11:14", customers: str = "0") -> dict[str, float]:
    """Book as guests by seven requests: show, hold, checkout, payment, gateway, decision, return with the tickets."""
    first_show, end = map(int, shows.split(":"))
    pairs = Pairs(plan, plan["shows"][first_show:end])

    def one(client: Client, number: int, times: list[float]) -> None:
        show, first, second, _ = pairs.take()
        client.forget_cookies()
        checkout = hold_by_page(client, show["code"], [first, second])
        if checkout is None:
            raise Unexpected("A seat is gone that nobody wanted.")
        pay_by_pages(client, checkout)

    return book(one, port, scale, customers=int(customers))


def rush(port: int, plan: Plan, scale: Scale) -> dict[str, Any]:
    """Let many buyers rush for the same few seats, by pages, all at once."""
    show = plan["shows"][14]["code"]
    wanted = [seat for seat, _ in plan["seats"][: scale.rush_seats]]
    outcomes: Counter[str] = Counter()
    times: list[float] = []
    lock = threading.Lock()

    def buyer(number: int) -> None:
        client, chance = Client(HOST, port), random.Random(number)
        started = time.perf_counter()
        checkout = None
        while checkout is None:
            seen = json.loads(expect(client.get(f"/api/v1/shows/{show}/availability"), 200).body)
            free = sorted(set(wanted) - set(seen["taken"]))
            if not free:
                break
            checkout = hold_by_page(client, show, [chance.choice(free)])
            with lock:
                outcomes["attempts"] += 1
        if checkout:
            pay_by_pages(client, checkout)
        with lock:
            outcomes["bought" if checkout else "sold out"] += 1
            if checkout:
                times.append(time.perf_counter() - started)

    seconds = in_threads(scale.rush_buyers, buyer)
    return {"seconds": round(seconds, 1), **outcomes, **describe(times, seconds)}


def parties(port: int, plan: Plan, scale: Scale, number: str = "15") -> dict[str, Any]:
    """Let parties of two, all at once, take the best seats together that the page of a show proposes.

    One is refused if it gets none though some pair of a kind was free to the end.
    """
    show = plan["shows"][int(number)]["code"]
    count = scale.parties if number == "15" else scale.last_parties
    outcomes: Counter[str] = Counter(held=0, lost=0, refused=0)
    times: list[float] = []
    lock = threading.Lock()

    def party(number: int) -> None:
        client, started = Client(HOST, port), time.perf_counter()
        page = expect(client.get(f"/shows/{show}/", Accept="text/html"), 200)
        best = expect(client.get(f"/shows/{show}/best/?quantity=2", Accept="application/json"), 200)
        found = json.loads(best.body)
        held = False
        if found["seats"]:
            chosen = [("seat", seat) for seat in found["seats"]]
            fields = [token_of(page), form_key_of(page), *chosen, ("proposal", found["proposal"])]
            answer = expect(submit(client, f"/shows/{show}/hold/", fields), 302, 307)
            while answer.status == 307:
                # The proposed seats were lost: a browser sends the form on.
                with lock:
                    outcomes["lost"] += 1
                answer = expect(submit(client, path_of(answer.headers["location"]), fields), 302, 307)
            held = answer.headers["location"].endswith("/checkout/")
        with lock:
            times.append(time.perf_counter() - started)
            outcomes["held" if held else "refused"] += 1

    seconds = in_threads(count, party)
    left = json.loads(
        expect(Client(HOST, port).get(f"/shows/{show}/best/?quantity=2", Accept="application/json"), 200).body
    )
    return {
        "seconds": round(seconds, 1),
        **outcomes,
        "refused though seats were free": outcomes["refused"] if left["seats"] else 0,
        **describe(times, seconds),
    }


def main() -> None:
    arguments = sys.argv[1:]
    scale = SHORT if "--short" in arguments else FULL
    driver, port, plan_file, *rest = [argument for argument in arguments if argument != "--short"]
    if driver == "read" and hasattr(os, "sched_setaffinity") and (os.cpu_count() or 1) > 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    plan = json.loads(Path(plan_file).read_text())
    drivers: dict[str, Callable[..., dict[str, Any]]] = {
        "read": read,
        "floor": book_floor,
        "api": book_by_api,
        "pages": book_by_pages,
        "rush": rush,
        "parties": parties,
    }
    print(json.dumps(drivers[driver](int(port), plan, scale, *rest)))


if __name__ == "__main__":
    main()
