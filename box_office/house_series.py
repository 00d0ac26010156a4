"""Keep the same places in several shows of a hall by one decision; each show has a house hold of its own.

A series that `follows` keeps its places in a show as that goes on sale, before anyone else can take them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.errors import ReasonMissing, SeatsUnavailable, WrongState
from bookings.models import Booking, HouseHold, HouseSeries, Ticket
from bookings.seating.chosen import AreaChoice, Chosen, SeatChoice
from bookings.services.hold_seats import HoldTerms, hold_seats
from bookings.services.release_hold import release_hold
from box_office.house_holds import EndsInThePast
from box_office.sale import hold_on_terms, read_held
from events.models import Event, Show
from lib.refusals import Refusal
from theaters.models import Area, Seat

# Keeping ten places takes about 15 ms a show, and the page waits for it.
MAX_SHOWS = 300


class OneShowAtATime(WrongState):
    message = _("These places are of several shows. Choose those of one show, and which others are meant.")


class TooManyShows(WrongState):
    message = format_lazy(_("These are more than {most} shows. Choose one event."), most=MAX_SHOWS)


def keep_series(
    *,
    hold: Booking,
    purpose: str,
    reason: str,
    event: Event | None,
    hours_before: int | None,
    follows: bool,
    by: User,
) -> HouseSeries:
    """Keep a cart's places in its show and in all coming shows of its hall that are on sale, of `event` or of any.

    Where some of them are taken, the others are kept. With `hours_before` they are free again so long before each
    show; a show for which that moment has passed is left out. With `follows`, shows that go on sale later get them too.

    Raises `ReasonMissing`, `OneShowAtATime`, `TooManyShows`, `EndsInThePast` for the cart's own show, and what
    `hold_seats` raises for it; nothing is kept then. Each other show is a transaction of its own.
    """
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        tickets = read_held(hold)
        first = tickets[0].show
        if any(ticket.show_id != first.pk for ticket in tickets):
            raise OneShowAtATime
        series = HouseSeries(
            hall=first.hall,
            event=event,
            purpose=purpose,
            reason=reason,
            hours_before=hours_before,
            follows=follows,
            places=_describe(tickets),
            made_by=by,
        )
        others = series.coming_shows(timezone.now()).exclude(pk=first.pk)
        if len(others) >= MAX_SHOWS:
            raise TooManyShows
        until = _until(series, first)
        if until is not None and until <= timezone.now():
            raise EndsInThePast
        series.save()
        terms = HoldTerms(kind=Booking.Kind.HOUSE, note=reason, until=until, cart=hold.cart)
        house = hold_on_terms(hold, tickets, by, terms)
        HouseHold.objects.create(booking=house, purpose=purpose, series=series, show=first)
        _record(Action.KEEP_SERIES, series, by, shows=len(others) + 1)
    keep_in(series, others)
    return series


def keep_in(series: HouseSeries, shows: Iterable[Show]) -> list[Booking]:
    """Keep the places of a series in these shows, each in a transaction of its own; return the house holds.

    A show that has had them, or in which none of them is free, is left out.
    """
    return [house for show in shows if (house := _keep(series, show)) is not None]


def keep_in_opened(shows: Sequence[Show], **_kwargs: Any) -> None:
    """Keep the places of the series that follow in shows that are just being put on sale. A query if there is none."""
    halls = {show.hall_id for show in shows}
    following = HouseSeries.objects.filter(hall__in=halls, follows=True, ended_at=None).select_related("made_by")
    for series in following.order_by("pk"):
        keep_in(series, [show for show in shows if _concerns(series, show)])


def end_series(*, series: HouseSeries, by: User) -> int:
    """Free all that a series still keeps, and let no later show have it. Return how many shows had some. Repeatable."""
    with transaction.atomic():
        HouseSeries.objects.filter(pk=series.pk, ended_at=None).update(ended_at=timezone.now())
    holds = Booking.objects.filter(house_hold__series=series, state=Booking.State.HELD).order_by("pk")
    freed = [release_hold(booking=house, by=by) for house in holds]
    if freed:
        _record(Action.END_SERIES, series, by, shows=len(freed))
    return len(freed)


def _keep(series: HouseSeries, show: Show) -> Booking | None:
    until = _until(series, show)
    if until is not None and until <= timezone.now():
        return None
    seats = Seat.objects.filter(seat_map=show.seat_map_id, guid__in=series.places["seats"])
    areas = Area.objects.filter(seat_map=show.seat_map_id, guid__in=series.places["areas"])
    wanted = Chosen(
        [SeatChoice(pk) for pk in seats.order_by("pk").values_list("pk", flat=True)],
        [AreaChoice(area.pk, series.places["areas"][area.guid]) for area in areas],
    )
    while not wanted.is_empty:
        try:
            with transaction.atomic():
                if HouseHold.objects.filter(series=series, show=show).exists():
                    return None
                house = hold_seats(
                    show=show,
                    seats=wanted.seats,
                    areas=wanted.areas,
                    channel=Booking.Channel.BOX_OFFICE,
                    made_by=series.made_by,
                    terms=HoldTerms(kind=Booking.Kind.HOUSE, note=series.reason, until=until),
                )
                HouseHold.objects.create(booking=house, purpose=series.purpose, series=series, show=show)
                return house
        except SeatsUnavailable as gone:
            wanted = wanted.without_lost(gone)
        except Refusal:
            # Its sale has ended since, or a category has no price.
            return None
    return None


def _describe(tickets: Iterable[Ticket]) -> dict[str, Any]:
    return {
        "seats": [ticket.seat.guid for ticket in tickets if ticket.seat is not None],
        "areas": Counter(ticket.area.guid for ticket in tickets if ticket.area is not None),
    }


def _concerns(series: HouseSeries, show: Show) -> bool:
    return series.hall_id == show.hall_id and series.event_id in (None, show.event_id)


def _until(series: HouseSeries, show: Show) -> datetime | None:
    return None if series.hours_before is None else show.starts_at - timedelta(hours=series.hours_before)


def _record(action: str, series: HouseSeries, by: User, *, shows: int) -> None:
    record(
        by=by,
        action=action,
        on=series,
        theater_id=series.hall.theater_id,
        after={"places": series.size, "shows": shows},
        reason=series.reason,
    )
