"""API calls about what is on."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Query, Router

from events import catalogue
from events.catalogue.counts import API_COUNT_LIMIT
from events.schemas import EventDetailOut, EventQuery, EventsOut, ShowOut, ShowQuery, ShowsOut
from lib.money import round_money
from lib.pictures import picture_url
from theaters.brands import address_of, site_address

router = Router(tags=["catalogue"])

# How many shows the answer about one event lists.
EVENT_SHOWS = 50


@router.get("/events", response=EventsOut)
def list_events(request: HttpRequest, query: Query[EventQuery]) -> dict[str, Any]:
    """List events, by title or best match first; also those without an upcoming show, unless a filter needs one."""
    filters = catalogue.EventFilters(
        q=query.q,
        person=query.person,
        city=query.city,
        date_from=query.date_from,
        date_to=query.date_to,
        kinds=tuple(query.kind),
        labels=tuple(query.label),
        languages=tuple(query.language),
        access=tuple(query.access),
        price_max=query.price_max,
        min_rating=query.min_rating,
        sort=query.sort or ("" if query.q.strip() else catalogue.EventSort.TITLE),
        with_idle=True,
    )
    page = catalogue.search_events(filters, offset=query.offset, limit=query.limit, count_limit=API_COUNT_LIMIT)
    return {"items": [_event(card) for card in page.events], "count": page.count}


@router.get("/events/{slug:slug}", response=EventDetailOut)
def get_event(request: HttpRequest, slug: str) -> dict[str, Any]:
    """Return an event with its next shows."""
    event = catalogue.read_event(slug)
    if event is None:
        raise Http404
    shows = event.shows[:EVENT_SHOWS]
    prices = catalogue.read_prices([show.code for show in shows])
    return {
        **_event(event.card),
        "synopsis": event.synopsis,
        "cast": event.cast,
        "credits": event.credits,
        "subtitles": event.subtitles,
        "trailer_url": event.trailer_url,
        "theater": {"slug": event.theater_slug, "name": event.theater_name} if event.theater_slug else None,
        "shows": [_show(show, prices.get(show.code, ())) for show in shows],
    }


@router.get("/shows", response=ShowsOut)
def list_shows(request: HttpRequest, query: Query[ShowQuery]) -> dict[str, Any]:
    """List shows by their start, including canceled ones."""
    page = catalogue.list_shows(
        event=query.event,
        theater=query.theater,
        city=query.city,
        access=tuple(query.access),
        date_from=query.date_from,
        date_to=query.date_to,
        offset=query.offset,
        limit=query.limit,
    )
    prices = catalogue.read_prices([show.code for show in page.shows])
    return {"items": [_show(show, prices.get(show.code, ())) for show in page.shows], "count": page.count}


@router.get("/shows/{slug:code}", response=ShowOut)
def get_show(request: HttpRequest, code: str) -> dict[str, Any]:
    """Return a show with its prices and how many places are left."""
    show = catalogue.read_show(code)
    if show is None:
        raise Http404
    return _show(show, catalogue.read_prices([show.code]).get(show.code, ()))


def _event(card: catalogue.EventCard) -> dict[str, Any]:
    now = timezone.now()
    next_show = next((show for show in card.next_shows if show.starts_at > now), None)
    return {
        "slug": card.slug,
        "title": card.title,
        "kind": card.kind,
        "tagline": card.tagline,
        "url": site_address() + reverse("events:detail", args=[card.slug]),
        "poster": settings.SITE_URL + picture_url(card.poster) if card.poster else None,
        "age_rating": card.age_rating,
        "running_minutes": card.running_minutes,
        "interval_minutes": card.interval_minutes,
        "languages": card.languages,
        "labels": card.labels,
        "rating_average": card.rating_average,
        "rating_count": card.rating_count,
        "show_count": card.show_count,
        "next_show_at": next_show.starts_at if next_show else None,
        "from_prices": [_from_price(price) for price in card.prices],
        "lowest_price": _lowest(card.prices[0]) if card.prices else None,
        "currency": card.prices[0].currency if card.prices else None,
    }


def _show(show: catalogue.Showtime, prices: tuple[catalogue.PriceItem, ...]) -> dict[str, Any]:
    return {
        "code": show.code,
        "url": address_of(show.theater_slug) + reverse("bookings:show", args=[show.code]),
        "event": {"slug": show.event_slug, "name": show.event_title},
        "theater": {"slug": show.theater_slug, "name": show.theater_name},
        "city": {"slug": show.city_slug, "name": show.city_name},
        "hall": show.hall_name,
        "starts_at": show.starts_at,
        "ends_at": show.ends_at,
        "doors_at": show.doors_at,
        "sales_open_at": show.sales_open_at,
        "time_zone": show.time_zone,
        "format": show.format,
        "language": show.language,
        "subtitles": show.subtitles,
        "access": [access.value for access in show.access],
        "state": show.state,
        "capacity": show.capacity,
        "available": show.left if show.is_bookable else 0,
        "currency": show.currency,
        "from_price": _from_price(show.price) if show.price else None,
        "lowest_price": _lowest(show.price) if show.price else None,
        "prices": [
            {
                "category": price.category,
                "category_id": price.category_id,
                "ticket_type": price.ticket_type,
                "ticket_type_id": price.ticket_type_id,
                "amount": _money(price.amount, show.currency),
                "fees": _money(price.fees, show.currency),
                "total": _money(price.amount + price.fees, show.currency),
            }
            for price in prices
        ],
    }


def _from_price(price: catalogue.FromPrice) -> dict[str, Any]:
    return {
        "currency": price.currency,
        "amount": _money(price.amount, price.currency),
        "reduced": _money(price.reduced, price.currency),
    }


def _lowest(price: catalogue.FromPrice) -> Decimal | None:
    return _money(price.amount if price.reduced is None else price.reduced, price.currency)


def _money(amount: Decimal | None, currency: str) -> Decimal | None:
    return round_money(amount, currency) if amount is not None and currency else amount
