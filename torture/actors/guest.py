"""A visitor without an account: goes through the pages as a browser does, and plays the bank's side of the payment."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.client import Client
from torture.actors.actor import Actor, Stage, code_in, location_of, values_of
from torture.actors.bank import STALE_SECONDS, minor_units, sign, write_event

# Of holds with their extension, one minute each, so that late money finds them lapsed, or nearly.
LATE_SECONDS = (40, 150)


@dataclass
class Due:
    """A payment that this guest has begun."""

    code: str
    key: str
    amount: int
    currency: str


class Guest(Actor):
    kind = "guest"

    def __init__(self, number: int, stage: Stage) -> None:
        super().__init__(number, stage)
        self.late: list[tuple[float, Due]] = []
        self.arrive()

    def choices(self) -> Mapping[Callable[[], None], int]:
        found: dict[Callable[[], None], int] = {
            self.buy: 20,
            self.buy_and_cancel: 10,
            self.hold_and_go: 3,
            self.pay_too_late: 10,
            self.forge: 1,
        }
        if any(at <= time.time() for at, _ in self.late):
            found[self.send_late] = 40
        return found

    def arrive(self) -> None:
        """Come as a new person, from another network."""
        self.client.forget_cookies()
        self.headers = {
            "X-Forwarded-For": f"10.{self.chance.randint(0, 250)}.{self.chance.randint(0, 250)}.{self.number % 250}"
        }
        self.email = f"guest-{uuid4().hex[:12]}@example.com"

    # The way to the payment

    def hold_and_go(self) -> None:
        self.hold()

    def buy(self) -> None:
        if checkout := self.hold():
            self.check_out(checkout)

    def buy_and_cancel(self) -> None:
        """Cancel some tickets or all, often where the gateway will refuse the refund: staff put that right."""
        code = (checkout := self.hold()) and self.check_out(checkout, decision="approve")
        if not code:
            return
        page = self.get(f"/bookings/{code}/cancel/", Accept="text/html")
        tickets = values_of(page, "ticket")
        if tickets:
            chosen = [("ticket", ticket) for ticket in tickets[: self.chance.randint(1, len(tickets))]]
            query = "&".join(f"ticket={ticket}" for _, ticket in chosen)
            page = self.get(f"/bookings/{code}/cancel/?{query}", Accept="text/html")
            if amount := values_of(page, "amount"):
                self.submit(f"/bookings/{code}/cancel/", [*chosen, ("amount", amount[0])])

    def hold(self) -> str:
        """Choose places on the page of a show; return the path of the checkout, or an empty text."""
        self.arrive()
        theater = self.choose_theater()
        show = self.choose_show(theater)
        page = self.get(f"/shows/{show['code']}/", Accept="text/html")
        tokens, keys = values_of(page, "csrfmiddlewaretoken"), values_of(page, "key")
        if page.status != 200 or not tokens:
            return ""
        seats = self.choose_seats(show, free=0.7)
        wish: list[tuple[str, Any]] = [("seat", seat) for seat in self.some_of(seats, 3)]
        if show["areas"] and self.chance.random() < 0.3:
            wish = [(f"area-{show['areas'][0]}", self.chance.randint(1, 3))]
        fields = [("csrfmiddlewaretoken", tokens[-1]), *(("key", key) for key in keys[-1:]), *wish]
        held: list[str] = []

        def send(client: Client) -> None:
            to = location_of(self.submit(f"/shows/{show['code']}/hold/", fields, client))
            if to.endswith("/checkout/"):
                self.fact("held", code=code_in(to), key=keys[-1] if keys else None)
                held.append(to)
                self.client.cookies.update(client.cookies)

        if self.chance.random() < 0.1:
            self.twice_at_once(send, send)
        else:
            send(self.client)
        if held and self.chance.random() < 0.15:
            self.submit(held[-1].replace("/checkout/", "/release/"), [])
            return ""
        return held[-1] if held else ""

    def pay_too_late(self) -> None:
        """Go to the gateway, give the places up in another tab, and pay then: others may have taken them by now."""
        if not (checkout := self.hold()):
            return
        to = self.begin(checkout)
        if not (gateway := self.go_to_gateway(code_in(checkout), to)):
            return
        due, token = gateway
        self.submit(checkout.replace("/checkout/", "/release/"), [("csrfmiddlewaretoken", token)])
        if self.chance.random() < 0.7:
            time.sleep(self.chance.uniform(0, 1.5))
        if self.chance.random() < 0.5:
            self.decide(to, due, "approve", token)
        else:
            self.deliver(self.event(due, "payment.paid"))
        self.look_at_tickets(due.code)

    def check_out(self, checkout: str, decision: str = "") -> str:
        """Go to the gateway, decide there, and come back; return the code of the booking if it is paid."""
        to, code = self.begin(checkout), code_in(checkout)
        if to == f"/bookings/{code}/":
            # Nothing was due.
            return self.look_at_tickets(code)
        if not (gateway := self.go_to_gateway(code, to)):
            return ""
        due, token = gateway
        if decision or self.chance.random() < 0.6:
            # Who has decided is about to cancel.
            self.decide(to, due, decision or self.choose_decision(), token, refusing=0.6 if decision else 0.3)
        else:
            self.play_bank(due)
        self.get(f"/bookings/{code}/payment/", Accept="text/html")
        return self.look_at_tickets(code)

    def begin(self, checkout: str) -> str:
        """Start the payment; return where it goes on, such as the path of the gateway's page."""
        page = self.get(checkout, Accept="text/html")
        tokens = values_of(page, "csrfmiddlewaretoken")
        if page.status != 200 or not tokens:
            return ""
        token = ("csrfmiddlewaretoken", tokens[-1])
        if self.chance.random() < 0.25:
            voucher = self.one_of(["TENTH", "FREE"])
            self.submit(checkout.replace("/checkout/", "/voucher/"), [token, ("code", voucher)])
        person = [("name", "A Guest"), ("email", self.email), ("gateway", "sandbox")]
        return location_of(self.submit(checkout, [token, *person]))

    def go_to_gateway(self, code: str, path: str) -> tuple[Due, str] | None:
        """Read from the gateway's page what is to be paid, and the token of its form."""
        key = re.search(r"/pay/sandbox/([0-9a-f-]{36})/", path)
        if key is None:
            return None
        page = self.get(path, Accept="text/html")
        due = read_due(code, key[1], page.body.decode(errors="replace"))
        return (due, values_of(page, "csrfmiddlewaretoken")[-1]) if due else None

    def choose_decision(self) -> str:
        return self.chance.choices(["approve", "decline", "later", "never"], [70, 10, 12, 8])[0]

    def decide(self, path: str, due: Due, decision: str, token: str, *, refusing: float = 0.3) -> None:
        """Decide at the gateway, which will refuse all refunds of this payment with the probability `refusing`."""
        fields: list[tuple[str, Any]] = [("csrfmiddlewaretoken", token), ("decision", decision)]
        if self.chance.random() < refusing:
            fields.append(("refuses_refunds", "on"))
        answer = self.submit(path, fields)
        if answer.status == 302 and decision != "never":
            self.fact("decided", payment=due.key, code=due.code, decision=decision)

    def look_at_tickets(self, code: str) -> str:
        page = self.get(f"/bookings/{code}/", Accept="text/html")
        if page.status != 200 or b"tickets.pdf" not in page.body:
            return ""
        self.fact("paid", code=code)
        for number, theater in enumerate(self.stage.plan["theaters"]):
            if any(show["code"].encode() in page.body for show in theater["shows"]):
                self.stage.board.booked.append((number, code))
                break
        return code

    # The bank

    def play_bank(self, due: Due) -> None:
        """Send what a gateway may send: on time, late, twice, in another order, another amount, or as a chargeback."""
        game = self.chance.choices(
            ["paid", "late", "twice", "declined then paid", "paid then declined", "too little", "taken back"],
            [20, 20, 15, 10, 10, 10, 20],
        )[0]
        self.diary.write(game=game)
        paid, declined = (self.event(due, kind) for kind in ("payment.paid", "payment.declined"))
        if game == "paid":
            self.deliver(paid)
        elif game == "late":
            self.late.append((time.time() + self.chance.uniform(*LATE_SECONDS), due))
        elif game == "twice":
            other = self.event(due, "payment.paid", number=1)
            self.twice_at_once(lambda client: self.deliver(paid, client), lambda client: self.deliver(paid, client))
            self.deliver(other)
        elif game == "declined then paid":
            self.deliver(declined)
            self.deliver(paid)
        elif game == "paid then declined":
            self.deliver(paid)
            self.deliver(declined)
        elif game == "too little":
            self.deliver({**paid, "amount": max(1, due.amount - 1)})
        else:
            self.take_back(due, paid)

    def take_back(self, due: Due, paid: dict[str, Any]) -> None:
        self.deliver(paid)
        if self.chance.random() < 0.5:
            self.deliver(self.event(due, "refund.made"))
        else:
            self.deliver(self.event(due, "chargeback.opened"))
            self.deliver(self.event(due, self.one_of(["chargeback.won", "chargeback.lost"])))

    def send_late(self) -> None:
        self.late.sort(key=lambda one: one[0])
        _at, due = self.late.pop(0)
        self.deliver(self.event(due, "payment.paid"))

    def forge(self) -> None:
        """Send what nobody signed: with a wrong secret, too old, or about a payment that never was."""
        event = write_event("payment.paid", str(uuid4()), 100, "EUR")
        way = self.one_of(["wrong secret", "too old", "unknown"])
        secret = "wrong" if way == "wrong secret" else self.stage.plan["webhook_secret"]
        body, headers = sign(secret, event, seconds_ago=STALE_SECONDS if way == "too old" else 0)
        answer = self.ask(self.client, b"POST", "/webhooks/sandbox/", body, headers)
        self.fact("forged", way=way, event=event["id"], status=answer.status, word=answer.body.decode()[:20])

    def event(self, due: Due, kind: str, *, number: int = 0) -> dict[str, Any]:
        return write_event(kind, due.key, due.amount, due.currency, number=number)

    def deliver(self, event: dict[str, Any], client: Client | None = None) -> None:
        body, headers = sign(self.stage.plan["webhook_secret"], event)
        answer = self.ask(client or self.client, b"POST", "/webhooks/sandbox/", body, headers)
        if answer.status == 200:
            about = {name: event[name] for name in ("kind", "payment", "amount", "currency")}
            self.fact("webhook", event=event["id"], word=answer.body.decode()[:20], **about)


_SHOWN = re.compile(r"<strong>([^<]*?)([\d.,]+)([^<]*?)</strong>")


def read_due(code: str, key: str, page: str) -> Due | None:
    """Read from the gateway's page what is to be paid."""
    found = _SHOWN.search(page)
    if found is None:
        return None
    symbol = f"{found[1]}{found[3]}"
    currency = "EUR" if "€" in symbol else "JPY" if "¥" in symbol else "KWD"
    return Due(code, key, minor_units(found[2].replace(",", ""), currency), currency)
