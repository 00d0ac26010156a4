"""The page of a show: choose seats on the map or from the list, and have them held."""

from __future__ import annotations

import gzip
import hashlib
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.html import format_html
from django.utils.translation import get_language, gettext, ngettext
from django.views.generic import View
from django.views.i18n import JavaScriptCatalog

from accounts.models import User
from bookings.access import find_booking, remember_booking
from bookings.availability import read_availability
from bookings.best_seats import are_together, find_best_seats
from bookings.errors import BookingError, SeatsUnavailable, UnknownPlace, VoucherRefused, WrongState
from bookings.forms import BestSeatsForm, Chosen
from bookings.models import Booking
from bookings.seat_plan import read_seat_plan, read_seat_plan_json
from bookings.selectors import find_hold, read_show
from bookings.services.hold_seats import CUSTOMERS, SeatChoice, Terms, hold_seats
from bookings.services.limit_tickets import count_live_tickets
from bookings.services.offer_places import carried_over, carry_over
from bookings.services.release_hold import release_hold
from bookings.services.set_details import set_details
from bookings.views.seat_page import SeatPage
from events.models import Event, Show

PLAN_SECONDS = 86_400
WORDS_SECONDS = 3_600


class ShowView(View):
    """No statement when warm for somebody without a session."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = _get_show(code)
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
            "hold_minutes": settings.HOLD_MINUTES,
            "best_form": BestSeatsForm(page.categories, page.limit, auto_id="best-%s"),
            "scripts": tell_scripts(page) if page.is_open else None,
        }
        return render(request, "bookings/show.html", context)


class PlanView(View):
    """The hall as JSON. Its address names the content, so browsers may keep it."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = _get_show(code)
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


