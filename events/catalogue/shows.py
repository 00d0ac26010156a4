"""Shows with their prices, for the API."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from events.catalogue.cache import COUNT_CACHE_SECONDS, cached
from events.catalogue.cards import Showtime, only_shown, read_showtimes
from events.catalogue.counts import API_COUNT_LIMIT
from events.catalogue.days import starts_within
from events.models import Event, Price, Show, ShowQuerySet, find_price_fees
from theaters.cities import read_cities
from theaters.models import Hall


@dataclass(frozen=True, slots=True)
class ShowPage:
    shows: tuple[Showtime, ...]
    count: int


@dataclass(frozen=True, slots=True)
class PriceItem:
    category_id: int
    category: str
    ticket_type_id: int
    ticket_type: str
    amount: Decimal
    # What each ticket bears beside it when it is booked by the API.
    fees: Decimal


@cached()
def list_shows(
    now: datetime,
    *,
    event: str = "",
    theater: str = "",
    city: str = "",
    access: tuple[str, ...] = (),
    date_from: date | None = None,
    date_to: date | None = None,
    offset: int = 0,
    limit: int = 20,
) -> ShowPage:
    """Return public shows by their start, narrowed by slugs, access and local days; without `date_from`, upcoming ones.

    Two queries, and the cities.
    """
    asked: dict[str, Any] = {
        "event": event,
        "theater": theater,
        "city": city,
        "access": access,
        "date_from": date_from,
        "date_to": date_to,
    }
    shows = _find_shows(now, **asked)
    # Chosen first, so that places are counted for these shows only.
    page = shows.order_by("starts_at", "pk").values("pk")[offset : offset + limit]
    found = read_showtimes(Show.objects.filter(pk__in=page), now)
    return ShowPage(tuple(showtime for _event_id, showtime in found), count_shows(**asked, now=now))


@cached(seconds=COUNT_CACHE_SECONDS)
def count_shows(now: datetime, /, **asked: Any) -> int:
    """Return how many shows `list_shows` has in all, `API_COUNT_LIMIT` at most. One query."""
    return _find_shows(now, **asked).order_by()[:API_COUNT_LIMIT].count()


def _find_shows(
    now: datetime,
    *,
    event: str,
    theater: str,
    city: str,
    access: tuple[str, ...],
    date_from: date | None,
    date_to: date | None,
) -> ShowQuerySet:
    # As `public`, but without a join for each show: few events and theaters are not published.
    shows = Show.objects.exclude(state=Show.State.DRAFT).exclude(event__in=Event.objects.filter(is_published=False))
    shows = only_shown(shows.exclude(hall__in=Hall.objects.filter(theater__is_published=False)))
    if event:
        shows = shows.filter(event__slug=event)
    if theater:
        shows = shows.filter(hall__theater__slug=theater)
    if city:
        shows = shows.filter(hall__theater__city__slug=city)
    if access:
        shows = shows.offering(access)
    zones = [one.time_zone for one in read_cities() if city in ("", one.slug)]
    shows = shows.filter(starts_within(date_from, date_to, zones))
    if date_from is None:
        shows = shows.upcoming(now)
    return shows


@cached()
def read_show(now: datetime, code: str) -> Showtime | None:
    """Return one public show, or None. One query."""
    found = read_showtimes(Show.objects.public().filter(code=code), now)
    return found[0][1] if found else None


def read_prices(codes: Iterable[str]) -> dict[str, tuple[PriceItem, ...]]:
    """Return the prices of these shows by code, the best category first. One query, none for no shows."""
    prices: dict[str, tuple[PriceItem, ...]] = {}
    rows = Price.objects.filter(show__code__in=list(codes)).order_by(
        "category__rank", "category__pk", "ticket_type__order", "ticket_type__pk"
    )
    now = timezone.now()
    for price in rows.select_related("category", "ticket_type", "show__hall__theater__city"):
        show, category, kind = price.show, price.category, price.ticket_type
        fees = find_price_fees(
            show.hall.theater, price.amount, category.name, kind.pk, show.event_id, now, channel="api"
        )
        item = PriceItem(category.pk, category.name, kind.pk, kind.name, price.amount, fees)
        prices[show.code] = (*prices.get(show.code, ()), item)
    return prices
