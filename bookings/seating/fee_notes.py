"""What the page of a show says about fees before anything is chosen: which are in its prices, and which come on top."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext

from events.models import FeeRule, Show, read_charges
from lib.money import format_money, format_percent


def describe_fees(show: Show, now: datetime, channel: str) -> list[str]:
    """Return a sentence on the fees of each ticket, and one on those of the booking. No query unless rules changed."""
    theater = show.hall.theater
    rules = [
        rule
        for rule in read_charges(theater).fees
        if rule.is_in_force(channel, now) and rule.event_id in {None, show.event_id}
    ]
    own = _name([rule for rule in rules if rule.per == FeeRule.Per.TICKET], theater.currency)
    whole = _name([rule for rule in rules if rule.per == FeeRule.Per.BOOKING], theater.currency)
    return [
        *([gettext("Prices include %(fees)s.") % {"fees": own}] if own else []),
        *([gettext("Plus %(fees)s per booking.") % {"fees": whole}] if whole else []),
    ]


def _name(rules: Iterable[FeeRule], currency: str) -> str:
    return ", ".join(f"{rule.name} ({_size(rule, currency)})" for rule in rules)


def _size(rule: FeeRule, currency: str) -> str:
    if rule.percent is None:
        return format_money(rule.amount or Decimal(0), currency)
    return format_percent(rule.percent)
