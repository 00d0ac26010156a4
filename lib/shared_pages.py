"""How a view declares that its answer is the same for everyone who brings nothing personal.

`ticketing/shared_pages.py` keeps such answers and serves them while their version stands.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.http import HttpRequest

# Names the language of any page in its address (`ticketing/languages.py`).
LANGUAGE_PARAMETER = "lang"


@dataclass(frozen=True, slots=True)
class Sharing:
    """The version of what an answer shows, and how to read it again."""

    version: str
    read_version: Callable[[], str]


def share(request: HttpRequest, read_version: Callable[[], str], *, parameters: Collection[str] = ()) -> None:
    """Let this answer be shown to others while `read_version` returns the same, and PAGES_STALE_SECONDS at most.

    Call it before reading what the answer shows, so that the version is never newer than the answer. Beside the
    version the answer may depend on the path, these `parameters` of the query, the language, the city cookie and
    htmx's headers. Does nothing for visitors who bring a session or a token.
    """
    if is_shareable(request) and {LANGUAGE_PARAMETER, *parameters}.issuperset(request.GET):
        request.sharing = Sharing(read_version(), read_version)  # type: ignore[attr-defined]


def mark_shareable(request: HttpRequest) -> None:
    request.sharing = None  # type: ignore[attr-defined]


def is_shareable(request: HttpRequest) -> bool:
    return hasattr(request, "sharing")


def sharing_of(request: HttpRequest) -> Sharing | None:
    found: Sharing | None = getattr(request, "sharing", None)
    return found
