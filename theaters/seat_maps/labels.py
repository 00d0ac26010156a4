"""Labels as people type them and tickets print them, in any script."""

import unicodedata

from django.utils.translation import gettext

# Joiners and non-joiners, which Persian, Malayalam, Sinhala and others need.
JOINERS = "\u200c\u200d"


def plain_label(text: str) -> str:
    """Return a label with ordinary spaces only, and without direction marks or soft hyphens."""
    if text.isascii():
        return text.strip()
    signs = (
        " " if unicodedata.category(sign) == "Zs" else sign
        for sign in text
        if sign in JOINERS or unicodedata.category(sign) != "Cf"
    )
    return " ".join("".join(signs).split(" ")).strip()


def is_plain(label: str) -> bool:
    """Return False for a label that might be markup or can't be printed."""
    return not ({"<", ">"} & set(label)) and (
        label.isprintable() or all(sign.isprintable() or sign in JOINERS for sign in label)
    )


def write_seat_label(section: str, row: str, number: str) -> str:
    """Return a seat's label as printed on a ticket: “Stalls, row C, seat 12”."""
    parts = [section, gettext("row %(row)s") % {"row": row} if row else ""]
    return ", ".join(part for part in [*parts, gettext("seat %(number)s") % {"number": number}] if part)
