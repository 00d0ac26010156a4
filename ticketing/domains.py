"""Domains of brands: a request to one shows only the brand's theaters, and nothing of others is there.

A domain is served once it is confirmed (`theaters/models/brands.py`), beside those of ALLOWED_HOSTS. Sessions and
passkeys belong to a host, so people sign in on each. The console and the door stay at SITE_URL.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect

from bookings.models import Booking, Ticket
from events.models import Event, Show
from inquiries.models import Inquiry
from legal import newsletters
from payments.models import Payment
from theaters.brands import brand_of_host
from theaters.directory import BrandItem, read_directory
from theaters.shown import showing, shown_theaters
from waiting_list.models import WaitingListEntry

# The first part of the routes that stay at SITE_URL.
SITE_ROUTES = ("admin/", "door/", "team/")


class DomainMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        brand = _find_brand(request)
        if brand is None:
            return self.get_response(request)
        host = request._get_raw_host()  # type: ignore[attr-defined]
        # The domain is confirmed, which ALLOWED_HOSTS cannot know.
        request.get_host = lambda: host  # type: ignore[method-assign]
        with showing(brand):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer 404 to addresses of what is in other theaters, and lead staff to the site."""
        own, match = shown_theaters(), request.resolver_match
        if own is None or match is None:
            return None
        if match.route.startswith(SITE_ROUTES):
            return HttpResponseRedirect(f"{settings.SITE_URL}{request.get_full_path()}")
        find = next((find for start, find in FINDERS.items() if match.route.startswith(start)), None)
        if find is not None and set(own).isdisjoint(find(next(iter(kwargs.values())))):
            raise Http404
        return None


def _find_brand(request: HttpRequest) -> BrandItem | None:
    host = request.META.get("HTTP_HOST", "").partition(":")[0]
    return None if not host or host in settings.ALLOWED_HOSTS else brand_of_host(host)


def _of_theater(slug: str) -> list[int]:
    entry = read_directory().by_slug.get(slug)
    return [entry.pk] if entry else []


def _of_event(slug: str) -> list[int]:
    shows = Show.objects.public().filter(event__slug=slug).order_by()
    owner = Event.objects.filter(slug=slug, theater__isnull=False).values_list("theater", flat=True)
    return [*shows.values_list("hall__theater", flat=True).distinct(), *owner]


def _of_show(code: str) -> list[int]:
    return list(Show.objects.filter(code=code).values_list("hall__theater", flat=True))


def _of_booking(code: str) -> list[int]:
    return list(Booking.objects.filter(code=code).values_list("theater", flat=True))


def _of_guest(token: str) -> list[int]:
    return _of_booking(token.partition("~")[0].partition(".")[0])


def _of_ticket(token: str) -> list[int]:
    return list(Ticket.objects.filter(code=token.partition("~")[0]).values_list("booking__theater", flat=True))


def _of_entry(token: str) -> list[int]:
    entries = WaitingListEntry.objects.filter(code=token.partition("~")[0])
    return list(entries.values_list("show__hall__theater", flat=True))


def _of_inquiry(token: str) -> list[int]:
    return list(Inquiry.objects.filter(code=token.partition("~")[0]).values_list("theater", flat=True))


def _of_payment(key: Any) -> list[int]:
    return list(Payment.objects.filter(key=key).values_list("booking__theater", flat=True))


def _of_newsletter(token: str) -> list[int]:
    consent, asked = newsletters.find_by_leave_token(token), newsletters.read_asked(token)
    return [consent.theater_id] if consent else [asked["theater"]] if asked else []


# How the theaters are found that an address is about, by the start of its route; all others are about none.
FINDERS: dict[str, Callable[[Any], list[int]]] = {
    "theaters/<": _of_theater,
    "calendar/<": _of_theater,
    "feeds/theaters/<": _of_theater,
    "events/<": _of_event,
    "pictures/events/<": _of_event,
    "pictures/theaters/<": _of_theater,
    "shows/<": _of_show,
    "api/v1/theaters/<": _of_theater,
    "api/v1/events/<": _of_event,
    "api/v1/shows/<": _of_show,
    "api/v1/bookings/<": _of_booking,
    "bookings/<": _of_booking,
    "b/<": _of_guest,
    "tickets/<": _of_ticket,
    "waiting-list/<": _of_entry,
    "follow/events/<": _of_event,
    "follow/theaters/<": _of_theater,
    "follow/shows/<": _of_show,
    "groups/<": _of_inquiry,
    "newsletter/confirm/<": _of_newsletter,
    "newsletter/leave/<": _of_newsletter,
    "pay/sandbox/<": _of_payment,
}
