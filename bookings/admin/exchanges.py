"""The page on which staff move tickets to other seats or exchange them for another show.

What is chosen stands in the address; nothing is held before the choice is sent with a reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from bookings.admin.booking_forms import ReasonForm
from bookings.availability import read_availability
from bookings.best_seats import find_best_seats
from bookings.errors import BookingError, WrongState
from bookings.models import Booking, Ticket
from bookings.seat_words import FreeRow, list_free, read_places
from bookings.selectors import read_tickets
from bookings.services.exchange import ExchangeQuote, Wish, exchange_tickets, quote_exchange
from bookings.services.quote_places import AreaChoice, SeatChoice
from events.models import Price, Show
from events.words import normalize
from theaters.access import Capability
from theaters.models import Area, Seat
from theaters.money import format_money
from ticketing.console import may_at

# Shows to choose from; more are found by words of their title.
SHOWN_SHOWS = 30
LINK_HOURS = 24
LONGEST_LINK_HOURS = 24 * 7


class HowForm(ReasonForm):
    """How long a payment link is good, and why the tickets are exchanged."""

    hours = forms.IntegerField(
        label=_("The link is good for (hours)"),
        min_value=1,
        max_value=LONGEST_LINK_HOURS,
        initial=LINK_HOURS,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "numeric"}),
    )


@dataclass
class Desk:
    """What is chosen so far, and what it would come to."""

    booking: Booking
    tickets: list[Ticket]
    chosen: list[Ticket]
    shows: list[Show]
    show: Show
    words: str
    text: str
    places: list[Seat | Area]
    quote: ExchangeQuote | None
    wish: Wish | None
    problem: str
    free: list[FreeRow]


def read_desk(booking: Booking, asked: QueryDict, now: datetime) -> Desk:
    """Read what was chosen, in an address or a form, and quote it where it is complete. It holds nothing."""
    tickets = [ticket for ticket in read_tickets(booking) if ticket.state == Ticket.State.ISSUED]
    codes = asked.getlist("ticket")
    chosen = [ticket for ticket in tickets if not codes or ticket.code in codes]
    words = " ".join(asked.get("words", "").split())[:80]
    shows = _read_shows(booking, words, now)
    show = next((one for one in shows if one.code == asked.get("show")), None) or _find_show(booking, asked.get("show"))
    text = asked.get("seats", "")[:500]
    desk = Desk(booking, tickets, chosen, shows, show, words, text, [], None, None, "", [])
    if "show" in asked and chosen:
        try:
            desk.places = _read_places(desk, asked)
            if desk.places:
                desk.wish = _wish_for(show, chosen, desk.places, is_even=asked.get("how") == "waive")
                desk.quote = quote_exchange(booking, _wish_for(show, chosen, desk.places))
        except BookingError as error:
            desk.problem = str(error)
    desk.free = list_free(show, read_availability(show.pk))
    return desk


def offered_ways(request: HttpRequest, desk: Desk) -> list[tuple[str, str]]:
    """Return how this person may settle what the exchange comes to: a name for the form, and words for the button."""
    quote, theater_id = desk.quote, desk.booking.show.hall.theater_id
    if quote is None:
        return []
    currency = desk.booking.currency
    ways: list[tuple[str, str]] = []
    if quote.is_move:
        ways.append(("now", _t("Move the tickets")))
    elif not quote.due:
        text = _t("Exchange, and give %s back") % format_money(quote.refund, currency)
        ways.append(("now", text if quote.refund else _t("Exchange the tickets")))
    else:
        due = format_money(quote.due, currency)
        if may_at(request.user, Capability.SELL, theater_id):
            ways.append(("counter", _t("Take %s at the counter") % due))
        if desk.booking.email:
            ways.append(("link", _t("Send a link to pay %s") % due))
    if not quote.is_move and (quote.due or quote.refund) and may_at(request.user, Capability.REFUND, theater_id):
        ways.append(("waive", _t("Waive the difference")))
    return ways


def make_exchange(desk: Desk, how: str, form: HowForm, person: User, now: datetime) -> Booking:
    """Do what was chosen. Raises what `exchange_tickets` raises."""
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


def _read_shows(booking: Booking, words: str, now: datetime) -> list[Show]:
    """Return the booking's own show, then coming ones: of the words asked for, else of the same event."""
    coming = Show.objects.filter(
        hall__theater=booking.show.hall.theater_id, state=Show.State.ON_SALE, ends_at__gt=now
    ).exclude(pk=booking.show_id)
    which = Q(event=booking.show.event_id)
    if words:
        which = Q()
        for word in normalize(words).split():
            which &= Q(event__sort_title__contains=word)
    found = coming.filter(which).select_related("event", "hall__theater__city", "seat_map").order_by("starts_at", "pk")
    return [booking.show, *found[:SHOWN_SHOWS]]


