"""The dates of an event as a calendar: a month of days, each with its fullness and lowest price. Pure.

An event with few dates needs none: a list of them is read at a glance.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from events.catalogue.cards import ShowState, Showtime, find_prices
from events.catalogue.days import whole_weeks
from events.catalogue.from_prices import FromPrice

# From so many dates on, a calendar is shorter than their list.
CALENDAR_DATES = 13
# What customers narrow the dates by: attributes of a showtime.
NARROWED_BY = ("format", "language", "subtitles", "access")
QUARTERS = 4
# A day is in the first of these states that one of its shows is in.
_STATES = (
    ShowState.ON_SALE,
    ShowState.FEW_LEFT,
    ShowState.NOT_YET,
    ShowState.SOLD_OUT,
    ShowState.CLOSED,
    ShowState.CANCELED,
    ShowState.PAST,
)


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day of the calendar. One without shows has no state; `price` is the lowest among shows that can be booked."""

    date: date
    is_past: bool
    shows: tuple[Showtime, ...] = ()
    state: ShowState | None = None
    price: FromPrice | None = None
    is_cheapest: bool = False

    @property
    def quarters(self) -> int | None:
        """Return how many quarters of the places are taken, full ones; None for a day without a sale.

        All four mean that it is sold out, and few places left count as three at least, however small the hall.
        """
        if self.state == ShowState.SOLD_OUT:
            return QUARTERS
        on_sale = [show for show in self.shows if show.is_bookable or show.state == ShowState.SOLD_OUT]
        capacity = sum(show.capacity for show in on_sale)
        if self.state not in (ShowState.ON_SALE, ShowState.FEW_LEFT) or not capacity:
            return None
        taken = QUARTERS * (capacity - sum(show.left for show in on_sale)) // capacity
        return max(taken, QUARTERS - 1) if self.state == ShowState.FEW_LEFT else taken


@dataclass(frozen=True, slots=True)
class EventCalendar:
    """The month of the chosen `day`, in whole weeks; the days of other months are None.

    `earlier` and `later` are the days to choose for the next month with shows, before and after it. `lowest` is the
    lowest price of all dates, if they differ.
    """

    day: CalendarDay
    weeks: list[list[CalendarDay | None]]
    weekdays: list[date]
    earlier: date | None
    later: date | None
    lowest: FromPrice | None


def make_calendar(
    shows: Iterable[Showtime], *, chosen: date | None, now: datetime, first_weekday: int
) -> EventCalendar:
    """Return the calendar of these shows, which are one or more.

    A chosen day without shows gives way to the first one with free places, or the first. Prices are compared in the
    currency of the first show that can be booked; a day without any in it shows its own, which is never the cheapest.
    """
    listed = sorted(shows, key=lambda show: (show.local_day, show.starts_at))
    today = now.astimezone(listed[0].tz).date()
    currency = next((show.currency for show in listed if show.is_bookable), "")
    by_day = {day: tuple(group) for day, group in groupby(listed, lambda show: show.local_day)}
    prices = {day: _find_lowest(on_day, currency) for day, on_day in by_day.items()}
    compared = {price.amount for price in prices.values() if price and price.currency == currency}
    lowest = FromPrice(currency, min(compared)) if len(compared) > 1 else None
    days = {
        day: CalendarDay(
            date=day,
            is_past=day < today,
            shows=on_day,
            state=min((show.state for show in on_day), key=_STATES.index),
            price=prices[day],
            is_cheapest=bool(lowest and (price := prices[day]) and price[:2] == lowest[:2]),
        )
        for day, on_day in by_day.items()
    }
    months = {
        month: _first_free(list(group)) for month, group in groupby(days.values(), lambda day: day.date.replace(day=1))
    }
    day = days[chosen] if chosen in days else _first_free(list(days.values()))
    first = day.date.replace(day=1)
    last = first.replace(day=monthrange(first.year, first.month)[1])
    weeks = whole_weeks(first, last, first_weekday=first_weekday)
    return EventCalendar(
        day=day,
        weeks=[
            [days.get(one, CalendarDay(one, is_past=one < today)) if first <= one <= last else None for one in week]
            for week in weeks
        ],
        weekdays=weeks[0],
        earlier=next((months[month].date for month in reversed(months) if month < first), None),
        later=next((months[month].date for month in months if month > first), None),
        lowest=lowest,
    )


def keep_whole_days(shows: Sequence[Showtime]) -> Sequence[Showtime]:
    """Return those of the first shows of more, sorted by their start, whose local day has no further ones.

    What a calendar says of a day would be wrong otherwise. If no day is whole, return all.
    """
    end = shows[-1].starts_at
    return [show for show in shows if show.local_day < end.astimezone(show.tz).date()] or shows


def narrow(shows: Iterable[Showtime], asked: Mapping[str, str]) -> tuple[list[Showtime], dict[str, str]]:
    """Return the shows that are as asked for, and by what they were narrowed: what no show is like is left out."""
    found, narrowed_by = list(shows), {}
    for name in NARROWED_BY:
        value = asked.get(name, "")
        matching = [show for show in found if value in _values(show, name)]
        if value and matching:
            found, narrowed_by[name] = matching, value
    return found, narrowed_by


def find_values(shows: Iterable[Showtime], name: str, narrowed_by: Mapping[str, str]) -> list[str]:
    """Return by what `name` can narrow these shows beside the rest of `narrowed_by`; nothing if all are alike."""
    rest = {other: value for other, value in narrowed_by.items() if other != name}
    found = {_values(show, name) for show in narrow(shows, rest)[0]}
    return sorted({value for values in found for value in values}) if len(found) > 1 or name in narrowed_by else []


def _values(show: Showtime, name: str) -> tuple[str, ...]:
    """Return what the show is like in this respect; it may have several kinds of access."""
    if name == "access":
        return show.access
    value: str = getattr(show, name)
    return (value,) if value else ()


def _find_lowest(shows: Iterable[Showtime], currency: str) -> FromPrice | None:
    """Return the lowest price among shows that can be booked, in `currency` if any has it."""
    prices = find_prices(show for show in shows if show.is_bookable)
    return next((price for price in prices if price.currency == currency), prices[0] if prices else None)


def _first_free(days: list[CalendarDay]) -> CalendarDay:
    return next((day for day in days if any(show.is_bookable for show in day.shows)), days[0])
