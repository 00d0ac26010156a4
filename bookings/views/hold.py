"""Hold what was chosen, and let it go again."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.views.generic import View

from accounts.models import User
from bookings.access import browser_of, find_booking, remember_basket
from bookings.errors import (
    AccountNeeded,
    RulesBroken,
    SeatsUnavailable,
    TooManyHolds,
    TooManyTickets,
    UnknownPlace,
    WrongState,
)
from bookings.models import Booking, exchange_of
from bookings.seating.chosen import Chosen, address_of, group_address
from bookings.selectors import find_basket, get_show_or_404, of_show
from bookings.services.change_hold import ChangedHold, change_hold, drop_show
from bookings.services.release_hold import release_hold
from events.models import Show
from lib.compiled import compiled
from lib.refusals import Refusal

# In the session until the checkout reads it: for which show a form has pointed out which lone seats.
ADVISED_KEY = "advised"
# Which lines of the choice were refused, and why, for the page of the show.
REFUSED_KEY = "refused"


class HoldView(View):
    """Hold the chosen places and go on to the checkout, or back to the page with the rest of the choice."""

    # False where other seats than the chosen ones may be held.
    holds_chosen = True

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code)
        chosen = Chosen.read(request.POST)
        basket = find_basket(request, show, timezone.now())
        if basket is None and not (self.holds_chosen and chosen.seats and not chosen.areas):
            # A form with seats that comes again finds them taken, and its hold below.
            basket = _find_made(request, show)
        if basket is not None and _is_answer(request, basket, show, chosen):
            return go_to_checkout(request, basket, show)
        try:
            if not chosen.is_readable:
                raise UnknownPlace
            changed = self.hold(
                show,
                chosen,
                into=basket,
                customer=request.user if isinstance(request.user, User) else None,
                browser=browser_of(request),
                cart=_form_key(request),
                locale=get_language() or "en",
            )
        except Refusal as error:
            # Perhaps it was this visitor's own second click that came too late.
            basket = _find_own(request, show)
            if basket is not None and _is_answer(request, basket, show, chosen):
                return go_to_checkout(request, basket, show)
            return self._refuse(request, show, chosen, error)
        if changed.voucher_refusal:
            messages.warning(request, changed.voucher_refusal)
        return self.answer_held(request, changed.booking, show, chosen)

    def _refuse(self, request: HttpRequest, show: Show, chosen: Chosen, error: Refusal) -> HttpResponse:
        if isinstance(error, SeatsUnavailable):
            return self.answer_lost(request, show, chosen, error)
        if isinstance(error, AccountNeeded):
            messages.info(request, str(error))
            return redirect(_sign_in_address(show, chosen))
        if isinstance(error, RulesBroken):
            request.session[REFUSED_KEY] = {"show": show.pk, "lines": error.by_line}
        messages.error(request, _explain(error, show, chosen))
        return redirect(address_of(show, chosen))

    def hold(self, show: Show, chosen: Chosen, **person: Any) -> ChangedHold:
        return change_hold(show=show, seats=chosen.seats, areas=chosen.areas, **person)

    def answer_held(self, request: HttpRequest, booking: Booking, show: Show, chosen: Chosen) -> HttpResponse:
        return go_to_checkout(request, booking, show)

    def answer_lost(self, request: HttpRequest, show: Show, chosen: Chosen, error: SeatsUnavailable) -> HttpResponse:
        if chosen.is_proposed_by(request.POST.get("proposal", "")):
            # Many visitors are shown the same seats at the same moment. Others that fit the wish are as good.
            return redirect("bookings:best", show.code, preserve_request=True)
        messages.error(request, str(error))
        return redirect(address_of(show, chosen.without_lost(error), people=chosen.count))


class ReleaseView(View):
    """Let the places of a hold go."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        try:
            release_hold(booking=booking)
        except WrongState:
            messages.error(request, gettext("This booking is confirmed. Cancel it on its own page."))
            return redirect(booking)
        if exchange := exchange_of(booking):
            messages.info(request, gettext("The new places are no longer held. Your tickets are valid as before."))
            return redirect(exchange.booking)
        messages.info(request, gettext("Your seats are free again."))
        shows = booking.shows
        return redirect(shows[0] if len(shows) == 1 else booking.theater)


