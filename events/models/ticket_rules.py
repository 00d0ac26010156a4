"""Which ticket types are sold where, when, how many, and with which others: pure functions over plain data.

Every way of selling asks here, with all tickets that a booking has or would have of one show. Quotas are not
among these rules, since they depend on what others bought: see `bookings/tallies.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from events.models.prices import TicketType
    from events.models.shows import Show
    from theaters.models import Area, Seat


class Rule(StrEnum):
    """The names of rules, by which API clients tell them apart. They never change."""

    CHANNEL = "channel"
    WINDOW = "window"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    GROUP = "group"
    COMPANY = "company"
    COMPANION = "companion"
    COMPANION_SEAT = "companion-seat"
    QUOTA = "quota"


@dataclass(frozen=True)
class Violation:
    """A rule that a basket breaks: the ticket type that has it, what would help, and the tickets that it concerns."""

    rule: Rule
    ticket_type: TicketType
    detail: str
    concerned: Sequence[Admission] = ()


COMPANION_ALONE = _("A companion's ticket is sold only together with a wheelchair place, one for each.")
COMPANION_SEAT_ALONE = _("A companion seat is sold only together with its wheelchair place.")
COMPANION_RULES = frozenset({Rule.COMPANION, Rule.COMPANION_SEAT})
# What staff at the counter may set aside, for a reason: the party and its papers, but not what is sold where and when,
# how many there are, or the seat beside a wheelchair place, which the database keeps.
WAIVABLE_RULES = frozenset({Rule.MINIMUM, Rule.MAXIMUM, Rule.GROUP, Rule.COMPANY, Rule.COMPANION})
# What still holds for the tickets that stay when others are given back.
RULES_OF_PARTY = frozenset({Rule.MINIMUM, Rule.GROUP, Rule.COMPANY})


class Admission(Protocol):
    """A ticket, or what is quoted for one."""

    @property
    def seat(self) -> Seat | None: ...
    @property
    def area(self) -> Area | None: ...
    @property
    def ticket_type(self) -> TicketType: ...


def find_violations(
    show: Show, admissions: Sequence[Admission], *, added: Iterable[Admission], channel: str, now: datetime
) -> list[Violation]:
    """Return every rule that these tickets of one show break together, in the order of the ticket types.

    `added` are those that were not held or bought before: where and until when a type is sold binds only these, so
    that a hold keeps its right while it is paid. A channel that no ticket type knows sells none. A companion seat is
    sold only with its wheelchair place, until both are released for general sale (`Show.access_released_from`). No
    query if the show's theater is loaded.
    """
    counts = Counter(one.ticket_type for one in admissions)
    new = list(added)
    seats = [one.seat for one in admissions if one.seat is not None]
    places = {seat.pk for seat in seats if seat.is_accessible}
    found: list[Violation] = []
    for kind in sorted(counts, key=lambda one: (one.order, one.name)):
        for rule, detail in _object(kind, counts, len(places)):
            found.append(Violation(rule, kind, detail, [one for one in admissions if one.ticket_type == kind]))
        if new_ones := [one for one in new if one.ticket_type == kind]:
            if not kind.is_sold_on(channel):
                words = gettext("“%(name)s” tickets are not sold here.") % {"name": kind.name}
                found.append(Violation(Rule.CHANNEL, kind, words, new_ones))
            if words := explain_window(kind, show, now):
                found.append(Violation(Rule.WINDOW, kind, words, new_ones))
    for one in admissions:
        needed = one.seat.companion_of_id if one.seat is not None else None
        if needed is not None and needed not in places and not show.are_access_places_released(now):
            found.append(Violation(Rule.COMPANION_SEAT, one.ticket_type, str(COMPANION_SEAT_ALONE), [one]))
            break
    return found


def _object(kind: TicketType, counts: Counter[TicketType], wheelchair_places: int) -> Iterable[tuple[Rule, str]]:
    """Yield the rules of the party that a ticket type's tickets break."""
    quantity, party = counts[kind], counts.total()
    if kind.minimum is not None and quantity < kind.minimum:
        words = ngettext(
            "Take at least %(count)d “%(name)s” ticket, or none.",
            "Take at least %(count)d “%(name)s” tickets, or none.",
            kind.minimum,
        )
        yield Rule.MINIMUM, words % {"count": kind.minimum, "name": kind.name}
    if kind.maximum is not None and quantity > kind.maximum:
        words = ngettext(
            "A booking may have %(count)d “%(name)s” ticket for a show.",
            "A booking may have at most %(count)d “%(name)s” tickets for a show.",
            kind.maximum,
        )
        yield Rule.MAXIMUM, words % {"count": kind.maximum, "name": kind.name}
    if kind.group_from is not None and party < kind.group_from:
        words = ngettext(
            "“%(name)s” is sold from %(least)d tickets on, and this is %(count)d ticket.",
            "“%(name)s” is sold from %(least)d tickets on, and these are %(count)d tickets.",
            party,
        )
        yield Rule.GROUP, words % {"name": kind.name, "least": kind.group_from, "count": party}
    if kind.per_accompanying is not None:
        # All that need company share those who come along.
        needed = sum((one.company_share * count for one, count in counts.items()), Fraction())
        there = sum(count for one, count in counts.items() if one.accompanies)
        if needed > there:
            words = ngettext(
                "“%(name)s” is sold only with a ticket of someone who comes along, one for each.",
                "“%(name)s” is sold only with a ticket of someone who comes along, at most %(count)d for each of them.",
                kind.per_accompanying,
            )
            yield Rule.COMPANY, words % {"name": kind.name, "count": kind.per_accompanying}
    companions = sum(count for one, count in counts.items() if one.is_companion)
    if kind.is_companion and companions > wheelchair_places:
        yield Rule.COMPANION, str(COMPANION_ALONE)


