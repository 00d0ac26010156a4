"""The best free seats side by side: proposed on the page of a show, and what to do where there are none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, ngettext
from django.views.generic import View

from bookings.forms import BestSeatsForm
from bookings.seating.availability import read_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import Chosen, SeatChoice
from bookings.seating.neighbors import are_together
from bookings.seating.page import SeatPage, address_of
from bookings.seating.plan import read_seat_plan
from bookings.selectors import get_show_or_404
from events.models import Show
from lib.templatetags.formats import when
from theaters.models import Seat

# Of the event's next dates in this city, how many are looked through for a party, and how many offered.
DATES_LOOKED_AT = 8
DATES_OFFERED = 3


class BestSeatsView(View):
    """Propose seats: as JSON for scripts, else chosen on the page of the show. Holds nothing."""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        show = get_show_or_404(code)
        page = read_page(show)
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
            return redirect(address_of(show, Chosen([SeatChoice(seat.pk) for seat in seats]), proposal))
        content = {
            "seats": [seat.pk for seat in seats],
            "message": words,
            "proposal": proposal,
            "ways": [asdict(way) for way in ways],
        }
        return JsonResponse(content, status=200 if form.is_valid() else 422)


def read_page(show: Show) -> SeatPage:
    return SeatPage(show, read_seat_plan(show), read_availability(show.pk), timezone.now(), Chosen())


def write_proposal(wish: dict[str, Any], seats: list[Seat]) -> str:
    """Write a wish and the seats that were proposed for it, as the page carries them to the hold."""
    data = QueryDict(mutable=True)
    data.update(BestSeatsForm.data_of(wish))
    data.setlist("seat", [str(seat.pk) for seat in seats])
    return data.urlencode()


def read_proposal(show: Show, chosen: Chosen, proposal: str) -> dict[str, Any] | None:
    """Return the wish behind a choice that is still what was proposed, or None.

    It is not signed: all that it says is that other seats will do as well.
    """
    data = QueryDict(proposal)
    if chosen.areas or {str(pk) for pk in chosen.seat_ids} != set(data.getlist("seat")):
        return None
    form = BestSeatsForm(read_page(show).categories, show.tickets_per_customer, data)
    return form.wish if form.is_valid() and form.wish["quantity"] == chosen.count else None


@dataclass(frozen=True)
class Way:
    """Something else that a party may do, and the address that leads there."""

    words: str
    url: str


def find_ways(page: SeatPage, wish: dict[str, Any]) -> Iterator[Way]:
    """Yield what a party can do for which no seats are left: another category, apart, another day, wait.

    One statement for the dates, and up to three for each that is looked at; one when warm.
    """
    show = page.show
    anywhere = {**wish, "category_id": None}
    if wish["category_id"] is not None and find_best_seats(show, **anywhere):
        yield Way(gettext("Any category"), _best_address(show, anywhere))
    elif apart := _find_apart(show, wish):
        sizes = " + ".join(str(len(part)) for part in apart)
        chosen = Chosen([SeatChoice(seat.pk) for part in apart for seat in part])
        yield Way(gettext("Sit apart: %(sizes)s") % {"sizes": sizes}, address_of(show, chosen))
    for other in islice(_other_dates(page, anywhere), DATES_OFFERED):
        yield Way(when(other.starts_at, other.hall.theater.city.time_zone), _best_address(other, anywhere))
    if page.may_wait:
        yield waiting_list_of(show, wish["quantity"])


def waiting_list_of(show: Show, people: int | None) -> Way:
    query = f"?people={people}" if people else ""
    address = reverse("waiting_list:join", args=[show.code])
    return Way(gettext("Join the waiting list"), f"{address}{query}")


def with_ways(words: str, ways: list[Way]) -> str:
    """Add the links to what can be done to a sentence that says what can't."""
    links = format_html_join(" · ", '<a href="{}">{}</a>', ((way.url, way.words) for way in ways))
    return format_html("{} {}", words, links) if ways else words


def _other_dates(page: SeatPage, wish: dict[str, Any]) -> Iterator[Show]:
    """Yield the next dates on which the party sits together; each is looked through only once it is asked for."""
    show, now = page.show, page.now
    city = show.hall.theater.city_id
    shows = Show.objects.public().upcoming(now).filter(event=show.event_id, hall__theater__city=city)
    shows = shows.exclude(pk=show.pk).select_related("event", "hall__theater__city").order_by("starts_at")
    for other in shows[:DATES_LOOKED_AT]:
        if other.is_on_sale(now):
            seats = find_best_seats(other, **wish)
            if seats and are_together(seats):
                yield other


def _find_apart(show: Show, wish: dict[str, Any]) -> list[list[Seat]]:
    """Return seats for the party in two parts, as equal as can be; nothing where there are none."""
    quantity: int = wish["quantity"]
    for small in range(quantity // 2, 0, -1):
        first = find_best_seats(show, **{**wish, "quantity": quantity - small})
        if first:
            rest = {**wish, "quantity": small, "accessible": False}
            if second := find_best_seats(show, **rest, gone=[seat.pk for seat in first]):
                return [first, second]
    return []


def _best_address(show: Show, wish: dict[str, Any]) -> str:
    data = QueryDict(mutable=True)
    data.update(BestSeatsForm.data_of(wish))
    return f"{reverse('bookings:best', args=[show.code])}?{data.urlencode()}"


def describe_seats(page: SeatPage, seats: list[Seat], quantity: int) -> str:
    if not seats:
        return ngettext("No such seat is free any more.", "There are no %(quantity)d such seats left.", quantity) % {
            "quantity": quantity
        }
    places = "; ".join(page.label(seat.pk) for seat in seats)
    if are_together(seats):
        return gettext("The best seats for you: %(places)s.") % {"places": places}
    return gettext("Not all of you can sit side by side any more. As near as can be: %(places)s.") % {"places": places}
