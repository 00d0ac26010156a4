"""Wallets on other apps' pages and mails."""

from typing import Any

from django import template
from django.utils import timezone

from bookings.models import Booking, Ticket
from events.models import Show
from wallets.keys import is_on
from wallets.models import Platform

register = template.Library()


@register.simple_tag
def any_wallet() -> bool:
    """Return True if passes for any wallet are offered."""
    return any(is_on(platform) for platform in Platform.values)


@register.inclusion_tag("wallets/_buttons.html")
def wallet_buttons(ticket: Ticket, token: str = "") -> dict[str, Any]:
    """Show a button for each wallet that is offered, for a valid ticket; `token` opens one that was passed on."""
    return {"ticket": ticket, "token": token, **_offer([ticket])}


@register.inclusion_tag("wallets/_booking_buttons.html")
def booking_wallet_buttons(booking: Booking) -> dict[str, Any]:
    """Show a button for each wallet that is offered, for all tickets of a booking that can go into one.

    No query if its tickets are loaded with their shows.
    """
    tickets = [one for one in booking.tickets.all() if one.state == Ticket.State.ISSUED and not one.is_passed_on]
    return {"booking": booking, "tickets": tickets, **_offer(tickets)}


def _offer(tickets: list[Ticket]) -> dict[str, bool]:
    now = timezone.now()
    is_useful = any(one.show.state != Show.State.CANCELED and one.show.ends_at > now for one in tickets)
    return {platform: is_useful and is_on(platform) for platform in Platform.values}
