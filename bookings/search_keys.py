"""Names and phone numbers, reduced to what callers say in any spelling.

Both keys are columns of the booking itself, so that no statement is needed to keep them.
"""

import re

from events.words import normalize

_DIGIT = re.compile(r"\d")
_BETWEEN_WORDS = re.compile(r"[\s'’ʼ‘`\-‐‑–_.,;:/()]+")
_JOINERS = re.compile(r"['’ʼ‘`\-‐‑–.]+")


def name_words(text: str) -> list[str]:
    """Return the words of a name as they are compared: in lower case, without accents, in any script."""
    return [word for word in _BETWEEN_WORDS.split(normalize(text)) if word]


def name_key(name: str) -> str:
    """Return the words of a name, each after a space; joined ones (“O'Brien”) also as one word."""
    words = name_words(name)
    joined = [word for word in _JOINERS.sub("", normalize(name)).split() if word not in words]
    return "".join(f" {word}" for word in [*words, *joined])[:400]


def phone_key(phone: str) -> str:
    """Return the digits of a number, the last first: numbers end alike, however their beginning is spelled."""
    # A leading 0 or 00 stands for what others write as +43, and (0) for nothing.
    digits = "".join(str(int(digit)) for digit in _DIGIT.findall(phone.replace("(0)", ""))).lstrip("0")
    return digits[::-1][:40]
