"""What is chosen for an exchange, by staff in the console or by customers themselves.

The pages keep it in their addresses. Reading and quoting it holds nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field, replace

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import ngettext

from bookings.models import Booking, Ticket, by_show
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import AreaChoice, Chosen, SeatChoice
from bookings.services.exchange import ExchangeQuote, ExchangeWish, quote_exchange
from events.models import Price, Show
from events.models.shows import ShowQuerySet
from lib.words import normalize
from theaters.models import Area, Seat

# Shows to choose from; more are found by words of their title.
SHOWN_SHOWS = 30
LONGEST_WORDS = 80


@dataclass(frozen=True)
class Place:
    """A place that is data for; without a type it gets that of the ticket at the same position."""

    place: Seat | Area
    type_id: int | None = None


@dataclass
class ExchangeChoice:
    """What is chosen so far, and what it would cost."""

    booking: Booking
    # All valid tickets of the booking, and those of them that are given back.
    tickets: list[Ticket]
    chosen: list[Ticket]
    show: Show
    places: list[Place] = field(default_factory=list)
    # The places by name, each with what it costs where that is known.
    lines: list[tuple[str, Price | None]] = field(default_factory=list)
    # The places as a form names them, alike whether they were typed, proposed or chosen on the map.
    sent: Chosen = field(default_factory=Chosen)
    quote: ExchangeQuote | None = None
    wish: ExchangeWish | None = None
    problem: str = ""

    @property
    def staying(self) -> list[Ticket]:
        return [ticket for ticket in self.tickets if ticket not in self.chosen]

    @property
    def same_show(self) -> Show | None:
        """The show of all tickets that are given back, if it is one."""
        return only_show(self.chosen)

    @property
    def own_shows(self) -> list[Show]:
        """The shows of all valid tickets, the earliest first."""
        return list(by_show(self.tickets))

    @property
    def own(self) -> list[Ticket]:
        """The tickets for the chosen show that are given back. Their places can be chosen again."""
        return [ticket for ticket in self.chosen if ticket.show_id == self.show.pk]

    @property
    def own_seats(self) -> set[int]:
        return {ticket.seat_id for ticket in self.own if ticket.seat_id is not None}


def only_show(tickets: list[Ticket]) -> Show | None:
    """Return the show that all of these tickets are for, or None if there are several."""
    shows = {ticket.show for ticket in tickets}
    return shows.pop() if len(shows) == 1 else None


def read_words(data: QueryDict) -> str:
    """Return the words of a title that are searched for."""
    return " ".join(data.get("words", "").split())[:LONGEST_WORDS]


def find_shows(shows: ShowQuerySet, tickets: list[Ticket], words: str) -> list[Show]:
    """Return the first of these shows that match the words or, without any, are of the same events. One query.

    Those that the tickets are for are left out.
    """
    which = Q(event__in={ticket.show.event_id for ticket in tickets})
    if words:
        which = Q()
        for word in normalize(words).split():
            which &= Q(event__sort_title__contains=word)
    others = shows.exclude(pk__in={ticket.show_id for ticket in tickets}).filter(which)
    return list(_with_hall(others).order_by("starts_at", "pk")[:SHOWN_SHOWS])


def find_show(shows: ShowQuerySet, code: str) -> Show | None:
    """Return the one of these shows that has this code. One query."""
    return _with_hall(shows).filter(code=code).first()


def _with_hall(shows: ShowQuerySet) -> ShowQuerySet:
    return shows.select_related("event", "hall__theater__city", "seat_map")


def read_sent(show: Show, sent: Chosen) -> list[Place]:
    """Return the places of the show's hall that a form names; others are left out."""
    seats = show.seat_map.seats.in_bulk([choice.seat_id for choice in sent.seats])
    areas = show.seat_map.areas.in_bulk([choice.area_id for choice in sent.areas])
    places = [Place(seats[one.seat_id], one.ticket_type_id) for one in sent.seats if one.seat_id in seats]
    for one in sent.areas:
        if one.area_id in areas:
            places += [Place(areas[one.area_id], one.ticket_type_id)] * one.quantity
    return places


def find_best_places(choice: ExchangeChoice, *, own: Collection[int] = ()) -> list[Place]:
    """Return the best seats together for the tickets, in a category of the same name if there are enough.

    Empty if there are not so many together. `own` seats are as good as free.
    """
    ranks = {ticket.category.name for ticket in choice.chosen}
    same = next((one for one in choice.show.seat_map.categories.all() if one.name in ranks), None)
    for category in (same, None) if same else (None,):
        seats = find_best_seats(
            choice.show,
            len(choice.chosen),
            category_id=category.pk if category else None,
            own=own,
        )
        if seats:
            return [Place(seat) for seat in seats]
    return []


def name_places(choice: ExchangeChoice) -> None:
    """Name the places and give each its ticket type, by default that of the ticket at the same position. One query."""
    found = Price.objects.filter(show=choice.show).select_related("ticket_type")
    prices = {(price.category_id, price.ticket_type_id): price for price in found}
    seats: list[SeatChoice] = []
    areas: Counter[tuple[int, int | None]] = Counter()
    for index, asked in enumerate(choice.places):
        place = asked.place
        wanted = asked.type_id or (choice.chosen[index].ticket_type_id if index < len(choice.chosen) else None)
        price = prices.get((place.category_id, wanted)) if wanted else None
        type_id = price.ticket_type_id if price else None
        choice.lines.append((place.label if isinstance(place, Seat) else place.name, price))
        if isinstance(place, Seat):
            seats.append(SeatChoice(place.pk, type_id))
        else:
            areas[place.pk, type_id] += 1
    choice.sent = Chosen(seats, [AreaChoice(pk, quantity, type_id) for (pk, type_id), quantity in areas.items()])


def quote_choice(choice: ExchangeChoice, *, is_even: bool = False, by_customer: bool = False) -> None:
    """Quote the named places, or explain that there are too few or too many. Raises what `quote_exchange` raises."""
    if len(choice.places) != len(choice.chosen):
        count = len(choice.chosen)
        choice.problem = ngettext(
            "Choose %(count)d place, as many as there are tickets to change.",
            "Choose %(count)d places, as many as there are tickets to change.",
            count,
        ) % {"count": count}
        return
    wish = ExchangeWish(choice.chosen, choice.show, choice.sent.seats, choice.sent.areas)
    # Quoted as if nothing were waived, so that staff see the difference that they decide about.
    quote = quote_exchange(choice.booking, wish, by_customer=by_customer)
    choice.quote, choice.wish = quote, replace(wish, is_even=is_even)
