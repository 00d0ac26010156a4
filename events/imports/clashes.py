"""Finds rows of a file whose hall is taken, by existing shows or by each other."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils.translation import gettext

from events.errors import describe_occupancy
from events.imports.plan import RowPlan
from events.models import Show
from lib.tables import finding
from theaters.models import Theater


class Occupancy(NamedTuple):
    """When a hall is needed; `line` is 0 for a show that is not in the file."""

    starts_at: datetime
    cleared_at: datetime
    line: int
    pk: int


def mark_clashes(plans: Sequence[RowPlan], theater: Theater) -> None:
    """Mark rows that clash as wrong. One query.

    Of two rows that clash, the later one is wrong. A show whose row is wrong stays where it
    is, and may then clash with another row, so this repeats until nothing new is found.
    """
    finals = {plan.line: final for plan in plans if (final := _final(plan)) is not None}
    plans = [plan for plan in plans if plan.line in finals]
    if not finals:
        return
    live = Show.objects.live().filter(
        hall__theater=theater,
        starts_at__lt=max(show.cleared_at for show in finals.values()),
        cleared_at__gt=min(show.starts_at for show in finals.values()),
    )
    there = {show.pk: show for show in live.select_related("event", "hall")}
    for show in there.values():
        show.hall.theater = theater
    while _look(plans, finals, there):
        pass


def _final(plan: RowPlan) -> Show | None:
    """Return the show as the row leaves it, or None if it needs no hall."""
    values = plan.values.get("show")
    final: Show | None = values.show if values is not None else None
    return None if final is None or final.state == Show.State.CANCELED else final


def _look(plans: Sequence[RowPlan], finals: dict[int, Show], there: dict[int, Show]) -> bool:
    """Check all rows once, and return True if one became wrong."""
    right = [plan for plan in plans if not plan.errors]
    moved = {plan.target.pk for plan in right if plan.target is not None}
    stays: dict[int, list[Occupancy]] = defaultdict(list)
    for show in there.values():
        if show.pk not in moved:
            insort(stays[show.hall_id], Occupancy(show.starts_at, show.cleared_at, 0, show.pk))
    found = False
    # Shows that stay come first: a show that moves into their place is the one that clashes.
    for plan in sorted(right, key=lambda plan: (_moves(plan, finals[plan.line]), plan.line)):
        show = finals[plan.line]
        stay = Occupancy(show.starts_at, show.cleared_at, plan.line, show.pk or 0)
        if other := _find_overlap(stays[show.hall_id], stay):
            plan.errors["time"] = _describe(other, show, there)
            found = True
        else:
            insort(stays[show.hall_id], stay)
    return found


def _moves(plan: RowPlan, final: Show) -> bool:
    return plan.target is None or _place(final) != _place(plan.target)


def _place(show: Show) -> tuple[int, datetime, datetime]:
    return show.hall_id, show.starts_at, show.cleared_at


def _find_overlap(stays: list[Occupancy], stay: Occupancy) -> Occupancy | None:
    """Return one that overlaps; `stays` are sorted and do not overlap each other."""
    index = bisect_left(stays, stay)
    for near in stays[max(index - 1, 0) : index + 1]:
        if near.starts_at < stay.cleared_at and stay.starts_at < near.cleared_at:
            return near
    return None


def _describe(other: Occupancy, show: Show, there: dict[int, Show]) -> str:
    if other.line:
        return finding(
            gettext("Line %(line)d needs %(hall)s at that time, cleaning included."),
            line=other.line,
            hall=show.hall.name,
        )
    return finding(
        gettext("%(hall)s is taken at that time: %(shows)s."),
        hall=show.hall.name,
        shows=describe_occupancy(there[other.pk], show.hall),
    )
