"""The page on which staff move tickets to other seats or exchange them for another show.

The choice is kept in the address. Nothing is held until it is sent with a reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from accounts.roles import Capability
from bookings.admin.booking_forms import ActionReasonForm
from bookings.errors import WrongState
from bookings.exchanges import (
    ExchangeChoice,
    Place,
    find_best_places,
    find_show,
    find_shows,
    name_places,
    quote_choice,
    read_sent,
    read_words,
)
from bookings.models import Booking, Ticket, by_show
from bookings.seating.availability import read_availability
from bookings.seating.chosen import Chosen
from bookings.seating.page import read_seat_page
from bookings.seating.script_data import data_for_scripts
from bookings.seating.typed import FreeRow, list_free, read_places
from bookings.selectors import name_kept_seats, read_kept_seats, read_tickets
from bookings.services.exchange import exchange_tickets
from console.people import may_at
from events.models import Show
from lib.money import format_money
from lib.refusals import Refusal

LINK_HOURS = 24
LONGEST_LINK_HOURS = 24 * 7
LONGEST_TEXT = 500


class HowForm(ActionReasonForm):
    """How long a payment link is valid, and why the tickets are exchanged."""

    hours = forms.IntegerField(
        label=_("The link works for (hours)"),
        min_value=1,
        max_value=LONGEST_LINK_HOURS,
        initial=LINK_HOURS,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )


@dataclass
class Desk(ExchangeChoice):
    """The choice of staff, who may type places, too."""

    shows: list[Show] = field(default_factory=list)
    words: str = ""
    text: str = ""
    is_on_map: bool = False
    free: list[FreeRow] = field(default_factory=list)


def read_desk(booking: Booking, data: QueryDict, now: datetime) -> Desk:
    """Read the choice from an address or a form, and quote it if it is complete. Holds nothing."""
    made = read_tickets(booking)
    tickets = [ticket for ticket in made if ticket.state == Ticket.State.ISSUED]
    codes = data.getlist("ticket")
    chosen = [ticket for ticket in tickets if not codes or ticket.code in codes]
    own_shows = list(by_show(tickets or made))
    words = read_words(data)
    at_theater = Show.objects.filter(hall__theater=booking.theater_id)
    coming = at_theater.filter(state=Show.State.ON_SALE, ends_at__gt=now)
    shows = [*own_shows, *find_shows(coming, tickets or made, words)]
    code = data.get("show", "")
    desk = Desk(
        booking,
        tickets,
        chosen,
        next((one for one in shows if one.code == code), None) or find_show(at_theater, code) or own_shows[0],
        shows=shows,
        words=words,
        text=data.get("seats", "")[:LONGEST_TEXT],
        is_on_map="map" in data,
    )
    if "show" in data and chosen:
        try:
            desk.places = _read_places(desk, data)
            if desk.places:
                name_places(desk)
                quote_choice(desk, is_even=data.get("how") == "waive")
        except Refusal as error:
            desk.problem = str(error)
    desk.free = list_free(desk.show, read_availability(desk.show.pk))
    return desk


def offered_ways(request: HttpRequest, desk: Desk) -> list[tuple[str, str]]:
    """Return how this person may settle the difference: a name for the form, and words for the button."""
    quote, theater_id = desk.quote, desk.booking.theater_id
    if quote is None:
        return []
    currency = desk.booking.currency
    ways: list[tuple[str, str]] = []
    if quote.is_move:
        ways.append(("now", gettext("Move the tickets")))
    elif not quote.due:
        text = gettext("Exchange, and refund %s") % format_money(quote.refund, currency)
        ways.append(("now", text if quote.refund else gettext("Exchange the tickets")))
    else:
        due = format_money(quote.due, currency)
        if may_at(request.user, Capability.SELL, theater_id):
            ways.append(("counter", gettext("Take %s at the counter") % due))
        if desk.booking.contact_email:
            ways.append(("link", gettext("Send a link to pay %s") % due))
    if not quote.is_move and (quote.due or quote.refund) and may_at(request.user, Capability.REFUND, theater_id):
        ways.append(("waive", gettext("Waive the difference")))
    return ways


def make_exchange(desk: Desk, how: str, form: HowForm, person: User, now: datetime) -> Booking:
    """Carry the choice out. Raises what `exchange_tickets` raises."""
    if desk.wish is None:
        raise WrongState
    until = None
    if how == "link":
        hours = form.cleaned_data["hours"] or LINK_HOURS
        until = min(now + timedelta(hours=hours), desk.show.sales_end_at)
    return exchange_tickets(
        booking=desk.booking,
        wish=desk.wish,
        by=person,
        reason=form.cleaned_data["reason"],
        until=until,
        send_link=how == "link",
    )


def _read_places(desk: Desk, data: QueryDict) -> list[Place]:
    """Return the places chosen on the map, or those typed, or else the best ones together."""
    sent = Chosen.read(data)
    if not sent.is_empty:
        return read_sent(desk.show, sent)
    if desk.text.strip():
        return [Place(place) for place in read_places(desk.show, desk.text)]
    if "best" not in data:
        return []
    places = find_best_places(desk)
    if not places:
        desk.problem = gettext("There are not that many seats left together. Type the seats that you want.")
    return places


def _describe_map(desk: Desk, now: datetime) -> dict[str, Any]:
    """Return the context of the show's map; the seats that are given back can be chosen again."""
    chosen = desk.chosen
    page = read_seat_page(desk.show, desk.sent, own_seats=desk.own_seats, limit=len(chosen))
    full = ngettext(
        "You have chosen as many places as tickets: %(count)d. Remove one to take another.",
        "You have chosen as many places as tickets: %(count)d. Remove one to take another.",
        len(chosen),
    ) % {"count": len(chosen)}
    return {
        "page": page,
        "seat_scripts": data_for_scripts(page) | {"full": full, "types": [ticket.ticket_type_id for ticket in chosen]},
        "kept_seats": name_kept_seats(read_kept_seats(desk.show, now)),
    }


def describe(desk: Desk, request: HttpRequest, form: Any) -> dict[str, Any]:
    """Return the context of the page."""
    now = timezone.now()
    return {
        "desk": desk,
        "tz": desk.booking.theater.city.time_zone,
        "form": form,
        "ways": offered_ways(request, desk),
        "fields": parse_qsl(desk.sent.query()),
        "now": now,
        **(_describe_map(desk, now) if desk.is_on_map and desk.chosen else {}),
    }
