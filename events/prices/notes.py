"""What pages say beside prices: which fees and taxes are in them, and which come on top."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from events.models import FeeRule, find_tax_rate, read_charges
from lib.money import format_money, format_percent
from theaters.models import SaleKind, Theater


def describe_charges(theater: Theater, event_id: int | None, now: datetime, channel: str = "web") -> list[str]:
    """Return a sentence each on the fees of a ticket, those of the booking, and the tax.

    No query unless rules changed, if the theater's city is loaded.
    """
    rules = [
        rule
        for rule in read_charges(theater).fees
        if rule.is_in_force(channel, now) and rule.event_id in {None, event_id}
    ]
    own = _name([rule for rule in rules if rule.per == FeeRule.Per.TICKET], theater.currency)
    whole = _name([rule for rule in rules if rule.per == FeeRule.Per.BOOKING], theater.currency)
    return [
        *([gettext("Prices include %(fees)s.") % {"fees": own}] if own else []),
        *([gettext("Plus %(fees)s per booking.") % {"fees": whole}] if whole else []),
        *_describe_tax(theater, now, has_fees=bool(rules)),
    ]


def _name(rules: Iterable[FeeRule], currency: str) -> str:
    return ", ".join(f"{rule.name} ({_size(rule, currency)})" for rule in rules)


def _size(rule: FeeRule, currency: str) -> str:
    if rule.percent is None:
        return format_money(rule.amount or Decimal(0), currency)
    return format_percent(rule.percent)


def _describe_tax(theater: Theater, now: datetime, *, has_fees: bool) -> list[str]:
    admission = find_tax_rate(theater, SaleKind.ADMISSION, now)
    fees = find_tax_rate(theater, SaleKind.FEE, now) if has_fees else admission
    rates = {"rate": format_percent(admission), "fees": format_percent(fees)}
    if not admission and not fees:
        return []
    if admission == fees:
        if theater.prices_include_tax:
            return [gettext("Prices include %(rate)s tax.") % rates]
        return [gettext("Plus %(rate)s tax, added at the checkout.") % rates]
    if theater.prices_include_tax:
        return [gettext("Prices include tax: %(rate)s on admission, %(fees)s on fees.") % rates]
    return [gettext("Plus tax, added at the checkout: %(rate)s on admission, %(fees)s on fees.") % rates]
