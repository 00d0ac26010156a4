"""Ask a theater as a group, and follow what comes of it."""

from __future__ import annotations

from collections.abc import Sequence
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
from bookings.models import Booking, by_show
from bookings.selectors import read_show, read_tickets
from bookings.throttles import may_request_mail
from events.catalogue import Showtime
from events.models import Show
from inquiries.access import find_inquiry, inquiry_path
from inquiries.ask import add_date, ask, withdraw, write
from inquiries.dates import propose_dates, read_dates
from inquiries.forms import InquiryForm, MessageForm
from inquiries.models import Inquiry
from inquiries.words import describe_dates, describe_party, describe_places
from lib.client_address import client_network
from lib.throttling import Throttle

# A conversation, not a flood: by inquiry, and by network for those who write about many.
MESSAGES_OF_INQUIRY = Throttle("inquiry-messages", limit=10, seconds=3600)
MESSAGES_OF_NETWORK = Throttle("inquiry-messages-network", limit=60, seconds=3600)


class AskView(View):
    """Ask for places for more people than one customer may book for."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = _read_show(code)
        dates = read_dates(show.event, show.hall.theater, timezone.now())
        initial: dict[str, Any] = {"dates": [show.code]}
        if request.GET.get("people", "").isdecimal():
            initial["party_size"] = request.GET["people"][:5]
        if isinstance(request.user, User):
            initial |= {"name": request.user.name, "phone": request.user.phone}
        return self._show(request, show, self._form(request, dates, initial=initial))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        show = _read_show(code)
        dates = read_dates(show.event, show.hall.theater, timezone.now())
        form = self._form(request, dates, request.POST)
        if not form.is_valid():
            return self._show(request, show, form, status=422)
        if form.is_filled_by_program:
            # As if it had worked, so that the program does not try another way.
            messages.success(request, gettext("Thank you. The theater has your inquiry and answers by e-mail."))
            return redirect(show)
        customer = request.user if isinstance(request.user, User) else None
        wish = form.wish
        email = wish.pop("email", "").strip().lower() or (customer.email if customer else "")
        if not may_request_mail(request, "group inquiry", email):
            form.add_error(None, gettext("Too many attempts. Please try again in an hour."))
            return self._show(request, show, form, status=429)
        inquiry = ask(show=show, email=email, customer=customer, locale=get_language() or "en", **wish)
        messages.success(request, gettext("Thank you. The theater has your inquiry and answers by e-mail."))
        return redirect(inquiry_path(inquiry))

    def _form(self, request: HttpRequest, dates: Sequence[Showtime], *args: Any, **kwargs: Any) -> InquiryForm:
        return InquiryForm(dates, *args, asks_email=not request.user.is_authenticated, **kwargs)

    def _show(self, request: HttpRequest, show: Show, form: InquiryForm, status: int = 200) -> HttpResponse:
        context = {"show": show, "event": show.event, "theater": show.hall.theater, "form": form}
        return render(request, "inquiries/ask.html", context, status=status)


class InquiryView(View):
    """Show the group what it asked, what came of it, and what was written; it can write again or withdraw."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        return self._show(request, find_inquiry(token), MessageForm())

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        inquiry = find_inquiry(token)
        act = request.POST.get("action", "")
        if act == "pay" and inquiry.booking is not None and inquiry.is_reserved(timezone.now()):
            return _go_to_pay(request, inquiry.booking)
        if act == "withdraw":
            withdraw(inquiry=inquiry)
        elif act == "date":
            add_date(inquiry=inquiry, code=request.POST.get("date", ""))
        elif act == "write":
            form = MessageForm(request.POST)
            if not form.is_valid():
                return self._show(request, inquiry, form, status=422)
            if not (MESSAGES_OF_INQUIRY.count(inquiry.code) and MESSAGES_OF_NETWORK.count(client_network(request))):
                form.add_error(None, gettext("Too many attempts. Please try again in an hour."))
                return self._show(request, inquiry, form, status=429)
            write(inquiry=inquiry, **form.cleaned_data)
            messages.success(request, gettext("The theater has your message."))
        return redirect(inquiry_path(inquiry))

    def _show(self, request: HttpRequest, inquiry: Inquiry, form: MessageForm, status: int = 200) -> HttpResponse:
        now = timezone.now()
        state = inquiry.state_at(now)
        wished = inquiry.shows.values_list("code", flat=True)
        is_open = state in (*Inquiry.OPEN, Inquiry.State.ANSWERED, Inquiry.State.DECLINED)
        dates = read_dates(inquiry.event, inquiry.theater, now) if is_open else []
        context = {
            "inquiry": inquiry,
            "state": state,
            "event": inquiry.event,
            "theater": inquiry.theater,
            "tz": inquiry.theater.city.time_zone,
            "party": describe_party(inquiry),
            "wished": describe_dates(inquiry),
            "proposed": propose_dates(dates, wished, inquiry.party_size),
            "thread": inquiry.messages.all(),
            "booking": inquiry.booking if state in (Inquiry.State.RESERVED, Inquiry.State.BOOKED) else None,
            **_describe_reservation(inquiry, state),
            "form": form,
        }
        response = render(request, "inquiries/inquiry.html", context, status=status)
        # Keeps the link that opens the inquiry from other sites.
        response["Referrer-Policy"] = "same-origin"
        return response


def _describe_reservation(inquiry: Inquiry, state: Inquiry.State) -> dict[str, Any]:
    """Return what is held for the group. One query if anything is."""
    if inquiry.booking is None or state != Inquiry.State.RESERVED:
        return {}
    tickets = list(read_tickets(inquiry.booking))
    return {"places": describe_places(tickets), "shows": list(by_show(tickets))}


def _go_to_pay(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Open the booking in this browser; its link goes to the same address."""
    checkout = reverse("bookings:checkout", args=[booking.code])
    if booking.customer is not None and booking.customer != request.user:
        return redirect_to_login(checkout)
    remember_booking(request, booking)
    return redirect(checkout)


def _read_show(code: str) -> Show:
    show = read_show(code)
    if show is None:
        raise Http404
    return show
