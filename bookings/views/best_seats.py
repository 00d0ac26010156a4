"""The best free seats side by side: propose them, hold them, and find what else a party can do if there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext

from bookings.access import remember_basket
from bookings.best_form import BestSeatsForm
from bookings.errors import SeatsUnavailable
from bookings.models import Booking
from bookings.seating.availability import forget_availability
from bookings.seating.chosen import Chosen, address_of, group_address
from bookings.seating.neighbors import are_together
from bookings.seating.page import SeatPage, read_seat_page, waiting_list_address
from bookings.seating.party import PartyWish
from bookings.selectors import get_show_or_404, in_seating_order
from bookings.services.change_hold import ChangedHold
from bookings.services.hold_best import change_to_best_seats
from bookings.views.hold import HoldView, go_to_checkout
from events.models import Show
from lib.money import format_money
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
        form = read_form(page, request.GET)
        chosen, proposal = Chosen(), ""
        ways: list[Way] = []
        if form.is_valid():
            wish = form.wish
            seats = wish.find(show)
            if seats:
                chosen = Chosen(wish.assign(show, seats))
                proposal = write_proposal(wish, seats)
            words = describe_seats(page, seats, chosen, wish)
            ways = [] if seats else list(find_ways(page, wish))
        else:
            words = " ".join(str(error) for errors in form.errors.values() for error in errors)
            if form.too_many:
                ways = [Way(gettext("Ask us for your group"), group_address(show, form.too_many))]
        if request.accepts("text/html"):
            if proposal:
                messages.info(request, words)
            else:
                messages.warning(request, with_ways(words, ways))
            return redirect(address_of(show, chosen, proposal=proposal))
        content = {
            "seats": [choice.seat_id for choice in chosen.seats],
            "types": [choice.ticket_type_id for choice in chosen.seats],
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
            category_id=wish.category_id,
            accessible=wish.accessible,
            across_aisle=wish.across_aisle,
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
        form = read_form(read_seat_page(show), QueryDict(proposal))
        return form.wish if form.is_valid() and form.wish.quantity == chosen.count else None


def read_form(page: SeatPage, data: QueryDict) -> BestSeatsForm:
    return BestSeatsForm(page.categories, page.ticket_types, page.show.ticket_limit, data)


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
    show, anywhere = page.show, wish.anywhere
    if wish.category_id is not None and anywhere.find(show):
        yield Way(gettext("Any category"), _best_address(show, anywhere))
    elif apart := _find_apart(show, wish):
        sizes = " + ".join(str(len(part)) for part in apart)
        seats = [seat for part in apart for seat in part]
        chosen = Chosen(wish.assign(show, seats))
        yield Way(gettext("Sit apart: %(sizes)s") % {"sizes": sizes}, address_of(show, chosen))
    for other in islice(_other_dates(page, anywhere), DATES_OFFERED):
        yield Way(when(other.starts_at, other.hall.theater.city.time_zone), _best_address(other, anywhere))
    if page.may_wait:
        yield Way(gettext("Join the waiting list"), waiting_list_address(show, wish.quantity))


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
            seats = wish.find(other)
            if seats and are_together(seats):
                yield other


def _find_apart(show: Show, wish: PartyWish) -> list[list[Seat]]:
    """Return seats for the party in two parts, as equal as possible; empty if there are none."""
    for small in range(wish.quantity // 2, 0, -1):
        larger, smaller = wish.divide(small)
        if (first := larger.find(show)) and (second := smaller.find(show, gone=[seat.pk for seat in first])):
            return [first, second]
    return []


def _best_address(show: Show, wish: PartyWish) -> str:
    data = QueryDict(mutable=True)
    data.update(BestSeatsForm.data_of(wish))
    return f"{reverse('bookings:best', args=[show.code])}?{data.urlencode()}"


def describe_seats(page: SeatPage, seats: list[Seat], chosen: Chosen, wish: PartyWish) -> str:
    """Say which seats were found and, if the party has said its ticket types, what they cost together."""
    if not seats:
        return ngettext("No such seat is left.", "There are no %(quantity)d such seats left.", wish.quantity) % {
            "quantity": wish.quantity
        }
    places = "; ".join(page.label(seat.pk) for seat in seats)
    if are_together(seats):
        words = gettext("The best seats for you: %(places)s.") % {"places": places}
    elif wish.across_aisle and len({(seat.section, seat.row) for seat in seats}) == 1:
        words = gettext("The best seats for you, across an aisle: %(places)s.") % {"places": places}
    else:
        words = gettext("You can no longer all sit side by side. As close as possible: %(places)s.") % {
            "places": places
        }
    if not wish.types:
        return words
    total = format_money(replace(page, chosen=chosen).total, page.currency)
    return f"{words} {gettext('Together: %(total)s.') % {'total': total}}"
