"""The page of a show: choose seats on the map or from the list, and have them held."""

from __future__ import annotations

import gzip
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.views.generic import View
from django.views.i18n import JavaScriptCatalog

from accounts.models import User
from bookings.access import browser_of, find_booking, remember_booking
from bookings.errors import (
    AccountNeeded,
    SeatsUnavailable,
    TooManyHolds,
    UnknownPlace,
    WrongState,
)
from bookings.forms import BestSeatsForm
from bookings.models import Booking
from bookings.seating.availability import read_availability
from bookings.seating.chosen import Chosen
from bookings.seating.page import SeatPage, _plan_version, address_of, tell_scripts
from bookings.seating.plan import read_seat_plan, read_seat_plan_json
from bookings.selectors import find_hold, get_show_or_404, in_seating_order
from bookings.services.change_hold import change_hold
from bookings.services.places import count_live_tickets
from bookings.services.release_hold import release_hold
from bookings.views.best_seats import Way, find_ways, read_page, read_proposal, waiting_list_of, with_ways
from events.models import Show
from lib.refusals import Refusal

PLAN_SECONDS = 86_400
WORDS_SECONDS = 3_600


class ShowView(View):
    """No statement when warm for somebody without a session."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code)
        now = timezone.now()
        hold = find_hold(request, show, now)
        chosen = Chosen.read(request.GET)
        if chosen.is_empty and hold is not None:
            chosen = Chosen.of(hold.tickets.all())
        section = request.GET.get("section", "")
        page = SeatPage(
            show,
            read_seat_plan(show),
            read_availability(show.pk),
            now,
            chosen,
            hold,
            int(section) if section.isascii() and section.isdigit() and len(section) < 6 else None,  # noqa: PLR2004
            limit=_remaining(request, show, hold),
        )
        context = {
            "page": page,
            "show": show,
            "event": show.event,
            "hall": show.hall,
            "theater": show.hall.theater,
            "tz": show.hall.theater.city.time_zone,
            "hold": hold,
            "now": now,
            "form_key": uuid4().hex,
            "proposal": request.GET.get("proposal", ""),
            "hold_minutes": settings.HOLD_MINUTES,
            "best_form": BestSeatsForm(page.categories, page.limit, auto_id="best-%s"),
            "scripts": tell_scripts(page) if page.is_open else None,
        }
        return render(request, "bookings/show.html", context)


class PlanView(View):
    """The hall as JSON. Its address names the content, so browsers may keep it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code)
        pages, key = caches["pages"], f"plan:{show.pk}:{_plan_version(show)}"
        packed: bytes | None = pages.get(key)
        if packed is None:
            packed = gzip.compress(read_seat_plan_json(show).encode(), 6)
            pages.set(key, packed, PLAN_SECONDS)
        # Nothing in it is secret or reflects the request, so that its length tells nothing.
        is_packed = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(packed if is_packed else gzip.decompress(packed), content_type="application/json")
        if is_packed:
            response["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        is_named = request.GET.get("v") == _plan_version(show)
        patch_cache_control(response, public=True, max_age=PLAN_SECONDS if is_named else 0, immutable=is_named)
        return response


class WordsView(JavaScriptCatalog):
    """The words of scripts in the active language."""

    packages = ["bookings"]

    def render_to_response(self, context: dict[str, object], **response_kwargs: object) -> HttpResponse:
        response = super().render_to_response(context, **response_kwargs)
        patch_cache_control(response, private=True, max_age=WORDS_SECONDS)
        return response


class HoldView(View):
    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code)
        chosen = Chosen.read(request.POST)
        wish = read_proposal(show, chosen, request.POST.get("proposal", ""))
        hold = _find_own(request, show)
        if hold is not None and _is_answer(request, hold, chosen):
            remember_booking(request, hold)
            return redirect("bookings:checkout", hold.code)
        try:
            if not chosen.is_readable:
                raise UnknownPlace
            held = change_hold(
                show=show,
                seats=chosen.seats,
                areas=chosen.areas,
                wish=wish,
                replaces=hold,
                customer=request.user if isinstance(request.user, User) else None,
                browser=browser_of(request),
                cart=_form_key(request),
                locale=get_language() or "en",
            )
        except SeatsUnavailable as error:
            # Perhaps it was this visitor's own second click that came too late.
            hold = _find_own(request, show)
            if hold is not None and _is_answer(request, hold, chosen):
                remember_booking(request, hold)
                return redirect("bookings:checkout", hold.code)
            messages.error(request, with_ways(str(error), _ways(show, chosen, wish)))
            kept = chosen.without(seats=[seat.pk for seat in error.seats], areas=[area.pk for area in error.areas])
            return redirect(address_of(show, kept))
        except AccountNeeded as error:
            messages.info(request, str(error))
            return redirect(_sign_in(show, chosen))
        except Refusal as error:
            words: str = str(error)
            if isinstance(error, TooManyHolds) and error.is_network:
                way = Way(gettext("Sign in to go on, or try again in an hour."), _sign_in(show, chosen))
                words = with_ways(words, [way])
            messages.error(request, words)
            return redirect(address_of(show, chosen))
        booking = held.booking
        remember_booking(request, booking)
        if held.voucher_refusal:
            messages.warning(request, held.voucher_refusal)
        if wish is not None and (seats := _other_seats(booking, chosen)):
            words = gettext("Others were faster, so we hold the best seats that are left for you: %(places)s.")
            messages.warning(request, words % {"places": "; ".join(seats)})
        elif lone := _lone_seats(booking, show, request.POST.get("advised", "")):
            messages.warning(request, lone)
        return redirect("bookings:checkout", booking.code)