class BestSeatsView(View):
    """The best free seats side by side: as JSON for scripts, else chosen on the page of the show."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        show = _get_show(code)
        page = SeatPage(show, read_seat_plan(show), read_availability(show.pk), timezone.now(), Chosen())
        form = BestSeatsForm(page.categories, show.tickets_per_customer, request.GET)
        ids: list[int] = []
        if not form.is_valid():
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        else:
            quantity = form.cleaned_data["quantity"]
            seats = find_best_seats(
                show,
                quantity,
                category_id=form.cleaned_data["category"],
                accessible=form.cleaned_data["accessible"],
            )
            ids = [seat.pk for seat in seats]
            words = _describe_best(page, ids, quantity, is_together=are_together(seats))
        if request.accepts("text/html"):
            if ids:
                messages.info(request, words)
            else:
                messages.warning(request, _with_waiting_list(words, show, form.cleaned_data.get("quantity")))
            return redirect(_address(show, Chosen([SeatChoice(pk) for pk in ids])))
        return JsonResponse({"seats": ids, "message": words}, status=200 if form.is_valid() else 422)


class HoldView(View):
    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        show = _get_show(code)
        chosen = Chosen.read(request.POST)
        hold = _find_own(request, show)
        if hold is not None and chosen.is_same_as(Chosen.of(hold.tickets.all())):
            remember_booking(request, hold)
            return redirect("bookings:checkout", hold.code)
        try:
            if not chosen.is_readable:
                raise UnknownPlace
            booking = _hold(request, show, chosen, hold)
        except SeatsUnavailable as error:
            # Perhaps it was this visitor's own second click that came too late.
            hold = _find_own(request, show)
            if hold is not None and chosen.is_same_as(Chosen.of(hold.tickets.all())):
                remember_booking(request, hold)
                return redirect("bookings:checkout", hold.code)
            messages.error(request, _with_waiting_list(str(error), show, chosen.count))
            kept = chosen.without(seats=[seat.pk for seat in error.seats], areas=[area.pk for area in error.areas])
            return redirect(_address(show, kept))
        except BookingError as error:
            messages.error(request, str(error))
            return redirect(_address(show, chosen))
        remember_booking(request, booking)
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


def _get_show(code: str) -> Show:
    show = read_show(code)
    if show is None:
        raise Http404
    return show


def _address(show: Show, chosen: Chosen) -> str:
    query = chosen.query()
    return f"{show.get_absolute_url()}?{query}" if query else show.get_absolute_url()


def _with_waiting_list(words: str, show: Show, people: int | None) -> str:
    """Add the way to the waiting list to a refusal, where the show is so full that there is one."""
    if not SeatPage(show, read_seat_plan(show), read_availability(show.pk), timezone.now(), Chosen()).may_wait:
        return words
    address = reverse("bookings:waiting-list", args=[show.code])
    query = f"?people={people}" if people else ""
    return format_html('{} <a href="{}{}">{}</a>', words, address, query, gettext("Join the waiting list"))


def _remaining(request: HttpRequest, show: Show, hold: Booking | None) -> int:
    """Return how many tickets this visitor may still have; a query only for people who are signed in."""
    if not isinstance(request.user, User):
        return show.tickets_per_customer
    others = count_live_tickets(show, request.user, request.user.email, timezone.now(), but=hold)
    return max(0, show.tickets_per_customer - others)


def _hold(request: HttpRequest, show: Show, chosen: Chosen, replaced: Booking | None) -> Booking:
    """Hold the choice, in place of a hold that the visitor has for this show already."""
    customer = request.user if isinstance(request.user, User) else None
    voucher = replaced.voucher.code if replaced and replaced.voucher else ""
    offered = carry_over(hold=replaced, party_size=chosen.count) if replaced else None

    def hold(voucher_code: str) -> Booking:
        return hold_seats(
            show=show,
            seats=chosen.seats,
            areas=chosen.areas,
            customer=customer,
            email=replaced.email if replaced else "",
            channel=Booking.Channel.WEB,
            voucher_code=voucher_code,
            locale=get_language() or "en",
            replaces=replaced,
            terms=offered or (Terms(cart=_form_key(request) or None) if customer is None else CUSTOMERS),
        )

    try:
        booking = hold(voucher)
    except VoucherRefused as error:
        booking = hold("")
        messages.warning(request, str(error))
    if offered and replaced:
        carried_over(old=replaced, new=booking)
    if replaced is not None and replaced.email:
        set_details(booking=booking, name=replaced.name, email=replaced.email, phone=replaced.phone)
    return booking


def _form_key(request: HttpRequest) -> str:
    key = request.POST.get("key", "")
    return f"hold-form:{key}" if key.isalnum() and len(key) == 32 else ""  # noqa: PLR2004


def _find_own(request: HttpRequest, show: Show) -> Booking | None:
    return find_hold(request, show, timezone.now()) or _find_made(request, show)


def _find_made(request: HttpRequest, show: Show) -> Booking | None:
    """Return the hold that this very form made when it was sent before, whose answer never arrived.

    A visitor without a session has nothing else to be known by; the key is theirs alone, and in the
    hold's own row, so that whoever finds its seats taken finds it too.
    """
    key = _form_key(request)
    if not key:
        return None
    made = Booking.objects.filter(customer=None, idempotency_key=key, show=show, state=Booking.State.HELD)
    return made.filter(expires_at__gt=timezone.now()).prefetch_related("tickets").order_by("-pk").first()


def _plan_version(show: Show) -> str:
    plan = read_seat_plan(show)
    facts = repr((plan["seat_map"], plan["version"], plan["currency"], plan["ticket_types"], plan["prices"]))
    return hashlib.blake2b(facts.encode(), digest_size=6).hexdigest()


def tell_scripts(page: SeatPage) -> dict[str, object]:
    show = page.show
    is_film = show.event.kind == Event.Kind.FILM
    now = page.availability
    return {
        "plan": f"{reverse('bookings:plan', args=[show.code])}?v={_plan_version(show)}",
        "availability": f"/api/v1/shows/{show.code}/availability",
        "limit": page.limit,
        "stage": gettext("Screen") if is_film else gettext("Stage"),
        "own": page.own,
        "ownAreas": page.own_areas,
        "choice": page.choice_for_scripts,
        "now": {"version": now.version, "taken": now.taken, "areas": now.areas},
    }


def _describe_best(page: SeatPage, ids: list[int], quantity: int, *, is_together: bool) -> str:
    if not ids:
        return ngettext(
            "No such seat is free any more. Try another category.",
            "There are no %(quantity)d such seats left. Try another category or a smaller party.",
            quantity,
        ) % {"quantity": quantity}
    places = "; ".join(page.label(pk) for pk in ids)
    if is_together:
        return gettext("The best seats for you: %(places)s.") % {"places": places}
    return gettext("Not all of you can sit side by side any more. As near as can be: %(places)s.") % {"places": places}
