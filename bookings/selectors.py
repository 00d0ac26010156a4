"""What the pages of bookings read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from copy import copy
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest
from django.utils import timezone

from bookings.access import identify, open_baskets, open_bookings, opened_by, remembered_tickets
from bookings.models import Booking, Exchange, Ticket
from events.models import Show
from legal.texts import PublishedVersion, read_in_force
from lib.compiled import compiled
from lib.process_memory import Memory
from payments.models import Payment, Refund

# Bookings on one page of a customer's list.
PAGE_SIZE = 20
# Tickets that one page shows with their codes, at 0.8 ms and 5 KB each.
MOST_COMING_TICKETS = 100


# By code and version of the catalogue.
_shows: Memory[Show] = Memory(200)
# Codes of shows whose map was drawn, for about as long as it is kept.
_drawn: Memory[str] = Memory(1000)
_DRAWN_SECONDS = 86_400


def read_show(code: str, catalogue: str = "") -> Show | None:
    """Return a show that customers may see, with event, hall, theater and city. One query cold, none warm.

    It may be `PAGES_STALE_SECONDS` old, but not older than the version of the catalogue that is given. Callers share
    its event, hall and theater.
    """
    key = code, catalogue
    show = _shows.get(key)
    if show is None:
        # The first visitor has its map drawn too. The map is large, so later ones do not read it.
        read = _read_show if _drawn.get(code) else _read_show_with_map
        show = next(iter(read(code)), None)
        if show is not None:
            kept = copy(show)
            kept._state.fields_cache.pop("seat_map", None)
            _shows.set(key, kept, settings.PAGES_STALE_SECONDS)
            _drawn.set(code, code, _DRAWN_SECONDS)
        return show
    return copy(show)


@compiled
def _read_show(code: str) -> QuerySet[Show]:
    return Show.objects.public().select_related("event", "hall__theater__city").filter(code=code)


@compiled
def _read_show_with_map(code: str) -> QuerySet[Show]:
    shows = Show.objects.public().select_related("event", "hall__theater__city", "seat_map")
    return shows.filter(code=code)


def get_show_or_404(code: str, catalogue: str = "") -> Show:
    """Return what `read_show` returns, or raise `Http404`."""
    show = read_show(code, catalogue)
    if show is None:
        raise Http404
    return show


def find_basket(request: HttpRequest, show: Show, now: datetime) -> Booking | None:
    """Return the hold to which this browser's tickets for the show belong, with its tickets, or None.

    One that has tickets for the show comes first, then the newest at its theater. Left out are what the counter or
    another person holds, what an exchange holds, and offers of the waiting list for other
    shows. No query for an unknown visitor.
    """
    visitor = identify(request)
    if not any(visitor):
        return None
    for basket in _read_basket(*visitor, show.pk, show.hall.theater_id, now):
        prefetch_related_objects([basket], Prefetch("tickets", _tickets()))
        return basket
    return None


@compiled
def _read_basket(  # noqa: PLR0917
    codes: tuple[str, ...],
    corrected: tuple[tuple[str, int], ...],
    customer_id: int | None,
    show_id: int,
    theater_id: int,
    now: datetime,
) -> QuerySet[Booking]:
    holds = Booking.objects.filter(
        opened_by(codes, corrected, customer_id),
        theater=theater_id,
        state=Booking.State.HELD,
        expires_at__gt=now,
        exchange=None,
        transfer_due_on=None,
    ).exclude(channel=Booking.Channel.BOX_OFFICE)
    if customer_id is not None:
        holds = holds.filter(Q(customer=None) | Q(customer=customer_id))
    has_show = Exists(Ticket.objects.live().filter(booking=OuterRef("pk"), show=show_id))
    return holds.filter(Q(waiting_list_entry=None) | has_show).order_by(has_show.desc(), "-created_at", "-pk")[:1]


def of_show(booking: Booking | None, show: Show) -> list[Ticket]:
    """Return the tickets for a show of a booking whose tickets are at hand."""
    return [ticket for ticket in booking.tickets.all() if ticket.show_id == show.pk] if booking else []


def read_baskets(request: HttpRequest) -> list[Booking]:
    """Return this browser's other holds, each with how many `places` it has. One query, none without any."""
    baskets = open_baskets(request, timezone.now())
    return [] if baskets.query.is_empty() else list(baskets.annotate(places=Count("tickets")))


