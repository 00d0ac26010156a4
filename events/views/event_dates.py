"""The dates on the page of an event: a list by theater, or a calendar and the times of one day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext

from events.catalogue import EventDetail, Showtime
from events.catalogue.event_calendar import (
    CALENDAR_DATES,
    NARROWED_BY,
    find_values,
    keep_whole_days,
    make_calendar,
    narrow,
)
from events.models import Access
from lib.moments import parse_day
from lib.templatetags.formats import first_weekday, language_name
from theaters.cities import ALL_CITIES
from theaters.directory import CityItem

# How many days of one theater the list shows at once; later ones unfold.
UNFOLDED_DAYS = 7


class TheaterDates(NamedTuple):
    """The days of one theater, which is represented by one of its shows."""

    theater: Showtime
    soon: list[tuple[date, list[Showtime]]]
    later: list[tuple[date, list[Showtime]]]


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    query: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Filter:
    key: str
    name: str
    choices: list[Choice]


def describe_dates(request: HttpRequest, event: EventDetail, city: CityItem | None) -> dict[str, Any]:
    """Return what the dates' template needs: `calendar` if there are many, else None and `groups` of theaters."""
    if len(event.shows) >= CALENDAR_DATES:
        return _calendar(request, event, city)
    groups = [
        TheaterDates(first_show, days[:UNFOLDED_DAYS], days[UNFOLDED_DAYS:]) for first_show, days in event.by_theater()
    ]
    here = [group for group in groups if city and group.theater.city_slug == city.slug]
    elsewhere = [group for group in groups if group not in here]
    return {"calendar": None, "groups": here + elsewhere, "here": here, "elsewhere": elsewhere}


def _calendar(request: HttpRequest, event: EventDetail, city: CityItem | None) -> dict[str, Any]:
    """Return the calendar of the visitor's city, or of all if the event isn't on there, with its filters."""
    shows = keep_whole_days(event.shows) if event.has_more_shows else event.shows
    here = [show for show in shows if city and show.city_slug == city.slug]
    offered = here or shows
    found, narrowed_by = narrow(offered, request.GET.dict())
    calendar = make_calendar(
        found,
        chosen=parse_day(request.GET.get("day", "")),
        now=timezone.now(),
        first_weekday=first_weekday(),
    )
    day = calendar.day.date.isoformat()
    # The city stays in addresses that name it: others may have chosen another one.
    kept = narrowed_by | ({"city": city.slug if city else ALL_CITIES} if "city" in request.GET else {})
    filters = [
        Filter(
            key=name,
            name=str(label),
            choices=[
                Choice(every, _write(kept, {name: "", "day": day}), is_chosen=name not in narrowed_by),
                *(
                    Choice(
                        _write_value(name, value),
                        _write(kept, {name: value, "day": day}),
                        is_chosen=narrowed_by.get(name) == value,
                    )
                    for value in values
                ),
            ],
        )
        for name, label, every in _named_filters()
        if (values := find_values(offered, name, narrowed_by))
    ]
    theaters: dict[str, list[Showtime]] = {}
    for show in calendar.day.shows:
        theaters.setdefault(show.theater_slug, []).append(show)
    return {
        "calendar": calendar,
        "theaters": [(shows[0], shows) for shows in theaters.values()],
        "filters": _city_filter(shows, city if here else None, kept, day) + filters,
        # What `day` is added to.
        "kept": _write(kept, {}),
        "dates_query": _write(kept, {"day": day}),
    }


def _named_filters() -> list[tuple[str, str, str]]:
    """Return each filter with its label and its first choice, which does not narrow."""
    labels = {
        "format": (gettext("Format"), gettext("All formats")),
        "language": (gettext("Language"), gettext("All languages")),
        "subtitles": (gettext("Subtitles"), gettext("With and without")),
        "access": (gettext("Access performance"), gettext("All performances")),
    }
    return [(name, *labels[name]) for name in NARROWED_BY]


def _write_value(name: str, value: str) -> str:
    if name == "format":
        return value
    return capfirst(str(Access(value).label)) if name == "access" else language_name(value)


def _city_filter(shows: Sequence[Showtime], city: CityItem | None, kept: Mapping[str, str], day: str) -> list[Filter]:
    names = dict(sorted({(show.city_slug, show.city_name) for show in shows}, key=lambda pair: pair[1]))
    if len(names) == 1:
        return []
    every = Choice(gettext("All cities"), _write(kept, {"city": ALL_CITIES, "day": day}), is_chosen=city is None)
    choices = [
        Choice(name, _write(kept, {"city": slug, "day": day}), is_chosen=city is not None and city.slug == slug)
        for slug, name in names.items()
    ]
    return [Filter("city", gettext("City"), [every, *choices])]


def _write(kept: Mapping[str, str], changes: Mapping[str, str]) -> str:
    return urlencode({name: value for name, value in {**kept, **changes}.items() if value})
