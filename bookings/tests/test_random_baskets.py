"""Fees and taxes of random baskets agree with a reckoning of its own, in fractions and from the rules' words.

It shares no code with the program: what it says about rounding is written here again.
"""

from __future__ import annotations

import os
from decimal import Decimal
from fractions import Fraction
from math import floor
from random import Random
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.seating.chosen import SeatChoice
from bookings.services.hold_seats import hold_seats
from bookings.services.vouchers import quote_hold
from bookings.taxes import tax_breakdown
from events.models import FeeRule, Price
from testing.api_client import ApiClient
from testing.bookings import seats_of
from testing.builders import make_fee, make_hall, make_show, make_tax_rate, make_theater

pytestmark = pytest.mark.django_db

# `RANDOM_BASKETS=100000` tries more of them.
BASKETS = int(os.environ.get("RANDOM_BASKETS", "1000"))
# What the last digit of an amount can be: whole yen, cents, ten fils.
STEPS = {"EUR": Fraction(1, 100), "CHF": Fraction(1, 100), "JPY": Fraction(1), "KWD": Fraction(1, 100)}


def rounded(amount: Fraction, step: Fraction) -> Fraction:
    """Round half up."""
    return floor(amount / step + Fraction(1, 2)) * step


def shared(amount: Fraction, weights: list[Fraction], step: Fraction) -> list[Fraction]:
    """Share a rounded amount so that nothing is lost: what is left over goes to the largest remainders."""
    whole = sum(weights)
    if not whole:
        return [Fraction(0)] * len(weights)
    exact = [amount * weight / whole for weight in weights]
    parts = [floor(one / step) * step for one in exact]
    order = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in order[: int((amount - sum(parts)) / step)]:
        parts[index] += step
    return parts


def reckon(
    tickets: list[dict[str, Any]], rules: list[dict[str, Any]], law: dict[str, Any], step: Fraction
) -> dict[str, Any]:
    """Return total, fees, and tax by kind, of tickets with `price`, `type` and `event`."""
    fees: list[tuple[Fraction, str]] = []
    for rule in rules:
        met = [
            ticket["price"]
            for ticket in tickets
            if (rule["type"] is None or rule["type"] == ticket["type"])
            and (rule["low"] is None or ticket["price"] >= rule["low"])
            and (rule["high"] is None or ticket["price"] <= rule["high"])
            and (ticket["price"] or rule["free"])
        ]
        if law["channel"] not in rule["channels"] or not met:
            continue
        for base in met if rule["per"] == "ticket" else [sum(met, Fraction(0))]:
            if rule["amount"] is not None:
                fee = rounded(rule["amount"], step)
            elif base:
                fee = base * rule["percent"] / 100
                fee = max(fee, rule["least"]) if rule["least"] is not None else fee
                fee = rounded(min(fee, rule["most"]) if rule["most"] is not None else fee, step)
            else:
                fee = Fraction(0)
            if fee:
                fees.append((fee, rule["name"]))
    lines = [(ticket["price"], "admission") for ticket in tickets] + [(fee, "fee") for fee, _name in fees]
    rates = [law["rates"][kind] for _base, kind in lines]
    taxes = [Fraction(0)] * len(lines)
    if law["rounding"] == "line":
        taxes = [rounded(tax_on(base, rate, law), step) for (base, _kind), rate in zip(lines, rates, strict=True)]
    else:
        for rate in set(rates):
            own = [index for index, one in enumerate(rates) if one == rate]
            bases = [lines[index][0] for index in own]
            whole = rounded(tax_on(sum(bases, Fraction(0)), rate, law), step)
            for index, part in zip(own, shared(whole, bases, step), strict=True):
                taxes[index] = part
    on_top = Fraction(0) if law["inside"] else Fraction(1)
    gross = [base + on_top * tax for (base, _kind), tax in zip(lines, taxes, strict=True)]
    by_kind = {
        kind: sum((tax for (_base, one), tax in zip(lines, taxes, strict=True) if one == kind), Fraction(0))
        for kind in ("admission", "fee")
    }
    return {
        "total": sum(gross, Fraction(0)),
        "fees": sum(gross[len(tickets) :], Fraction(0)),
        "by_kind": {kind: tax for kind, tax in by_kind.items() if tax},
    }


def tax_on(base: Fraction, rate: Fraction, law: dict[str, Any]) -> Fraction:
    return base * rate / (100 + rate if law["inside"] else 100)