def with_tickets(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Prefetch the tickets with everything that pages show of them, in seating order. One query."""
    return bookings.prefetch_related(Prefetch("tickets", _tickets()))


def with_shows(bookings: QuerySet[Booking]) -> QuerySet[Booking]:
    """Prefetch what `with_tickets` does, and the show of each ticket. One query."""
    tickets = _tickets().select_related("show__event", "show__hall__theater__city")
    return bookings.prefetch_related(Prefetch("tickets", tickets))


def read_tickets(booking: Booking) -> list[Ticket]:
    """Return all tickets of a booking, as `with_tickets` does, with their shows, the earliest first. One query."""
    tickets = _read_tickets(booking.pk)
    for ticket in tickets:
        ticket.booking, ticket.show.hall.theater = booking, booking.theater
    return sorted(tickets, key=lambda ticket: (ticket.show.starts_at, ticket.show_id))


@compiled
def _read_tickets(booking_id: int) -> QuerySet[Ticket]:
    return _tickets().select_related("show__event", "show__hall").filter(booking=booking_id)


def read_issued(booking: Booking) -> list[Ticket]:
    """Return the valid tickets of a booking, as `read_tickets` does. One query."""
    return [ticket for ticket in read_tickets(booking) if ticket.state == Ticket.State.ISSUED]


def in_seating_order(tickets: list[Ticket]) -> list[Ticket]:
    """Sort loaded tickets as `read_tickets` does those of a show."""
    return sorted(
        tickets, key=lambda one: (0, one.seat.run, one.seat.position, one.pk) if one.seat else (1, 0, 0, one.pk)
    )


def _tickets() -> QuerySet[Ticket]:
    places = Ticket.objects.select_related("seat", "area", "category", "ticket_type")
    return places.order_by(F("seat__run").asc(nulls_last=True), "seat__position", "pk")


def read_newest_payment(booking: Booking, exchange: Exchange | None = None) -> Payment | None:
    """Return the payment that decides the state of a booking: one that bought it, is open, or became a surplus.

    If there is none, the newest. For an `exchange` of the booking, its surcharge. One query.
    """
    decisive = (Payment.State.CAPTURED, Payment.State.STARTED, Payment.State.SURPLUS)
    payments = _read_payments(booking.pk, exchange.pk if exchange else None)
    for payment in payments:
        payment.booking = booking
    return min(
        payments, key=lambda one: decisive.index(one.state) if one.state in decisive else len(decisive), default=None
    )


@compiled
def _read_payments(booking_id: int, exchange_id: int | None) -> QuerySet[Payment]:
    return Payment.objects.filter(booking=booking_id, exchange=exchange_id).order_by("-created_at", "-pk")


def read_refunds(booking: Booking) -> list[Refund]:
    """Return the refunds of a booking, the newest first. One query."""
    return _read_refunds(booking.pk)


@compiled
def _read_refunds(booking_id: int) -> QuerySet[Refund]:
    refunds = Refund.objects.filter(payment__booking=booking_id)
    return refunds.select_related("payment").order_by("-created_at", "-pk")


def read_upcoming(request: HttpRequest, now: datetime) -> list[Booking]:
    """Return this browser's bookings with a show still to come, and its holds; the next one first.

    What an exchange holds is shown by its booking. Two queries. Lapsed holds are left out.
    """
    alive = Q(state=Booking.State.CONFIRMED) | Q(state=Booking.State.HELD, expires_at__gt=now)
    bookings = open_bookings(request).filter(alive, exchange=None).with_times().filter(last_ends_at__gt=now)
    return list(_for_list(bookings).order_by("first_starts_at", "pk"))


def read_coming_tickets(request: HttpRequest, now: datetime) -> list[Ticket]:
    """Return the valid tickets that this browser may show at the door, for shows still to come, the next show's first.

    These are the tickets of its bookings that were not passed on, and those that were passed on to its user. Returns
    one more than `MOST_COMING_TICKETS` if there are more. One query for each of the two kinds, none for an unknown
    visitor.
    """
    bookings, opened = open_bookings(request), remembered_tickets(request)
    # Apart: either condition has an index, and both in one would read every ticket.
    own = [] if bookings.query.is_empty() else _read_coming(Q(booking__in=bookings, attendee_email=""), now)
    given = _read_coming(Q(code__in=opened) & ~Q(attendee_email=""), now) if opened else []
    tickets = sorted([*own, *given], key=lambda ticket: (ticket.show.starts_at, ticket.show_id))
    return tickets[: MOST_COMING_TICKETS + 1]


def _read_coming(condition: Q, now: datetime) -> QuerySet[Ticket]:
    tickets = Ticket.objects.issued().filter(condition, show__ends_at__gt=now)
    shown = tickets.exclude(show__state=Show.State.CANCELED).select_related(
        "booking__theater__city", "show__event", "show__hall", "seat", "area", "ticket_type"
    )
    order = ("show__starts_at", "show", "booking", F("seat__run").asc(nulls_last=True), "seat__position", "pk")
    return shown.order_by(*order)[: MOST_COMING_TICKETS + 1]


def read_past(request: HttpRequest, now: datetime, *, before: tuple[datetime, int] | None = None) -> list[Booking]:
    """Return one page of past or canceled bookings, the newest show first; `before` is the last one's key.

    Two queries. Returns one more than `PAGE_SIZE` if there are further pages.
    """
    over = Q(state=Booking.State.CANCELED) | Q(state=Booking.State.CONFIRMED, last_ends_at__lte=now)
    bookings = open_bookings(request).with_times().filter(over)
    if before is not None:
        starts_at, pk = before
        bookings = bookings.filter(Q(first_starts_at__lt=starts_at) | Q(first_starts_at=starts_at, pk__lt=pk))
    return list(_for_list(bookings).order_by("-first_starts_at", "-pk")[: PAGE_SIZE + 1])


def _for_list(bookings: Any) -> Any:
    return with_shows(bookings.select_related("theater__city"))


def with_links(email: str, now: datetime) -> list[Booking]:
    """Return the bookings of this address for which a link is still useful: not yet over, the next first.

    Includes those of accounts, which may have the address too. Two queries.
    """
    bookings = Booking.objects.filter(email=email, state=Booking.State.CONFIRMED).with_times()
    rows = bookings.filter(last_ends_at__gt=now).select_related("customer", "theater__city").with_shows()
    return list(rows.order_by("first_starts_at")[:PAGE_SIZE])


def read_kept_seats(show: Show, now: datetime) -> list[tuple[Booking, list[Ticket]]]:
    """Return the house holds and reservations of a show, with their places. One query."""
    held = Ticket.objects.filter(
        Q(booking__kind=Booking.Kind.HOUSE) | Q(booking__reservation__isnull=False),
        Q(booking__expires_at__isnull=True) | Q(booking__expires_at__gt=now),
        show=show,
        state=Ticket.State.HELD,
    )
    found: dict[Booking, list[Ticket]] = defaultdict(list)
    for ticket in held.select_related("booking", "seat", "area").order_by(
        "booking", "seat__run", "seat__position", "pk"
    ):
        found[ticket.booking].append(ticket)
    return list(found.items())


def name_kept_seats(kept: Sequence[tuple[Booking, Sequence[Ticket]]]) -> dict[int, str]:
    """Return for whom each of these seats is kept, by pk of seat."""
    return {
        ticket.seat_id: booking.note or booking.name
        for booking, places in kept
        for ticket in places
        if ticket.seat_id is not None
    }


def read_accepted(booking: Booking) -> list[PublishedVersion]:
    """Return the legal texts on record for a booking. One query, none at a theater that has no such texts."""
    if not read_in_force(booking.theater_id):
        return []
    return [PublishedVersion.of(one.version) for one in booking.acceptances.select_related("version")]