class ReleaseView(View):
    """Let the places of a hold go."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        try:
            release_hold(booking=booking)
        except WrongState:
            messages.error(request, gettext("This booking is confirmed. Cancel it on its own page."))
            return redirect(booking)
        messages.info(request, gettext("Your seats are free again."))
        return redirect(booking.show)


def _remaining(request: HttpRequest, show: Show, hold: Booking | None) -> int:
    """Return how many tickets this visitor may still have; a query only for people who are signed in."""
    if not isinstance(request.user, User):
        return show.tickets_per_customer
    others = count_live_tickets(show, request.user, request.user.email, timezone.now(), but=hold)
    return max(0, show.tickets_per_customer - others)


def _sign_in(show: Show, chosen: Chosen) -> str:
    """Return the address for signing in that leads back to the choice."""
    return f"{reverse('account_login')}?{urlencode({'next': address_of(show, chosen)})}"


def _ways(show: Show, chosen: Chosen, wish: dict[str, Any] | None) -> list[Way]:
    page = read_page(show)
    if wish is not None:
        return list(find_ways(page, wish))
    return [waiting_list_of(show, chosen.count)] if page.may_wait else []


def _other_seats(booking: Booking, chosen: Chosen) -> list[str]:
    """Return the seats of a hold by name, if they are not those that were chosen."""
    seats = [ticket.seat for ticket in in_seating_order(booking.made_tickets or []) if ticket.seat is not None]
    return (
        [] if {seat.pk for seat in seats} <= {choice.seat_id for choice in chosen.seats} else [s.label for s in seats]
    )


def _lone_seats(booking: Booking, show: Show, advised: str) -> str:
    """Return what to say of seats that the hold leaves alone, where the page did not say so before it.

    Of two who hold the seats on both sides of one at the same moment, the later one is told.
    """
    now = timezone.now()
    chosen = Chosen.of(booking.made_tickets or [])
    page = SeatPage(show, read_seat_plan(show), read_availability(show.pk), now, chosen, _own=chosen.seat_ids)
    seats = [page.label(seat.id) for seat in page.lone if str(seat.id) not in advised.split()]
    if not seats:
        return ""
    words = gettext("Your choice leaves %(seats)s by itself, and single seats often stay empty.")
    change = format_html('<a href="{}">{}</a>', show.get_absolute_url(), gettext("Change seats"))
    return format_html("{} {}", words % {"seats": "; ".join(seats)}, change)


def _form_key(request: HttpRequest) -> str:
    key = request.POST.get("key", "")
    return key if key.isalnum() and len(key) == 32 else ""  # noqa: PLR2004


def _find_own(request: HttpRequest, show: Show) -> Booking | None:
    return find_hold(request, show, timezone.now()) or _find_made(request, show)


def _is_answer(request: HttpRequest, hold: Booking, chosen: Chosen) -> bool:
    """Return True if `hold` is what this form asks for: for the same places, or made when it was sent before."""
    is_sent_before = bool(hold.cart) and hold.cart == _form_key(request)
    return is_sent_before or chosen.is_same_as(Chosen.of(hold.tickets.all()))


def _find_made(request: HttpRequest, show: Show) -> Booking | None:
    """Return the hold that this very form made when it was sent before, whose answer never arrived.

    A visitor without a session has nothing else to be known by; the key is theirs alone, and in the
    hold's own row, so that whoever finds its seats taken finds it too.
    """
    key = _form_key(request)
    if not key:
        return None
    made = Booking.objects.filter(cart=key, customer=None, channel=Booking.Channel.WEB)
    made = made.filter(show=show, state=Booking.State.HELD)
    return made.filter(expires_at__gt=timezone.now()).prefetch_related("tickets").order_by("-pk").first()