def _find_show(booking: Booking, code: str | None) -> Show:
    """Return a show of the same theater by its code, or else the booking's own."""
    shows = Show.objects.filter(hall__theater=booking.show.hall.theater_id, code=code or "")
    return shows.select_related("event", "hall__theater__city", "seat_map").first() or booking.show


def _read_places(desk: Desk, asked: QueryDict) -> list[Seat | Area]:
    """Return the places of a form that was sent, those typed, or the best ones together where none are."""
    sent = asked.getlist("place")
    if sent:
        return _read_sent(desk.show, sent)
    if desk.text.strip():
        return read_places(desk.show, desk.text)
    if "best" not in asked:
        return []
    ranks = {ticket.category.name for ticket in desk.chosen}
    same = next((one for one in desk.show.seat_map.categories.all() if one.name in ranks), None)
    for category in (same, None) if same else (None,):
        seats = find_best_seats(desk.show, len(desk.chosen), category_id=category.pk if category else None)
        if seats:
            return list(seats)
    desk.problem = _t("There are not so many seats left together. Type which ones it shall be.")
    return []


def _read_sent(show: Show, sent: Sequence[str]) -> list[Seat | Area]:
    seats = {
        str(seat.pk): seat for seat in show.seat_map.seats.filter(pk__in=[one[1:] for one in sent if _is_key(one, "s")])
    }
    areas = {str(area.pk): area for area in show.seat_map.areas.all()}
    places: list[Seat | Area] = []
    for one in sent:
        place = seats.get(one[1:]) if _is_key(one, "s") else areas.get(one[1:])
        if place is not None:
            places.append(place)
    return places


def _is_key(text: str, kind: str) -> bool:
    return text[:1] == kind and text[1:].isascii() and text[1:].isdigit() and len(text) < 18  # noqa: PLR2004


def _wish_for(show: Show, chosen: Sequence[Ticket], places: Sequence[Seat | Area], *, is_even: bool = False) -> Wish:
    """Give each place the type of the ticket in its turn, where that is sold there."""
    priced = set(Price.objects.filter(show=show).values_list("category_id", "ticket_type_id"))
    seats: list[SeatChoice] = []
    areas: Counter[tuple[int, int | None]] = Counter()
    for index, place in enumerate(places):
        wanted = chosen[index].ticket_type_id if index < len(chosen) else None
        type_id = wanted if (place.category_id, wanted) in priced else None
        if isinstance(place, Seat):
            seats.append(SeatChoice(place.pk, type_id))
        else:
            areas[place.pk, type_id] += 1
    in_areas = [AreaChoice(pk, quantity, type_id) for (pk, type_id), quantity in areas.items()]
    return Wish(chosen, show, seats, in_areas, is_even=is_even)


def describe(desk: Desk, request: HttpRequest, form: Any) -> dict[str, Any]:
    """Return what the page says of it."""
    zone = desk.booking.show.hall.theater.city.time_zone
    return {
        "desk": desk,
        "tz": zone,
        "form": form,
        "ways": offered_ways(request, desk),
        "places": [
            (
                f"{'s' if isinstance(place, Seat) else 'a'}{place.pk}",
                place.label if isinstance(place, Seat) else place.name,
            )
            for place in desk.places
        ],
        "now": timezone.now(),
    }
