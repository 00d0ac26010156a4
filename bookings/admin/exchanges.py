"""The page on which staff move tickets to other seats or exchange them for another show.

The choice is kept in the address. Nothing is held until it is sent with a reason.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from django import forms
from django.db.models import Q
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from accounts.models import User
from accounts.roles import Capability
from bookings.admin.booking_forms import ActionReasonForm
from bookings.errors import WrongState
from bookings.models import Booking, Ticket
from bookings.seating.availability import read_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import AreaChoice, Chosen, SeatChoice
from bookings.seating.page import read_seat_page
from bookings.seating.script_data import data_for_scripts
from bookings.seating.typed import FreeRow, list_free, read_places
from bookings.selectors import name_kept_seats, read_kept_seats, read_tickets
from bookings.services.exchange import ExchangeQuote, ExchangeWish, exchange_tickets, quote_exchange
from console.people import may_at
from events.models import Price, Show
from lib.money import format_money
from lib.refusals import Refusal
from lib.words import normalize
from theaters.models import Area, Seat

# Shows to choose from; more are found by words of their title.
SHOWN_SHOWS = 30
LINK_HOURS = 24
LONGEST_LINK_HOURS = 24 * 7


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


@dataclass(frozen=True)
class Place:
    """A place that is data for; without a type it gets that of the ticket at the same position."""

    place: Seat | Area
    type_id: int | None = None


@dataclass
class Desk:
    """What is chosen so far, and what it would cost."""

    booking: Booking
    tickets: list[Ticket]
    chosen: list[Ticket]
    shows: list[Show]
    show: Show
    words: str
    text: str
    is_on_map: bool
    places: list[Place] = field(default_factory=list)
    # The places by name, each with what it costs where that is known.
    lines: list[tuple[str, Price | None]] = field(default_factory=list)
    # The places as a form names them, alike whether they were typed or chosen on the map.
    sent: Chosen = field(default_factory=Chosen)
    quote: ExchangeQuote | None = None
    wish: ExchangeWish | None = None
    problem: str = ""
    free: list[FreeRow] = field(default_factory=list)

    @property
    def staying(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if ticket not in self.chosen]

    @property
    def is_other_show(self) -> bool:
        return self.show.pk != self.booking.show_id

    @property
    def own_seats(self) -> set[int]:
        """The seats of the chosen show that the exchange gives up."""
        return set() if self.is_other_show else {one.seat_id for one in self.chosen if one.seat_id is not None}


def read_desk(booking: Booking, data: QueryDict, now: datetime) -> Desk:
    """Read the choice from an address or a form, and quote it if it is complete. Holds nothing."""
    tickets = [ticket for ticket in read_tickets(booking) if ticket.state == Ticket.State.ISSUED]
    codes = data.getlist("ticket")
    chosen = [ticket for ticket in tickets if not codes or ticket.code in codes]
    words = " ".join(data.get("words", "").split())[:80]
    shows = _read_shows(booking, words, now)
    show = next((one for one in shows if one.code == data.get("show")), None) or _find_show(booking, data.get("show"))
    desk = Desk(booking, tickets, chosen, shows, show, words, data.get("seats", "")[:500], is_on_map="map" in data)
    if "show" in data and chosen:
        try:
            desk.places = _read_places(desk, data)
            if desk.places:
                _quote(desk, is_even=data.get("how") == "waive")
        except Refusal as error:
            desk.problem = str(error)
    desk.free = list_free(show, read_availability(show.pk))
    return desk


def _quote(desk: Desk, *, is_even: bool) -> None:
    desk.sent = _choose(desk)
    if len(desk.places) != len(desk.chosen):
        count = len(desk.chosen)
        desk.problem = ngettext(
            "Choose %(count)d place, as many as there are tickets to change.",
            "Choose %(count)d places, as many as there are tickets to change.",
            count,
        ) % {"count": count}
        return
    wish = ExchangeWish(desk.chosen, desk.show, desk.sent.seats, desk.sent.areas)
    quote = quote_exchange(desk.booking, wish)
    desk.quote, desk.wish = quote, replace(wish, is_even=is_even)


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


def _read_shows(booking: Booking, words: str, now: datetime) -> list[Show]:
    """Return the booking's own show, then upcoming ones: by the words searched for, or else of the same event."""
    coming = Show.objects.filter(hall__theater=booking.theater_id, state=Show.State.ON_SALE, ends_at__gt=now).exclude(
        pk=booking.show_id
    )
    which = Q(event=booking.show.event_id)
    if words:
        which = Q()
        for word in normalize(words).split():
            which &= Q(event__sort_title__contains=word)
    found = coming.filter(which).select_related("event", "hall__theater__city", "seat_map").order_by("starts_at", "pk")
    return [booking.show, *found[:SHOWN_SHOWS]]


def _find_show(booking: Booking, code: str | None) -> Show:
    """Return a show of the same theater by its code, or else the booking's own."""
    shows = Show.objects.filter(hall__theater=booking.theater_id, code=code or "")
    return shows.select_related("event", "hall__theater__city", "seat_map").first() or booking.show


def _read_places(desk: Desk, data: QueryDict) -> list[Place]:
    """Return the places chosen on the map, or those typed, or else the best ones together."""
    sent = Chosen.read(data)
    if not sent.is_empty:
        return _read_sent(desk.show, sent)
    if desk.text.strip():
        return [Place(place) for place in read_places(desk.show, desk.text)]
    if "best" not in data:
        return []
    ranks = {ticket.category.name for ticket in desk.chosen}
    same = next((one for one in desk.show.seat_map.categories.all() if one.name in ranks), None)
    for category in (same, None) if same else (None,):
        seats = find_best_seats(desk.show, len(desk.chosen), category_id=category.pk if category else None)
        if seats:
            return [Place(seat) for seat in seats]
    desk.problem = gettext("There are not that many seats left together. Type the seats that you want.")
    return []


def _read_sent(show: Show, sent: Chosen) -> list[Place]:
    """Return the places of the show's hall that a form names; others are left out."""
    seats = show.seat_map.seats.in_bulk([choice.seat_id for choice in sent.seats])
    areas = show.seat_map.areas.in_bulk([choice.area_id for choice in sent.areas])
    places = [Place(seats[one.seat_id], one.ticket_type_id) for one in sent.seats if one.seat_id in seats]
    for one in sent.areas:
        if one.area_id in areas:
            places += [Place(areas[one.area_id], one.ticket_type_id)] * one.quantity
    return places


def _choose(desk: Desk) -> Chosen:
    """Name the places and give each its ticket type, by default that of the ticket at the same position. One query."""
    found = Price.objects.filter(show=desk.show).select_related("ticket_type")
    prices = {(price.category_id, price.ticket_type_id): price for price in found}
    seats: list[SeatChoice] = []
    areas: Counter[tuple[int, int | None]] = Counter()
    for index, asked in enumerate(desk.places):
        place = asked.place
        wanted = asked.type_id or (desk.chosen[index].ticket_type_id if index < len(desk.chosen) else None)
        price = prices.get((place.category_id, wanted)) if wanted else None
        type_id = price.ticket_type_id if price else None
        desk.lines.append((place.label if isinstance(place, Seat) else place.name, price))
        if isinstance(place, Seat):
            seats.append(SeatChoice(place.pk, type_id))
        else:
            areas[place.pk, type_id] += 1
    return Chosen(seats, [AreaChoice(pk, quantity, type_id) for (pk, type_id), quantity in areas.items()])


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
