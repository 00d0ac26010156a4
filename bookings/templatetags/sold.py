"""Who sold a booking, and the tax in it: for the booking's page and the confirmation."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.text import capfirst
from django.utils.translation import gettext

from bookings.models import Booking, Ticket
from bookings.taxes import TaxLine, tax_breakdown
from lib.money import format_money, format_percent
from theaters.models import Seller

register = template.Library()


@register.simple_tag
def sold_by(theater_id: int | str | None) -> Seller | None:
    """Return the seller of a theater, if it is known. One query."""
    return Seller.objects.filter(theaters=theater_id).first() if isinstance(theater_id, int) else None


@register.simple_tag
def tax_lines(booking: Booking, tickets: Iterable[Ticket] | None = None) -> list[TaxLine]:
    """Return net and tax by kind of sale and rate; [] without tax. One query, none if all its `tickets` are given."""
    return tax_breakdown(booking, tickets) if booking.tax else []


@register.simple_tag
def tax_sentences(theater_id: int | str | None, code: str) -> list[str]:
    """Say the same of the theater's booking with this code, a sentence for each line. Samples have no theater."""
    if not isinstance(theater_id, int):
        return []
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
