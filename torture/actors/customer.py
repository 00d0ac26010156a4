"""A customer with an account: books by the API, and exchanges, waits and leaves by the pages."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

from benchmarks.client import Answer, Client
from torture.actors.actor import Actor, Stage, code_in, location_of, values_of

MOST_KEPT = 12
ERASE_TRIES = 5


class Customer(Actor):
    kind = "customer"

    def __init__(self, number: int, stage: Stage) -> None:
        super().__init__(number, stage)
        people = stage.plan["customers"]
        # Two clients of each person, as two devices: they share limits, vouchers and bookings.
        self.person = people[(number // 2) % len(people)]
        self.sign_in(self.person)
        self.held: list[dict[str, Any]] = []
        self.booked: list[dict[str, Any]] = []
        self.lines: list[str] = []

    def sign_in(self, person: dict[str, str]) -> None:
        self.client.cookies["sessionid"] = person["session"]
        self.headers = {"Authorization": f"Bearer {person['token']}"}

    def choices(self) -> Mapping[Callable[[], None], int]:
        always: dict[Callable[[], None], int] = {
            self.hold_seats: 14,
            self.hold_best: 6,
            self.hold_area: 5,
            self.hold_basket: 14,
            self.look: 3,
            self.wait_in_line: 6,
        }
        if self.stage.board.leavers:
            always[self.leave_for_good] = 1
        if self.lines:
            always[self.take_offer] = 10
        if self.held:
            always |= {self.pay: 40, self.pay_twice: 4, self.decline: 4, self.pay_later: 3, self.release: 5}
            always |= {self.let_lapse: 3}
        if self.booked:
            always |= {self.cancel: 10, self.cancel_ticket: 4, self.cancel_twice: 2, self.exchange: 20}
        return always

    def call(self, method: str, path: str, body: Any = None, client: Client | None = None, **headers: str) -> Answer:
        answer = super().call(method, path, body, client, **headers)
        if answer.status == 401 and not path.startswith("/auth"):
            self.renew_token()
        return answer

    def renew_token(self) -> None:
        given = {"email": self.person["email"], "password": self.person["password"]}
        answer = self.call(
            "POST", "/auth/token", given, X_Forwarded_For=f"10.{self.number % 250}.{self.chance.randint(0, 250)}.1"
        )
        if answer.status == 200:
            self.headers = {"Authorization": f"Bearer {json.loads(answer.body)['access']}"}
            at_once = super().call("GET", "/bookings?limit=1")
            if at_once.status in (200, 401):
                self.fact("token given", email=self.person["email"], is_accepted=at_once.status == 200)
        else:
            time.sleep(1)

    # Holds

    def hold_seats(self) -> None:
        theater = self.choose_theater()
        show = self.choose_show(theater)
        if seats := self.choose_seats(show, free=0.6):
            wish = {"show": show["code"], "seats": [{"seat": seat} for seat in self.some_of(seats, 4)]}
            self.hold(theater, wish)

    def hold_best(self) -> None:
        theater = self.choose_theater()
        best = {"quantity": self.chance.randint(1, 5)}
        self.hold(theater, {"show": self.choose_show(theater)["code"], "best_available": best})

    def hold_area(self) -> None:
        theater = self.choose_theater()
        show = self.one_of([show for show in theater["shows"] if show["areas"]])
        areas = [{"area": show["areas"][0], "quantity": self.chance.randint(1, 4)}]
        self.hold(theater, {"show": show["code"], "areas": areas})

    def hold_basket(self) -> None:
        theater = self.choose_theater()
        items = [
            {"show": show["code"], "best_available": {"quantity": self.chance.randint(1, 2)}}
            for show in self.some_of(theater["shows"], 3)
        ]
        self.hold(theater, {"items": items})

    def hold(self, theater: dict[str, Any], wish: dict[str, Any]) -> None:
        if self.chance.random() < 0.25:
            wish["voucher"] = self.one_of(theater["vouchers"])
        key = uuid4().hex
        again = self.chance.random() < 0.2

        def send(client: Client) -> None:
            answer = self.call("POST", "/bookings", wish, client, Idempotency_Key=key)
            if answer.status == 201:
                made = json.loads(answer.body)
                self.fact("held", code=made["code"], key=key, places=len(made["tickets"]))
                if not any(one["code"] == made["code"] for one in self.held):
                    self.held = [*self.held, made][-MOST_KEPT:]

        if again:
            self.twice_at_once(send, send)
        else:
            send(self.client)

    # Payment

    def take_held(self) -> dict[str, Any]:
        return self.held.pop(self.chance.randrange(len(self.held)))

    def pay(self) -> None:
        self.pay_with(self.take_held(), "approve", self.client)

    def pay_twice(self) -> None:
        made = self.take_held()
        self.twice_at_once(*[lambda client: self.pay_with(made, "approve", client)] * 2)

    def decline(self) -> None:
        made = self.take_held()
        self.pay_with(made, "decline", self.client)
        if self.chance.random() < 0.5:
            self.pay_with(made, "approve", self.client)

    def pay_later(self) -> None:
        self.pay_with(self.take_held(), "later", self.client)

    def pay_with(self, made: dict[str, Any], token: str, client: Client) -> None:
        answer = self.call("POST", f"/bookings/{made['code']}/pay", {"gateway": "sandbox", "token": token}, client)
        if answer.status == 200:
            paid = json.loads(answer.body)
            self.fact("paid", code=paid["code"])
            self.remember(paid)
        elif answer.status == 202:
            self.fact("pending", code=made["code"])
        elif answer.status == 402:
            self.fact("declined", code=made["code"])

    def remember(self, paid: dict[str, Any]) -> None:
        self.booked = [*[one for one in self.booked if one["code"] != paid["code"]][-MOST_KEPT:], paid]
        theater = next(
            number
            for number, one in enumerate(self.stage.plan["theaters"])
            if any(show["code"] == paid["show"]["code"] for show in one["shows"])
        )
        self.stage.board.booked.append((theater, paid["code"]))
        self.stage.board.tickets.extend((theater, ticket["qr"]) for ticket in paid["tickets"] if ticket["qr"])

    # Giving back

    def release(self) -> None:
        made = self.take_held()
        if self.call("DELETE", f"/bookings/{made['code']}").status == 200:
            self.fact("given up", code=made["code"])

    def let_lapse(self) -> None:
        self.take_held()

    def cancel(self) -> None:
        self.cancel_at(self.booked.pop(), self.client)

    def cancel_twice(self) -> None:
        booking = self.booked.pop()
        self.twice_at_once(*[lambda client: self.cancel_at(booking, client)] * 2)

    def cancel_ticket(self) -> None:
        booking = self.booked[-1]
        ticket = self.one_of(booking["tickets"])["code"]
        answer = self.call("DELETE", f"/bookings/{booking['code']}?ticket={ticket}")
        if answer.status == 200:
            self.fact("canceled", code=booking["code"], tickets=[ticket])

    def cancel_at(self, booking: dict[str, Any], client: Client) -> None:
        answer = self.call("DELETE", f"/bookings/{booking['code']}", client=client)
        if answer.status == 200:
            # Tickets of a show at which one was used stay valid.
            states = {ticket["code"]: ticket["state"] for ticket in json.loads(answer.body)["tickets"]}
            self.fact("canceled", code=booking["code"], tickets=[code for code in states if states[code] == "canceled"])

    def look(self) -> None:
        if self.booked and self.chance.random() < 0.5:
            self.call("GET", f"/bookings/{self.booked[-1]['code']}")
        else:
            self.call("GET", "/bookings?limit=5")

    # By the pages

    def exchange(self) -> None:
        """Give back one ticket for another seat, at the same show or another one of the theater."""
        booking = self.booked[-1]
        ticket = self.one_of(booking["tickets"])
        theater = next(
            one for one in self.stage.plan["theaters"] if any(show["code"] == ticket["show"] for show in one["shows"])
        )
        show = self.choose_show(theater)
        seats = self.choose_seats(show, free=0.8)
        if not seats:
            return
        seat = self.one_of(seats)
        wish = [("ticket", ticket["code"]), ("show", show["code"]), ("seat", seat), ("check", 1)]
        path = f"/bookings/{booking['code']}/exchange/"
        page = self.get(f"{path}?{'&'.join(f'{name}={value}' for name, value in wish)}", Accept="text/html")
        due, refund = values_of(page, "due"), values_of(page, "refund")
        if not due or not refund:
            return
        answer = self.submit(path, [*wish, ("due", due[0]), ("refund", refund[0])])
        to = location_of(answer)
        if answer.status == 302 and to == f"/bookings/{booking['code']}/":
            # It leads there, too, when somebody else has just canceled or exchanged the ticket.
            if b"Here are your new tickets" in self.get(to, Accept="text/html").body:
                self.fact("exchanged", code=booking["code"], show=show["code"], seat=seat)
            # Its tickets are others now; those of the API are stale.
            self.booked.remove(booking)
        elif answer.status == 302 and to.endswith("/checkout/"):
            self.pay_surcharge(to)

    def pay_surcharge(self, checkout: str) -> None:
        sent = self.submit(checkout, [("name", "A"), ("gateway", "sandbox")])
        if sent.status == 302 and "/pay/sandbox/" in (to := location_of(sent)):
            self.submit(to, [("decision", self.one_of(["approve", "approve", "decline", "never"]))])

    def wait_in_line(self) -> None:
        """Join the waiting list of a show in a theater's smallest hall."""
        show = self.one_of(self.choose_theater()["shows"][:6:3])
        wish = [("party_size", self.chance.randint(1, 2)), ("sits_together", "on")]
        answer = self.submit(f"/shows/{show['code']}/waiting-list/", wish)
        to = location_of(answer)
        if not to.startswith("/waiting-list/"):
            return
        self.fact("joined", email=self.person["email"], show=show["code"])
        self.lines.append(to)

    def take_offer(self) -> None:
        """Book what was offered, if anything was by now; else wait on, or leave the line."""
        line = self.one_of(self.lines)
        page = self.get(line, Accept="text/html")
        if page.status != 200:
            return
        choices = values_of(page, "action")
        action = self.one_of(["book"] * 4 + ["leave"]) if "book" in choices else self.one_of(["wait"] * 5 + ["leave"])
        if not choices or action != "wait":
            self.lines.remove(line)
        if action not in choices:
            return
        answer = self.submit(line, [("action", action)])
        if code := code_in(location_of(answer)):
            self.fact("offered", code=code)
            self.pay_with({"code": code}, self.one_of(["approve", "approve", "approve", "decline"]), self.client)

    def leave_for_good(self) -> None:
        """As a person with a booking: cancel it, and have the account erased."""
        try:
            person = self.stage.board.leavers.pop()
        except IndexError:
            return
        own, headers = self.person, self.headers
        self.person = person
        self.sign_in(person)
        try:
            theater = self.choose_theater()
            wish = {"show": self.choose_show(theater)["code"], "best_available": {"quantity": 1}}
            held = self.call("POST", "/bookings", wish)
            if held.status == 201:
                code = json.loads(held.body)["code"]
                self.call("POST", f"/bookings/{code}/pay", {"gateway": "sandbox", "token": "approve"})
                self.call("DELETE", f"/bookings/{code}")
            self.submit("/accounts/reauthenticate/", [("password", person["password"])])
            for _ in range(ERASE_TRIES):
                # Refused as long as the refund is under way.
                erased = self.submit("/accounts/data/erase/", [("is_sure", "on")])
                if erased.status == 302 and location_of(erased) == "/":
                    self.fact("erased", email=person["email"])
                    break
                time.sleep(1)
        finally:
            self.client.forget_cookies()
            self.person, self.headers = own, headers
            self.client.cookies["sessionid"] = own["session"]
