"""A theater's own texts, for readers of one language."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings

from lib.languages import without_region
from lib.process_memory import Memory
from theaters.models import Theater, Wording
from theaters.wordings.places import read_groups

# By theater and its version, so that what is remembered never has to be forgotten.
REMEMBERED_SECONDS = 3600
# How long a worker sends a theater's mail without asking for its version again.
MET_SECONDS = 30
_texts: Memory[dict[tuple[str, str], str]] = Memory(500)
_met: Memory[Theater] = Memory(500)


_offered: list[Callable[[int], Sequence[str]]] = []


def register_languages(read: Callable[[int], Sequence[str]]) -> None:
    """Let this function say which languages a theater offers, by its pk: they are among its settings."""
    _offered[:] = [read]


def languages_of(theater: Theater) -> list[str]:
    """Return the languages in which the theater writes texts for its customers, its first one first."""
    offered = _offered[0](theater.pk) if _offered else [code for code, _name in settings.LANGUAGES]
    return list(dict.fromkeys(map(without_region, offered)))


def find_words(theater: Theater, group: str, language: str) -> dict[str, dict[str, str]]:
    """Return the theater's texts for a group by slot, each with its language; plain JSON.

    A text that is missing in `language` is taken from the theater's first language, unless the place has an
    original. No query for a theater without texts, or for a version that this process has met.
    """
    if not theater.words_version:
        return {}
    texts = read_texts(theater)
    own = [language, language.partition("-")[0]]
    found = {}
    for place in read_groups()[group].places:
        for candidate in own if place.original else [*own, languages_of(theater)[0]]:
            if text := texts.get((place.key, candidate)):
                found[place.slot] = {"text": text, "language": candidate}
                break
    return found


def find_words_for_mail(theater_id: int, kind: str, language: str) -> dict[str, dict[str, str]]:
    """Return the same for a message that is sent, by the theater's pk; a change may take half a minute to be seen.

    One query for each theater in that time.
    """
    theater = _met.get(theater_id)
    if theater is None:
        theater = Theater.objects.filter(pk=theater_id).first()
        if theater is None:
            return {}
        _met.set(theater_id, theater, MET_SECONDS)
    return find_words(theater, kind, language)


def read_texts(theater: Theater) -> dict[tuple[str, str], str]:
    """Return all texts of the theater, by place and language."""
    key = (theater.pk, theater.words_version)
    texts = _texts.get(key)
    if texts is None:
        rows = Wording.objects.filter(theater=theater).exclude(text="")
        texts = {(place, language): text for place, language, text in rows.values_list("place", "language", "text")}
        _texts.set(key, texts, REMEMBERED_SECONDS)
    return texts
