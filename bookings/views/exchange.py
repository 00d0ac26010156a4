"""Customers exchange their tickets: which ones, for which show, for which places, and what it comes to.

The choice is kept in the address, so each step works without scripts and can be gone back to. Nothing is held
before the last one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from accounts.models import User
from bookings.access import find_booking
from bookings.errors import SeatsUnavailable
from bookings.exchanges import (
    ExchangeChoice,
    find_best_places,
    find_show,
    find_shows,
    name_places,
    only_show,
    quote_choice,
    read_sent,
    read_words,
)
from bookings.forms import read_quoted
from bookings.models import Booking, Ticket, by_show
from bookings.seating.chosen import AreaChoice, Chosen, SeatChoice, read_number
from bookings.seating.page import SeatPage, read_seat_page
from bookings.seating.script_data import data_for_scripts
from bookings.selectors import read_issued
from bookings.services.cancel import quote_cancellation
from bookings.services.exchange import (
    exchange_tickets,
    explain_not_exchangeable,
    find_exchangeable,
    find_open_exchanges,
)
from bookings.views.checkout import BookingPage, booking_context
from events.models import Show
from events.models.shows import ShowQuerySet
from lib.refusals import Refusal


class ExchangeView(BookingPage):
    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if booking.state != Booking.State.CONFIRMED:
            return redirect(booking)
        return self._show(request, booking, request.GET)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        codes = request.POST.getlist("ticket")
        if booking.state != Booking.State.CONFIRMED or not any(one.code in codes for one in read_issued(booking)):
            # This is also how a form that is sent twice ends.
            return redirect(booking)
        steps = ExchangeSteps(booking, request.POST, timezone.now())
        quote = steps.choice.quote if steps.choice else None
        if steps.choice is None or quote is None or steps.choice.wish is None:
            messages.warning(request, gettext("Something has changed. Nothing was exchanged; please check again."))
            return self._show(request, booking, request.POST)
        if (quote.due, quote.refund) != (read_quoted(request.POST, "due"), read_quoted(request.POST, "refund")):
            messages.warning(
                request, gettext("What it comes to has changed. Nothing was exchanged; please check again.")
            )
            return self._show(request, booking, request.POST)
        person = request.user if isinstance(request.user, User) else None
        try:
            made = exchange_tickets(booking=booking, wish=steps.choice.wish, by=person, by_customer=True)
        except SeatsUnavailable as error:
            messages.error(request, str(error))
            rest = steps.choice.sent.without_lost(error).query()
            return redirect(f"{steps.address}?{'&'.join(part for part in (steps.kept_query, rest) if part)}")
        except Refusal as error:
            messages.error(request, str(error))
            return self._show(request, booking, request.POST)
        if made.pk != booking.pk:
            return redirect("bookings:checkout", made.code)
        words = gettext("Done. Here are your new tickets; the old ones are no longer valid.")
        if quote.refund:
            words = f"{words} {gettext('The difference is on its way back to you, as shown below.')}"
        messages.success(request, words)
        return redirect(booking)

    def _show(self, request: HttpRequest, booking: Booking, data: QueryDict) -> HttpResponse:
        steps = ExchangeSteps(booking, data, timezone.now())
        context = {**booking_context(booking, steps.valid), "steps": steps, **steps.describe()}
        return render(request, "bookings/exchange.html", context)


class ExchangeSteps:
    """Which step the page is at, and what is chosen so far, from its address or form."""

    def __init__(self, booking: Booking, data: QueryDict, now: datetime) -> None:
        self.booking, self.now = booking, now
        self.address = reverse("bookings:exchange", args=[booking.code])
        self.valid = read_issued(booking)
        everything = quote_cancellation(booking, now=now)
        self.tickets = find_exchangeable(booking, self.valid, everything)
        self.refusal = "" if self.tickets else explain_not_exchangeable(booking, everything)
        self.until = everything.until
        codes = data.getlist("ticket")
        asked = [ticket for ticket in self.valid if ticket.code in codes]
        self.chosen = [ticket for ticket in asked if ticket in self.tickets]
        self.misses_tickets = "choose" in data and not self.chosen
        if len(self.tickets) == 1 and not codes:
            self.chosen = self.tickets
        self.words = read_words(data)
        self.choice: ExchangeChoice | None = None
        self.page: SeatPage | None = None
        self.problem = ""
        code = data.get("show", "")
        if not self.chosen:
            return
        show = self._find_show(code) if code else None
        if show is None:
            self.problem = gettext("This show can't be chosen. Please choose another one.") if code else ""
            return
        self.choice = ExchangeChoice(booking, self.valid, self.chosen, show)
        self._read_places(self.choice, data)

    @property
    def at(self) -> str:
        """The step that is shown: refused, tickets, shows, seats or offer."""
        if self.refusal:
            return "refused"
        if self.choice is None:
            return "shows" if self.chosen else "tickets"
        return "offer" if self.choice.quote else "seats"

    @property
    def tickets_query(self) -> str:
        return urlencode([("ticket", ticket.code) for ticket in self.chosen])

    @property
    def kept_query(self) -> str:
        """What the address says beside the places."""
        return f"{self.tickets_query}&show={self.choice.show.code}" if self.choice else self.tickets_query

    @property
    def sent_fields(self) -> list[tuple[str, str]]:
        """The whole choice, as fields of a form."""
        places = QueryDict(self.choice.sent.query()) if self.choice else QueryDict()
        chosen = QueryDict(self.kept_query)
        return [(name, value) for data in (chosen, places) for name, values in data.lists() for value in values]

    @property
    def seats_address(self) -> str:
        """Lead back to the places, with the same ones chosen."""
        places = self.choice.sent.query() if self.choice else ""
        return f"{self.address}?{self.kept_query}&{places}"

    def _shows_for_sale(self) -> ShowQuerySet:
        public = Show.objects.public().upcoming(self.now)
        return public.filter(hall__theater=self.booking.theater_id, state=Show.State.ON_SALE)

    def _find_show(self, code: str) -> Show | None:
        show = find_show(self._shows_for_sale(), code)
        return show if show is not None and show.is_on_sale(self.now) else None

    def _read_places(self, choice: ExchangeChoice, data: QueryDict) -> None:
        sent = Chosen.read(data)
        if "best" in data:
            choice.places = find_best_places(choice, own=choice.own_seats)
            if not choice.places:
                self.problem = gettext("There are not that many seats left together.")
        else:
            choice.places = read_sent(choice.show, sent)
        name_places(choice)
        self.page = read_seat_page(
            choice.show,
            choice.sent,
            held=[*choice.own, *self._read_held(choice)],
            section=read_number(data.get("section", "")),
            limit=len(self.chosen),
            address=self.address,
            kept_query=self.kept_query,
        )
        if "check" not in data:
            return
        choice.sent = _list_chosen(self.page)
        if self.page.count != len(self.chosen) or not self.page.is_open:
            count = len(self.chosen)
            self.problem = ngettext(
                "Choose %(count)d place.", "Choose %(count)d places, one for each ticket that you give back.", count
            ) % {"count": count}
            return
        choice.places = read_sent(choice.show, choice.sent)
        try:
            quote_choice(choice, by_customer=True)
        except Refusal as error:
            self.problem = str(error)

    def _read_held(self, choice: ExchangeChoice) -> list[Ticket]:
        """Return what an exchange of the same tickets holds of the show until it is paid. A new one gives it up."""
        if not self.booking.is_being_exchanged:
            return []
        given_back = {ticket.pk for ticket in self.chosen}
        return [
            ticket
            for exchange in find_open_exchanges(self.booking)
            if exchange.hold and given_back & set(exchange.returned.values_list("pk", flat=True))
            for ticket in exchange.hold.tickets.filter(show=choice.show, state=Ticket.State.HELD)
        ]

    def describe(self) -> dict[str, Any]:
        """Return what the page of this step needs beside the steps."""
        if self.at == "shows":
            return self._describe_shows()
        return self._describe_seats() if self.at == "seats" else {}

    def _describe_shows(self) -> dict[str, Any]:
        same = only_show(self.chosen)
        found = find_shows(self._shows_for_sale(), self.chosen, self.words)
        own = "&" + Chosen.of(self.chosen).query() if same else ""
        return {
            "same_show": same if same is not None and same.is_on_sale(self.now) else None,
            "same_places": f"{self.address}?{self.kept_query}&show={same.code}{own}" if same else "",
            "other_shows": [show for show in found if show.is_on_sale(self.now)],
            "names_titles": len({one.event_id for one in (*found, *by_show(self.chosen))}) > 1,
        }

    def _describe_seats(self) -> dict[str, Any]:
        page = self.page
        if page is None or self.choice is None:
            return {}
        full = ngettext(
            "You give back %(count)d ticket. Remove the place that you have chosen to take another one.",
            "You give back %(count)d tickets. Remove one of the places that you have chosen to take another one.",
            page.limit,
        ) % {"count": page.limit}
        types = [ticket.ticket_type_id for ticket in self.chosen]
        return {
            "page": page,
            "scripts": data_for_scripts(page) | {"full": full, "types": types} if page.is_open else None,
        }


def _list_chosen(page: SeatPage) -> Chosen:
    """Return what is chosen on a page and still available, each place with its ticket type."""
    return Chosen(
        [SeatChoice(line.seat.id, line.type_id) for line in page.lines],
        [
            AreaChoice(area.id, stepper.quantity, stepper.offer.type_id)
            for area in page.areas
            for stepper in area.steppers
            if stepper.quantity
        ],
    )
