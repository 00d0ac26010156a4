"""Correct what times of coming shows follow from: an event's length, a hall's cleaning time, a city's clock.

The correction is reviewed first, show by show (`plan_correction`), and then made for all shows or not at all
(`correct_times`). A show whose end was set by hand keeps it. If a clock was wrong, local times stay as they
are: 17:30 stays 17:30. The database lets no hall be taken twice. Customers whose show ends at another time,
or whose calendar had the wrong moment, are notified.

Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Count, Model, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from bookings.models import Booking, Reservation, Ticket, Voucher
from events.catalogue import forget_catalogue
from events.errors import HallTaken, SchedulingError
from events.locking import lock_halls, lock_shows
from events.models import Event, SalesRule, Show
from events.timetable.scheduling import describe
from show_changes.messages import BeforeMove, notify_show_moved
from show_changes.move import is_told
from theaters.models import City, Hall, Theater

TIMES = ("starts_at", "ends_at", "cleared_at", "doors_at", "sales_open_at", "sales_close_at")
# The most that two clocks in the world differ by.
MAX_CLOCK_DIFFERENCE = timedelta(hours=26)


class CorrectionOutdated(SchedulingError):
    """Shows were created, moved or sold since the correction was reviewed."""

    def __str__(self) -> str:
        return str(_("Something has changed in the meantime. Please check the shows again."))


class HallsTaken(SchedulingError):
    """Some shows would need their hall while another show has it."""

    def __str__(self) -> str:
        return str(_("Some shows would need their hall while another show has it. Move those first."))


@dataclass(frozen=True)
class Correction:
    """The new values by pk: an event's running time and interval, a hall's cleaning time, a city's time zone,
    a theater's city.
    """

    lengths: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    cleaning: Mapping[int, int] = field(default_factory=dict)
    zones: Mapping[int, str] = field(default_factory=dict)
    cities: Mapping[int, int] = field(default_factory=dict)

    @property
    def moves_clocks(self) -> bool:
        return bool(self.zones or self.cities)


@dataclass(frozen=True, slots=True)
class ShowCorrection:
    """A show as it is and as it would be; `others` are those that need its hall at that time."""

    show: Show
    wanted: Show
    zone: ZoneInfo
    sold: int
    others: list[Show]

    @property
    def changes(self) -> bool:
        return any(getattr(self.show, name) != getattr(self.wanted, name) for name in TIMES)


@dataclass(frozen=True)
class CorrectionPlan:
    """`lines` are all coming shows that depend on the correction, the earliest first."""

    correction: Correction
    lines: list[ShowCorrection]

    @property
    def changed(self) -> list[ShowCorrection]:
        return [line for line in self.lines if line.changes]

    @property
    def clashes(self) -> list[ShowCorrection]:
        return [line for line in self.lines if line.others]

    @property
    def seen(self) -> str:
        """A hash of what was reviewed: it changes when anything does."""
        said = [
            (
                line.show.pk,
                line.sold,
                [other.pk for other in line.others],
                [str(getattr(one, name)) for one in (line.show, line.wanted) for name in TIMES],
            )
            for line in self.lines
        ]
        return blake2b(repr(said).encode(), digest_size=12).hexdigest()


def plan_correction(correction: Correction, now: datetime) -> CorrectionPlan:
    """Return what becomes of each coming show. At most five queries, however many shows."""
    zones = _read_zones(correction)
    depends = (
        Q(event__in=list(correction.lengths)) | Q(hall__in=list(correction.cleaning)) | Q(hall__theater__in=list(zones))
    )
    found = (
        Show.objects.filter(
            depends, state__in=[Show.State.DRAFT, Show.State.ON_SALE], starts_at__gt=now - MAX_CLOCK_DIFFERENCE
        )
        .select_related("event", "hall__theater__city")
        .order_by("starts_at", "pk")
    )
    pairs = [(show, _correct(show, correction, zones)) for show in found]
    coming = [(show, wanted) for show, wanted in pairs if max(show.starts_at, wanted.starts_at) > now]
    sold = _count_tickets([show for show, _wanted in coming])
    clashes = _find_clashes(coming)
    return CorrectionPlan(
        correction,
        [
            ShowCorrection(
                show,
                wanted,
                zones.get(show.hall.theater_id, show.hall.theater.tz),
                sold.get(show.pk, 0),
                clashes.get(show.pk, []),
            )
            for show, wanted in coming
        ],
    )


def correct_times(*, correction: Correction, seen: str, by: User, skips_clashes: bool = False) -> CorrectionPlan:
    """Make the correction, change all coming shows with it, and return what was done.

    With `skips_clashes`, shows that would need a taken hall keep their times. Raises `CorrectionOutdated`
    unless the plan is still the one that was `seen`, and `HallsTaken`; then nothing has changed.
    """
    with transaction.atomic():
        plan = plan_correction(correction, timezone.now())
        lock_halls({line.show.hall_id for line in plan.lines})
        lock_shows([line.show for line in plan.lines], Show.State.DRAFT, Show.State.ON_SALE)
        plan = plan_correction(correction, timezone.now())
        if plan.seen != seen:
            raise CorrectionOutdated
        if plan.clashes and (correction.moves_clocks or not skips_clashes):
            raise HallsTaken
        lines = [line for line in plan.changed if not line.others]
        clocks = _read_clocks(_read_zones(correction))
        _write_sources(correction, by)
        _write_shows(lines)
        _keep_clocks(clocks)
        for line in lines:
            audit.record(
                by=by,
                action=Action.CORRECT_TIMES,
                on=line.show,
                theater_id=line.show.hall.theater_id,
                before=describe(line.show),
                after=describe(line.wanted),
            )
        _tell(lines)
        forget_catalogue()
    return CorrectionPlan(correction, lines)


def _read_zones(correction: Correction) -> dict[int, ZoneInfo]:
    """Return the new zone of each theater whose clock is corrected."""
    theaters = Theater.objects.select_related("city").filter(
        Q(city__in=list(correction.zones)) | Q(pk__in=list(correction.cities))
    )
    cities = City.objects.in_bulk(set(correction.cities.values()))
    zones = {}
    for theater in theaters:
        city = cities[correction.cities[theater.pk]] if theater.pk in correction.cities else theater.city
        zones[theater.pk] = ZoneInfo(correction.zones.get(city.pk, city.time_zone))
    return zones


def _correct(show: Show, correction: Correction, zones: Mapping[int, ZoneInfo]) -> Show:
    """Return the show as it would be."""
    wanted = copy(show)
    if show.event_id in correction.lengths and show.ends_at - show.starts_at == show.event.duration:
        wanted.ends_at = show.starts_at + timedelta(minutes=sum(correction.lengths[show.event_id]))
    cleaning = correction.cleaning.get(show.hall_id, show.hall.cleaning_minutes)
    wanted.cleared_at = wanted.ends_at + timedelta(minutes=cleaning)
    zone = zones.get(show.hall.theater_id)
    if zone is not None:
        length, cleared = wanted.ends_at - wanted.starts_at, wanted.cleared_at - wanted.ends_at
        for name in TIMES:
            setattr(wanted, name, keep_clock(getattr(wanted, name), show.hall.theater.tz, zone))
        # A show keeps its length, even in a night in which the clocks change.
        wanted.ends_at = wanted.starts_at + length
        wanted.cleared_at = wanted.ends_at + cleared
    return wanted


def keep_clock(moment: datetime | None, old: ZoneInfo, new: ZoneInfo) -> datetime | None:
    """Return when the clocks of `new` show what those of `old` show at a moment. Pure."""
    return moment and moment.astimezone(old).replace(tzinfo=new).astimezone(UTC)


def _count_tickets(shows: Iterable[Show]) -> dict[int, int]:
    tickets = Ticket.objects.live().filter(show__in=list(shows)).order_by()
    return dict(tickets.values_list("show").annotate(Count("pk")))


def _find_clashes(pairs: list[tuple[Show, Show]]) -> dict[int, list[Show]]:
    """Return by show the others, as they would be, that would be in its hall at the same time. One query."""
    if not pairs:
        return {}
    wanted = {new.pk: new for _show, new in pairs}
    halls = {show.hall_id for show, _new in pairs}
    first = min(min(show.starts_at, new.starts_at) for show, new in pairs) - MAX_CLOCK_DIFFERENCE
    last = max(max(show.cleared_at, new.cleared_at) for show, new in pairs) + MAX_CLOCK_DIFFERENCE
    live = Show.objects.live().filter(hall__in=halls, cleared_at__gt=first, starts_at__lt=last).select_related("event")
    by_hall: dict[int, list[Show]] = defaultdict(list)
    for show in live:
        by_hall[show.hall_id].append(wanted.get(show.pk, show))
    changed = {show.pk for show, new in pairs if any(getattr(show, name) != getattr(new, name) for name in TIMES)}
    clashes: dict[int, list[Show]] = {}
    for group in by_hall.values():
        group.sort(key=lambda one: one.starts_at)
        for number, one in enumerate(group):
            for other in group[number + 1 :]:
                if other.starts_at >= one.cleared_at:
                    break
                for mine, its in ((one, other), (other, one)):
                    if mine.pk in changed:
                        clashes.setdefault(mine.pk, []).append(its)
    return clashes


def _write_sources(correction: Correction, by: User) -> None:
    changes: list[tuple[type[Model], int, dict[str, Any]]] = [
        *(
            (Event, pk, {"running_minutes": running, "interval_minutes": interval})
            for pk, (running, interval) in correction.lengths.items()
        ),
        *((Hall, pk, {"cleaning_minutes": minutes}) for pk, minutes in correction.cleaning.items()),
        *((Theater, pk, {"city_id": city}) for pk, city in correction.cities.items()),
        *((City, pk, {"time_zone": zone}) for pk, zone in correction.zones.items()),
    ]
    for model, pk, values in changes:
        row = model._default_manager.get(pk=pk)
        before = {name: getattr(row, name) for name in values}
        if before != values:
            model._default_manager.filter(pk=pk).update(**values)
            theater_id = getattr(row, "theater_id", row.pk if model is Theater else None)
            audit.record(
                by=by,
                action=f"{model._meta.model_name}.change",
                on=row,
                theater_id=theater_id,
                before=before,
                after=values,
            )


def _write_shows(lines: list[ShowCorrection]) -> None:
    """Write the new times, those that move later from the last one on, so that no show meets one yet to be moved."""
    later = [line for line in reversed(lines) if line.wanted.starts_at >= line.show.starts_at]
    earlier = [line for line in lines if line.wanted.starts_at < line.show.starts_at]
    for line in (*later, *earlier):
        try:
            with transaction.atomic():
                Show.objects.filter(pk=line.show.pk).update(**{name: getattr(line.wanted, name) for name in TIMES})
        except IntegrityError as error:
            if "show_hall_free" not in str(error):
                raise
            raise HallTaken(line.show.hall, []) from error


@dataclass(frozen=True, slots=True)
class Clock:
    """A theater whose clock is corrected."""

    theater: int
    old: ZoneInfo
    new: ZoneInfo


def _read_clocks(zones: Mapping[int, ZoneInfo]) -> list[Clock]:
    theaters = Theater.objects.select_related("city").filter(pk__in=zones)
    return [Clock(theater.pk, theater.tz, zones[theater.pk]) for theater in theaters]


def _keep_clocks(clocks: Iterable[Clock]) -> None:
    """Keep the local times of these theaters' rules, vouchers and reservations."""
    for clock in clocks:
        held = Booking.objects.filter(theater=clock.theater, state=Booking.State.HELD)
        kept = list(held.filter(Q(kind=Booking.Kind.HOUSE) | Q(reservation__isnull=False)).values_list("pk", flat=True))
        for rows, names in (
            (SalesRule.objects.filter(theater=clock.theater), ("opens_at", "closes_at")),
            (Voucher.objects.filter(theater=clock.theater), ("starts_at", "ends_at")),
            (Booking.objects.filter(pk__in=kept), ("expires_at",)),
            (Reservation.objects.filter(booking__in=kept), ("until",)),
        ):
            for pk, *moments in rows.values_list("pk", *names):
                values = [keep_clock(moment, clock.old, clock.new) for moment in moments]
                rows.filter(pk=pk).update(**dict(zip(names, values, strict=True)))


