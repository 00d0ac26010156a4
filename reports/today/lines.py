"""Who waits in the waiting rooms of shows in high demand, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from accounts.roles import Capability
from reports.today.scope import Scope
from waiting_room.figures import Queue, read_figures
from waiting_room.rooms import read_rooms


@dataclass(frozen=True, slots=True)
class LineRow:
    title: str
    # Empty for people who work at one theater.
    theater: str
    time_zone: str
    opens_at: datetime | None
    is_paused: bool
    message: str
    queue: Queue
    url: str
    may_steer: bool


def read_lines(scope: Scope) -> list[LineRow]:
    """Read the lines at a person's theaters that anyone has come to. One statement if there are rooms, else none."""
    seen, steered = scope.ids(Capability.SEE_PROGRAMME), scope.ids(Capability.EDIT_PROGRAMME)
    rooms = {key: room for key, room in read_rooms().items() if room.theater_id in seen}
    lines = read_figures([room.pk for room in rooms.values()])
    rows = []
    for line in lines:
        room = rooms.get((line.showtime.theater_slug, line.event_id))
        # What a process knows of rooms may be older than the theater's slug.
        if room is None or not line.queue.has_begun:
            continue
        rows.append(
            LineRow(
                title=line.showtime.event_title,
                theater=line.showtime.theater_name if len(scope.places) > 1 else "",
                time_zone=line.showtime.time_zone,
                opens_at=line.opens_at,
                is_paused=room.is_paused,
                message=room.message,
                queue=line.queue,
                url=reverse("admin:waiting_room_waitingroom_change", args=[room.pk]),
                may_steer=room.theater_id in steered,
            )
        )
    return rows
