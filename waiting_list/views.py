"""Wait for places of a sold-out show: join, see one's place in line, leave."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.generic import View

from accounts.models import User
from bookings.access import remember_booking
from bookings.seating.page import SeatPage, read_seat_page
from bookings.selectors import read_show
from bookings.throttles import may_request_mail
from events.models import Show
from lib.refusals import Refusal
from waiting_list.access import entry_path, find_entry, remember_entry
from waiting_list.forms import WaitingListForm
from waiting_list.join import AlreadyWaiting, PlacesAvailable, join, leave, place_in_line
from waiting_list.models import WaitingListEntry
from waiting_list.offers import settle_entries
from waiting_list.words import describe_wish


class JoinView(View):
    """Ask for how many and where; if there are such places, send the visitor to them."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        page = _read_page(code)
        if not page.may_wait:
            return redirect(page.show)
        size = request.GET.get("people", "")
        return self._show(request, page, _form(request, page, initial={"party_size": size} if size.isdigit() else None))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        page = _read_page(code)
        form = _form(request, page, request.POST)
        if not form.is_valid():
            return self._show(request, page, form)
        wish = dict(form.cleaned_data)
        customer = request.user if isinstance(request.user, User) else None
        email = wish.pop("email", "").strip().lower() or (customer.email if customer else "")
        wish.setdefault("sits_together", False)
        if customer is None and not may_request_mail(request, "waiting list", email):
            form.add_error(None, gettext("Too many attempts. Please try again in an hour."))
            return self._show(request, page, form)
        try:
            entry = join(show=page.show, email=email, customer=customer, locale=get_language() or "en", **wish)
        except PlacesAvailable as error:
            messages.info(request, str(error))
            return redirect(page.show)
        except AlreadyWaiting as error:
            if customer is not None:
                messages.info(request, str(error))
                return redirect("bookings:list")
            # The answer must not reveal whether that address is on the list.
            return self._thank(request, page.show, email)
        except Refusal as error:
            form.add_error(None, str(error))
            return self._show(request, page, form)
        if customer is None:
            remember_entry(request, entry)
            return self._thank(request, page.show, email)
        messages.success(
            request, gettext("You are on the waiting list. We will write to you when such places become free.")
        )
        return redirect(entry_path(entry))

    def _thank(self, request: HttpRequest, show: Show, email: str) -> HttpResponse:
        words = gettext("You are on the waiting list. We will write to %(email)s when such places become free.")
        messages.success(request, words % {"email": email})
        return redirect("bookings:list")

    def _show(self, request: HttpRequest, page: SeatPage, form: WaitingListForm) -> HttpResponse:
        waiting = WaitingListEntry.objects.waiting().filter(show=page.show).count()
        context = {**_describe(page.show), "page": page, "form": form, "waiting": waiting}
        return render(request, "bookings/waiting_list_join.html", context)


class EntryView(View):
    """One's place in line, or what became of it; leaving takes one click."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        entry = find_entry(token)
        now = timezone.now()
        state = entry.state_at(now)
        context = {
            **_describe(entry.show),
            "entry": entry,
            "wish": describe_wish(entry),
            "state": state,
            "place": place_in_line(entry) if state == WaitingListEntry.State.WAITING else None,
            "may_join": entry.show.is_on_sale(now),
            "now": now,
        }
        response = render(request, "bookings/waiting_list_entry.html", context)
        # Keeps the link that opens the entry from other sites.
        response["Referrer-Policy"] = "same-origin"
        return response

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        entry = find_entry(token)
        if request.POST.get("action") == "book" and entry.booking is not None and entry.is_open_offer(timezone.now()):
            if entry.customer is None:
                # This link was sent to the same address as the one that opens the booking.
                remember_booking(request, entry.booking)
            elif entry.customer != request.user:
                return redirect_to_login(reverse("bookings:checkout", args=[entry.booking.code]))
            return redirect("bookings:checkout", entry.booking.code)
        settle_entries(entry.show_id)
        # Whose offer has just ended reads so there, and is not taken off the list for trying to book it.
        if request.POST.get("action") == "leave":
            try:
                leave(entry=entry)
            except Refusal as error:
                messages.error(request, str(error))
        return redirect(entry_path(entry))


def _read_page(code: str) -> SeatPage:
    show = read_show(code)
    if show is None:
        raise Http404
    return read_seat_page(show)


def _form(request: HttpRequest, page: SeatPage, *args: Any, **kwargs: Any) -> WaitingListForm:
    asked = {
        "email": not request.user.is_authenticated,
        "categories": len(page.categories) > 1,
        "sits_together": page.has_seats,
        "needs_accessible": page.has_accessible,
    }
    names = [name for name, is_asked in asked.items() if is_asked]
    return WaitingListForm(page.categories, page.show.ticket_limit, *args, asked=names, **kwargs)


def _describe(show: Show) -> dict[str, object]:
    theater = show.hall.theater
    return {
        "show": show,
        "event": show.event,
        "hall": show.hall,
        "theater": theater,
        "tz": theater.city.time_zone,
    }
