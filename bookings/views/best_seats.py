"""The best free seats side by side: propose them, hold them, and find what else a party can do if there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext

from bookings.access import remember_basket
from bookings.errors import SeatsUnavailable
from bookings.forms import BestSeatsForm, PartyWish
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import Chosen, SeatChoice, address_of
from bookings.seating.neighbors import are_together
from bookings.seating.page import SeatPage, read_seat_page, waiting_list_address
from bookings.selectors import get_show_or_404, in_seating_order
from bookings.services.change_hold import ChangedHold
from bookings.services.hold_best import change_to_best_seats
from bookings.views.hold import HoldView, go_to_checkout
from events.models import Show
from lib.templatetags.formats import when
from theaters.models import Seat

# How many of the event's next dates in this city are searched for a party, and how many are offered.
DATES_LOOKED_AT = 8
DATES_OFFERED = 3


class BestSeatsView(HoldView):
    """Propose the best free seats for a party, and hold others if those were lost.

    GET proposes, as JSON for scripts, otherwise chosen on the page of the show; it holds nothing. `HoldView` sends
    a form on to POST if it names proposed seats that others have taken.
    """

    holds_chosen = False

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = get_show_or_404(code)
        page = read_seat_page(show)
        form = BestSeatsForm(page.categories, show.tickets_per_customer, request.GET)
        seats: list[Seat] = []
        ways: list[Way] = []
        if form.is_valid():
            seats = find_best_seats(show, **form.wish)
            words = describe_seats(page, seats, form.wish["quantity"])
            ways = [] if seats else list(find_ways(page, form.wish))
        else:
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
        proposal = write_proposal(form.wish, seats) if seats else ""
        if request.accepts("text/html"):
            if seats:
                messages.info(request, words)
            else:
                messages.warning(request, with_ways(words, ways))
            return redirect(address_of(show, Chosen([SeatChoice(seat.pk) for seat in seats]), proposal=proposal))
        content = {
            "seats": [seat.pk for seat in seats],
            "message": words,
            "proposal": proposal,
            "ways": [asdict(way) for way in ways],
        }
        return JsonResponse(content, status=200 if form.is_valid() else 422)

    def hold(self, show: Show, chosen: Chosen, **person: Any) -> ChangedHold:
        wish = self._read_wish(show, chosen)
        if wish is None:
            return super().hold(show, chosen, **person)
        # The proposal was made from an older snapshot of what is free.
        forget_availability(show.pk)
        types = [choice.ticket_type_id for choice in chosen.seats]
        return change_to_best_seats(
            show=show,
            ticket_type_ids=types,
            category_id=wish["category_id"],
            accessible=wish["accessible"],
            **person,
        )

    def answer_held(self, request: HttpRequest, booking: Booking, show: Show, chosen: Chosen) -> HttpResponse:
        seats = [ticket.seat for ticket in in_seating_order(booking.made_tickets or []) if ticket.seat is not None]
        if {seat.pk for seat in seats} <= chosen.seat_ids:
            return go_to_checkout(request, booking, show)
        words = gettext("Others were faster, so we are holding the best seats left for you: %(places)s.")
        messages.warning(request, words % {"places": "; ".join(seat.label for seat in seats)})
        remember_basket(request, booking)
        return redirect("bookings:checkout", booking.code)

    def answer_lost(self, request: HttpRequest, show: Show, chosen: Chosen, error: SeatsUnavailable) -> HttpResponse:
        wish = self._read_wish(show, chosen)
        ways = list(find_ways(read_seat_page(show), wish)) if wish is not None else []
        messages.error(request, with_ways(str(error), ways))
        return redirect(address_of(show, chosen.without_lost(error), people=chosen.count))

    def _read_wish(self, show: Show, chosen: Chosen) -> PartyWish | None:
        """Return the wish behind a choice that is still exactly the proposal, or None.

        It is not signed: all it says is that other seats will do as well.
        """
        proposal = self.request.POST.get("proposal", "")
        if not chosen.is_proposed_by(proposal):
            return None
        form = BestSeatsForm(read_seat_page(show).categories, show.tickets_per_customer, QueryDict(proposal))
        return form.wish if form.is_valid() and form.wish["quantity"] == chosen.count else None


def write_proposal(wish: PartyWish, seats: list[Seat]) -> str:
    """Write a wish and the seats proposed for it, as the page carries them to the hold."""
    data = QueryDict(mutable=True)
    data.update(BestSeatsForm.data_of(wish))
    data.setlist("seat", [str(seat.pk) for seat in seats])
    return data.urlencode()


@dataclass(frozen=True)
class Way:
    """Something else that a party may do, and its address."""

    words: str
    url: str


def find_ways(page: SeatPage, wish: PartyWish) -> Iterator[Way]:
    """Yield what a party without seats can do: take another category, sit apart, come another day, wait.

    One statement for the dates, and up to three for each that is searched; one if warm.
    """
    show = page.show
    anywhere: PartyWish = {**wish, "category_id": None}
    if wish["category_id"] is not None and find_best_seats(show, **anywhere):
        yield Way(gettext("Any category"), _best_address(show, anywhere))
    elif apart := _find_apart(show, wish):
        sizes = " + ".join(str(len(part)) for part in apart)
        chosen = Chosen([SeatChoice(seat.pk) for part in apart for seat in part])
        yield Way(gettext("Sit apart: %(sizes)s") % {"sizes": sizes}, address_of(show, chosen))
    for other in islice(_other_dates(page, anywhere), DATES_OFFERED):
        yield Way(when(other.starts_at, other.hall.theater.city.time_zone), _best_address(other, anywhere))
    if page.may_wait:
        yield Way(gettext("Join the waiting list"), waiting_list_address(show, wish["quantity"]))


def with_ways(words: str, ways: list[Way]) -> str:
    """Add links to these ways to a sentence that refuses."""
    links = format_html_join(" · ", '<a href="{}">{}</a>', ((way.url, way.words) for way in ways))
    return format_html("{} {}", words, links) if ways else words


def _other_dates(page: SeatPage, wish: PartyWish) -> Iterator[Show]:
    """Yield the next dates on which the party can sit together; each is searched only when it is asked for."""
    show, now = page.show, page.now
    city = show.hall.theater.city_id
    shows = Show.objects.public().upcoming(now).filter(event=show.event_id, hall__theater__city=city)
    shows = shows.exclude(pk=show.pk).select_related("event", "hall__theater__city").order_by("starts_at")
    for other in shows[:DATES_LOOKED_AT]:
        if other.is_on_sale(now):
            seats = find_best_seats(other, **wish)
            if seats and are_together(seats):
                yield other


def _find_apart(show: Show, wish: PartyWish) -> list[list[Seat]]:
    """Return seats for the party in two parts, as equal as possible; empty if there are none."""
    for small in range(wish["quantity"] // 2, 0, -1):
        larger: PartyWish = {**wish, "quantity": wish["quantity"] - small}
        if first := find_best_seats(show, **larger):
            smaller: PartyWish = {**wish, "quantity": small, "accessible": False}
            if second := find_best_seats(show, **smaller, gone=[seat.pk for seat in first]):
                return [first, second]
    return []


def _best_address(show: Show, wish: PartyWish) -> str:
    data = QueryDict(mutable=True)
    data.update(BestSeatsForm.data_of(wish))
    return f"{reverse('bookings:best', args=[show.code])}?{data.urlencode()}"


def describe_seats(page: SeatPage, seats: list[Seat], quantity: int) -> str:
    if not seats:
        return ngettext("No such seat is left.", "There are no %(quantity)d such seats left.", quantity) % {
            "quantity": quantity
        }
    places = "; ".join(page.label(seat.pk) for seat in seats)
    if are_together(seats):
        return gettext("The best seats for you: %(places)s.") % {"places": places}
    return gettext("You can no longer all sit side by side. As close as possible: %(places)s.") % {"places": places}
