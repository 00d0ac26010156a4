"""Search that forgives accents, case and a typing slip, the same on every database.

`SearchWord` rows say by which words an event is found and how much each counts. A query word stands
for every word of the vocabulary that equals it, begins with it, or differs from it by a slip; that
is decided here, on a sorted list that each process keeps, so that the database only compares for
equality. An event must match every word of the query; if none does, one word may be missing.
"""

from __future__ import annotations

import time
from bisect import bisect_left
from collections.abc import Iterable
from sys import maxunicode

from django.core.cache import caches
from django.db import transaction
from django.db.models import Count, Max, QuerySet
from django.utils.crypto import get_random_string
from rapidfuzz import process
from rapidfuzz.distance import OSA

from events.models import Event, SearchWord, Show
from events.words import MAX_WORD_LENGTH, index_words, normalize, query_words

# What a word counts, by where it stands.
TITLE, PERSON, TAGLINE, LABEL, PLACE = 8, 4, 3, 3, 2
# What a match counts, by how it was found, and the bonus of a whole title.
EXACT, PREFIX, SLIP = 30, 20, 8
WHOLE_TITLE, TITLE_BEGINS = 2000, 600
# Shorter words mean too much else when one letter is wrong; longer ones may have two slips.
SLIP_LENGTH, TWO_SLIPS_LENGTH = 4, 8
QUERY_WORDS = 8
# Words that one query word may stand for: the more, the more rows; 300 cover every prefix of two letters.
MATCHES = 300
FOUND = 1000
# Rows from which on it pays to look only at events with the rarest of the words.
MANY_ROWS = 3000
# How long a process may not know of new words where it shares no Redis with the one that wrote them.
VOCABULARY_SECONDS = 30
# 500 events, some 12,000 words, take 0.5 s on SQLite and 0.7 s on PostgreSQL.
INDEX_BATCH = 500

_VERSION = "search-vocabulary"
# Begins the entry of a whole title among the words; no word contains it.
_TITLE_MARK = "="

# Words that a query word stands for, with what each match counts.
Matches = dict[str, int]


def index_event(event: Event) -> None:
    """Write the words of one event anew; call it in the transaction that changed event, cast, labels or shows."""
    index_events(Event.objects.filter(pk=event.pk))


def index_events(events: QuerySet[Event]) -> int:
    """Write the words of these events anew, in batches, and return how many events that were."""
    count = 0
    pks = list(events.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), INDEX_BATCH):
        batch = pks[start : start + INDEX_BATCH]
        with transaction.atomic():
            _index_batch(batch)
        count += len(batch)
    transaction.on_commit(_forget_vocabulary)
    return count


def _index_batch(pks: list[int]) -> None:
    places: dict[int, set[str]] = {}
    shows = Show.objects.filter(event__in=pks).order_by()
    names = ("hall__theater__name", "hall__theater__city__name")
    for event_id, theater, city in shows.values_list("event_id", *names).distinct():
        places.setdefault(event_id, set()).update((theater, city))
    events = Event.objects.filter(pk__in=pks).select_related("theater__city").prefetch_related("labels")
    rows = []
    for event in events:
        weights = {_mark_title(event.title): TITLE}
        people = [*event.cast, *event.credits]
        texts = [
            (TITLE, [event.title]),
            (PERSON, [str(person.get("name", "")) for person in people]),
            (TAGLINE, [event.tagline]),
            (LABEL, [label.name for label in event.labels.all()]),
            (PLACE, [*places.get(event.pk, ()), *_own_places(event)]),
        ]
        for weight, lines in texts:
            for word in (word for line in lines for word in index_words(line)):
                weights[word] = max(weight, weights.get(word, 0))
        rows += [SearchWord(event=event, word=word, weight=weight) for word, weight in weights.items()]
    SearchWord.objects.filter(event__in=pks).delete()
    SearchWord.objects.bulk_create(rows, batch_size=1000)


def _own_places(event: Event) -> list[str]:
    return [event.theater.name, event.theater.city.name] if event.theater else []


def find_events(query: str) -> dict[int, int]:
    """Return the best published events with their scores, at most `FOUND`. One query, two in a new process."""
    asked = query_words(query)[:QUERY_WORDS]
    if not asked:
        return {}
    vocabulary = _keeper.read()
    titles = vocabulary.match_title(normalize(query))
    matched = [found for found in (vocabulary.match(word) for word in asked) if found]
    needed = len(asked)
    if len(matched) < needed:
        needed = max(needed - 1, 1)
    if len(matched) < needed and not titles:
        return {}
    scores = _score(titles, matched, needed, vocabulary)
    if not scores and needed == len(asked) > 1:
        scores = _score(titles, matched, needed - 1, vocabulary)
    return dict(sorted(scores.items(), key=lambda one: (-one[1], one[0]))[:FOUND])


