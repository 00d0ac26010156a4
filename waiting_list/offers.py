"""Offer places that came free to people who wait, by actually holding them.

An offer is a hold like any other, made by `hold_seats` under its guards, so a seat that is taken is never
offered, and an offered seat is not sold while the offer stands. It only lasts longer, and is announced by
e-mail.

First come, first served: each offer goes down the line from its head, under a lock of its own, and goes to
the first party whose whole wish can be met. A party that cannot be seated stays where it is and does not
hold up those behind it. When an offer lapses or is declined, its places go to the next in line; the party
that had it is no longer in the line.

This runs right after the commit that frees places (`bookings/signals.py`). A sweep each minute covers what
comes free without a commit of its own: holds that lapse, house holds, a larger capacity.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings import locking
from bookings.errors import SeatsUnavailable, WrongState
from bookings.models import Booking
from bookings.seating.availability import Availability, forget_availability, read_availability
from bookings.seating.best import find_best_seats
from bookings.seating.chosen import AreaChoice, SeatChoice
from bookings.seating.neighbors import are_together
from bookings.seating.plan import read_seat_plan
from bookings.services.hold_seats import HoldTerms, hold_seats
from events.models import Show
from events.models.settings import WAITING_LIST_HOURS
from lib.refusals import Refusal
from theaters.models import Seat
from waiting_list.messages import notify_waiting_list_closed, notify_waiting_list_offer
from waiting_list.models import WaitingListEntry, WaitingListQuerySet

State = WaitingListEntry.State

# With less time left, writing is no use; what is free then is free for everyone.
SHORTEST_OFFER = timedelta(minutes=15)
# An offer takes at most this part of the time left, so that others can be asked too.
OFFER_SHARE_OF_TIME_LEFT = 4
# How often one party's offer is tried after others were faster.
OFFER_ATTEMPTS = 3


class NoSuchPlaces(Refusal):
    message = _("There are currently no free places for this party.")


@dataclass(frozen=True)
class WaitingWish:
    """What a party waits for. No category means any."""

    party_size: int
    categories: frozenset[int] = frozenset()
    sits_together: bool = True
    needs_accessible: bool = False


@dataclass(frozen=True)
class Found:
    """Free places for a whole party."""

    seats: list[Seat] = field(default_factory=list)
    area_id: int | None = None


def wish_of(entry: WaitingListEntry) -> WaitingWish:
    return WaitingWish(
        entry.party_size,
        frozenset(category.pk for category in entry.categories.all()),
        entry.sits_together,
        entry.needs_accessible,
    )


def find_places(show: Show, wish: WaitingWish, availability: Availability, gone: Collection[int] = ()) -> Found | None:
    """Find free places that meet the wish, the best first, or None. At most as many statements as people.

    A wheelchair place comes with the companion seat beside it and the others as near as possible, so that
    nobody waits in vain for more.
    """
    plan = read_seat_plan(show)
    wanted = plan.prices.keys() & wish.categories if wish.categories else set(plan.prices)
    if not wanted:
        return None
    seats = find_best_seats(
        show,
        wish.party_size,
        category_ids=wanted,
        accessible=wish.needs_accessible,
        gone=gone,
        availability=availability,
    )
    if seats and (wish.needs_accessible or not wish.sits_together or are_together(seats)):
        return Found(seats)
    if wish.needs_accessible:
        return None
    if not wish.sits_together and (apart := _find_apart(show, wish, wanted, availability, gone)):
        return Found(apart)
    for area in plan.areas:
        if area.category in wanted and availability.areas.get(area.id, 0) >= wish.party_size:
            return Found(area_id=area.id)
    return None


def _find_apart(
    show: Show, wish: WaitingWish, wanted: Collection[int], availability: Availability, gone: Collection[int]
) -> list[Seat]:
    """Find single seats anywhere for people who do not mind, or none at all."""
    found: list[Seat] = []
    while len(found) < wish.party_size:
        taken = {*gone, *(seat.pk for seat in found)}
        one = find_best_seats(show, 1, category_ids=wanted, gone=taken, availability=availability)
        if not one:
            return []
        found += one
    return found


def look_again(show_id: int) -> Availability:
    """Return what is taken at this moment, bypassing the cache. One statement."""
    forget_availability(show_id)
    return read_availability(show_id)


def find_until(show: Show, now: datetime) -> datetime | None:
    """Return how long an offer made now stands, or None if there is no time for one."""
    left = show.sales_end_at - now
    if left < SHORTEST_OFFER:
        return None
    span = min(timedelta(hours=WAITING_LIST_HOURS.of(show.scope)), left / OFFER_SHARE_OF_TIME_LEFT)
    return now + max(span, SHORTEST_OFFER)


def offer_to_waiting() -> int:
    """Update the lists of all shows and offer what is free; return how many offers were made."""
    shows = WaitingListEntry.objects.live().order_by().values_list("show_id", flat=True).distinct()
    return sum(offer_free_places(show_id) for show_id in list(shows))


def offer_free_places(show_id: int) -> int:
    """Make offers until nothing free meets a wish any more; return how many. Repeatable.

    Call it outside a transaction: each offer is a transaction of its own.
    """
    settle_entries(show_id)
    made = 0
    while WaitingListEntry.objects.waiting().filter(show=show_id).exists() and _offer_next(show_id):
        made += 1
    return made


def offer_now(*, entry: WaitingListEntry, by: User, reason: str) -> Booking:
    """Offer places to this party before its turn; the caller has checked that `by` may.

    Raises `NoSuchPlaces`, `WrongState` if it is not waiting, and what `hold_seats` raises.
    """
    with transaction.atomic():
        locking.lock_waiting_list(entry.show_id)
        now = timezone.now()
        found = _in_line(entry.show_id).filter(pk=entry.pk).first()
        if found is None:
            raise WrongState
        entry = found
        until = find_until(entry.show, now)
        booking = _offer(entry, look_again(entry.show_id), until, now) if until else None
        if booking is None:
            raise NoSuchPlaces
        record(
            by=by,
            action=Action.OFFER_OUT_OF_TURN,
            on=entry,
            theater_id=entry.show.hall.theater_id,
            after={"booking": booking.code},
            reason=reason[:300],
        )
    return booking


def _offer_next(show_id: int) -> bool:
    """Offer places to the first in line whose wish can be met; return True if there was one."""
    with transaction.atomic():
        locking.lock_waiting_list(show_id)
        now = timezone.now()
        entries = list(_in_line(show_id))
        until = find_until(entries[0].show, now) if entries and entries[0].show.is_on_sale(now) else None
        if until is None:
            return False
        # One snapshot for the whole line: what comes free meanwhile must not go to those further back.
        availability = look_again(show_id)
        hopeless: set[WaitingWish] = set()
        for entry in entries:
            wish = wish_of(entry)
            if wish in hopeless:
                continue
            try:
                if _offer(entry, availability, until, now) is not None:
                    return True
                hopeless.add(wish)
            except Refusal:
                # This party may not have them, for example because it has reached the limit of tickets.
                continue
    return False


def _in_line(show_id: int) -> WaitingListQuerySet:
    return (
        WaitingListEntry.objects.waiting()
        .filter(show=show_id)
        .select_related("customer", "show__event", "show__hall__theater__city")
        .prefetch_related("categories")
        .in_line()
    )


def _offer(entry: WaitingListEntry, availability: Availability, until: datetime, now: datetime) -> Booking | None:
    """Hold places for the party and notify it; None if there are none. Raises what `hold_seats` raises."""
    gone: set[int] = set()
    for _attempt in range(OFFER_ATTEMPTS):
        found = find_places(entry.show, wish_of(entry), availability, gone)
        if found is None:
            return None
        try:
            with transaction.atomic():
                return _hold(entry, found, until, now)
        except SeatsUnavailable as error:
            if error.areas:
                return None
            gone |= {seat.pk for seat in error.seats}
    return None


def _hold(entry: WaitingListEntry, found: Found, until: datetime, now: datetime) -> Booking:
    booking = hold_seats(
        show=entry.show,
        seats=[SeatChoice(seat.pk) for seat in found.seats],
        areas=[AreaChoice(found.area_id, entry.party_size)] if found.area_id else [],
        customer=entry.customer,
        email=entry.email,
        locale=entry.locale,
        terms=HoldTerms(until=until),
    )
    waiting = WaitingListEntry.objects.waiting().filter(pk=entry.pk)
    if not waiting.update(state=State.OFFERED, booking=booking, offered_at=now):
        # The party left meanwhile: the hold is undone with this transaction.
        raise WrongState
    entry.state, entry.booking, entry.offered_at = State.OFFERED, booking, now
    notify_waiting_list_offer(entry)
    return booking


def offer_freed(*, show_id: int, **kwargs: Any) -> None:
    """Offer places that came free to people who wait. Receives `places_freed`.

    So others have only the moment after the commit to be faster. If it fails, the sweep of the next minute makes
    up for it. One query for a show that nobody waits for.
    """
    if WaitingListEntry.objects.waiting().filter(show=show_id).exists():
        offer_free_places(show_id)


def settle_entries(show_id: int) -> None:
    """Update entries by what became of their offers and of the show, and notify those concerned. Repeatable."""
    now = timezone.now()
    rows = WaitingListEntry.objects.filter(show=show_id)
    taken = [Booking.State.CONFIRMED, Booking.State.CANCELED]
    rows.filter(state__in=[State.OFFERED, State.LAPSED], booking__state__in=taken).update(
        state=State.BOOKED, ended_at=now
    )
    _close(show_id, now)
    over = Q(booking__state=Booking.State.EXPIRED)
    rows.filter(over, state=State.OFFERED).update(state=State.LAPSED, ended_at=now)


def _close(show_id: int, now: datetime) -> None:
    """End the list of a canceled show, and of one that was moved for those who joined before."""
    show = Show.objects.get(pk=show_id)
    ends = Q(state=State.WAITING) | Q(state=State.OFFERED, booking__state=Booking.State.EXPIRED)
    entries = WaitingListEntry.objects.filter(ends, show=show_id)
    if show.state != Show.State.CANCELED:
        if now >= show.sales_end_at:
            entries.filter(state=State.WAITING).update(state=State.CLOSED, ended_at=now)
            return
        if show.moved_at is None:
            return
        entries = entries.filter(joined_at__lt=show.moved_at)
    for entry in entries.select_related("customer", "show__event", "show__hall__theater__city"):
        with transaction.atomic():
            if WaitingListEntry.objects.filter(pk=entry.pk, state=entry.state).update(state=State.CLOSED, ended_at=now):
                notify_waiting_list_closed(entry)
