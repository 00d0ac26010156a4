"""The words that searches know, as each process keeps them: of events, people, places and kinds."""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from sys import maxunicode

from django.core.cache import caches
from django.db import transaction
from django.db.models import Count, Subquery
from django.utils.crypto import get_random_string
from rapidfuzz import process
from rapidfuzz.distance import OSA

from events.catalogue.synonyms import KIND_WORDS, synonyms_of
from events.models import SearchWord
from lib.words import MAX_WORD_LENGTH, index_words, normalize, query_words
from theaters.models import Theater

# The weight of a word, by where it appears.
TITLE_WEIGHT, PERSON_WEIGHT, TAGLINE_WEIGHT, LABEL_WEIGHT, KIND_WEIGHT, PLACE_WEIGHT = 8, 4, 3, 3, 2, 2
# The score of a match, by how it was found, and the bonus for the title as a whole.
EXACT_SCORE, PREFIX_SCORE, SLIP_SCORE = 30, 20, 8
WHOLE_TITLE_BONUS, TITLE_PREFIX_BONUS = 2000, 600
# Shorter words match too much when one letter may be wrong; longer ones may have two typos.
SLIP_LENGTH, TWO_SLIPS_LENGTH = 4, 8
# A slip in the name of a kind finds all its events.
KIND_SLIP_LENGTH = 6
# How many words a query word may match.
MAX_WORD_MATCHES = 150
# How long a process without a shared Redis may miss words that another process wrote.
VOCABULARY_SECONDS = 30

_VERSION = "search-vocabulary"
# Prefixes of a whole title, and of a person's whole name, among the words; no word contains them.
_TITLE_MARK, _PERSON_MARK = "=", "@"
# Words that a query word matches, with the score of each.
Matches = dict[str, int]


