"""Every URL of the site, read from the resolver, with its parameters filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse


def patterns(*, under: str = "") -> Iterator[tuple[str, str, set[str]]]:
    """Yield route, full name and parameters of each named URL."""
    yield from _walk(get_resolver(), "", [])


def addresses(values: dict[str, dict[str, Any]]) -> dict[str, str]:
    """Return the URL of each name whose parameters are known; `values` are looked up by the route's prefix."""
    found = {}
    for route, name, parameters in patterns():
        known = next((known for start, known in values.items() if route.startswith(start)), {})
        try:
            found[name] = reverse(name, kwargs={parameter: known[parameter] for parameter in parameters})
        except (KeyError, NoReverseMatch):
            continue
    return found


def _walk(resolver: URLResolver, route: str, spaces: list[str]) -> Iterator[tuple[str, str, set[str]]]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            if entry.name:
                yield here, ":".join([*spaces, entry.name]), set(entry.pattern.regex.groupindex)
        else:
            inner = [*spaces, entry.namespace] if entry.namespace else spaces
            yield from _walk(entry, here, inner)
