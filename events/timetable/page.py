"""The data of the console's timetable: each hall of a theater, day by day, with its shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Show
from events.timetable.changes import MOVABLE_STATES
from theaters.models import Hall, Theater

# The hours that are drawn even if nothing is on.
FIRST_HOUR, LAST_HOUR = 9, 24


@dataclass(frozen=True, slots=True)
class Block:
    """A show as the timetable draws it. Minutes count from midnight on the clock of its theater."""

    show: Show
    starts_at: datetime
    ends_at: datetime
    cleared_at: datetime
    # Its parts, in minutes: the first half, the interval, the second half, and cleaning.
    first: int
    interval: int
    second: int
    cleaning: int
    sold: int
    capacity: int
    # Its page in the console, and the one that moves it; empty if the person may not.
    url: str
    move_url: str

    @property
    def start(self) -> int:
        return self.starts_at.hour * 60 + self.starts_at.minute

    @property
    def length(self) -> int:
        return self.first + self.interval + self.second + self.cleaning

    @property
    def percent(self) -> int:
        return round(100 * self.sold / self.capacity) if self.capacity else 0


@dataclass(frozen=True)
class HallDay:
    hall: Hall
    day: date
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Timetable:
    """Days of a theater, with each of its halls in each; hours are drawn from `first_hour` to `last_hour`."""

    theater: Theater
    days: list[tuple[date, list[HallDay]]]
    first_hour: int
    last_hour: int

    @property
    def hours(self) -> list[int]:
        """The hours of the day to label; they start again at 0 after midnight."""
        return [hour % 24 for hour in range(self.first_hour, self.last_hour)]

    def blocks(self) -> Iterator[Block]:
        for _day, rows in self.days:
            for row in rows:
                yield from row.blocks


def read_timetable(theater: Theater, first: date, days: int, *, may_edit: bool) -> Timetable:
    """Return these local days of a theater. Two queries, for any number of shows."""
    page, move = (_address(name) for name in ("change", "reschedule"))
    halls = list(Hall.objects.filter(theater=theater).order_by("name"))
    rows = {
        (first + timedelta(days=number), hall.pk): HallDay(hall, first + timedelta(days=number))
        for number in range(days)
        for hall in halls
    }
    by_hall = {hall.pk: hall for hall in halls}
    for hall in halls:
        hall.theater = theater
    for show in _read_shows(theater, first, days):
        show.hall = by_hall[show.hall_id]
        is_movable = may_edit and show.state in MOVABLE_STATES
        block = _draw(show, url=page % show.pk, move_url=move % show.pk if is_movable else "")
        rows[block.starts_at.date(), show.hall_id].blocks.append(block)
    table = [
        (day, [rows[day, hall.pk] for hall in halls])
        for day in (first + timedelta(days=number) for number in range(days))
    ]
    starts = [block.start for row in rows.values() for block in row.blocks]
    ends = [block.start + block.length for row in rows.values() for block in row.blocks]
    return Timetable(
        theater,
        table,
        first_hour=min([FIRST_HOUR, *(start // 60 for start in starts)]),
        last_hour=max([LAST_HOUR, *(-(-end // 60) for end in ends)]),
    )


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of a block's menu: its URL with 0 for the show's pk, and the states that it applies to."""

    label: str | Promise
    url: str
    states: str


def list_menu(*, may_edit: bool, may_cancel: bool) -> list[MenuItem]:
    """Return the menu of a block for a person with these permissions."""
    live, on_sale = "draft on_sale", "on_sale"
    items = [("change", _("Open"), f"{live} ended canceled")]
    if may_edit:
        items += [
            ("edit_prices", _("Prices"), live),
            ("put_on_sale", _("Put on sale"), "draft"),
            ("stop_sale", _("Stop selling"), on_sale),
            ("reschedule", _("Move the show"), live),
        ]
    if may_cancel:
        items += [("cancel", _("Cancel the show"), on_sale)]
    return [MenuItem(label, reverse(f"admin:events_show_{name}", args=[0]), states) for name, label, states in items]


def _read_shows(theater: Theater, first: date, days: int) -> QuerySet[Show]:
    zone = theater.tz
    last = first + timedelta(days=days)
    live = Show.objects.filter(pk=OuterRef("pk"), tickets__state__in=("held", "issued")).order_by()
    return (
        Show.objects.filter(
            hall__theater=theater,
            starts_at__gte=datetime(first.year, first.month, first.day, tzinfo=zone),
            starts_at__lt=datetime(last.year, last.month, last.day, tzinfo=zone),
        )
        .select_related("event")
        .annotate(
            sold=Coalesce(Subquery(live.values("pk").values_list(Count("tickets"))), 0),
            capacity=F("seat_map__capacity"),
        )
        .order_by("starts_at", "pk")
    )


def _address(name: str) -> str:
    """Return the URL of a show's page with %d for its pk: reversing each takes as long as drawing it."""
    return reverse(f"admin:events_show_{name}", args=[0]).replace("/0/", "/%d/")


def _draw(show: Show, *, url: str, move_url: str) -> Block:
    zone = show.hall.theater.tz
    length = _minutes(show.ends_at - show.starts_at)
    interval = min(show.event.interval_minutes, length)
    first = (length - interval) // 2 if interval else length
    return Block(
        show=show,
        starts_at=timezone.localtime(show.starts_at, zone),
        ends_at=timezone.localtime(show.ends_at, zone),
        cleared_at=timezone.localtime(show.cleared_at, zone),
        first=first,
        interval=interval,
        second=length - interval - first,
        cleaning=_minutes(show.cleared_at - show.ends_at),
        sold=show.sold,  # type: ignore[attr-defined]
        capacity=show.capacity,  # type: ignore[attr-defined]
        url=url,
        move_url=move_url,
    )


def _minutes(length: timedelta) -> int:
    return int(length.total_seconds() // 60)
