"""The page of a show, where visitors choose seats on the map or from the list."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.core.cache import caches
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext
from django.views.generic import View
from django.views.i18n import JavaScriptCatalog

from accounts.models import User
from bookings.access import is_remembered, remember_basket
from bookings.best_form import BestSeatsForm
from bookings.models import Booking
from bookings.seating.availability import renew_availability, version_key
from bookings.seating.chosen import Chosen, read_number
from bookings.seating.page import SeatPage, read_seat_page
from bookings.seating.plan import read_seat_plan, read_seat_plan_json
from bookings.seating.script_data import data_for_scripts
from bookings.selectors import find_basket, get_show_or_404, of_show
from bookings.services.places import count_live_tickets, find_same_seats
from bookings.views.hold import REFUSED_KEY
from events.catalogue.cache import VERSION_KEY, catalogue_version
from events.catalogue.link_pictures import latest_picture
from events.catalogue.structured_data import describe_show_page
from events.models import Show
from events.models.settings import HOLD_MINUTES
from lib.read_once import keep_read
from lib.shared_pages import share
from lib.templatetags.pictures import picture, srcset
from theaters.brands import brand_of
from theaters.models import SectionPhoto

PLAN_CACHE_SECONDS = 86_400
WORDS_CACHE_SECONDS = 3_600
PHOTOS_CACHE_SECONDS = 60


class ShowView(View):
    """Costs no statement when warm for a visitor without a session."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code, catalogue_version())
        share(request, partial(_read_version, show.pk), parameters=("section",))
        basket = find_basket(request, show, timezone.now())
        held = of_show(basket, show)
        if basket and not is_remembered(request, basket):
            # A customer made it on another device.
            remember_basket(request, basket)
        chosen = _find_on_map(show, Chosen.read(request.GET))
        if chosen.is_empty:
            chosen = Chosen.of(held)
        page = read_seat_page(
            show,
            chosen,
            held=held,
            section=read_number(request.GET.get("section", "")),
            limit=_remaining(request, show, basket),
            party_size=read_number(request.GET.get("people", "")) or 0,
            refusals={} if chosen.is_empty else _pop_refusals(request, show),
        )
        context = {
            "page": page,
            "show": show,
            "event": show.event,
            "hall": show.hall,
            "theater": show.hall.theater,
            "tz": show.hall.theater.city.time_zone,
            "hold": basket if held else None,
            "basket": basket,
            "now": page.now,
            "token_form": "hold-form" if page.is_open else "",
            "form_key": uuid4().hex,
            "proposal": request.GET.get("proposal", ""),
            "hold_minutes": HOLD_MINUTES.of(show.scope),
            "best_form": SimpleLazyObject(
                lambda: BestSeatsForm(page.categories, page.ticket_types, page.limit, auto_id="best-%s")
            ),
            "scripts": data_for_scripts(page) | {"atLimit": _way_of_groups(page)} if page.is_open else None,
            "canonical_url": _canonical_url(show, page.now),
            "structured_data": describe_show_page(show),
            "link_picture": latest_picture(show.event, brand_of(show.hall.theater)),
        }
        return render(request, "bookings/show.html", context)


def _pop_refusals(request: HttpRequest, show: Show) -> dict[str, str]:
    """Return what `HoldView` has just refused at this show, by line; once."""
    refused = request.session.pop(REFUSED_KEY, None) if REFUSED_KEY in request.session else None
    return refused["lines"] if refused and refused["show"] == show.pk else {}


def _canonical_url(show: Show, now: datetime) -> str:
    """Return the address by which the page may be found, whatever is chosen on it; "" once the show is over."""
    return f"{brand_of(show.hall.theater).address}{show.get_absolute_url()}" if show.ends_at > now else ""


class PlanView(View):
    """The hall as JSON. Its address names the content, so browsers may cache it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code, catalogue_version())
        share(request, catalogue_version, parameters=("v",))
        digest = read_seat_plan(show).digest
        pages, key = caches["pages"], f"plan:{show.pk}:{digest}"
        packed: bytes | None = pages.get(key)
        if packed is None:
            packed = gzip.compress(read_seat_plan_json(show).encode(), 6)
            pages.set(key, packed, PLAN_CACHE_SECONDS)
        # Compression is safe: nothing in it is secret or reflects the request, so its length reveals nothing.
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(packed if is_packed else gzip.decompress(packed), content_type="application/json")
        if is_packed:
            response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        is_named = request.GET.get("v") == digest
        patch_cache_control(response, public=True, max_age=PLAN_CACHE_SECONDS if is_named else 0, immutable=is_named)
        return response


class PhotosView(View):
    """Photos of the view by section, as JSON; asked for once someone sees where they are shown. One statement."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code, catalogue_version())
        photos = {
            one.section: {
                "src": picture(name, SectionPhoto.WIDTHS[0]),
                "srcset": srcset(name, " ".join(map(str, SectionPhoto.WIDTHS))),
                "alt": one.alt,
            }
            for one in SectionPhoto.objects.filter(hall=show.hall_id)
            if (name := one.photo.name)
        }
        response = JsonResponse(photos)
        patch_cache_control(response, public=True, max_age=PHOTOS_CACHE_SECONDS)
        return response


class WordsView(JavaScriptCatalog):
    """The texts of scripts in the active language."""

    packages = ["bookings"]

    def render_to_response(self, context: dict[str, object], **response_kwargs: object) -> HttpResponse:
        response = super().render_to_response(context, **response_kwargs)
        patch_cache_control(response, private=True, max_age=WORDS_CACHE_SECONDS)
        return response


def _way_of_groups(page: SeatPage) -> dict[str, str]:
    return {"words": gettext("Ask us for your group"), "url": page.group_address}


def _find_on_map(show: Show, chosen: Chosen) -> Chosen:
    """Name seats that were chosen on a page of another version of the map as they are on the show's.

    No query if all are on it.
    """
    strangers = chosen.seat_ids - read_seat_plan(show).places.keys()
    if not strangers:
        return chosen
    same, _gone = find_same_seats(show, strangers)
    ids = {one.seat_id: same[one.seat_id].pk if one.seat_id in same else one.seat_id for one in chosen.seats}
    return replace(chosen, seats=[replace(one, seat_id=ids[one.seat_id]) for one in chosen.seats])


def _read_version(show_id: int) -> str:
    """Return the version of the catalogue and of what is taken, by one question to the cache."""
    key = version_key(show_id)
    found = caches["pages"].get_many((VERSION_KEY, key))
    catalogue = str(found.get(VERSION_KEY, ""))
    keep_read(VERSION_KEY, catalogue)
    return f"{catalogue} {found.get(key) or renew_availability(show_id).version}"


def _remaining(request: HttpRequest, show: Show, basket: Booking | None) -> int:
    """Return how many tickets this visitor may still have; a query only for people who are signed in."""
    if not isinstance(request.user, User):
        return show.ticket_limit
    others = count_live_tickets(show, request.user, request.user.email, timezone.now(), but=basket)
    return max(0, show.ticket_limit - others)
