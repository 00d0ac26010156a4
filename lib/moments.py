"""Which moment a local time means, and how moments are written for staff.

Where clocks are set forward, a local time may not exist; where they are set back, it comes twice. Moments
are aware and in UTC. The clock of a page is the active time zone: that of the theater whose row is open;
otherwise the one that all of the reader's theaters share; otherwise UTC.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lib.bounds import is_in_time, require_in_time


class Which(StrEnum):
    """Which of two moments is meant where clocks show the same time twice."""

    FIRST = "first"
    SECOND = "second"


LABELS: dict[Which, str | Promise] = {
    Which.FIRST: _("the first %(clock)s (%(zone)s)"),
    Which.SECOND: _("the second %(clock)s (%(zone)s)"),
}


def find_moments(local: datetime, zone: tzinfo) -> list[datetime]:
    """Return the moments, the earlier one first, at which the clocks of `zone` show `local`: none, one or two. Pure."""
    if not is_in_time(local):
        return []
    wanted = local.replace(tzinfo=None, fold=0)
    found: list[datetime] = []
    for fold in (0, 1):
        moment = wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if moment.astimezone(zone).replace(tzinfo=None, fold=0) == wanted and moment not in found:
            found.append(moment)
    return found


def to_moment(local: datetime, zone: tzinfo) -> datetime | None:
    """Return the moment at which the clocks of `zone` show `local`, or None if they leave that time out.

    Of two, the one that its `fold` means.
    """
    found = find_moments(local, zone)
    return found[min(local.fold, len(found) - 1)] if found else None


def parse_day(text: str) -> date | None:
    """Return the day that an address names, or None if it names none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_moment(local: datetime, zone: tzinfo, which: str = "") -> datetime:
    """Return the moment at which the clocks of `zone` show `local`; `which` decides between two.

    Raises a `ValidationError` for a time that the clocks skip (code "left_out"), for one that they show twice
    while `which` is empty (code "twice"), and for a year far away (code "out_of_bounds").
    """
    require_in_time(local)
    found = find_moments(local, zone)
    if not found:
        raise ValidationError(_("On that day the clocks skip this time."), code="left_out")
    if len(found) == 1:
        return found[0]
    if which not in set(Which):
        raise ValidationError(
            _("On that night the clocks show %(clock)s twice. Choose which one you mean."),
            code="twice",
            params={"clock": f"{local:%H:%M}"},
        )
    return found[0 if which == Which.FIRST else 1]


def list_choices(local: datetime | None, zone: tzinfo) -> list[tuple[str, str]]:
    """Return the two choices for a local time that comes twice, otherwise none."""
    found = find_moments(local, zone) if local is not None else []
    if len(found) != 2:  # noqa: PLR2004
        return []
    return [
        (
            which.value,
            str(LABELS[which]) % {"clock": f"{moment.astimezone(zone):%H:%M}", "zone": name_zone(moment, zone)},
        )
        for which, moment in zip(Which, found, strict=True)
    ]


def which_of(moment: datetime, zone: tzinfo) -> str:
    """Return which of the two a moment is, or "" if clocks show its time once."""
    local = moment.astimezone(zone)
    found = find_moments(local, zone)
    return list(Which)[found.index(moment.astimezone(UTC))].value if len(found) == 2 else ""  # noqa: PLR2004


def name_zone(moment: datetime, zone: tzinfo) -> str:
    """Return the short name of a zone at a moment: “CET”, “IST”, “UTC+07:00”."""
    local = moment.astimezone(zone)
    name = f"{local:%Z}"
    # Many zones have a number instead of a name.
    return name if name.isalpha() else f"UTC{local.isoformat()[-6:]}"


def write_moment(moment: datetime, zone: tzinfo | None = None, style: str = "DATETIME_FORMAT") -> str:
    """Format a moment by the clock of `zone`, and name the zone unless it is the page's clock."""
    own = timezone.get_current_timezone()
    zone = zone or own
    written = date_format(moment.astimezone(zone), style)
    return written if str(zone) == str(own) != "UTC" else f"{written} {name_zone(moment, zone)}"


class ClockMiddleware:
    """Run each request without an inherited time zone, so that none leaks into the next one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(None):
            return self.get_response(request)