class Baskets:
    """A theater with random rules, and random baskets at it."""

    price: Price

    def __init__(self, seed: int, currency: str) -> None:
        self.random = Random(seed)
        self.step = STEPS[currency]
        self.theater = make_theater(f"Theater {currency}", currency=currency)
        self.theater.prices_include_tax = self.random.random() < 0.5
        self.theater.tax_rounding = self.random.choice(["booking", "line"])
        self.theater.save()
        self.show = make_show(hall=make_hall(theater=self.theater))
        self.price = self.show.prices.select_related("category", "ticket_type")[0]
        self.rates = {kind: self.pick(["0", "7", "8.875", "10", "19.6"]) for kind in ("admission", "fee")}
        for kind, rate in self.rates.items():
            make_tax_rate(self.theater, kind, str(rate))
        self.rules = [self.make_rule(number) for number in range(self.random.randint(1, 4))]

    def pick(self, numbers: list[str]) -> Decimal:
        return Decimal(self.random.choice(numbers))

    def amount(self, most: int) -> Decimal:
        step = self.step
        return Decimal(self.random.randint(1, most)) * step.numerator / step.denominator

    def make_rule(self, number: int) -> dict[str, Any]:
        random = self.random
        is_share = random.random() < 0.5
        least, most = (self.amount(80), self.amount(80) + self.amount(80)) if random.random() < 0.5 else (None, None)
        if least is not None and most is not None and least > most:
            least, most = most, least
        channels = random.sample(["web", "api", "box_office"], random.randint(1, 3))
        rule = {
            "name": f"Fee {number}",
            "per": random.choice(["ticket", "booking"]),
            "amount": None if is_share else self.amount(500),
            "percent": self.pick(["3.3333", "5", "12.5"]) if is_share else None,
            "least": least if is_share else None,
            "most": most if is_share else None,
            "type": self.price.ticket_type_id if random.random() < 0.8 else None,
            "low": self.amount(3000) if random.random() < 0.3 else None,
            "high": self.amount(5000) if random.random() < 0.3 else None,
            "free": random.random() < 0.3,
            "channels": channels,
        }
        make_fee(
            self.theater, None if is_share else str(rule["amount"]), name=rule["name"], per=rule["per"],
            percent=rule["percent"], minimum=rule["least"], maximum=rule["most"], ticket_type_id=rule["type"],
            price_from=rule["low"], price_to=rule["high"], is_for_free_tickets=rule["free"],
            is_on_web="web" in channels, is_on_api="api" in channels, is_at_box_office="box_office" in channels,
            order=number,
        )  # fmt: skip
        return {name: Fraction(value) if isinstance(value, Decimal) else value for name, value in rule.items()}

    def law(self, channel: str) -> dict[str, Any]:
        return {
            "channel": channel,
            "rates": {kind: Fraction(rate) for kind, rate in self.rates.items()},
            "rounding": self.theater.tax_rounding,
            "inside": self.theater.prices_include_tax,
        }

    def sell_one(self, channel: str, client: Client, api: ApiClient, first: int) -> None:
        """Hold two seats as customers and sellers do, and check what they cost."""
        price = self.amount(6000)
        Price.objects.filter(show=self.show).update(amount=price)
        seats = [seat.pk for seat in seats_of(self.show)[first : first + 2]]
        if channel == "web":
            client.post(reverse("bookings:hold", args=[self.show.code]), {"seat": seats})
        elif channel == "api":
            wanted = {"show": self.show.code, "seats": [{"seat": seat} for seat in seats]}
            assert api.post("/bookings", wanted).status_code == 201
        else:
            chosen = [SeatChoice(seat) for seat in seats]
            hold_seats(show=self.show, seats=chosen, channel=Booking.Channel.BOX_OFFICE)
        booking = Booking.objects.latest("pk")
        asked = [{"price": Fraction(price), "type": self.price.ticket_type_id}] * 2
        expected = reckon(asked, self.rules, self.law(channel), self.step)
        assert (booking.channel, Fraction(booking.total)) == (channel, expected["total"])
        assert Fraction(booking.fees) == expected["fees"]

    def check_one(self) -> None:
        channel = self.random.choice(["web", "api", "box_office"])
        size = self.random.randint(1, 8)
        prices = [Decimal(0) if self.random.random() < 0.1 else self.amount(6000) for _one in range(size)]
        booking = Booking(theater=self.theater, currency=self.theater.currency, channel=channel)
        tickets = [
            Ticket(
                booking=booking, show=self.show, category=self.price.category,
                ticket_type=self.price.ticket_type, price=price, state=Ticket.State.HELD,
            )
            for price in prices
        ]  # fmt: skip
        quote_hold(booking, tickets, None)
        asked = [{"price": Fraction(price), "type": self.price.ticket_type_id} for price in prices]
        law = self.law(channel)
        expected = reckon(asked, self.rules, law, self.step)
        assert Fraction(booking.total) == expected["total"], (prices, self.rules, law)
        assert Fraction(booking.fees) == expected["fees"]
        lines = tax_breakdown(booking, tickets)
        assert {str(line.kind): Fraction(line.tax) for line in lines if line.tax} == expected["by_kind"]
        assert sum(line.gross for line in lines) == booking.total
        assert sum(ticket.fees for ticket in tickets) == booking.fees == sum(fee.amount for fee in booking.quoted_fees)


def test_random_baskets_agree_with_a_reckoning_of_their_own() -> None:
    seed = int(os.environ.get("RANDOM_BASKETS_SEED", "16"))
    theaters = [Baskets(seed * 100 + number, currency) for number, currency in enumerate([*STEPS] * 4)]
    for number in range(BASKETS):
        theaters[number % len(theaters)].check_one()
    assert FeeRule.objects.count() >= len(theaters)


def test_pages_api_and_counter_sell_by_the_same_rules(customer: User) -> None:
    theaters = [Baskets(seed, currency) for seed, currency in enumerate(STEPS)]
    api = ApiClient(customer)
    for theater in theaters:
        for place, channel in enumerate(("web", "api", "box_office")):
            theater.sell_one(channel, Client(), api, 2 * place)
