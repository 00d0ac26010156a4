"""Search that forgives accents, case and typos, the same on every database.

`SearchWord` rows hold the words that find an event and the weight of each; theaters and cities
are found by their names, and stand for the upcoming shows there; a kind of event is found by what people
call it (`synonyms.py`), and stands for all events of it. A query word matches every known word
that equals it, begins with it, differs from it by a typo, or means the same. That is decided in
`vocabulary.py`, on sorted lists that each process keeps, so that the database only compares for
equality. An event must match every word of the query; if no event does, one word may be missing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from events.catalogue.vocabulary import (
    KIND_WEIGHT,
    LABEL_WEIGHT,
    PERSON_WEIGHT,
    PLACE_WEIGHT,
    TAGLINE_WEIGHT,
    TITLE_WEIGHT,
    Matches,
    Meaning,
    Vocabulary,
    forget_words,
    mark_person,
    mark_title,
    read_vocabulary,
)
from events.models import Event, SearchWord, Show
from lib.words import index_words, normalize, query_words

MAX_QUERY_WORDS = 8
# How many events are found at most.
MAX_FOUND_EVENTS = 300
# With more rows than this, only events with the rarest of the words are considered.
MAX_UNNARROWED_ROWS = 3000
# 500 events with some 8,000 words take 0.4 s on SQLite and 0.5 s on PostgreSQL.
INDEX_BATCH = 500
# Stands for the whole title where others are parts of the query, numbered from 0.
_TITLE = -1


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
        weights = {mark_title(event.title): TITLE_WEIGHT}
        weights |= {mark_person(name): PERSON_WEIGHT for name in people if normalize(name)}
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


def find_events(query: str, *, now: datetime | None = None) -> dict[int, int]:
    """Return the best `MAX_FOUND_EVENTS` published events with their scores. One query, three in a new process."""
    asked = query_words(query)[:MAX_QUERY_WORDS]
    if not asked:
        return {}
    now = now or timezone.now()
    vocabulary = read_vocabulary()
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


def _score(
    titles: Matches, meanings: list[Meaning], needed: int, vocabulary: Vocabulary, now: datetime
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
            if not rarest.theaters and not rarest.kinds:
                narrowed = _NARROWED.format(_places(rarest.words))
                values += rarest.words
        found.append(_FOUND_BY_WORDS.format(", ".join(["(%s, %s, %s)"] * len(matches)), narrowed))
    at = connection.ops.adapt_datetimefield_value(now)
    for part, meaning in enumerate(meanings):
        if meaning.theaters:
            found.append(_FOUND_BY_PLACE.format(_places(meaning.theaters)))
            values += [part, meaning.place, Show.State.ON_SALE, at, *meaning.theaters]
        for kind, score in meaning.kinds.items():
            found.append(_FOUND_BY_KIND)
            values += [part, KIND_WEIGHT * score, kind]
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
_FOUND_BY_KIND = "SELECT id, %s, %s FROM events_event WHERE is_published AND kind = %s"
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
