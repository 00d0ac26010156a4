"""Languages and their regional kinds: British English is English with its own spelling.

Pages, mails and tickets are in each of `LANGUAGES`. What staff write is in languages without a region, and holds
for all kinds of one.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings


def without_region(language: str) -> str:
    """Return “en” for “en-gb”."""
    return language.partition("-")[0]


def date_locale(language: str) -> str:
    """Return babel's locale for dates: English puts the day first and counts 24 hours, as brochures do."""
    return "en_GB" if language == "en" else language.replace("-", "_")


def written_languages() -> list[tuple[str, str]]:
    """Return code and name of each language that staff write texts in."""
    return [(code, str(name)) for code, name in settings.LANGUAGES if code == without_region(code)]


def find_closest(language: str, offered: Sequence[str]) -> str:
    """Return the language, or else another kind of it, or else the first that is offered."""
    if language in offered:
        return language
    base = without_region(language)
    return next((code for code in offered if without_region(code) == base), offered[0])
