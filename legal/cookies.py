"""Every cookie and stored item of the site, as its page lists them. Each is needed for what the visitor asked for.

`testing/fixtures/browser.py` fails every test in a browser that meets one which is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Stored:
    """`name` may end with a star, for any further letters."""

    name: str
    purpose: StrOrPromise
    lasts: StrOrPromise
    # Only people who work here ever have it.
    for_staff: bool = False


_UNTIL_CLOSED = _("until the browser is closed")
_UNTIL_REMOVED = _("until you remove it, or the browser’s data")
_A_YEAR = _("1 year")
_A_DAY = _("1 day")
_TWO_WEEKS = _("2 weeks, or until you sign out")

COOKIES = [
    Stored(settings.SESSION_COOKIE_NAME, _("Keeps your basket and your sign-in."), _TWO_WEEKS),
    Stored(settings.CSRF_COOKIE_NAME, _("Proves that a form you send comes from this site."), _A_YEAR),
    Stored("messages", _("Carries a note from one page to the next."), _UNTIL_CLOSED),
    Stored(settings.LANGUAGE_COOKIE_NAME, _("The language that you chose."), _UNTIL_CLOSED),
    Stored("city", _("The city that you chose."), _A_YEAR),
    Stored("place_*", _("Your place in line when many people want the same show."), _A_DAY),
    Stored("door_unsent", _("Says that the door’s list has entries to send."), _("2 days"), for_staff=True),
]
STORED_ITEMS = [
    Stored("theme", _("Whether you chose light or dark pages."), _UNTIL_REMOVED),
    Stored(
        "recently-viewed", _("Events that you looked at, to show them again. No one else gets them."), _UNTIL_REMOVED
    ),
    Stored("favorites", _("Events that you marked as favorites without an account."), _UNTIL_REMOVED),
    Stored("htmx-current-path-for-history", _("Which page you are on, for the way back."), _UNTIL_CLOSED),
    Stored("tickets", _("Your coming tickets, so that they open without a network."), _("until you sign out")),
    Stored(
        "door*", _("The list of visitors and how the door’s page is set."), _("until the show is over"), for_staff=True
    ),
    Stored("seat-editor*", _("What you draw and have not sent yet."), _("until it is sent"), for_staff=True),
    Stored("box-office-keys", _("Whether keys are shortcuts at the box office."), _UNTIL_REMOVED, for_staff=True),
    Stored("adminTheme", _("Whether the console is light or dark."), _UNTIL_REMOVED, for_staff=True),
    Stored("django.*", _("How lists in the console are filtered and folded."), _UNTIL_REMOVED, for_staff=True),
    Stored("commandHistory", _("What you searched for in the console."), _UNTIL_REMOVED, for_staff=True),
    Stored("sidebarDesktopOpen", _("Whether the console’s menu is open."), _UNTIL_REMOVED, for_staff=True),
]


def is_listed(name: str, items: list[Stored]) -> bool:
    return any(fnmatchcase(name, item.name) for item in items)
