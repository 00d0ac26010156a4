"""The tax rates and fee rules of a theater, and what they come to.

They are read without a statement as long as none has changed.
`Theater.charges_key` names their state: who has the row of a theater knows what holds, exactly and in its own
transaction. What changes them gives the theater another key (`prices/charge_changes.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from events.models.fees import ZERO, FeeCase, FeeRule
from lib.process_memory import Memory
from theaters.models import SaleKind, TaxRate, Theater

# A day: a key names the same rules forever.
_KEPT_SECONDS = 86_400


@dataclass(frozen=True)
class Charges:
    fees: tuple[FeeRule, ...] = ()
    # The latest first.
    rates: tuple[TaxRate, ...] = ()


_read: Memory[Charges] = Memory(500)
NONE = Charges()


def read_charges(theater: Theater) -> Charges:
    """Return what holds at a theater. Three statements once for each change and process, none otherwise."""
    if not theater.charges_key:
        return NONE
    key = theater.pk, theater.charges_key
    charges = _read.get(key)
    if charges is None:
        fees = FeeRule.objects.filter(theater=theater, is_active=True).order_by("order", "name", "pk")
        rates = TaxRate.objects.filter(theater=theater).order_by("-from_on")
        charges = Charges(tuple(fees), tuple(rates))
        # Between the theater's row and these, somebody may have changed them: then they are not this key's.
        if Theater.objects.filter(pk=theater.pk, charges_key=theater.charges_key).exists():
            _read.set(key, charges, _KEPT_SECONDS)
    return charges


def find_tax_rate(theater: Theater, kind: SaleKind, now: datetime) -> Decimal:
    """Return the rate in percent that holds for a kind of sale today, by the theater's clock."""
    rates = read_charges(theater).rates
    if not rates:
        return theater.tax_rate
    today = now.astimezone(theater.tz).date()
    return next((rate.rate for rate in rates if rate.kind == kind and rate.from_on <= today), theater.tax_rate)


def find_price_fees(  # noqa: PLR0917
    theater: Theater,
    price: Decimal,
    category_name: str,
    ticket_type_id: int,
    event_id: int,
    now: datetime,
    *,
    channel: str = "web",
) -> Decimal:
    """Return the fees in what one ticket at a list price costs, without those for the whole booking.

    As the price, it is with or without tax.
    """
    rules = [rule for rule in read_charges(theater).fees if rule.per == FeeRule.Per.TICKET]
    case = FeeCase(price, price, category_name, ticket_type_id, event_id)
    charged = charge_fees(rules, [case], channel=channel, now=now, currency=theater.currency)
    return sum((fee.amount for fee in charged), ZERO)


@dataclass(frozen=True)
class ChargedFee:
    """An amount that a rule charges, with or without tax as prices are; for the ticket at `index`, or the booking."""

    rule: FeeRule
    amount: Decimal
    index: int | None = None


def charge_fees(
    rules: Iterable[FeeRule], cases: Sequence[FeeCase], *, channel: str, now: datetime, currency: str
) -> list[ChargedFee]:
    """Return the fees of tickets that are sold together, those of each rule in its order; none of zero."""
    charged = []
    for rule in rules:
        if not rule.is_in_force(channel, now):
            continue
        met = [index for index, case in enumerate(cases) if rule.meets(case)]
        if rule.per == FeeRule.Per.TICKET:
            found = [ChargedFee(rule, rule.amount_of(cases[index].cost, currency), index) for index in met]
        else:
            found = [ChargedFee(rule, rule.amount_of(sum((cases[index].cost for index in met), ZERO), currency))]
        charged += [fee for fee in found if met and fee.amount]
    return charged
