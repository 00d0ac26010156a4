"""Access performances that a search names in words: “captioned”, “relaxed performance”, in the site's languages."""

from __future__ import annotations

from dataclasses import dataclass

from events.models import Access
from lib.words import normalize

_PHRASES = {
    Access.CAPTIONED: "captioned, captioned performance, captions, open captions, untertitel für gehörlose, "
    "mit untertiteln für gehörlose, कैप्शन, कैप्शन सहित",
    Access.SIGNED: "signed, signed performance, sign language, sign language interpreted, bsl, dgs, ögs, "
    "gebärdensprache, in gebärdensprache, mit gebärdensprache, सांकेतिक भाषा, सांकेतिक भाषा में",
    Access.AUDIO_DESCRIBED: "audio described, audiodescribed, audio-described, audio description, audiodeskription, "
    "mit audiodeskription, ऑडियो विवरण, ऑडियो विवरण सहित",
    Access.RELAXED: "relaxed, relaxed performance, entspannte vorstellung, सहज प्रस्तुति",
}
_MEANINGS = {normalize(phrase): access for access, text in _PHRASES.items() for phrase in text.split(",")}
_LONGEST = max(len(phrase.split()) for phrase in _MEANINGS)


@dataclass(frozen=True, slots=True)
class NamedAccess:
    """A kind of access as `words` of a query name it, and what else the query asks for."""

    words: str
    access: Access
    rest: str


def read_named_access(query: str) -> NamedAccess | None:
    """Return the first kind of access that a query names, by the longest words for it, or None."""
    words = normalize(query).split()
    for length in range(_LONGEST, 0, -1):
        for start in range(len(words) - length + 1):
            phrase = " ".join(words[start : start + length])
            if phrase in _MEANINGS:
                return NamedAccess(phrase, _MEANINGS[phrase], " ".join(words[:start] + words[start + length :]))
    return None