def forget_words() -> None:
    """Have searches reload words, theaters and cities once the current transaction is committed."""
    transaction.on_commit(lambda: caches["pages"].set(_VERSION, get_random_string(12), None))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one query word matches: words of events, kinds of them, and theaters, which score `place`."""

    words: Matches
    theaters: frozenset[int]
    place: int
    kinds: Matches

    def __bool__(self) -> bool:
        return bool(self.words or self.theaters or self.kinds)


class _Words:
    """Words in order, and how many events or theaters have each."""

    def __init__(self, counts: dict[str, int]) -> None:
        self.counts = counts
        self.sorted = sorted(counts)

    def match(self, word: str) -> Matches:
        """Return the words that `word` matches, with the score of each."""
        found = {
            other: PREFIX_SCORE * (len(word) + len(other)) // (2 * len(other))
            for other in _beginning_with(word, self.sorted)
        }
        if word in self.counts:
            found[word] = EXACT_SCORE
        if len(word) >= SLIP_LENGTH:
            slips = 1 if len(word) < TWO_SLIPS_LENGTH else 2
            for other, distance, _index in process.extract(
                word, self.sorted, scorer=OSA.distance, score_cutoff=slips, limit=MAX_WORD_MATCHES
            ):
                found.setdefault(other, SLIP_SCORE // max(distance, 1))
            if not found:
                beginnings = [other[: len(word)] for other in self.sorted]
                for _beginning, _distance, index in process.extract(
                    word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=MAX_WORD_MATCHES
                ):
                    found[self.sorted[index]] = SLIP_SCORE // 2
        return found


@dataclass
class Vocabulary:
    words: _Words
    titles: list[str]
    # Normalized names with their words.
    people: list[tuple[str, set[str]]]
    places: _Words
    theaters: dict[str, set[int]]
    newest: int | None
    read_at: float = field(default_factory=time.monotonic)

    def count(self, words: Iterable[str]) -> int:
        return sum(self.words.counts.get(word, 0) for word in words)

    def understand(self, word: str) -> Meaning:
        places = self.places.match(word)
        # Of several places, only the best matches: “vienna” is the city, not everything that sounds like it.
        best = max(places.values(), default=0)
        theaters = [
            self.theaters[place] for place, value in places.items() if value == best or value >= PREFIX_SCORE // 2
        ]
        words = self.words.match(word)
        for other in synonyms_of(word):
            if other in self.words.counts:
                words[other] = EXACT_SCORE
        return Meaning(words, frozenset().union(*theaters), PLACE_WEIGHT * best, _match_kinds(word))

    def match_people(self, query: str, limit: int) -> list[str]:
        """Return the normalized names of people that have a word for each of the query, the shortest first."""
        asked = query_words(query)
        found = [
            name
            for name, words in self.people
            if asked and all(any(word.startswith(part) for word in words) for part in asked)
        ]
        return sorted(found, key=len)[:limit]

    def has_in_title(self, query: str) -> bool:
        """Return True if these words stand side by side in a title."""
        phrase = normalize(query)
        return any(f" {phrase} " in f" {title.removeprefix(_TITLE_MARK)} " for title in self.titles)

    def match_title(self, query: str) -> Matches:
        """Return the marked titles that equal or begin with the query."""
        marked = mark_title(query)
        found = {
            title: TITLE_PREFIX_BONUS * (len(marked) + len(title)) // (2 * len(title))
            for title in _beginning_with(marked, self.titles)
        }
        if marked in found:
            found[marked] = WHOLE_TITLE_BONUS
        return found


def _beginning_with(word: str, words: list[str]) -> list[str]:
    """Return the shortest of the sorted `words` that begin with `word`."""
    found = words[bisect_left(words, word) : bisect_left(words, word + chr(maxunicode))]
    return sorted(found, key=len)[:MAX_WORD_MATCHES] if len(found) > MAX_WORD_MATCHES else found


def _match_kinds(word: str) -> Matches:
    """Return the kinds that are called so, with a score; short beginnings and slips would match too many."""
    found: Matches = {}
    for other, score in _kind_words.match(word).items():
        is_whole, is_beginning = other == word, other.startswith(word) and len(word) >= SLIP_LENGTH
        if is_whole or is_beginning or len(word) >= KIND_SLIP_LENGTH:
            kind = KIND_WORDS[other]
            found[kind] = max(score, found.get(kind, 0))
    return found


def mark_person(name: str) -> str:
    """Return the word that finds all events of the person with this name."""
    return (_PERSON_MARK + normalize(name))[:MAX_WORD_LENGTH]


def mark_title(title: str) -> str:
    return (_TITLE_MARK + normalize(title))[:MAX_WORD_LENGTH]


class _Keeper:
    """Holds this process's vocabulary, and reloads it when it has changed."""

    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = None
        self.version = ""

    def read(self) -> Vocabulary:
        pages = caches["pages"]
        version = pages.get(_VERSION)
        known = self.vocabulary
        if known is not None and version == self.version and time.monotonic() - known.read_at < VOCABULARY_SECONDS:
            return known
        places, theaters, newest = _read_places()
        # An emptied cache does not mean that words have changed.
        if known is not None and version in (self.version, None) and known.newest == newest is not None:
            words, titles, people = known.words, known.titles, known.people
        else:
            words, titles, people = _read_words()
            self.version = version or get_random_string(12)
        if version is None:
            pages.set(_VERSION, self.version, None)
        self.vocabulary = Vocabulary(words, titles, people, places, theaters, newest)
        return self.vocabulary


def read_vocabulary() -> Vocabulary:
    """Return the words as they are now, or were some seconds ago. Two queries in a new process, else none."""
    return _keeper.read()


_keeper = _Keeper()
_kind_words = _Words(dict.fromkeys(KIND_WORDS, 1))


def _read_words() -> tuple[_Words, list[str], list[tuple[str, set[str]]]]:
    """Return all words, and apart from them all marked titles in order, and people's names."""
    rows = list(SearchWord.objects.order_by().values_list("word").annotate(Count("pk")))
    words = _Words({word: count for word, count in rows if not word.startswith((_TITLE_MARK, _PERSON_MARK))})
    titles = sorted(word for word, _count in rows if word.startswith(_TITLE_MARK))
    people = [word.removeprefix(_PERSON_MARK) for word, _count in rows if word.startswith(_PERSON_MARK)]
    return words, titles, [(name, index_words(name)) for name in people]


def _read_places() -> tuple[_Words, dict[str, set[int]], int | None]:
    """Return the words of theaters and cities, the theaters of each, and the newest row of an event's words."""
    theaters: dict[str, set[int]] = {}
    last = Subquery(SearchWord.objects.order_by("-pk").values("pk")[:1])
    rows = list(Theater.objects.published().order_by().values_list("pk", "name", "city__name", last))
    for pk, name, city, _newest in rows:
        for word in index_words(name) | index_words(city):
            theaters.setdefault(word, set()).add(pk)
    return _Words({word: len(pks) for word, pks in theaters.items()}), theaters, rows[0][3] if rows else None