def _tell(lines: Iterable[ShowCorrection]) -> None:
    """Notify ticket holders that their show ends at another time, or that their calendar had a wrong moment."""
    before = {
        line.show.pk: line.show
        for line in lines
        if (line.show.starts_at, line.show.ends_at) != (line.wanted.starts_at, line.wanted.ends_at)
    }
    related = ("booking__customer", "seat", "area", "category", "ticket_type")
    tickets = (
        Ticket.objects.filter(show__in=before, state=Ticket.State.ISSUED)
        .select_related(*related, "show__event", "show__hall__theater__city")
        .order_by("booking", "seat__run", "seat__position", "pk")
    )
    by_booking: dict[tuple[int, int], list[Ticket]] = defaultdict(list)
    for ticket in tickets:
        by_booking[ticket.booking_id, ticket.show_id].append(ticket)
    for (_booking_id, show_id), group in by_booking.items():
        booking, was = group[0].booking, before[show_id]
        if is_told(booking):
            where = BeforeMove(
                move=f"correction {show_id} {group[0].show.starts_at.isoformat()} {group[0].show.ends_at.isoformat()}",
                starts_at=was.starts_at,
                hall=was.hall,
                ends_at=was.ends_at,
                zone=was.hall.theater.tz,
            )
            notify_show_moved(booking, where, tickets=group)
