"""What rows of a file of shows are checked against, read once for all of them."""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext

from events.imports.plan import RowPlan
from events.models import Event, Price, Show, ShowKey, TemplatePrice
from events.prices.grid import PriceKey, used_categories
from events.sales.rules import RuleBook, read_rules
from events.timetable.scheduling import follow_start
from lib.money import write_for_field
from lib.tables import CellError, as_text
from lib.words import normalize
from theaters.models import Hall, SeatCategory, SeatMap, Theater


@dataclass
class ShowLookups:
    theater: Theater
    zone: ZoneInfo
    rules: RuleBook
    halls: dict[str, Hall]
    # Published maps by hall.
    maps: dict[int, SeatMap]
    categories: dict[int, list[SeatCategory]]
    templates: dict[str, list[TemplatePrice]]
    by_slug: dict[str, Event] = field(default_factory=dict)
    by_title: dict[str, list[Event]] = field(default_factory=dict)
    shows: dict[int, Show] = field(default_factory=dict)
    by_code: dict[str, Show] = field(default_factory=dict)
    by_key: dict[str, Show] = field(default_factory=dict)
    by_place: dict[tuple[int, datetime], Show] = field(default_factory=dict)
    keys: dict[int, str] = field(default_factory=dict)
    prices: dict[int, dict[PriceKey, Decimal]] = field(default_factory=dict)
    _used: dict[int, list[SeatCategory]] = field(default_factory=dict)

    def find_event(self, text: str) -> Event:
        if found := self.by_slug.get(text):
            return found
        titled = self.by_title.get(normalize(text), [])
        if len(titled) == 1:
            return titled[0]
        if titled:
            slugs = ", ".join(event.slug for event in titled)
            raise CellError(gettext("Several events have this title. Use the address: %(slugs)s."), slugs=slugs)
        raise CellError(gettext("There is no event “%(text)s” in this theater."), text=text[:80])

    def find_hall(self, text: str) -> Hall:
        hall = self.halls.get(text.casefold())
        if hall is None:
            halls = ", ".join(hall.name for hall in self.halls.values()) or "–"
            raise CellError(gettext("There is no hall “%(text)s”. There are: %(halls)s."), text=text[:80], halls=halls)
        if hall.pk not in self.maps:
            raise CellError(gettext("%(hall)s has no published seat map. Publish one first."), hall=hall.name)
        return hall

    def find_show(self, key: str, hall_id: int, starts_at: datetime, event_id: int) -> Show | None:
        """Return the show that a row means: by its key or code, otherwise by hall and start.

        A row with an unknown key is a new show, unless the same event is there already.
        """
        if key and (found := self.by_key.get(key) or self.by_code.get(key)):
            return found
        there = self.by_place.get((hall_id, starts_at))
        if there is None or (key and (there.event_id != event_id or there.pk in self.keys)):
            return None
        return there

    def used_categories(self, seat_map_id: int) -> list[SeatCategory]:
        if seat_map_id not in self._used:
            self._used[seat_map_id] = list(used_categories(seat_map_id))
        return self._used[seat_map_id]

    def changed(self, show: Show, changes: dict[str, Any], seat_map: SeatMap) -> Show:
        """Return the show as it will be, without touching the given one."""
        final = copy.copy(show)
        final._state = copy.copy(show._state)
        final._state.fields_cache = dict(show._state.fields_cache)
        for name, value in follow_start(show, changes).items():
            setattr(final, name, value)
        if "hall" in changes:
            final.seat_map = seat_map
        final.set_times()
        return final

    def write(self, value: Any) -> str:
        if isinstance(value, datetime):
            return f"{value.astimezone(self.zone):%Y-%m-%d %H:%M}"
        if isinstance(value, Hall):
            return value.name
        return "" if value is None else as_text(value)

    def write_prices(self, prices: dict[PriceKey, Decimal]) -> str:
        amounts = sorted(set(prices.values()))
        return " / ".join(write_for_field(amount, self.theater.currency) for amount in amounts[:6])


def read_lookups(theater: Theater, plans: Iterable[RowPlan]) -> ShowLookups:
    plans = list(plans)
    halls = {hall.name.casefold(): hall for hall in Hall.objects.filter(theater=theater)}
    for hall in halls.values():
        # Saves a query for each row.
        hall.theater = theater
    published = SeatMap.objects.filter(hall__theater=theater, state=SeatMap.State.PUBLISHED).defer("layout")
    maps = {seat_map.hall_id: seat_map for seat_map in published}
    categories: dict[int, list[SeatCategory]] = {seat_map.pk: [] for seat_map in maps.values()}
    for category in SeatCategory.objects.filter(seat_map__in=list(categories)):
        categories[category.seat_map_id].append(category)
    templates: dict[str, list[TemplatePrice]] = {
        name.casefold(): [] for name in theater.price_templates.values_list("name", flat=True)
    }
    for price in TemplatePrice.objects.filter(template__theater=theater).select_related("template"):
        templates[price.template.name.casefold()].append(price)
    lookups = ShowLookups(theater, theater.tz, read_rules(theater.pk), halls, maps, categories, templates)
    _read_events(lookups, plans)
    _read_shows(lookups, plans)
    return lookups


def _read_events(lookups: ShowLookups, plans: list[RowPlan]) -> None:
    named = {plan.values["event"] for plan in plans if "event" in plan.values}
    own = Event.objects.filter(Q(theater=lookups.theater) | Q(theater=None)).select_related("theater")
    asked = Q(slug__in=named) | Q(sort_title__in={normalize(name) for name in named})
    for event in own.filter(asked).order_by("pk"):
        lookups.by_slug[event.slug] = event
        lookups.by_title.setdefault(event.sort_title, []).append(event)


def _read_shows(lookups: ShowLookups, plans: list[RowPlan]) -> None:
    keys = {plan.values["key"] for plan in plans if plan.values.get("key")}
    starts = {plan.values["starts_at"] for plan in plans if "starts_at" in plan.values}
    own = Show.objects.filter(hall__theater=lookups.theater).select_related("event", "seat_map")
    halls = {hall.pk: hall for hall in lookups.halls.values()}
    asked = Q(code__in=keys) | Q(import_key__key__in=keys) | Q(starts_at__in=starts)
    for show in own.filter(asked).defer("seat_map__layout"):
        show.hall = halls[show.hall_id]
        lookups.shows[show.pk] = show
        lookups.by_code[show.code] = show
        if show.state != Show.State.CANCELED:
            lookups.by_place[show.hall_id, show.starts_at] = show
    for key, show_id in ShowKey.objects.filter(show__in=list(lookups.shows)).values_list("key", "show"):
        lookups.keys[show_id] = key
        lookups.by_key[key] = lookups.shows[show_id]
    rows = Price.objects.filter(show__in=list(lookups.shows)).order_by()
    for show_id, category_id, ticket_type_id, amount in rows.values_list("show", "category", "ticket_type", "amount"):
        lookups.prices.setdefault(show_id, {})[category_id, ticket_type_id] = amount
