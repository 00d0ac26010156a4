"""Reasons why a show can't be scheduled, priced or put on sale; each message is a sentence for staff."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext

from events.models import Show
from theaters.models import Hall


class SchedulingError(Exception):
    """A change to the programme was refused; nothing has changed."""


class HallTaken(SchedulingError):
    """Other live shows need the hall at that time, cleaning included; `shows` are all of them."""

    def __init__(self, hall: Hall, shows: Iterable[Show]) -> None:
        self.hall = hall
        self.shows = list(shows)
        super().__init__(hall, self.shows)

    def __str__(self) -> str:
        if not self.shows:
            return gettext("%(hall)s is taken at that time.") % {"hall": self.hall.name}
        taken = "; ".join(describe_occupancy(show, self.hall) for show in self.shows)
        return gettext("%(hall)s is taken at that time: %(shows)s.") % {
            "hall": self.hall.name,
            "shows": taken.rstrip("."),
        }


def describe_occupancy(show: Show, hall: Hall) -> str:
    """Describe when a show needs its hall, by the clock there."""
    zone = hall.theater.tz
    starts_at, cleared_at = (timezone.localtime(at, zone) for at in (show.starts_at, show.cleared_at))
    return gettext("“%(title)s” on %(day)s from %(start)s, cleared at %(end)s") % {
        "title": show.event.title,
        "day": date_format(starts_at, "DATE_FORMAT"),
        "start": date_format(starts_at, "TIME_FORMAT"),
        "end": date_format(cleared_at, "TIME_FORMAT"),
    }


@dataclass(frozen=True)
class Clash:
    """A show whose hall is taken, and the shows that need the hall then, saved or not."""

    show: Show
    others: list[Show]


class Clashes(SchedulingError):
    """Some of many shows need a hall that is taken; `clashes` are all of them."""

    def __init__(self, clashes: list[Clash]) -> None:
        self.clashes = clashes
        super().__init__(clashes)

    def __str__(self) -> str:
        count = len(self.clashes)
        text = ngettext(
            "%(count)d show needs a hall that is taken. Nothing was created.",
            "%(count)d shows need a hall that is taken. Nothing was created.",
            count,
        )
        return text % {"count": count}


class TicketsSold(SchedulingError):
    """These shows have held or sold tickets."""

    def __init__(self, shows: Iterable[Show]) -> None:
        self.shows = list(shows)
        super().__init__(self.shows)

    def __str__(self) -> str:
        titles = "; ".join(f"“{title}”" for title in dict.fromkeys(show.event.title for show in self.shows))
        return gettext("Tickets are sold or held: %(titles)s.") % {"titles": titles}


class InThePast(SchedulingError):
    def __str__(self) -> str:
        return gettext("This is in the past.")


class NothingToUndo(SchedulingError):
    """There is no change left to undo, or its shows have changed since."""

    def __init__(self, show: Show | None = None) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        if self.show is not None:
            return gettext("“%(title)s” has been changed since.") % {"title": self.show.event.title}
        return gettext("There is nothing to undo.")


class NoSeatMap(SchedulingError):
    """The hall has no published seat map yet."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        super().__init__(hall)

    def __str__(self) -> str:
        return gettext("%(hall)s has no published seat map. Publish one first.") % {"hall": self.hall.name}


class WrongShowState(SchedulingError):
    """The show's state does not allow this change."""

    def __init__(self, show: Show) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        return gettext("This show is %(state)s, so this can't be changed.") % {"state": self.show.get_state_display()}


class InvalidPrices(SchedulingError):
    """Some amounts are wrong or in the wrong cell; `problems` names every one."""

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


class ShowInUse(SchedulingError):
    """A draft has bookings, so it can't be deleted."""

    def __init__(self, show: Show) -> None:
        self.show = show
        super().__init__(show)

    def __str__(self) -> str:
        return gettext("“%(title)s” has bookings and can't be deleted.") % {"title": self.show.event.title}
