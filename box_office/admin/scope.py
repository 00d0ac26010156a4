"""Which theaters, shows and bookings the person at the counter may work on."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability
from bookings.models import Booking
from bookings.selectors import read_show
from console.people import may_at, person_of
from events.models import Show
from payments.models import Drawer
from theaters.access import theaters_for
from theaters.models import Theater

_PAGES: list[tuple[Any, ...]] = [
    (_("Shows"), "admin:box_office", Capability.SELL, Capability.EDIT_PROGRAMME),
    (_("Reservations"), "admin:box_office_reservations", Capability.SELL),
    (_("House holds"), "admin:box_office_house", Capability.SELL, Capability.EDIT_PROGRAMME),
    (_("Drawer"), "admin:box_office_drawer", Capability.SELL),
    (_("Day end"), "admin:box_office_day_end", Capability.SELL, Capability.SEE_MONEY),
]


def counter_theaters(request: HttpRequest, *capabilities: Capability) -> list[Theater]:
    """Return the theaters where the person may do any of these, by name. Raises `PermissionDenied` if there are none.

    One query.
    """
    found = list(theaters_for(person_of(request), *capabilities).select_related("city").order_by("name", "pk"))
    if not found:
        raise PermissionDenied
    return found


def counter_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context that all pages of the counter share: the console's, and links to those the person may open."""
    nav = [
        (title, name) for title, name, *capabilities in _PAGES if any(may_at(request.user, one) for one in capabilities)
    ]
    return {**admin.site.each_context(request), "counter_pages": nav}


def choose_theater(request: HttpRequest, theaters: list[Theater]) -> Theater:
    """Return the theater that the address names, or that of the person's open drawer, or the first one.

    Sets the page's clock to the theater's. Raises `Http404` for one that is not theirs.
    """
    theater = _choose(request, theaters)
    timezone.activate(theater.tz)
    return theater


def _choose(request: HttpRequest, theaters: list[Theater]) -> Theater:
    slug = request.GET.get("theater", "")
    if slug:
        for theater in theaters:
            if theater.slug == slug:
                return theater
        raise Http404
    if len(theaters) > 1:
        theater_id = (
            Drawer.objects.filter(person=person_of(request), theater__in=theaters, closed_at__isnull=True)
            .values_list("theater", flat=True)
            .first()
        )
        for theater in theaters:
            if theater.pk == theater_id:
                return theater
    return theaters[0]


def find_show(request: HttpRequest, code: str, *capabilities: Capability) -> Show:
    """Return a show of a theater where the person may do any of these, and set the page's clock. Raises `Http404`."""
    show = read_show(code)
    if show is None or not any(may_at(request.user, one, show.hall.theater_id) for one in capabilities):
        raise Http404
    timezone.activate(show.hall.theater.tz)
    return show


def find_booking_of(request: HttpRequest, code: str, *capabilities: Capability) -> Booking:
    """Return a booking of a theater where the person may do any of these. Raises `Http404`."""
    booking = Booking.objects.filter(code=code).select_related("customer", "theater__city").first()
    theater_id = booking.theater_id if booking else None
    if booking is None or not any(may_at(request.user, one, theater_id) for one in capabilities):
        raise Http404
    return booking
