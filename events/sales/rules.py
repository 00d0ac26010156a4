"""On-sale rules of a theater: when sales open and close, for new shows and applied to many at once.

A rule's times are copied into each show, where staff see and may change them; a later change of the rule
affects only the shows that it is applied to. Callers check first that `by` may (`theaters/access.py`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext, ngettext

from accounts.actions import Action
from accounts.models import User
from events.audit import record_shows
from events.catalogue import forget_catalogue
from events.locking import lock_shows
from events.models import SalesRule, SaleTimes, Show
from lib.bounds import MINUTES_OF_A_DAY

WRITE_BATCH = 500


@dataclass(frozen=True, slots=True)
class RuleBook:
    """The rules of one theater: those of single events, and the one for all others."""

    default: SalesRule | None
    by_event: dict[int, SalesRule]

    def find(self, event_id: int) -> SalesRule | None:
        return self.by_event.get(event_id, self.default)

    def times(self, event_id: int, starts_at: datetime, zone: ZoneInfo) -> SaleTimes:
        rule = self.find(event_id)
        return rule.times(starts_at, zone) if rule else SaleTimes(None, None)


def read_rules(theater_id: int) -> RuleBook:
    """Return the theater's rules. One query."""
    rules = list(SalesRule.objects.filter(theater=theater_id))
    return RuleBook(
        next((rule for rule in rules if rule.event_id is None), None),
        {rule.event_id: rule for rule in rules if rule.event_id is not None},
    )


def describe_rule(rule: SalesRule, zone: ZoneInfo) -> str:
    """Put the rule into words: “Opens 6 weeks before at 10:00 and closes 30 minutes before the start.”"""
    return gettext("%(opens)s, and %(closes)s.") % {
        "opens": _describe_opening(rule, zone),
        "closes": _describe_closing(rule, zone),
    }


def _describe_opening(rule: SalesRule, zone: ZoneInfo) -> str:
    if rule.opens_at is not None:
        return gettext("Opens on %(when)s") % {"when": _write(rule.opens_at, zone)}
    days = rule.opens_days_before
    if days is None:
        return gettext("Opens at once")
    if days == 0:
        before = gettext("on the day of the show")
    elif days % 7 == 0:
        before = ngettext("%d week before", "%d weeks before", days // 7) % (days // 7)
    else:
        before = ngettext("%d day before", "%d days before", days) % days
    if rule.opens_clock is None:
        return gettext("Opens %(before)s at the time of the start") % {"before": before}
    return gettext("Opens %(before)s at %(clock)s") % {
        "before": before,
        "clock": time_format(rule.opens_clock, "TIME_FORMAT"),
    }


def _describe_closing(rule: SalesRule, zone: ZoneInfo) -> str:
    if rule.closes_at is not None:
        return gettext("closes on %(when)s") % {"when": _write(rule.closes_at, zone)}
    minutes = rule.closes_minutes_before
    if not minutes:
        return gettext("closes at the start")
    if minutes % MINUTES_OF_A_DAY == 0:
        days = minutes // MINUTES_OF_A_DAY
        return ngettext("closes %d day before the start", "closes %d days before the start", days) % days
    if minutes % 60 == 0:
        hours = minutes // 60
        return ngettext("closes %d hour before the start", "closes %d hours before the start", hours) % hours
    return ngettext("closes %d minute before the start", "closes %d minutes before the start", minutes) % minutes


def _write(moment: datetime, zone: ZoneInfo) -> str:
    return date_format(timezone.localtime(moment, zone), "DATETIME_FORMAT")


def apply_rules(*, shows: Iterable[Show], by: User | None) -> int:
    """Give these shows the sale times of their theater's rules, and return how many changed.

    For drafts and shows on sale; all or none. A show without a rule keeps what it has. Raises
    `WrongShowState`. Applying again changes nothing.
    """
    books: dict[int, RuleBook] = {}
    changed: list[Show] = []
    changes: list[tuple[Show, dict[str, Any], dict[str, Any]]] = []
    with transaction.atomic():
        for show in lock_shows(shows, Show.State.DRAFT, Show.State.ON_SALE):
            theater = show.hall.theater
            if theater.pk not in books:
                books[theater.pk] = read_rules(theater.pk)
            rule = books[theater.pk].find(show.event_id)
            before = SaleTimes(show.sales_open_at, show.sales_close_at)
            if rule is None or (times := rule.times(show.starts_at, theater.tz)) == before:
                continue
            show.sales_open_at, show.sales_close_at = times
            changed.append(show)
            changes.append((show, _plain(before), _plain(times)))
        if changed:
            Show.objects.bulk_update(changed, ["sales_open_at", "sales_close_at"], batch_size=WRITE_BATCH)
            record_shows(by=by, action=Action.APPLY_SALES_RULE, changes=changes)
            forget_catalogue()
    return len(changed)


def _plain(times: SaleTimes) -> dict[str, str | None]:
    return {
        "sales_open_at": times.opens_at.isoformat() if times.opens_at else None,
        "sales_close_at": times.closes_at.isoformat() if times.closes_at else None,
    }
