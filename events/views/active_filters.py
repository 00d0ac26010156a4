"""The filters of the list that are active, and the addresses that change them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext

from events import catalogue
from events.forms import EventFilterForm
from lib.templatetags.formats import day as write_day
from lib.templatetags.formats import language_name
from theaters.cities import ALL_CITIES

# In their order on the page.
_NAMES = ("person", "city", "kind", "label", "language", "access", "date_from", "date_to", "price_max", "min_rating")


def find_active_filters(page: catalogue.EventPage, form: EventFilterForm, query: QueryDict) -> list[dict[str, str]]:
    """Return each active filter, those that the words of the search name first, with the URL that removes it."""
    return [*_named_access(page, query), *_named_days(page, query), *_chosen(form, query)]


def _chosen(form: EventFilterForm, query: QueryDict) -> list[dict[str, str]]:
    active: list[dict[str, str]] = []
    for name in _NAMES:
        value = form.cleaned_data.get(name)
        if value in ("", None, []):
            continue
        if value == ALL_CITIES:
            continue
        chosen = value if isinstance(value, list) else [value]
        for item in chosen:
            rest = [text for text in query.getlist(name) if text != item] if isinstance(value, list) else []
            if name == "city":
                rest = [ALL_CITIES]
            active.append({"label": _filter_label(form, name, item), "address": list_address(query, {name: rest})})
    return active


def _named_days(page: catalogue.EventPage, query: QueryDict) -> list[dict[str, str]]:
    """Return the days that the words of the search were understood as, as a filter."""
    days = page.named_days
    if days is None:
        return []
    first, last = write_day(days.first), write_day(days.last)
    label = first if days.first == days.last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}
    # The words for access are no longer in the rest.
    rest = " ".join(filter(None, [page.named_access.words if page.named_access else "", days.rest]))
    return [{"label": label, "address": list_address(query, {"q": rest})}]


def _named_access(page: catalogue.EventPage, query: QueryDict) -> list[dict[str, str]]:
    """Return the access that the words of the search were understood as, as a filter."""
    named = page.named_access
    if named is None:
        return []
    return [{"label": capfirst(str(named.access.label)), "address": list_address(query, {"q": named.rest})}]


def count_without(active: list[dict[str, Any]], choices: catalogue.FilterChoices) -> list[dict[str, Any]]:
    """Say of each filter how many events there are without it, and put those first that help most."""
    for one in active:
        form = EventFilterForm(QueryDict(urlsplit(one["address"]).query), choices=choices)
        one["count"] = catalogue.search_events(form.to_filters()).count
    return sorted(active, key=lambda one: -one["count"])


def _filter_label(form: EventFilterForm, name: str, value: Any) -> str:
    match name:
        case "person":
            return gettext("with %(name)s") % {"name": value}
        case "language":
            return language_name(value)
        case "date_from":
            return gettext("from %(day)s") % {"day": write_day(value)}
        case "date_to":
            return gettext("until %(day)s") % {"day": write_day(value)}
        case "price_max":
            return gettext("up to %(price)s") % {"price": value}
        case "min_rating":
            return gettext("rated %(stars)s and better") % {"stars": value}
        case _:
            return str(dict(form.choices[name])[value])


def list_address(query: QueryDict, changes: dict[str, Any]) -> str:
    """Return the URL of the list's first page with some parameters changed and empty ones removed."""
    changed = query.copy()
    changed.pop("after", None)
    for name, value in changes.items():
        changed.setlist(name, value if isinstance(value, list) else [value])
    for name in list(changed):
        changed.setlist(name, [value for value in changed.getlist(name) if value])
    return write_path(reverse("events:list"), changed)


def write_path(path: str, query: QueryDict) -> str:
    text = query.urlencode()
    return f"{path}?{text}" if text else path
