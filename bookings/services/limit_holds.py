"""How many places of a show one customer may have, and for how long anyone may keep them without paying.

A hold takes places off sale and costs nothing. So what is held and not paid counts for an hour, in
place-minutes: each place times the minutes for which it was or will be kept, from its ticket's `held_at` until
it is taken out of the basket (`DroppedPlaces`) or the hold ends. What was paid does not count.

| Who                                    | Places at once                            | Place-minutes in an hour |
|----------------------------------------|-------------------------------------------|--------------------------|
| a person, by account and e-mail address | the show's limit, including tickets       | limit × 30               |
| a browser without account              | one hold                                  | limit × 30               |
| a network, without those with account  | 2 × limit, or a quarter of a larger house | that × 30                |

So one network can keep at most a quarter of a house (of eight limits or more) off sale, for half of the
time. A family, an office or a class that pays never meets a limit. Against many networks, a show can require
an account (`Show.needs_account`), and Today shows staff when places are held and not paid.

A change renews a basket for its show's hold minutes, but never beyond `FULL_HOLD_MINUTES` after the oldest of its
tickets was held (`hold_seats`), so no sequence of changes keeps a seat longer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, DateTimeField, Q, QuerySet, Value

from accounts.models import User
from bookings.errors import TooManyHolds, TooManyTickets
from bookings.models import Booking, DroppedPlaces, Ticket
from events.models import Show
from events.models.own_settings import MAX_HOLD_MINUTES
from events.models.settings import HOLD_EXTENSION_MINUTES, HOLD_MINUTES
from lib.compiled import compiled_without_plan
from theaters.models import SeatMap

UNPAID_HOLD_COUNTS_FOR = timedelta(hours=1)
# For how many minutes of that hour a person may keep as many places as they may have at once.
FULL_HOLD_MINUTES = MAX_HOLD_MINUTES
SHARE_OF_HOUSE = 4

# What tickets and dropped places have not, as columns of their common query.
_NEVER = Value(None, output_field=DateTimeField())
_NO_STATE = Value("")


@dataclass(frozen=True)
class Browser:
    """A visitor without an account: the key of their network, and the codes of bookings that the session remembers."""

    network_key: str = ""
    codes: tuple[str, ...] = ()


UNKNOWN_BROWSER = Browser()


class _Past(NamedTuple):
    """Places of one show that a booking of the same person, browser or network took at one moment."""

    pk: int
    code: str
    customer_id: int | None
    email: str
    network_key: str
    state: str
    expires_at: datetime | None
    confirmed_at: datetime | None
    held_at: datetime
    ticket_state: str
    dropped_at: datetime | None
    places: int

    @property
    def live(self) -> int:
        return self.places if self.ticket_state in Ticket.LIVE else 0

    def place_minutes(self, now: datetime, into: Booking | None) -> float:
        """Return how long its places were kept in the last hour, or will be until the hold lapses.

        Those of `into` count until now. Offers and reservations, whose time the theater sets, count no longer than
        a customer's own basket may last.
        """
        end = self.dropped_at
        if end is None and self.confirmed_at is None:
            end = now if into is not None and self.pk == into.pk else self.expires_at
        if end is None:
            return 0
        begin = max(self.held_at, now - UNPAID_HOLD_COUNTS_FOR)
        return _place_minutes(self.places, begin, min(end, self.held_at + timedelta(minutes=FULL_HOLD_MINUTES)))


def check_limits(
    *,
    show: Show,
    quantity: int,
    lapses_at: datetime,
    customer: User | None,
    email: str,
    browser: Browser = UNKNOWN_BROWSER,
    into: Booking | None = None,
    given_back: int = 0,
    now: datetime,
) -> None:
    """Refuse a hold of so many places of a show, until `lapses_at`, that is more than one customer may have.

    `into` is the customer's hold that will have these places of the show and no others, and `given_back` tickets
    are returned. One query, none if nothing identifies the customer; one more for the size of the house if a
    network holds many places. Raises `TooManyTickets`,
    `TooManyHolds`.
    """
    limit = show.ticket_limit
    if quantity > limit:
        raise TooManyTickets(limit)
    emails = {email, customer.email if customer else ""} - {""}
    past = _read(show, customer, emails, browser, now)

    def is_mine(row: _Past) -> bool:
        return row.email in emails or (customer is not None and row.customer_id == customer.pk)

    others = sum(row.live for row in past if is_mine(row) and not _is_over(row, into, now))
    if emails and others + quantity - given_back > limit:
        raise TooManyTickets(limit)

    longest = timedelta(minutes=HOLD_MINUTES.of(show.scope) + HOLD_EXTENSION_MINUTES.of(show.scope))
    requested = _place_minutes(quantity, now, min(lapses_at, now + longest))

    def kept(rows: Iterable[_Past], moment: datetime) -> float:
        return requested + sum(row.place_minutes(moment, into) for row in rows)

    own = [row for row in past if is_mine(row) or row.code in browser.codes]

    def is_too_much(moment: datetime) -> bool:
        return kept(own, moment) > limit * FULL_HOLD_MINUTES

    if is_too_much(now):
        raise TooManyHolds(_seconds_until_open(is_too_much, now))
    if customer is None and browser.network_key:
        nearby = [row for row in past if row.network_key == browser.network_key and row.customer_id is None]
        most = 2 * limit

        def is_too_much_nearby(moment: datetime) -> bool:
            live = sum(row.live for row in nearby if row.confirmed_at is None and not _is_over(row, into, moment))
            return quantity + live > most or kept(nearby, moment) > most * FULL_HOLD_MINUTES

        if is_too_much_nearby(now):
            most = max(
                most, SeatMap.objects.values_list("capacity", flat=True).get(pk=show.seat_map_id) // SHARE_OF_HOUSE
            )
            if is_too_much_nearby(now):
                raise TooManyHolds(_seconds_until_open(is_too_much_nearby, now), is_network=True)


def _seconds_until_open(is_refused: Callable[[datetime], bool], now: datetime) -> int:
    """Return after how many seconds, in whole minutes, the same hold would be allowed."""
    # As time goes by, holds only lapse and drop out, so a binary search works.
    steps = range(60, int(UNPAID_HOLD_COUNTS_FOR.total_seconds()) + 60, 60)
    opens = bisect_left(
        steps, x=True, hi=len(steps) - 1, key=lambda seconds: not is_refused(now + timedelta(seconds=seconds))
    )
    return steps[opens]


def _place_minutes(places: int, begin: datetime, end: datetime) -> float:
    return places * max(0.0, (end - begin).total_seconds()) / 60


def _is_over(row: _Past, into: Booking | None, now: datetime) -> bool:
    is_lapsed = row.state == Booking.State.HELD and row.expires_at is not None and row.expires_at <= now
    return is_lapsed or (into is not None and row.pk == into.pk)


def _read(show: Show, customer: User | None, emails: set[str], browser: Browser, now: datetime) -> list[_Past]:
    customer_id = customer.pk if customer else None
    codes = browser.codes if customer is None else ()
    network_key = browser.network_key if customer is None else ""
    if not (emails or customer or codes or network_key):
        return []
    rows = _read_rows(
        show.pk, now - UNPAID_HOLD_COUNTS_FOR, tuple(sorted(emails)), customer_id, codes, network_key or None
    )
    return [_Past(*row) for row in rows]


@compiled_without_plan
def _read_rows(  # noqa: PLR0917
    show_id: int,
    since: datetime,
    emails: tuple[str, ...],
    customer_id: int | None,
    codes: tuple[str, ...],
    network_key: str | None,
) -> QuerySet[Ticket, Any]:
    whose = Q()
    if emails:
        whose |= Q(booking__email__in=emails)
    if customer_id is not None:
        whose |= Q(booking__customer=customer_id)
    if codes:
        whose |= Q(booking__code__in=codes)
    if network_key is not None:
        whose |= Q(booking__network_key=network_key)
    counts = Q(booking__state__in=(Booking.State.HELD, Booking.State.CONFIRMED))
    counts |= Q(booking__state=Booking.State.EXPIRED, booking__expires_at__gt=since)
    of_booking = [f"booking__{name}" for name in _Past._fields[:8]]
    tickets = (
        Ticket.objects.filter(whose, counts, show=show_id, booking__kind=Booking.Kind.SALE)
        .order_by()
        .values_list(*of_booking, "held_at", "state", _NEVER)
        .annotate(places=Count("pk"))
    )
    dropped = (
        DroppedPlaces.objects.filter(whose, show=show_id, dropped_at__gt=since, booking__kind=Booking.Kind.SALE)
        .order_by()
        .values_list(*of_booking, "held_at", _NO_STATE, "dropped_at", "places")
    )
    return tickets.union(dropped, all=True)
