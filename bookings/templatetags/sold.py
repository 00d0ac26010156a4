"""Who sold a booking, and the tax in it: for the booking's page and the confirmation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.template import Context
from django.utils.text import capfirst
from django.utils.translation import gettext

from bookings.models import Booking, Ticket
from bookings.taxes import TaxLine, tax_breakdown
from lib.money import format_money, format_percent
from theaters.models import Seller

register = template.Library()


@register.simple_tag(takes_context=True)
def sold_by(context: Context, theater_id: int | str | None) -> Seller | None:
    """Return the seller of a theater, if it is known. One query for both parts of a mail."""
    if not isinstance(theater_id, int):
        return None
    read: Any = context.get("read", {})
    key = ("seller", theater_id)
    if key not in read:
        read[key] = Seller.objects.filter(theaters=theater_id).first()
    found: Seller | None = read[key]
    return found


@register.simple_tag
def tax_lines(booking: Booking, tickets: Iterable[Ticket] | None = None) -> list[TaxLine]:
    """Return net and tax by kind of sale and rate; [] without tax. One query, none if all its `tickets` are given."""
    return tax_breakdown(booking, tickets) if booking.tax else []


@register.simple_tag(takes_context=True)
def tax_sentences(context: Context, theater_id: int | str | None, code: str) -> list[str]:
    """Say the same of the theater's booking with this code, a sentence for each line. Samples have no theater.

    Two queries for both parts of a mail.
    """
    if not isinstance(theater_id, int):
        return []
    read: Any = context.get("read", {})
    key = ("tax", theater_id, code)
    if key not in read:
        read[key] = _tax_sentences(theater_id, code)
    found: list[str] = read[key]
    return found


def _tax_sentences(theater_id: int, code: str) -> list[str]:
    booking = Booking.objects.select_related("theater").filter(theater=theater_id, code=code).first()
    if booking is None:
        return []
    sentence = gettext("%(kind)s, %(rate)s: %(net)s net, %(tax)s tax")
    return [
        sentence
        % {
            "kind": capfirst(line.kind.label),
            "rate": format_percent(line.rate),
            "net": format_money(line.net, booking.currency),
            "tax": format_money(line.tax, booking.currency),
        }
        for line in tax_lines(booking)
    ]
