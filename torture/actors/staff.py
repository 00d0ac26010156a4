"""People at work at the counter and at the door: sellers and scanners. Managers have a file of their own."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4
from zoneinfo import ZoneInfo

from benchmarks.client import Answer, Client
from torture.actors.actor import Actor, Stage, location_of, values_of

FLOAT = 100
RESERVATIONS = "/admin/box-office/reservations/"
# How long reservations and places of the house are kept: so that some lapse meanwhile, and most never.
KEPT_MINUTES = (2, 120, 240)


class Staff(Actor):
    role = ""

    def __init__(self, number: int, stage: Stage) -> None:
        super().__init__(number, stage)
        theaters = stage.plan["theaters"]
        self.place = number % len(theaters)
        self.theater = theaters[self.place]
        self.person = self.theater[self.role][(number // len(theaters)) % 2]
        self.client.cookies["sessionid"] = self.person["session"]
        self.headers = {"Authorization": f"Bearer {self.person['token']}"}

    def pay(self, path: str, cart: str, gateway: str, client: Client) -> None:
        """Take the money for a cart, on the page of the counter at this path."""
        answer = self.submit(
            path, [("action", "pay"), ("cart", cart), ("gateway", gateway), ("reference", "T1")], client
        )
        if answer.status == 302 and (code := sold_in(location_of(answer))):
            self.fact("sold", code=code, gateway=gateway)
            self.stage.board.booked.append((self.place, code))

    def is_done(self, answer: Answer, words: str, client: Client) -> bool:
        """Return True if the next page says so, in these `words` (a pattern): refusals lead there as well."""
        if answer.status != 302:
            return False
        page = self.ask(client, b"GET", location_of(answer), b"", {}).body.decode(errors="replace")
        return re.search(words, page) is not None

    def choose_end(self) -> str:
        """Choose until when places are kept, as a browser at the theater writes it."""
        now = datetime.now(ZoneInfo(self.theater["zone"]))
        return f"{now + timedelta(minutes=self.one_of(KEPT_MINUTES)):%Y-%m-%dT%H:%M}"


class Seller(Staff):
    """Sells at the counter, for cash and cards, and opens and closes a drawer."""

    kind, role = "seller", "box_offices"

    def choices(self) -> Mapping[Callable[[], None], int]:
        return {
            self.sell: 30,
            self.sell_twice: 3,
            self.open_drawer: 3,
            self.move_cash: 2,
            self.close_drawer: 1,
            self.leave_cart: 2,
            self.reserve: 5,
            self.collect: 6,
        }

    def play(self) -> None:
        with contextlib.suppress(OSError, EOFError):
            self.open_drawer()
        super().play()

    def hold(self, show: dict[str, Any] | None = None) -> tuple[str, str] | None:
        """Put places into a new cart; return the address of the page and the cart."""
        show = show or self.choose_show(self.theater)
        path, cart = f"/admin/box-office/shows/{show['code']}/", uuid4().hex
        if self.chance.random() < 0.5:
            fields = [("action", "best"), (f"quantity-{self.theater['ticket_type']}", self.chance.randint(1, 3))]
            if show["areas"] and self.chance.random() < 0.3:
                fields.append(("area", show["areas"][0]))
        else:
            fields = [("action", "chosen"), *(("seat", seat) for seat in self.some_of(show["seats"], 3))]
        answer = self.submit(path, [*fields, ("cart", cart)])
        return (path, cart) if answer.status == 302 else None

    def sell(self) -> None:
        if found := self.hold():
            path, cart = found
            if self.chance.random() < 0.15:
                self.submit(
                    path, [("action", "voucher"), ("cart", cart), ("voucher", self.one_of(self.theater["vouchers"]))]
                )
            self.pay(path, cart, self.one_of(["cash", "cash", "terminal"]), self.client)

    def sell_twice(self) -> None:
        if found := self.hold():
            self.twice_at_once(*[lambda client: self.pay(*found, "cash", client)] * 2)

    def leave_cart(self) -> None:
        if found := self.hold():
            self.submit(found[0], [("action", "clear"), ("cart", found[1])])

    # Reservations

    def reserve(self) -> None:
        # Of any show alike: the first ones are sold out.
        if found := self.hold(self.one_of(self.theater["shows"])):
            path, cart = found
            name = f"Caller {uuid4().hex[:12]}"
            fields = [
                ("action", "reserve"),
                ("cart", cart),
                ("name", name),
                ("phone", "1"),
                ("until", self.choose_end()),
            ]
            if self.submit(path, fields).status == 302:
                self.fact("reserved", name=name)

    def collect(self) -> None:
        """Sell what is reserved to its caller, or free it, sometimes while a colleague does one of the two."""
        codes = values_of(self.get(RESERVATIONS), "code")
        if not codes:
            return
        code = self.one_of(codes)
        acts = [self.choose_outcome(code) for _ in range(2)]
        if self.chance.random() < 0.25:
            self.twice_at_once(*acts)
        else:
            acts[0](self.client)

    def choose_outcome(self, code: str) -> Callable[[Client], None]:
        gateway = self.one_of(["cash", "terminal"])
        if self.chance.random() < 0.25:
            return lambda client: self.give_up(code, client)
        return lambda client: self.sell_reserved(code, gateway, client)

    def sell_reserved(self, code: str, gateway: str, client: Client) -> None:
        to = location_of(self.submit(RESERVATIONS, [("action", "collect"), ("code", code)], client))
        if cart := cart_in(to):
            self.pay(urlsplit(to).path, cart, gateway, client)

    def give_up(self, code: str, client: Client) -> None:
        answer = self.submit(RESERVATIONS, [("action", "give-up"), ("code", code)], client)
        if self.is_done(answer, "The places are free again", client):
            self.fact("given up", code=code)

    # The drawer

    @property
    def drawer(self) -> str:
        return f"/admin/box-office/drawer/?theater={self.theater['slug']}"

    def open_drawer(self) -> None:
        answer = self.submit(self.drawer, [("action", "open"), ("opening_float", FLOAT)])
        if answer.status == 302:
            self.fact("drawer open", person=self.person["email"], theater=self.theater["pk"])

    def move_cash(self) -> None:
        key = uuid4()
        kind = self.one_of(["pay_in", "pay_out"])
        fields = [("action", "move"), ("kind", kind), ("amount", 5), ("reason", "Change"), ("key", key)]

        def send(client: Client) -> None:
            before = self.get(self.drawer)
            is_open = b'value="move"' in before.body
            if self.submit(self.drawer, fields, client).status == 302 and is_open:
                self.fact("cash moved", key=str(key), kind=kind)

        self.twice_at_once(send, send) if self.chance.random() < 0.3 else send(self.client)

    def close_drawer(self) -> None:
        """Count it wrongly, and explain the difference."""
        page = self.get(self.drawer)
        found = re.search(rb"/admin/box-office/drawers/(\d+)/close/", page.body)
        if not found:
            return
        path = found[0].decode()
        counted = self.submit(path, [("counted", 0)])
        if counted.status == 422 and (expected := values_of(counted, "expected")):
            counted = self.submit(
                path, [("counted", 0), ("expected", expected[0]), ("explanation", "Taken to the bank")]
            )
        if counted.status == 302:
            self.fact("drawer closed", drawer=int(found[1]))


class Scanner(Staff):
    """A device at the door, which scans what was sold, sometimes at two gates at once."""

    kind, role = "scanner", "doors"

    def choices(self) -> Mapping[Callable[[], None], int]:
        return {self.scan: 1} if self.mine() else {self.rest: 1}

    def mine(self) -> list[str]:
        return [qr for place, qr in list(self.stage.board.tickets) if place == self.place]

    def rest(self) -> None:
        self.call("GET", "/shows?limit=1")

    def scan(self) -> None:
        qr = self.one_of(self.mine())
        way = self.chance.choices(["once", "two gates", "same key", "out"], [5, 3, 2, 2])[0]
        if way == "two gates":
            self.twice_at_once(*[lambda client, gate=gate: self.present(qr, gate, client) for gate in ("A", "B")])
        elif way == "same key":
            key = uuid4().hex
            self.twice_at_once(*[lambda client: self.present(qr, "A", client, key=key)] * 2)
        else:
            self.present(qr, "A", self.client, direction="out" if way == "out" else "in")

    def present(self, qr: str, gate: str, client: Client, *, direction: str = "in", key: str = "") -> None:
        key = key or uuid4().hex
        wish = {"qr": qr, "gate": gate, "direction": direction}
        answer = self.call("POST", "/check-ins", wish, client, Idempotency_Key=key)
        if answer.status == 200:
            found = json.loads(answer.body)
            if found["result"] == "admitted":
                self.fact("admitted", ticket=found["ticket"], gate=gate, direction=direction, key=key)


def sold_in(path: str) -> str:
    """Return the code of the booking that the counter's page has just sold."""
    return parse_qs(urlsplit(path).query).get("sold", [""])[0]


def cart_in(path: str) -> str:
    """Return the cart that a page of the counter was opened with."""
    return parse_qs(urlsplit(path).query).get("cart", [""])[0]
