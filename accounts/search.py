"""Find people by name, e-mail address or phone number, in any spelling."""

import re

from django.db.models import Q

from lib.search_keys import name_words, phone_key

# Fewer digits match too many numbers.
MIN_PHONE_DIGITS = 4
# Enough to identify a number, with or without its country code.
MAX_PHONE_DIGITS = 9

_NUMBER = re.compile(r"[\d\s+()/.\-]+")


def read_phone(text: str) -> str:
    """Return the last digits of a phone number as its key has them, or "" for other text or too few digits."""
    digits = phone_key(text)[:MAX_PHONE_DIGITS]
    return digits if _NUMBER.fullmatch(text) and len(digits) >= MIN_PHONE_DIGITS else ""


def match_people(text: str, path: str = "") -> Q:
    """Return the condition for people who match the text, or for rows that belong to them by `path` ("user").

    It takes words of a name, each from its beginning, in any case and without accents; a part of an
    e-mail address; a phone number in any spelling, or its last digits.
    """
    text = " ".join(text.split())
    prefix = f"{path}__" if path else ""
    found = Q(**{f"{prefix}email__icontains": text})
    words = name_words(text)
    if words and "@" not in text:
        named = Q()
        for word in words:
            named &= Q(**{f"{prefix}name_key__contains": f" {word}"})
        found |= named
    if digits := read_phone(text):
        found |= Q(**{f"{prefix}phone_key__startswith": digits})
    return found
