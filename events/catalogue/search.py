"""Search that forgives accents, case and typos, the same on every database.

`SearchWord` rows hold the words that find an event and the weight of each; theaters and cities
are found by their names, and stand for the upcoming shows there. A query word matches every known word
that equals it, begins with it, or differs from it by a typo. That is decided here, on sorted lists
that each process keeps, so that the database only compares for equality. An event must match every
word of the query; if no event does, one word may be missing.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sys import maxunicode
from typing import Any

from django.core.cache import caches
from django.db import connection, transaction
from django.db.models import Count, QuerySet, Subquery
from django.utils import timezone
from django.utils.crypto import get_random_string
from rapidfuzz import process
from rapidfuzz.distance import OSA

from events.models import Event, SearchWord, Show
from lib.words import MAX_WORD_LENGTH, index_words, normalize, query_words
from theaters.models import Theater

# The weight of a word, by where it appears.
TITLE_WEIGHT, PERSON_WEIGHT, TAGLINE_WEIGHT, LABEL_WEIGHT, PLACE_WEIGHT = 8, 4, 3, 3, 2
# The score of a match, by how it was found, and the bonus for the title as a whole.
EXACT_SCORE, PREFIX_SCORE, SLIP_SCORE = 30, 20, 8
WHOLE_TITLE_BONUS, TITLE_PREFIX_BONUS = 2000, 600
# Shorter words match too much when one letter may be wrong; longer ones may have two typos.
SLIP_LENGTH, TWO_SLIPS_LENGTH = 4, 8
MAX_QUERY_WORDS = 8
# How many words a query word may match, and how many events are found at most.
MAX_WORD_MATCHES = 150
MAX_FOUND_EVENTS = 300
# With more rows than this, only events with the rarest of the words are considered.
MAX_UNNARROWED_ROWS = 3000
# How long a process without a shared Redis may miss words that another process wrote.
VOCABULARY_SECONDS = 30
# 500 events with some 8,000 words take 0.4 s on SQLite and 0.5 s on PostgreSQL.
INDEX_BATCH = 500

_VERSION = "search-vocabulary"
# Prefix of a whole title among the words; no word contains it.
_TITLE_MARK = "="
# Stands for the whole title where others are parts of the query, numbered from 0.
_TITLE = -1

# Words that a query word matches, with the score of each.
Matches = dict[str, int]


def index_event(event: Event) -> None:
    """Reindex one event; call it in the transaction that changed its title, cast or labels."""
    index_events(Event.objects.filter(pk=event.pk))


def index_events(events: QuerySet[Event]) -> int:
    """Reindex these events in batches, and return how many there were."""
    pks = list(events.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), INDEX_BATCH):
        with transaction.atomic():
            _index_batch(pks[start : start + INDEX_BATCH])
    forget_words()
    return len(pks)


def _index_batch(pks: list[int]) -> None:
    rows = []
    for event in Event.objects.filter(pk__in=pks).select_related("theater__city").prefetch_related("labels"):
        people = [str(person.get("name", "")) for person in [*event.cast, *event.credits]]
        own = [event.theater.name, event.theater.city.name] if event.theater else []
        weights = {_mark_title(event.title): TITLE_WEIGHT}
        for weight, texts in (
            (TITLE_WEIGHT, [event.title]),
            (PERSON_WEIGHT, people),
            (TAGLINE_WEIGHT, [event.tagline]),
            (LABEL_WEIGHT, [label.name for label in event.labels.all()]),
            (PLACE_WEIGHT, own),
        ):
            for word in (word for text in texts for word in index_words(text)):
                weights[word] = max(weight, weights.get(word, 0))
        rows += [SearchWord(event=event, word=word, weight=weight) for word, weight in weights.items()]
    SearchWord.objects.filter(event__in=pks).delete()
    SearchWord.objects.bulk_create(rows, batch_size=2000)


def forget_words() -> None:
    """Have searches reload words, theaters and cities once the current transaction is committed."""
    transaction.on_commit(lambda: caches["pages"].set(_VERSION, get_random_string(12), None))


def find_events(query: str, *, now: datetime | None = None) -> dict[int, int]:
    """Return the best `MAX_FOUND_EVENTS` published events with their scores. One query, three in a new process."""
    asked = query_words(query)[:MAX_QUERY_WORDS]
    if not asked:
        return {}
    now = now or timezone.now()
    vocabulary = _keeper.read()
    titles = vocabulary.match_title(query)
    meanings = [meaning for meaning in (vocabulary.understand(word) for word in asked) if meaning]
    needed = len(asked)
    if len(meanings) < needed:
        needed = max(needed - 1, 1)
        if len(meanings) < needed and not titles:
            return {}
    scores = _score(titles, meanings, needed, vocabulary, now)
    if not scores and needed == len(asked) > 1:
        scores = _score(titles, meanings, needed - 1, vocabulary, now)
    return scores


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one query word matches: words of events, and theaters, which score `place`."""

    words: Matches
    theaters: frozenset[int]
    place: int

    def __bool__(self) -> bool:
        return bool(self.words or self.theaters)