class DropShowView(View):
    """Take the tickets for a show out of a hold; without any others it is over."""

    def post(self, request: HttpRequest, code: str, show_code: str) -> HttpResponse:
        booking = find_booking(request, code)
        show = get_object_or_404(Show, code=show_code)
        try:
            dropped = drop_show(booking=booking, show=show)
        except Refusal as error:
            messages.error(request, str(error))
            return redirect(booking)
        messages.info(request, gettext("Your seats are free again."))
        if dropped.voucher_refusal:
            messages.warning(request, dropped.voucher_refusal)
        if dropped.booking.state == Booking.State.HELD:
            return redirect("bookings:checkout", booking.code)
        return redirect(show)


def go_to_checkout(request: HttpRequest, booking: Booking, show: Show) -> HttpResponse:
    """Let this browser open the booking, and pass on which lone seats the show's form has pointed out already."""
    remember_basket(request, booking)
    if "advised" in request.POST:
        request.session[ADVISED_KEY] = {"show": show.pk, "seats": request.POST["advised"].split()}
    return redirect("bookings:checkout", booking.code)


def _sign_in_address(show: Show, chosen: Chosen) -> str:
    """Return the address for signing in that leads back to the choice."""
    return f"{reverse('account_login')}?{urlencode({'next': address_of(show, chosen)})}"


def _explain(error: Refusal, show: Show, chosen: Chosen) -> str:
    """Return why a hold was refused, with a link to what can be done about it."""
    if isinstance(error, TooManyTickets):
        return with_group_link(error, show, chosen.count)
    if isinstance(error, TooManyHolds) and error.is_network:
        link = gettext("Sign in to go on, or try again in an hour.")
        return format_html('{} <a href="{}">{}</a>', str(error), _sign_in_address(show, chosen), link)
    return str(error)


def with_group_link(error: TooManyTickets, show: Show, party_size: int = 0) -> str:
    """Lead a party that is too large for the limit to where groups ask."""
    link = gettext("Ask us for your group")
    return format_html('{} <a href="{}">{}</a>', str(error), group_address(show, party_size), link)


def _find_own(request: HttpRequest, show: Show) -> Booking | None:
    return find_basket(request, show, timezone.now()) or _find_made(request, show)


def _is_answer(request: HttpRequest, basket: Booking, show: Show, chosen: Chosen) -> bool:
    """Return True if a basket has what this form asks for: the same places, or what it got when it was sent before."""
    held = of_show(basket, show)
    is_sent_before = bool(basket.cart) and basket.cart == _form_key(request)
    return bool(held) and (is_sent_before or chosen.is_same_as(Chosen.of(held)))


def _find_made(request: HttpRequest, show: Show) -> Booking | None:
    """Return the hold that this form made when it was sent before, if the answer never arrived.

    A visitor without a session is known by nothing else. The key is theirs alone and stored with the hold, so
    that a second click which finds its seats taken finds the hold as well.
    """
    key = _form_key(request)
    if not key:
        return None
    user_id = request.user.pk if isinstance(request.user, User) else None
    return next(iter(_read_made(key, user_id, show.hall.theater_id, timezone.now())), None)


@compiled
def _read_made(key: str, user_id: int | None, theater_id: int, now: datetime) -> QuerySet[Booking]:
    made = Booking.objects.filter(cart=key, customer=user_id, channel=Booking.Channel.WEB)
    made = made.filter(theater=theater_id, state=Booking.State.HELD, expires_at__gt=now)
    return made.order_by("-pk")[:1]


def _form_key(request: HttpRequest) -> str:
    key = request.POST.get("key", "")
    return key if key.isalnum() and len(key) == 32 else ""  # noqa: PLR2004
