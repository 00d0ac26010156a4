"""Format times and money of a message's context, which is plain JSON, in the active language."""

import re
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from django import template
from django.utils.translation import get_language

from lib.languages import date_locale
from lib.money import format_money
from lib.templatetags import formats

register = template.Library()

# What mail programs turn into a link: our mail must not carry an address that a visitor typed as a name.
_LOOKS_LIKE_ADDRESS = re.compile(r"[/@\\]|www\.|\w\.\w{2}", re.IGNORECASE)


@register.filter
def day(moment: str, time_zone: str) -> str:
    """Format the day of an ISO moment, with its year, since mail is kept: “Saturday 10 October 2026”."""
    locale = date_locale(get_language() or "en")
    return format_date(datetime.fromisoformat(moment).astimezone(ZoneInfo(time_zone)), "full", locale=locale)


@register.filter
def clock(moment: str, time_zone: str) -> str:
    """Format the time of day of an ISO moment: “19:30”."""
    return formats.clock(datetime.fromisoformat(moment), time_zone)


@register.filter
def month_name(date: str) -> str:
    """Format the month of an ISO date: “October 2026”."""
    return format_date(datetime.fromisoformat(date), "LLLL y", locale=date_locale(get_language() or "en"))


@register.filter
def money(amount: dict[str, str]) -> str:
    return format_money(Decimal(amount["amount"]), amount["currency"])


@register.filter
def salutation(name: str) -> str:
    """Return the name for the greeting, or "" if the “name” looks like an address."""
    return "" if _LOOKS_LIKE_ADDRESS.search(name) else " ".join(name.split())
