"""Names, phone numbers and voucher codes, reduced to what is the same in any spelling.

The keys are columns of the row that they find, so that keeping them costs no statement.
"""

import re
import unicodedata

from lib.words import normalize

_DIGIT = re.compile(r"\d")
_BETWEEN_WORDS = re.compile(r"[\s'’ʼ‘`\-‐‑–_.,;:/()]+")
_JOINERS = re.compile(r"['’ʼ‘`\-‐‑–.]+")


def spellings(text: str) -> list[str]:
    """Return the text as typed and, if different, normalized as titles are for sorting and searching."""
    return list(dict.fromkeys([text, normalize(text)]))


def name_words(text: str) -> list[str]:
    """Return the words of a name as they are compared: in lower case, without accents, in any script."""
    return [word for word in _BETWEEN_WORDS.split(normalize(text)) if word]


def name_key(name: str) -> str:
    """Return the words of a name, each after a space; joined ones (“O'Brien”) also as a single word."""
    words = name_words(name)
    joined = [word for word in _JOINERS.sub("", normalize(name)).split() if word not in words]
    return "".join(f" {word}" for word in [*words, *joined])[:400]


def phone_key(phone: str) -> str:
    """Return the digits of a number, the last one first: numbers end alike, however they begin."""
    # A leading 0 or 00 stands for what others write as +43, and (0) for nothing.
    digits = "".join(str(int(digit)) for digit in _DIGIT.findall(phone.replace("(0)", ""))).lstrip("0")
    return digits[::-1][:40]


def voucher_key(code: str) -> str:
    """Return a code without spaces, case and width, in any script: “Summer 25” is “SUMMER25”."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", code).casefold())
    return "".join(folded.split())[:200]