def _score(
    titles: Matches, meanings: list[_Meaning], needed: int, vocabulary: _Vocabulary, now: datetime
) -> dict[int, int]:
    """Return the best events with their scores, those that match at least `needed` query words, or have the title.

    One statement, which returns no more rows than that: an event earns its best match of each query word.
    """
    matches = [(word, _TITLE, score) for word, score in titles.items()]
    matches += [(word, part, score) for part, meaning in enumerate(meanings) for word, score in meaning.words.items()]
    found: list[str] = []
    values: list[Any] = []
    if matches:
        narrowed = ""
        values += [value for match in matches for value in match]
        if len(meanings) == needed > 1 and vocabulary.count(word for word, *_rest in matches) > MAX_UNNARROWED_ROWS:
            rarest = min(meanings, key=lambda meaning: vocabulary.count(meaning.words))
            if not rarest.theaters:
                narrowed = _NARROWED.format(_places(rarest.words))
                values += rarest.words
        found.append(_FOUND_BY_WORDS.format(", ".join(["(%s, %s, %s)"] * len(matches)), narrowed))
    at = connection.ops.adapt_datetimefield_value(now)
    for part, meaning in enumerate(meanings):
        if meaning.theaters:
            found.append(_FOUND_BY_PLACE.format(_places(meaning.theaters)))
            values += [part, meaning.place, Show.State.ON_SALE, at, *meaning.theaters]
    if not found:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SCORED.format(" UNION ALL ".join(found)), [*values, needed, needed, MAX_FOUND_EVENTS])
        return dict(cursor.fetchall())


def _places(values: Collection[object]) -> str:
    return ", ".join(["%s"] * len(values))


# Events with a word, by the part of the query that the word matches.
_FOUND_BY_WORDS = """
SELECT s.event_id, m.part, CASE WHEN m.part < 0 THEN m.score ELSE m.score * s.weight END AS score
FROM (WITH matches (word, part, score) AS (VALUES {}) SELECT * FROM matches) m
JOIN events_searchword s ON s.word = m.word{}
"""
_NARROWED = " AND s.event_id IN (SELECT event_id FROM events_searchword WHERE word IN ({}))"
# Events with an upcoming show in a place.
_FOUND_BY_PLACE = """
SELECT DISTINCT event_id, %s, %s FROM events_show
WHERE state = %s AND starts_at > %s AND hall_id IN (SELECT id FROM theaters_hall WHERE theater_id IN ({}))
"""
_SCORED = """
WITH found (event_id, part, score) AS ({}),
best AS (SELECT event_id, part, MAX(score) AS score FROM found GROUP BY event_id, part),
scored AS (
    SELECT event_id,
        COALESCE(SUM(CASE WHEN part < 0 THEN score END), 0) AS bonus,
        COALESCE(SUM(CASE WHEN part >= 0 THEN score END), 0) AS points,
        COUNT(CASE WHEN part >= 0 THEN 1 END) AS parts
    FROM best GROUP BY event_id
)
SELECT event_id, CAST(bonus + CASE WHEN parts >= %s THEN points ELSE 0 END AS INTEGER) AS score
FROM scored JOIN events_event e ON e.id = event_id AND e.is_published
WHERE parts >= %s OR bonus > 0
ORDER BY score DESC, event_id LIMIT %s
"""


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
class _Vocabulary:
    words: _Words
    titles: list[str]
    places: _Words
    theaters: dict[str, set[int]]
    newest: int | None
    read_at: float = field(default_factory=time.monotonic)

    def count(self, words: Iterable[str]) -> int:
        return sum(self.words.counts.get(word, 0) for word in words)

    def understand(self, word: str) -> _Meaning:
        places = self.places.match(word)
        # Of several places, only the best matches: “vienna” is the city, not everything that sounds like it.
        best = max(places.values(), default=0)
        theaters = [
            self.theaters[place] for place, value in places.items() if value == best or value >= PREFIX_SCORE // 2
        ]
        return _Meaning(self.words.match(word), frozenset().union(*theaters), PLACE_WEIGHT * best)

    def match_title(self, query: str) -> Matches:
        """Return the marked titles that equal or begin with the query."""
        marked = _mark_title(query)
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


def _mark_title(title: str) -> str:
    return (_TITLE_MARK + normalize(title))[:MAX_WORD_LENGTH]


class _Keeper:
    """Holds this process's vocabulary, and reloads it when it has changed."""

    def __init__(self) -> None:
        self.vocabulary: _Vocabulary | None = None
        self.version = ""

    def read(self) -> _Vocabulary:
        pages = caches["pages"]
        version = pages.get(_VERSION)
        known = self.vocabulary
        if known is not None and version == self.version and time.monotonic() - known.read_at < VOCABULARY_SECONDS:
            return known
        places, theaters, newest = _read_places()
        # An emptied cache does not mean that words have changed.
        if known is not None and version in (self.version, None) and known.newest == newest is not None:
            words, titles = known.words, known.titles
        else:
            words, titles = _read_words()
            self.version = version or get_random_string(12)
        if version is None:
            pages.set(_VERSION, self.version, None)
        self.vocabulary = _Vocabulary(words, titles, places, theaters, newest)
        return self.vocabulary


_keeper = _Keeper()


def _read_words() -> tuple[_Words, list[str]]:
    """Return all words, and apart from them all titles in order."""
    rows = list(SearchWord.objects.order_by().values_list("word").annotate(Count("pk")))
    words = _Words({word: count for word, count in rows if not word.startswith(_TITLE_MARK)})
    return words, sorted(word for word, _count in rows if word.startswith(_TITLE_MARK))


def _read_places() -> tuple[_Words, dict[str, set[int]], int | None]:
    """Return the words of theaters and cities, the theaters of each, and the newest row of an event's words."""
    theaters: dict[str, set[int]] = {}
    last = Subquery(SearchWord.objects.order_by("-pk").values("pk")[:1])
    rows = list(Theater.objects.published().order_by().values_list("pk", "name", "city__name", last))
    for pk, name, city, _newest in rows:
        for word in index_words(name) | index_words(city):
            theaters.setdefault(word, set()).add(pk)
    return _Words({word: len(pks) for word, pks in theaters.items()}), theaters, rows[0][3] if rows else None
