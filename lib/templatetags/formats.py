"""Format days, times, money and languages for readers of the active language.

A moment is an aware `datetime`, and needs the time zone to show it in, which is the theater's:
`{{ show.starts_at|day:"Europe/Vienna" }}`. A `date` needs none.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton, get_day_names
from babel.numbers import format_decimal
from django import template
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext, ngettext

from lib.languages import date_locale
from lib.moments import write_moment
from lib.money import format_money, format_percent

register = template.Library()


@register.filter
def clock(moment: datetime, time_zone: str = "UTC") -> str:
    """Format the time of day: “19:30”."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return _write("Hm", datetime(2000, 1, 1, local.hour, local.minute), _locale())  # noqa: DTZ001


@register.filter
def day(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Format the day, with the year if it is more than some months away: “Sat 28 Nov”."""
    local = _date(_local(moment, time_zone))
    is_near = abs((local - localdate()).days) < 300  # noqa: PLR2004
    return _write("MMMEd" if is_near else "yMMMEd", local, _locale())


@register.filter
def long_day(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Format the day in full: “Saturday 28 November”."""
    local = _local(moment, time_zone)
    weekday = get_day_names("wide", locale=_locale())[local.weekday()]
    return f"{weekday}{' ' if _locale().startswith('en') else ', '}{_write('MMMMd', _date(local), _locale())}"


@register.filter
def when(moment: datetime, time_zone: str = "UTC") -> str:
    """Format day and time: “Sat 28 Nov, 19:30”."""
    return f"{day(moment, time_zone)}, {clock(moment, time_zone)}"


@register.filter
def by_clock(moment: datetime, style: str = "DATETIME_FORMAT") -> str:
    """Format a moment as the console does, by the clock of its own zone, or of the page if it is in UTC.

    The zone is named unless it is the page's. `style` is one of Django's formats.
    """
    return write_moment(moment, None if str(moment.tzinfo) == "UTC" else moment.tzinfo, style)


@register.filter
def weekday(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Format the day of the week: “Sat”."""
    return _write("E", _date(_local(moment, time_zone)), _locale()).rstrip(".")


@register.filter
def month(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Format the month: “Nov”."""
    return _write("MMM", _date(_local(moment, time_zone)), _locale()).rstrip(".")


@register.filter
def day_number(moment: datetime | date, time_zone: str = "UTC") -> int:
    return _local(moment, time_zone).day


@register.filter
def iso_day(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Return the day for addresses and `datetime` attributes: “2026-11-28”."""
    return _date(_local(moment, time_zone)).isoformat()


@register.filter
def month_year(moment: datetime | date, time_zone: str = "UTC") -> str:
    """Format the month in full: “November 2026”."""
    return _write("yMMMM", _date(_local(moment, time_zone)), _locale())


def first_weekday() -> int:
    """Return the day that weeks begin on in the active language; Monday is 0."""
    return int(Locale.parse(_locale()).first_week_day)


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency)


@register.filter
def short_money(amount: Decimal, currency: str) -> str:
    """Format an amount for narrow places, whole ones without decimals: “€18”, “€18.50”."""
    return format_money(amount, currency, is_short=True)


@register.filter
def decimals(number: Decimal | float, digits: int = 1) -> str:
    """Format a number with this many decimals: “4.6”, “4,6”."""
    return format_decimal(number, f"0.{'0' * digits}", locale=_locale())


@register.filter
def percentage(number: Decimal) -> str:
    return format_percent(number)


@register.filter
def star_row(stars: int) -> list[bool]:
    """Return five stars, the first `stars` of them lit."""
    return [number < stars for number in range(5)]


@register.filter
def minutes(total: int) -> str:
    """Format a running time: “2 h 20 min”."""
    hours, rest = divmod(total, 60)
    if not hours:
        return ngettext("%(n)d min", "%(n)d min", rest) % {"n": rest}
    return (
        gettext("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": rest} if rest else gettext("%d h") % hours
    )


# Django's `i18n` has a filter `language_name` of its own, which fails for languages that Django is not
# translated into, and which of the two a template gets depends on the order of its `load`.
@register.filter("named_language")
def language_name(code: str) -> str:
    """Return the name of a BCP 47 code in the active language: “German”; an unknown code as it is."""
    try:
        return str(Locale.parse(code, sep="-").get_display_name(_locale()) or code)
    except (UnknownLocaleError, ValueError):
        return code


@register.filter
def language_names(codes: list[str]) -> str:
    return ", ".join(language_name(code) for code in codes)


@lru_cache(maxsize=4096)
def _write(skeleton: str, local: datetime | date, locale: str) -> str:
    """Format by a skeleton, cached: a list has a hundred times of day, but ten different ones."""
    return format_skeleton(skeleton, local, locale=locale)


def _local(moment: datetime | date, time_zone: str) -> datetime | date:
    return moment.astimezone(ZoneInfo(time_zone)) if isinstance(moment, datetime) else moment


def _date(local: datetime | date) -> date:
    return local.date() if isinstance(local, datetime) else local


def _locale() -> str:
    """Return the active language for babel."""
    return date_locale(get_language() or "en")
