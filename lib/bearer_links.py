"""Links that need no sign-in, such as a guest's: no log, error report or cache may keep them.

The secret stands in the URL pattern as `<token>` or `<key>`; every other parameter is public.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest
from django.urls import URLPattern, URLResolver

SECRET_PARAMETERS = frozenset({"token", "key"})

_SECRET = re.compile(rf"\(\?P<(?:{'|'.join(sorted(SECRET_PARAMETERS))})>")
_PUBLIC = re.compile(r"\(\?P<\w+>[^()]*\)")
_SLASH = "(?:/|%2F)"
# Up to the next slash, in either spelling, or the end of the address.
_VALUE = r"(?:(?!%2F)[^/?&#\s\"'<>])+"

# What precedes each secret, as `learn` found it in the site's URL patterns.
_known: list[re.Pattern[str]] = []


def learn(patterns: Sequence[URLPattern | URLResolver]) -> None:
    """Find the bearer links among the site's URL patterns, which call this once they are complete."""
    before = sorted(set(_find(patterns, "/")))
    _known[:] = [re.compile(f"({'|'.join(before)}){_VALUE}", re.IGNORECASE)] if before else []


def opens_by_link(request: HttpRequest) -> bool:
    """Return True if this request's address is a bearer link."""
    match = request.resolver_match
    return match is not None and not SECRET_PARAMETERS.isdisjoint(match.kwargs)


def hide_secrets(value: Any) -> Any:
    """Return a text, or a structure of texts, with the secret of every bearer link replaced by “…”."""
    if isinstance(value, str):
        for pattern in _known:
            value = pattern.sub(r"\1…", value)
        return value
    if isinstance(value, dict):
        return {name: hide_secrets(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(hide_secrets(part) for part in value)
    return value


def _find(patterns: Sequence[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for entry in patterns:
        path = before + entry.pattern.regex.pattern.lstrip("^").removesuffix(r"\Z").removesuffix("$")
        if isinstance(entry, URLResolver):
            yield from _find(entry.url_patterns, path)
        elif found := _SECRET.search(path):
            yield _SLASH.join(_PUBLIC.sub(".+?", path[: found.start()]).split("/"))
