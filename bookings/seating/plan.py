"""The plan of a hall for one show: what the seat map page draws, lists and prices.

Its JSON has the members of `SeatPlan`. A seat is a `PlanSeat`, which JSON writes as an array: names would
triple the 2,000 seats of a page.

    {
      "seat_map": 7, "version": 2,
      "view_box": [x, y, width, height], "pitch": 20,
      "stage": "top", "front": [[x, y], [x, y]], "meters_per_unit": 0.0275,
      "categories": [{"id", "name", "color", "rank", "mark"}],
      "sections": [{"name": "Stalls", "rows": [
          {"label": "A", "marks": [[x, y], [x, y]],
           "seats": [[id, number, category, x, y, flags, run, position], …]}]}],
      "areas": [{"id", "name", "category", "capacity", "shape": {…}}],
      "decorations": [{…}],
      "blocked": [[x, y], …],
      "companions": {"<seat id>": <seat id>},
      "currency": "EUR",
      "ticket_types": [{"id", "name", "who", "terms", "companion", "sold_out", …}],
      "prices": {"<category id>": {"<ticket type id>": "20.00"}},
    }

Two seats are neighbors when they share `run` and their `position`s differ by one. Coordinates are the
layout's own units, made absolute by `theaters/seat_maps/`.

The map part never changes once it is published and is drawn once a day in each process; prices
follow a change within `PAGES_STALE_SECONDS`. What is taken is in `availability.py`.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, reduce
from operator import or_
from threading import Lock
from typing import Any, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.translation import get_language, gettext

from bookings.models import Booking
from bookings.seating.hall import HallPlan, PlanSeat, draw_hall
from bookings.tallies import count_sold
from events.catalogue import catalogue_version
from events.models import Price, Show, TicketType, explain_terms, explain_window, find_price_fees, find_window
from lib.money import round_money
from lib.process_memory import Memory
from theaters.models import SeatMap

MAP_SECONDS = 86_400
# How many maps one process keeps drawn. One of 20,000 seats takes 8 MB, one of 2,000 seats 0.8 MB.
KEPT_MAPS = 32
# From how many on pages say what is left of a quota.
FEW_LEFT = 20

_SCRIPT_ESCAPES = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}
_drawn: dict[int, DrawnMap] = {}
_drawn_lock = Lock()
_prices: Memory[ShowPrices] = Memory(200)
_plans: Memory[SeatPlan] = Memory(KEPT_MAPS)


@dataclass(frozen=True)
class PlanTicketType:
    id: int
    name: str
    who: str
    # On which terms it is sold, in the language of the page.
    terms: str = ""
    # Sold only with a wheelchair place.
    companion: bool = False
    # A rule keeps it from being a price for everyone.
    restricted: bool = False
    # Its quota is used up, if not by what this visitor holds.
    sold_out: bool = False
    minimum: int | None = None
    maximum: int | None = None
    group_from: int | None = None
    per_accompanying: int | None = None
    accompanies: bool = True
    # The last day of its sale, in the theater's zone.
    sold_until: str | None = None

    @property
    def note(self) -> str:
        """Who may have it, and on which terms."""
        return ", ".join(part for part in (self.who, self.terms) if part)


@dataclass(frozen=True)
class ShowPrices:
    """What a show costs: amounts by category and ticket type, fees in them, with the digits of the currency.

    The first ticket type is the default. A category without prices is not for sale.
    """

    currency: str
    ticket_types: list[PlanTicketType]
    prices: dict[int, dict[int, Decimal]]

    @property
    def language(self) -> str | None:
        """The language that it is in; None if it says nothing in words of ours."""
        return get_language() if any(kind.terms for kind in self.ticket_types) else None


class PlanPlace(NamedTuple):
    """A seat and where it is: `section` counts within the plan."""

    seat: PlanSeat
    section: int
    section_name: str
    row: str


@dataclass(frozen=True)
class SeatPlan(ShowPrices, HallPlan):
    """A hall and the prices of one show in it."""

    @cached_property
    def places(self) -> dict[int, PlanPlace]:
        """Seats by id, in the order of the plan."""
        return {
            seat.id: PlanPlace(seat, index, section.name, row.label)
            for index, section in enumerate(self.sections)
            for row in section.rows
            for seat in row.seats
        }

    @cached_property
    def seat_counts(self) -> Counter[tuple[int, int]]:
        """How many seats there are by section and category."""
        return Counter((place.section, place.seat.category) for place in self.places.values())

    @cached_property
    def flags(self) -> int:
        """All flags that any seat has."""
        return reduce(or_, (seat.flags for seat in self.seats()), 0)

    @cached_property
    def digest(self) -> str:
        """Name the content, so that its address may be cached for good."""
        facts = repr((self.seat_map, self.version, self.currency, self.ticket_types, self.prices))
        return hashlib.blake2b(facts.encode(), digest_size=6).hexdigest()


def read_seat_plan(show: Show, channel: str | None = Booking.Channel.WEB) -> SeatPlan:
    """Return the plan of `show`, whose hall's theater is at hand, with what is sold now by this channel.

    Without a channel it has all ticket types, also those that are not sold now. Four statements cold, five if a ticket
    type has a quota, none warm. What is inside is shared by all callers: change nothing in it.
    """
    drawn, prices = _read_map(show), _read_prices(show, channel)
    key = show.pk, channel, prices.language
    plan = _plans.get(key)
    # Kept for what it has worked out: all that the page of an opera house needs takes 2 ms of CPU.
    if plan is None or plan.sections is not drawn.plan.sections or plan.prices is not prices.prices:
        plan = SeatPlan(**vars(drawn.plan), **vars(prices))
        _plans.set(key, plan, MAP_SECONDS)
    return plan


def read_seat_plan_json(show: Show) -> str:
    """Return the plan as JSON that may stand inside a `<script type="application/json">`.

    The map part is written once for each map and process; only the prices are written each time.
    """
    drawn = _read_map(show)
    return f"{drawn.as_json[:-1]},{write_json(_read_prices(show, Booking.Channel.WEB))[1:]}"


@dataclass(frozen=True)
class DrawnMap:
    token: str
    plan: HallPlan

    @cached_property
    def as_json(self) -> str:
        return write_json(self.plan)


def write_json(content: HallPlan | ShowPrices) -> str:
    """Return JSON that may stand inside a script element."""
    text = json.dumps(content, default=_to_plain, separators=(",", ":"), ensure_ascii=False)
    return text.translate(_SCRIPT_ESCAPES)


def _to_plain(value: object) -> str | dict[str, Any]:
    return str(value) if isinstance(value, Decimal) else vars(value)


def _read_map(show: Show) -> DrawnMap:
    """Return the map that this process has drawn, as long as the cache vouches for it.

    The cache holds only a token: unpickling 20,000 seats would take longer than reading them again.
    """
    seat_map_id = show.seat_map_id
    pages, key = caches["pages"], f"seat-map:{seat_map_id}"
    token: str | None = pages.get(key)
    drawn = _drawn.get(seat_map_id)
    if drawn is None or drawn.token != token:
        # One statement, unless the caller has read it with the show.
        seat_map = show.seat_map
        drawn = DrawnMap(token or uuid4().hex, draw_hall(seat_map))
        if token is None:
            # A draft may still change; its shows are not on sale yet.
            is_final = seat_map.state != SeatMap.State.DRAFT
            pages.set(key, drawn.token, MAP_SECONDS if is_final else settings.PAGES_STALE_SECONDS)
        with _drawn_lock:
            _drawn.pop(seat_map_id, None)
            _drawn[seat_map_id] = drawn
            while len(_drawn) > KEPT_MAPS:
                del _drawn[next(iter(_drawn))]
    return drawn


def _read_prices(show: Show, channel: str | None) -> ShowPrices:
    key = show.pk, channel, catalogue_version()
    prices = _prices.get(key) or _prices.get((*key, get_language()))
    if prices is None:
        prices = _price(show, channel)
        named = (*key, prices.language) if prices.language else key
        _prices.set(named, prices, settings.PAGES_STALE_SECONDS)
    return prices


def _price(show: Show, channel: str | None) -> ShowPrices:
    theater, now = show.hall.theater, timezone.now()
    currency = theater.currency
    rows = Price.objects.filter(show=show).select_related("ticket_type", "category")
    ordered = rows.order_by("ticket_type__is_restricted", "ticket_type__order", "ticket_type__name", "category__rank")
    sold = [row for row in ordered if channel is None or _is_sold(row.ticket_type, show, channel, now)]
    limited = {row.ticket_type_id: row.ticket_type.quota for row in sold if row.ticket_type.quota is not None}
    taken = count_sold(show.pk, limited) if limited else Counter()
    types: dict[int, PlanTicketType] = {}
    prices: dict[int, dict[int, Decimal]] = {}
    for row in sold:
        kind = row.ticket_type
        if kind.pk not in types:
            left = limited[kind.pk] - taken[kind.pk] if kind.pk in limited else None
            types[kind.pk] = _describe(kind, show, left)
        fees = find_price_fees(
            theater,
            row.amount,
            row.category.name,
            kind.pk,
            show.event_id,
            now,
            channel=channel or Booking.Channel.BOX_OFFICE,
        )
        prices.setdefault(row.category_id, {})[kind.pk] = round_money(row.amount + fees, currency)
    return ShowPrices(currency, list(types.values()), prices)


def _is_sold(kind: TicketType, show: Show, channel: str, now: datetime) -> bool:
    if not kind.is_sold_on(channel) or explain_window(kind, show, now):
        return False
    # The box office sells beyond the limit for one customer; others can't reach a larger party.
    least = max(kind.group_from or 0, kind.minimum or 0)
    return channel == Booking.Channel.BOX_OFFICE or least <= show.ticket_limit


def _describe(kind: TicketType, show: Show, left: int | None) -> PlanTicketType:
    terms = explain_terms(kind, show)
    if left is not None and left <= FEW_LEFT:
        terms.append(gettext("%(count)d left") % {"count": left} if left > 0 else gettext("sold out"))
    last = find_window(kind, show)[1]
    return PlanTicketType(
        kind.pk,
        kind.name,
        kind.who,
        ", ".join(terms),
        companion=kind.is_companion,
        restricted=kind.is_restricted,
        sold_out=left is not None and left <= 0,
        minimum=kind.minimum,
        maximum=kind.maximum,
        group_from=kind.group_from,
        per_accompanying=kind.per_accompanying,
        accompanies=kind.accompanies,
        sold_until=last.isoformat() if last else None,
    )
