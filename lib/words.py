"""Text in any script, normalized for searching: lower case, no accents, split into words.

Accents are dropped by canonical combining class, not by category: Latin, Greek and Cyrillic
diacritics, Hebrew and Arabic points and the nukta go, because people leave them out; vowel signs
and viramas of Indic scripts, tone marks of Thai and the voicing marks of Kana stay, because without
them it is another word.
"""

import unicodedata
from collections.abc import Iterator
from itertools import groupby, pairwise

# Letters that Unicode does not decompose, as people type them without their marks.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t", "ĸ": "k"}
)
# Joins two words that people also write apart or together: “open-mic”, “l'orfeo”, “doll’s”.
_JOINERS = frozenset("'’ʼ‘`-‐‑–_.")
# Scripts without spaces between words: Thai, Lao, Myanmar, Khmer, Kana, Han.
_UNSPACED = (
    (0x0E00, 0x0EFF),
    (0x1000, 0x109F),
    (0x1780, 0x17FF),
    (0x3040, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
MAX_WORD_LENGTH = 40


def normalize(text: str) -> str:
    """Return `text` in lower case, without accents and with single spaces. Harmless when repeated."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    kept = "".join(character for character in decomposed if not _is_accent(character)).translate(_PLAIN)
    return " ".join(unicodedata.normalize("NFKC", kept).split())


def index_words(text: str) -> set[str]:
    """Return every word that `text` can be found by; joined words as a whole and in parts."""
    words: set[str] = set()
    for compound in _compounds(normalize(text)):
        parts = [part for part in compound if part]
        words.update(piece for part in parts for piece in _pieces(part))
        if len(parts) > 1:
            words.add("".join(parts))
    return {word[:MAX_WORD_LENGTH] for word in words}


def query_words(text: str) -> list[str]:
    """Return the words to search for, in order and without repetition; joined words as their parts."""
    words: dict[str, None] = {}
    for compound in _compounds(normalize(text)):
        pieces = [piece for part in compound for piece in _pieces(part)]
        # “doll's” looks for “doll”; a single letter counts only where it stands alone.
        single = ["".join(compound)] if len(compound) > 1 else pieces
        long = [piece for piece in pieces if len(piece) > 1] or single
        words.update(dict.fromkeys(piece[:MAX_WORD_LENGTH] for piece in long))
    return list(words)


def _is_accent(character: str) -> bool:
    kind = unicodedata.combining(character)
    return kind == 7 or 10 <= kind <= 36 or 200 <= kind <= 240  # noqa: PLR2004


def _compounds(text: str) -> Iterator[list[str]]:
    """Split at everything that is neither letter, number, mark nor joiner; split the rest at joiners."""
    for is_word, run in groupby(text, lambda character: _is_word(character) or character in _JOINERS):
        if is_word:
            compound = "".join(character if _is_word(character) else " " for character in run).split()
            if compound:
                yield compound


def _is_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _is_unspaced(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _UNSPACED)


def _pieces(word: str) -> Iterator[str]:
    """Yield the word, or its overlapping pairs of characters where its script has no spaces."""
    for is_unspaced, run in groupby(word, _is_unspaced):
        characters = list(run)
        if is_unspaced and len(characters) > 1:
            yield from ("".join(pair) for pair in pairwise(characters))
        else:
            yield "".join(characters)
