"""API calls about the places of a show."""

import json
from hashlib import blake2b
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from ninja import Router

from bookings.models import Booking
from bookings.schemas import (
    AvailabilityOut,
    SeatsOut,
)
from bookings.seating.availability import Availability, read_availability
from bookings.seating.plan import read_seat_plan
from bookings.selectors import read_show
from events.catalogue import catalogue_version
from events.models import Show
from lib.api_answers import may_answer
from lib.shared_pages import share

seat_router = Router(tags=["seats"])


@seat_router.get("/shows/{slug:code}/seats", response=SeatsOut, openapi_extra=may_answer(has_etag=True))
def get_seats(request: HttpRequest, code: str) -> HttpResponseBase:
    """List all places of a show with prices and whether they are free; to follow them, ask for `availability`."""
    show = find_show(code)
    availability = read_availability(show.pk)
    pages, key = caches["pages"], f"api-seats:{show.pk}:{show.seat_map_id}"
    known: tuple[str, str] | None = pages.get(key)
    if known is None or known[0] != availability.version:
        known = availability.version, json.dumps(_list_seats(show, availability), ensure_ascii=False)
        pages.set(key, known, settings.PAGES_STALE_SECONDS)
    return _answer_json(request, known[1], blake2b(known[1].encode(), digest_size=9).hexdigest())


# Not throttled: every open seat map asks every few seconds, and many people share an address.
@seat_router.get(
    "/shows/{slug:code}/availability",
    response=AvailabilityOut,
    throttle=[],
    openapi_extra=may_answer(has_etag=True, is_limited=False),
)
def get_availability(request: HttpRequest, code: str) -> HttpResponseBase:
    """List the seats that are taken and how many places areas have left.

    Made to be asked often: send the ETag of the last answer as `If-None-Match`, and get 304 while nothing changed.
    """
    show = find_show(code)
    share(request, lambda: read_availability(show.pk).version)
    found = read_availability(show.pk)
    content = {"version": found.version, "taken": found.taken, "areas": found.areas}
    return _answer_json(request, json.dumps(content, separators=(",", ":")), found.version)


def find_show(code: str) -> Show:
    """Return a show that customers may see; it may be `PAGES_STALE_SECONDS` old. Raises `Http404`."""
    show = read_show(code, catalogue_version())
    if show is None:
        raise Http404
    return show


def _answer_json(request: HttpRequest, content: str, version: str) -> HttpResponseBase:
    etag = f'"{version}"'
    response = HttpResponse(content, content_type="application/json")
    response["ETag"] = etag
    # Cached, but revalidated each time: a seat that is gone must not be shown as free.
    patch_cache_control(response, public=True, no_cache=True)
    return get_conditional_response(request, etag=etag, response=response) or response


def _list_seats(show: Show, availability: Availability) -> dict[str, Any]:
    plan = read_seat_plan(show, Booking.Channel.API)
    taken = frozenset(availability.taken)
    return {
        "seat_map": {"id": plan.seat_map, "version": plan.version, "view_box": plan.view_box},
        "version": availability.version,
        "currency": plan.currency,
        "categories": [
            {
                "id": category.id,
                "name": category.name,
                "color": category.color,
                "rank": category.rank,
                "prices": {type_id: str(amount) for type_id, amount in plan.prices.get(category.id, {}).items()},
            }
            for category in plan.categories
        ],
        "ticket_types": [
            # Without words, which would be in one client's language.
            {name: value for name, value in vars(kind).items() if name != "terms"}
            for kind in plan.ticket_types
        ],
        "seats": [
            {
                "id": seat.id,
                "section": section.name,
                "row": row.label,
                "number": seat.number,
                "category": seat.category,
                "x": seat.x,
                "y": seat.y,
                "accessible": seat.is_accessible,
                "companion": seat.is_companion,
                "companion_of": plan.companions.get(seat.id),
                "restricted_view": seat.has_restricted_view,
                "step_free": seat.is_step_free,
                "hearing_loop": seat.has_hearing_loop,
                "state": "taken" if seat.id in taken else "free",
            }
            for section in plan.sections
            for row in section.rows
            for seat in row.seats
        ],
        "areas": [
            {
                "id": area.id,
                "name": area.name,
                "category": area.category,
                "capacity": area.capacity,
                "available": availability.areas.get(area.id, 0),
            }
            for area in plan.areas
        ],
    }
