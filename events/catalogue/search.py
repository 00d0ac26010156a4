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
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from sys import maxunicode

from django.core.cache import caches
from django.db import transaction
from django.db.models import CharField, Count, Max, PositiveSmallIntegerField, QuerySet, Value
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
# Prefix of a row that stands for a place.
_PLACE_MARK = "@"

# Words that a query word matches, with the score of each.
Matches = dict[str, int]
# Event, word and weight.
Row = tuple[int, str, int]


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
    scores = _score(_read_rows(titles, meanings, needed, vocabulary, now), titles, meanings, needed)
    if not scores and needed == len(asked) > 1:
        rows = _read_rows(titles, meanings, needed - 1, vocabulary, now)
        scores = _score(rows, titles, meanings, needed - 1)
    return dict(sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:MAX_FOUND_EVENTS])


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What one query word matches: words of events, and theaters, which score `place`."""

    words: Matches
    theaters: frozenset[int]
    place: int

    def __bool__(self) -> bool:
        return bool(self.words or self.theaters)


def _score(rows: Iterable[Row], titles: Matches, meanings: list[_Meaning], needed: int) -> dict[int, int]:
    """Add up the scores of each event's words, leaving out events that match fewer than `needed` query words."""
    bonus: dict[int, int] = {}
    points: list[dict[int, int]] = [{} for _meaning in meanings]
    for event_id, word, weight in rows:
        if word.startswith(_PLACE_MARK):
            earned = points[int(word[1:])]
            earned[event_id] = max(weight, earned.get(event_id, 0))
        elif word in titles:
            bonus[event_id] = max(titles[word], bonus.get(event_id, 0))
        else:
            for meaning, earned in zip(meanings, points, strict=True):
                if word in meaning.words:
                    earned[event_id] = max(weight * meaning.words[word], earned.get(event_id, 0))
    scores = dict(bonus)
    for event_id in set().union(*points):
        parts = [earned[event_id] for earned in points if event_id in earned]
        if len(parts) >= needed:
            scores[event_id] = scores.get(event_id, 0) + sum(parts)
    return scores


def _read_rows(
    titles: Matches, meanings: list[_Meaning], needed: int, vocabulary: _Vocabulary, now: datetime
) -> Iterable[Row]:
    """Return all matching rows; a place's word is “@” and the query word's index."""
    words = {word for matches in (titles, *(meaning.words for meaning in meanings)) for word in matches}
    rows = SearchWord.objects.filter(event__is_published=True, word__in=words).order_by()
    if len(meanings) == needed > 1 and vocabulary.count(words) > MAX_UNNARROWED_ROWS:
        rarest = min(meanings, key=lambda meaning: vocabulary.count(meaning.words))
        if not rarest.theaters:
            rows = rows.filter(event__in=SearchWord.objects.filter(word__in=list(rarest.words)).values("event"))
    found = rows.values_list("event_id", "word", "weight")
    there = [
        Show.objects.filter(
            state=Show.State.ON_SALE, starts_at__gt=now, event__is_published=True, hall__theater__in=meaning.theaters
        )
        .order_by()
        .values_list(
            "event_id",
            Value(f"{_PLACE_MARK}{index}", CharField()),
            Value(meaning.place, PositiveSmallIntegerField()),
        )
        .distinct()
        for index, meaning in enumerate(meanings)
        if meaning.theaters
    ]
    return found.union(*there, all=True) if there else found


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
    newest: int
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
        version = str(caches["pages"].get_or_set(_VERSION, lambda: get_random_string(12), None))
        known = self.vocabulary
        if known is not None and version == self.version:
            if time.monotonic() - known.read_at < VOCABULARY_SECONDS:
                return known
            if known.newest == (SearchWord.objects.aggregate(newest=Max("pk"))["newest"] or 0):
                known.read_at = time.monotonic()
                return known
        vocabulary = _read_vocabulary()
        self.vocabulary, self.version = vocabulary, version
        return vocabulary


_keeper = _Keeper()


def _read_vocabulary() -> _Vocabulary:
    rows = list(SearchWord.objects.order_by().values_list("word").annotate(Count("pk"), Max("pk")))
    theaters: dict[str, set[int]] = {}
    for pk, name, city in Theater.objects.published().order_by().values_list("pk", "name", "city__name"):
        for word in index_words(name) | index_words(city):
            theaters.setdefault(word, set()).add(pk)
    return _Vocabulary(
        words=_Words({word: count for word, count, _pk in rows if not word.startswith(_TITLE_MARK)}),
        titles=sorted(word for word, _count, _pk in rows if word.startswith(_TITLE_MARK)),
        places=_Words({word: len(pks) for word, pks in theaters.items()}),
        theaters=theaters,
        newest=max((pk for _word, _count, pk in rows), default=0),
    )