def find_window(kind: TicketType, show: Show) -> tuple[date | None, date | None]:
    """Return the first and the last day, in the theater's zone, on which a type is sold for a show; None: no limit.

    Of a date and a number of days before the show, both bind.
    """
    if not kind.has_window:
        return None, None
    day = show.starts_at.astimezone(show.hall.theater.city.tz).date()
    firsts = [kind.sold_from, day - timedelta(days=kind.from_days) if kind.from_days is not None else None]
    lasts = [kind.sold_until, day - timedelta(days=kind.until_days) if kind.until_days is not None else None]
    return (
        max((one for one in firsts if one is not None), default=None),
        min((one for one in lasts if one is not None), default=None),
    )


def explain_window(kind: TicketType, show: Show, now: datetime) -> str:
    """Return why a ticket type is not sold for this show at this moment; empty if it is."""
    first, last = find_window(kind, show)
    if first is None and last is None:
        return ""
    zone = show.hall.theater.city.tz
    if first is not None and now < datetime.combine(first, time.min, zone):
        return gettext("“%(name)s” is sold from %(day)s on.") % {"name": kind.name, "day": date_format(first)}
    if last is not None and now >= datetime.combine(last + timedelta(days=1), time.min, zone):
        return gettext("“%(name)s” was sold until %(day)s.") % {"name": kind.name, "day": date_format(last)}
    return ""


def explain_terms(kind: TicketType, show: Show | None = None) -> list[str]:
    """Return in words on which terms a ticket type is sold, for a show if there is one."""
    terms = []
    if kind.is_companion:
        terms.append(gettext("with a wheelchair place"))
    if kind.per_accompanying is not None:
        words = ngettext(
            "%(count)d for each ticket of someone who comes along",
            "up to %(count)d for each ticket of someone who comes along",
            kind.per_accompanying,
        )
        terms.append(words % {"count": kind.per_accompanying})
    if kind.group_from is not None:
        terms.append(gettext("from %(count)d tickets on") % {"count": kind.group_from})
    if kind.minimum is not None:
        terms.append(gettext("at least %(count)d") % {"count": kind.minimum})
    if kind.maximum is not None:
        terms.append(gettext("at most %(count)d") % {"count": kind.maximum})
    first, last = find_window(kind, show) if show else (kind.sold_from, kind.sold_until)
    if first is not None:
        terms.append(gettext("from %(day)s on") % {"day": date_format(first)})
    if last is not None:
        terms.append(gettext("until %(day)s") % {"day": date_format(last)})
    if show is None and kind.from_days is not None:
        words = ngettext(
            "from %(count)d day before the show on", "from %(count)d days before the show on", kind.from_days
        )
        terms.append(words % {"count": kind.from_days})
    if show is None and kind.until_days is not None:
        words = ngettext("until %(count)d day before the show", "until %(count)d days before the show", kind.until_days)
        terms.append(words % {"count": kind.until_days})
    return terms


def summarize_rules(kind: TicketType) -> str:
    """Sum up in a sentence where, to whom and how many a ticket type is sold; empty if there is no rule."""
    channels = {
        "web": gettext("on the website"),
        "api": gettext("by other programs"),
        "box_office": gettext("at the box office"),
    }
    sold = [words for channel, words in channels.items() if kind.is_sold_on(channel)]
    parts = explain_terms(kind)
    if kind.quota is not None:
        parts.append(gettext("%(count)d for each show") % {"count": kind.quota})
    if not sold:
        return gettext("Sold nowhere.")
    if len(sold) < len(channels):
        parts.insert(0, get_text_list(sold, gettext("and")))
    return gettext("Sold %(terms)s.") % {"terms": ", ".join(parts)} if parts else ""
