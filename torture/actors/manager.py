"""Managers in the console: they cancel, refund, exchange and give away, put money right, and move and cancel shows."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from benchmarks.client import Answer, Client
from torture.actors.actor import Fields, Stage, location_of, values_of
from torture.actors.staff import FLOAT, Staff, cart_in, sold_in

HOUSE = "/admin/box-office/house/"
CANCELED = "/admin/show_changes/showcancellation/"

# What the page that follows says of each way of putting a payment right.
REMEDIES = {
    "as_paid": "on its way back",
    "cash": "Hand out",
    "transfer": "by bank transfer",
    "outside": "outside the system",
    "same": "is confirmed, and its tickets",
    "equal": "is confirmed, and its tickets",
    "keep": "The tickets stay valid",
    "cancel": "The tickets are canceled",
}


class Manager(Staff):
    """Two of each theater, who sometimes do the same thing, or the opposite, at the same moment."""

    kind, role = "manager", "managers"

    def __init__(self, number: int, stage: Stage) -> None:
        super().__init__(number, stage)
        changing = [show for show in self.theater["shows"] if show["may_change"]]
        self.movable = changing[2:]
        self.cancelable = changing[:2]

    def choices(self) -> Mapping[Callable[[], None], int]:
        found: dict[Callable[[], None], int] = {
            self.give_away: 4,
            self.keep_for_house: 5,
            self.take_from_house: 7,
            self.hand_out: 3,
            self.finish_canceled_show: 5,
            self.bring_shows: 2,
        }
        if self.mine():
            found |= {self.cancel: 10, self.refund: 8, self.refund_twice: 5, self.cancel_and_refund: 4}
            found |= {self.exchange: 10, self.put_right: 14}
        if self.movable:
            found[self.move_show] = 1
        if self.cancelable:
            found[self.cancel_show] = 1
        return found

    def mine(self) -> list[str]:
        return [code for place, code in list(self.stage.board.booked) if place == self.place]

    def find(self, code: str, client: Client | None = None) -> str:
        """Return the path of a booking in the console."""
        page = self.get(f"/admin/bookings/booking/?q={code}")
        found = re.search(rb"/admin/bookings/booking/\d+/", page.body)
        # With one match the list may lead to it at once.
        at = found[0].decode() if found else location_of(page).removesuffix("change/")
        return at if re.fullmatch(r"/admin/bookings/booking/\d+/", at) else ""

    def cancel(self) -> None:
        code = self.one_of(self.mine())
        if at := self.find(code):
            self.cancel_at(at, code, self.client)

    def cancel_at(self, at: str, code: str, client: Client) -> None:
        page = self.ask(client, b"GET", f"{at}cancel/", b"", {})
        tickets = values_of(page, "tickets")
        if tickets:
            fields = [*(("tickets", ticket) for ticket in tickets), ("amount", ""), ("reason", "Asked to")]
            if self.is_done(self.submit(f"{at}cancel/", fields, client), "Canceled", client):
                self.fact("canceled by staff", code=code, tickets=[int(ticket) for ticket in tickets])

    def refund(self) -> None:
        code = self.one_of(self.mine())
        if at := self.find(code):
            self.refund_at(at, code, self.client)

    def refund_at(self, at: str, code: str, client: Client, key: str = "") -> None:
        key, amount = key or str(uuid4()), self.chance.choice([1, 2, 5, 1000])
        answer = self.submit(f"{at}goodwill/", [("amount", amount), ("key", key), ("reason", "Sorry")], client)
        if self.is_done(answer, "on its way back", client):
            self.fact("refunded", code=code, key=key)

    def refund_twice(self) -> None:
        """Two people at once, and one who clicks twice."""
        code = self.one_of(self.mine())
        key = str(uuid4()) if self.chance.random() < 0.5 else ""
        if at := self.find(code):
            self.twice_at_once(*[lambda client: self.refund_at(at, code, client, key)] * 2)

    def cancel_and_refund(self) -> None:
        code = self.one_of(self.mine())
        if at := self.find(code):
            self.twice_at_once(
                lambda client: self.cancel_at(at, code, client), lambda client: self.refund_at(at, code, client)
            )

    def exchange(self) -> None:
        """Move a booking's tickets to the best places of a show; take what is due at the counter, or waive it."""
        code = self.one_of(self.mine())
        if not (at := self.find(code)):
            return
        show = self.choose_show(self.theater)
        page = self.get(f"{at}exchange/?show={show['code']}&best=1")
        if ways := values_of(page, "how"):
            fields = [*hidden_fields(page), ("how", self.one_of(ways)), ("reason", "Asked to"), ("hours", 1)]
            answer = self.submit(f"{at}exchange/", fields)
            if location_of(answer).endswith("/collect/"):
                self.collect(location_of(answer))
            elif self.is_done(answer, "The new tickets are on their way", self.client):
                self.fact("exchanged by staff", code=code)

    def collect(self, at: str) -> None:
        self.submit(at, [("way", self.one_of(["cash", "terminal"])), ("reference", "T2")])

    def put_right(self) -> None:
        """Choose one of the remedies that are offered for money that bought nothing or did not go back."""
        page = self.get("/admin/payments/payment/?needs=remedy")
        waiting = sorted(set(re.findall(rb"/admin/payments/payment/(\d+)/change/", page.body)))
        if not waiting:
            return
        payment = int(self.one_of(waiting))
        remedies = values_of(self.get(f"/admin/payments/payment/{payment}/remedy/"), "remedy")
        if not remedies:
            return
        if self.chance.random() < 0.4:
            # Two people, who decide differently.
            choices = [self.one_of(remedies), self.one_of(remedies)]
            self.twice_at_once(*[lambda client, one=one: self.put_right_by(payment, one, client) for one in choices])
        else:
            self.put_right_by(payment, self.one_of(remedies), self.client)

    def put_right_by(self, payment: int, remedy: str, client: Client) -> None:
        at = f"/admin/payments/payment/{payment}/remedy/"
        page = self.ask(client, b"GET", at, b"", {})
        fields = [*hidden_fields(page), ("remedy", remedy), ("reason", "Put right"), ("reference", "T3")]
        # Of several to choose from, the first.
        fields += re.findall(r'<select name="(failed|outside)"[^>]*><option value="(\d+)"', page.body.decode())
        if self.is_done(self.submit(at, fields, client), REMEDIES[remedy], client):
            self.fact("put right", payment=payment, remedy=remedy)

    def hand_out(self) -> None:
        """Give cash back out of a drawer of one's own."""
        drawer = f"/admin/box-office/drawer/?theater={self.theater['slug']}"
        self.submit(drawer, [("action", "open"), ("opening_float", FLOAT * 10)])
        waiting = values_of(self.get(drawer), "refund")
        if waiting:
            refund = self.one_of(waiting)
            send = lambda client: self.hand_out_one(drawer, refund, client)  # noqa: E731
            self.twice_at_once(send, send)

    def hand_out_one(self, drawer: str, refund: str, client: Client) -> None:
        if self.submit(drawer, [("action", "refund"), ("refund", refund)], client).status == 302:
            self.fact("handed out", refund=int(refund))

    def hold_best(self) -> tuple[str, str] | None:
        # Of any show alike: the first ones are sold out.
        show = self.one_of(self.theater["shows"])
        path, cart = f"/admin/box-office/shows/{show['code']}/", uuid4().hex
        quantity = (f"quantity-{self.theater['ticket_type']}", self.chance.randint(1, 2))
        answer = self.submit(path, [("action", "best"), quantity, ("cart", cart)])
        return (path, cart) if answer.status == 302 else None

    def give_away(self) -> None:
        if found := self.hold_best():
            self.give(*found, self.client)

    def give(self, path: str, cart: str, client: Client) -> None:
        name = f"press-{uuid4().hex[:8]}@example.com"
        fields = [("action", "give"), ("cart", cart), ("reason", "Press"), ("email", name)]
        answer = self.submit(path, fields, client)
        if answer.status == 302 and (code := sold_in(location_of(answer))):
            self.fact("given", code=code)
            self.stage.board.booked.append((self.place, code))

    # Places of the house

    def keep_for_house(self) -> None:
        if found := self.hold_best():
            reason, until = f"Camera {uuid4().hex[:12]}", self.choose_end() if self.chance.random() < 0.3 else ""
            where = [("purpose", self.one_of(["house", "promoter"])), ("scope", "show"), ("until", until)]
            fields = [("action", "block"), ("cart", found[1]), ("reason", reason), *where]
            if self.submit(found[0], fields).status == 302:
                self.fact("kept", reason=reason, until=until)

    def take_from_house(self) -> None:
        """Sell, give away or free places of the house, sometimes while a colleague does so with the same ones."""
        page = self.get(HOUSE).body.decode(errors="replace")
        forms = [(code, re.findall(r'name="ticket" value="(\d+)"', form)) for code, form in _FORM.findall(page)]
        if not forms:
            return
        code, places = self.one_of(forms)
        acts = [self.choose_use(code, self.some_of(places, 2)) for _ in range(2)]
        if self.chance.random() < 0.25:
            self.twice_at_once(*acts)
        else:
            acts[0](self.client)

    def choose_use(self, code: str, places: list[str]) -> Callable[[Client], None]:
        fields = [("code", code), *(("ticket", place) for place in places)]
        use = self.chance.choices(["sell", "give", "free"], [5, 3, 2])[0]
        if use == "free":
            return lambda client: self.free_for_all(code, fields, client)
        return lambda client: self.put_into_cart(fields, use, client)

    def free_for_all(self, code: str, fields: Fields, client: Client) -> None:
        if self.is_done(
            self.submit(HOUSE, [("action", "lift"), *fields], client), r"\d places? (is|are) free again", client
        ):
            self.fact("freed for all", code=code)

    def put_into_cart(self, fields: Fields, use: str, client: Client) -> None:
        to = location_of(self.submit(HOUSE, [("action", "sell"), *fields], client))
        if cart := cart_in(to):
            self.fact("taken from the house", code=fields[0][1])
            path = urlsplit(to).path
            self.give(path, cart, client) if use == "give" else self.pay(path, cart, "terminal", client)

    # Shows

    def move_show(self) -> None:
        """Move a show to another time, in its hall or in the other one, while it is being sold."""
        show = self.one_of(self.movable)
        day = datetime.fromisoformat(show["starts_at"]) + timedelta(days=self.chance.randint(1, 40))
        fields = [("_plan", 1), ("hall", self.one_of(self.theater["halls"])), ("day", f"{day:%Y-%m-%d}")]
        self.submit(show["move"], [*fields, ("time", f"{self.chance.randint(0, 23):02}:00"), ("which", "")])
        page = self.get(show["move"])
        if version := values_of(page, "version"):
            fields = [("_apply", 1), ("version", version[0]), ("pays_back", "on")]
            if self.submit(show["move"], fields).status == 302:
                self.fact("show moved", show=show["code"])

    def bring_shows(self) -> None:
        """Bring some shows to one of the two versions of their hall's map, sometimes with a colleague."""
        at = f"/admin/bring-shows/{self.one_of(self.theater['maps'])}/"
        if shows := values_of(self.get(at), "shows"):
            send = lambda client: self.bring(at, self.some_of(shows, 3), client)  # noqa: E731
            if self.chance.random() < 0.3:
                self.twice_at_once(send, send)
            else:
                send(self.client)

    def bring(self, at: str, shows: list[str], client: Client) -> None:
        if self.submit(at, [("shows", show) for show in shows], client).status == 302:
            self.fact("shows brought", shows=[int(show) for show in shows])

    def cancel_show(self) -> None:
        show = self.cancelable.pop()
        answer = self.submit(show["cancel"], [("code", show["code"]), ("reason", "Flood"), ("message", "")])
        if answer.status == 302:
            self.fact("show canceled", show=show["code"])

    def finish_canceled_show(self) -> None:
        """Try again what failed for a canceled show, or pay out what the counter took, sometimes with a colleague."""
        shows = sorted(set(re.findall(rf"{CANCELED}(\d+)/change/", self.get(CANCELED).body.decode())))
        if not shows:
            return
        rows = _ROW.findall(self.get(f"{CANCELED}{self.one_of(shows)}/change/").body.decode(errors="replace"))
        if not rows:
            return
        path, what, row = self.one_of(rows)
        drawer = f"/admin/box-office/drawer/?theater={self.theater['slug']}"
        self.submit(drawer, [("action", "open"), ("opening_float", FLOAT * 10)])
        act = lambda client: self.finish_booking(path, what, row, client)  # noqa: E731
        if self.chance.random() < 0.3:
            self.twice_at_once(act, act)
        else:
            act(self.client)

    def finish_booking(self, path: str, what: str, row: str, client: Client) -> None:
        """Press the button beside one booking of a canceled show."""
        words, fact = {"retry": ("tried again", "tried again"), "pay-out": ("paid out to", "paid out")}[what]
        if self.is_done(self.submit(path, [("row", row)], client), words, client):
            self.fact(fact, row=int(row))


# Each form of the page with the places of the house, by its code; and each button beside a canceled show's booking.
_FORM = re.compile(r'name="code" value="(\w+)">(.*?)</form>', re.S)
_ROW = re.compile(r'action="([^"]*/(retry|pay-out)/)">(?:(?!</form>).)*?name="row" value="(\d+)"', re.S)


def hidden_fields(page: Answer) -> list[tuple[str, str]]:
    """Return the hidden fields of a page's form, but its token."""
    found = re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page.body.decode(errors="replace"))
    return [(name, value) for name, value in found if name != "csrfmiddlewaretoken"]
