"""What a fee rule says in a sentence, and what it comes to for one ticket."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext

from events.models import FeeRule
from lib.money import format_money, format_percent


def describe_fee(rule: FeeRule) -> str:
    """Return a sentence such as “€2.50 per ticket, on the web; returned on cancellation.”"""
    currency = rule.theater.currency
    if rule.percent is None:
        size = format_money(rule.amount or Decimal(0), currency)
    else:
        size = gettext("%(percent)s of the price") % {"percent": format_percent(rule.percent)}
        if rule.minimum is not None:
            size += ", " + gettext("at least %(amount)s") % {"amount": format_money(rule.minimum, currency)}
        if rule.maximum is not None:
            size += ", " + gettext("at most %(amount)s") % {"amount": format_money(rule.maximum, currency)}
    channels = [
        name
        for is_sold, name in (
            (rule.is_on_web, gettext("on the web")),
            (rule.is_on_api, gettext("by the API")),
            (rule.is_at_box_office, gettext("at the box office")),
        )
        if is_sold
    ]
    where = ", ".join(channels) or gettext("nowhere")
    back = gettext("returned on cancellation") if rule.is_returned else gettext("kept on cancellation")
    return f"{size} {rule.get_per_display()}, {where}; {back}."


def show_example(rule: FeeRule, price: Decimal) -> str:
    """Return what a ticket at this price costs with the fee, where the rule meets it."""
    currency = rule.theater.currency
    fee = rule.amount_of(price, currency)
    return gettext("A ticket of %(price)s that it is for costs %(sum)s.") % {
        "price": format_money(price, currency),
        "sum": format_money(price + fee, currency),
    }
