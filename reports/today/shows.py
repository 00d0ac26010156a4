"""Today's shows and how full they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Capability
from door.attendance import with_attendance
from door.gates import house_address_of, is_tonight
from events.models import Show
from lib.compiled import compiled
from reports.today.scope import Scope
from waiting_list.models import WaitingListEntry

MAX_SHOWS = 60


@dataclass(frozen=True, slots=True)
class ShowRow:
    title: str
    hall: str
    starts_at: datetime
    taken: int
    # Valid tickets: how many there are, came at all, and are inside now.
    issued: int
    came: int
    inside: int
    capacity: int
    # Parties on the waiting list.
    waiting: int
    state: str
    state_label: str
    is_over: bool
    url: str
    # The counter's page, for people who may sell there, and the house manager's, for those who may check tickets.
    sell_url: str
    house_url: str

    @property
    def percent(self) -> int:
        return round(100 * self.taken / self.capacity) if self.capacity else 0

    @property
    def left(self) -> int:
        return max(self.capacity - self.taken, 0)

    @property
    def missing(self) -> int:
        """How many valid tickets have not come yet, or did not come."""
        return self.issued - self.came


def read_shows(scope: Scope) -> list[ShowRow]:
    """Read the shows of each theater's own day in order. One statement."""
    begin, end = scope.starts_of_day(), scope.starts_of_day(-1)
    days = tuple((zone, begin[zone], end[zone]) for zone in begin)
    theaters = tuple(scope.ids(Capability.SEE_PROGRAMME))
    shows = _find_shows(days, theaters) if theaters else []
    sellable, at_door = set(scope.ids(Capability.SELL)), set(scope.ids(Capability.CHECK_IN))
    return [
        ShowRow(
            title=show.event.title,
            hall=str(show.hall),
            starts_at=timezone.localtime(show.starts_at, show.hall.theater.tz),
            taken=show.taken,
            issued=show.issued,
            came=show.came,
            inside=show.inside,
            capacity=show.capacity,
            waiting=show.waiting,
            state=show.state,
            state_label=show.get_state_display(),
            is_over=show.ends_at <= scope.now,
            url=reverse("admin:events_show_change", args=[show.pk]),
            sell_url=reverse("admin:box_office_sale", args=[show.code])
            if show.hall.theater_id in sellable and show.state == Show.State.ON_SALE and show.ends_at > scope.now
            else "",
            house_url=house_address_of(show) if show.hall.theater_id in at_door and is_tonight(show, scope.now) else "",
        )
        for show in shows
    ]


@compiled
def _find_shows(days: tuple[tuple[str, datetime, datetime], ...], theaters: tuple[int, ...]) -> QuerySet[Any]:
    """Find the shows between the two moments of each time zone."""
    today = Q(pk__in=[])
    for zone, begin, end in days:
        today |= Q(hall__theater__city__time_zone=zone, starts_at__gte=begin, starts_at__lt=end)
    live = Q(tickets__state__in=("held", "issued"))
    taken = Show.objects.filter(live, pk=OuterRef("pk")).order_by().values("pk").values_list(Count("tickets"))
    waiting = WaitingListEntry.objects.waiting().filter(show=OuterRef("pk")).order_by().values("show")
    found: QuerySet[Any] = (
        with_attendance(Show.objects.filter(today, hall__theater__in=theaters))
        .select_related("event", "hall__theater__city")
        .defer("event__synopsis", "event__cast", "event__credits", "hall__theater__description")
        .annotate(
            taken=Coalesce(Subquery(taken), 0),
            waiting=Coalesce(Subquery(waiting.values_list(Count("pk"))), 0),
            capacity=F("seat_map__capacity"),
        )
        .order_by("starts_at", "pk")[:MAX_SHOWS]
    )
    return found
