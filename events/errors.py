"""Why a show can't be scheduled, priced or put on sale; each message is a sentence for staff."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from events.models import Show
from theaters.models import Hall


class SchedulingError(Exception):
    """A change to the programme was refused, and nothing of it was done."""


class HallTaken(SchedulingError):
    """Other live shows need the hall at that time, cleaning included; `shows` are all of them."""

    def __init__(self, hall: Hall, shows: Iterable[Show]) -> None:
        self.hall = hall
        self.shows = list(shows)
        super().__init__(hall, self.shows)

    def __str__(self) -> str:
        if not self.shows:
            return _("%(hall)s is taken at that time.") % {"hall": self.hall.name}
        taken = "; ".join(self._describe(show) for show in self.shows)
        return _("%(hall)s is taken at that time: %(shows)s.") % {"hall": self.hall.name, "shows": taken}

    def _describe(self, show: Show) -> str:
        zone = self.hall.theater.tz
        starts_at, cleared_at = (timezone.localtime(at, zone) for at in (show.starts_at, show.cleared_at))
        return _("“%(title)s” on %(day)s from %(start)s, cleared at %(end)s") % {
            "title": show.event.title,
            "day": date_format(starts_at, "DATE_FORMAT"),
            "start": date_format(starts_at, "TIME_FORMAT"),
            "end": date_format(cleared_at, "TIME_FORMAT"),
        }


class NoSeatMap(SchedulingError):
    """The hall has no published seat map yet."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        super().__init__(hall)

    def __str__(self) -> str:
        return _("%(hall)s has no published seat map. Publish one first.") % {"hall": self.hall.name}


class WrongShowState(SchedulingError):
    """The show's state does not allow this change."""

    def __init__(self, show: Show) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        return _("This show is %(state)s, so that this can't be changed.") % {"state": self.show.get_state_display()}


class InvalidPrices(SchedulingError):
    """Some amounts or their places are wrong; `problems` names every one."""

    def __init__(self, problems: list[str | Promise]) -> None:
        self.problems = problems
        super().__init__(problems)

    def __str__(self) -> str:
        return " ".join(str(problem) for problem in self.problems)


class NotReadyForSale(SchedulingError):
    """The show lacks something that a sale needs; `missing` names all of it."""

    def __init__(self, missing: list[str | Promise]) -> None:
        self.missing = missing
        super().__init__(missing)

    def __str__(self) -> str:
        return " ".join(str(reason) for reason in self.missing)