def _score(titles: Matches, matched: list[Matches], needed: int, vocabulary: _Vocabulary) -> dict[int, int]:
    """Add up what each event's words count; events that match fewer than `needed` query words are left out."""
    words = {word for found in (titles, *matched) for word in found}
    rows = SearchWord.objects.filter(event__is_published=True, word__in=words)
    rarest = min(matched, key=vocabulary.frequency, default={})
    if len(matched) > 1 and needed == len(matched) and vocabulary.frequency(words) > MANY_ROWS:
        rows = rows.filter(event__in=SearchWord.objects.filter(word__in=rarest).values("event"))
    bonus: dict[int, int] = {}
    points: list[dict[int, int]] = [{} for _found in matched]
    for event_id, word, weight in rows.values_list("event_id", "word", "weight"):
        if word in titles:
            bonus[event_id] = max(titles[word], bonus.get(event_id, 0))
            continue
        for found, earned in zip(matched, points, strict=True):
            if word in found:
                earned[event_id] = max(weight * found[word], earned.get(event_id, 0))
    scores = dict(bonus)
    for event_id in set().union(*points):
        parts = [earned[event_id] for earned in points if event_id in earned]
        if len(parts) >= needed:
            scores[event_id] = scores.get(event_id, 0) + sum(parts)
    return scores


class _Vocabulary:
    """The words of all events in order, with the number of events that have each."""

    def __init__(self, frequencies: dict[str, int], newest: int) -> None:
        self.frequencies = frequencies
        self.newest = newest
        self.read_at = time.monotonic()
        self.titles = sorted(word for word in frequencies if word.startswith(_TITLE_MARK))
        self.words = sorted(word for word in frequencies if not word.startswith(_TITLE_MARK))

    def frequency(self, words: Iterable[str]) -> int:
        return sum(self.frequencies.get(word, 0) for word in words)

    def match(self, word: str) -> Matches:
        """Return the words that `word` may stand for, and what each match counts."""
        completions = _beginning_with(word, self.words)
        found = {other: PREFIX * (len(word) + len(other)) // (2 * len(other)) for other in completions}
        if word in self.frequencies:
            found[word] = EXACT
        if len(word) >= SLIP_LENGTH:
            slips = 1 if len(word) < TWO_SLIPS_LENGTH else 2
            for other, distance, _index in process.extract(
                word, self.words, scorer=OSA.distance, score_cutoff=slips, limit=MATCHES
            ):
                found.setdefault(other, SLIP // max(distance, 1))
            if not found:
                beginnings = [other[: len(word)] for other in self.words]
                for _beginning, _distance, index in process.extract(
                    word, beginnings, scorer=OSA.distance, score_cutoff=1, limit=MATCHES
                ):
                    found[self.words[index]] = SLIP // 2
        return found

    def match_title(self, title: str) -> Matches:
        """Return the marked titles that equal or begin with `title`."""
        marked = _mark_title(title)
        found = dict.fromkeys(_beginning_with(marked, self.titles), TITLE_BEGINS)
        if marked in self.frequencies:
            found[marked] = WHOLE_TITLE
        return found


def _beginning_with(word: str, words: list[str]) -> list[str]:
    """Return the shortest of the sorted `words` that begin with `word`."""
    found = words[bisect_left(words, word) : bisect_left(words, word + chr(maxunicode))]
    return sorted(found, key=len)[:MATCHES] if len(found) > MATCHES else found


def _mark_title(title: str) -> str:
    return (_TITLE_MARK + normalize(title))[:MAX_WORD_LENGTH]


class _Keeper:
    """Holds this process's vocabulary, and reads it anew when it has changed."""

    def __init__(self) -> None:
        self.vocabulary: _Vocabulary | None = None
        self.version = ""

    def read(self) -> _Vocabulary:
        pages = caches["pages"]
        version = str(pages.get_or_set(_VERSION, lambda: get_random_string(12), None))
        known = self.vocabulary
        if known is not None and version == self.version:
            if time.monotonic() - known.read_at < VOCABULARY_SECONDS:
                return known
            if known.newest == (SearchWord.objects.aggregate(newest=Max("pk"))["newest"] or 0):
                known.read_at = time.monotonic()
                return known
        rows = list(SearchWord.objects.order_by().values_list("word").annotate(Count("pk"), Max("pk")))
        newest = max((pk for _word, _count, pk in rows), default=0)
        vocabulary = _Vocabulary({word: count for word, count, _pk in rows}, newest)
        self.vocabulary, self.version = vocabulary, version
        return vocabulary


_keeper = _Keeper()


def _forget_vocabulary() -> None:
    caches["pages"].set(_VERSION, get_random_string(12), None)
