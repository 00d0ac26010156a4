"""Time searches and filters of the list of events with 10,000 events and 200,000 coming shows.

    DATABASE_URL=postgres://…/an_empty_database python -m benchmarks.search [--short]

Each answer is asked for with empty caches over a warm connection, and again when only the counts of whole lists are
cached, which live longer than the pages that show them. Prints the milliseconds of the fastest of some rounds:
processor time of Python, and time of the database. `--short`: a few shows.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from benchmarks.growth import begin, cost

if TYPE_CHECKING:
    from events.catalogue import EventFilters

SHOWS, SHORT_SHOWS = 200_000, 40
ROUNDS, SHORT_ROUNDS = 5, 1


def main() -> None:
    is_short = begin(__doc__)
    from benchmarks.catalogue import add_catalogue
    from events.models import Show

    if not Show.objects.exists():
        add_catalogue(shows=SHORT_SHOWS if is_short else SHOWS)
    print(f"{'':28}{'cold':>8}{'counted':>9}")
    for name, figure in measure_search(rounds=SHORT_ROUNDS if is_short else ROUNDS).items():
        print(f"{name:28}{figure['cold']:8.1f}{figure['counted']:9.1f}", flush=True)


def measure_search(*, rounds: int) -> dict[str, dict[str, float]]:
    """Return milliseconds by what was asked for, with empty caches and with counts alone."""
    from events.catalogue import search_events
    from testing.caches import forget_pages

    found = {}
    for name, filters in list_filters().items():
        cold, counted = [], []
        # Loads the words and compiles statements.
        search_events(filters)
        for number in range(rounds):
            forget_pages()
            cold.append(cost(lambda filters=filters: search_events(filters)))  # type: ignore[misc]
            # The place of no event starts over, as a page that is not cached yet.
            again = f"round-{number}"
            counted.append(cost(lambda filters=filters, again=again: search_events(filters, after=again)))  # type: ignore[misc]
        found[name] = {"cold": min(cold), "counted": min(counted)}
    return found


def list_filters() -> dict[str, EventFilters]:
    """Return what is asked for; words are those of an event that is there."""
    from django.utils import timezone

    from events.catalogue import EventFilters
    from events.models import Event

    event = Event.objects.exclude(cast=[]).order_by("-pk")[0]
    word, person, today = event.title.split()[0], event.cast[0]["name"], timezone.now().date()
    week = {"date_from": today + timedelta(days=10), "date_to": today + timedelta(days=16)}
    return {
        "all": EventFilters(),
        "by title": EventFilters(sort="title"),
        "best rated": EventFilters(sort="rating"),
        "newest": EventFilters(sort="newest"),
        "in a city": EventFilters(city="vienna"),
        "in a week": EventFilters(**week),
        "in a week, in a city": EventFilters(city="vienna", **week),
        "of a kind": EventFilters(kinds=("film",)),
        "with a label": EventFilters(labels=("an",)),
        "in a language": EventFilters(languages=("hi",)),
        "up to a price": EventFilters(price_max=Decimal(20)),
        "rated 4 and more": EventFilters(min_rating=Decimal(4)),
        "title": EventFilters(q=event.title),
        "beginning of a word": EventFilters(q=word[:3]),
        "typo": EventFilters(q=f"{word[0]}x{word[2:]}"),
        "person": EventFilters(q=person),
        "city": EventFilters(q="vienna"),
        "word and city": EventFilters(q=f"{word} vienna"),
        "person, in a city": EventFilters(q=person, city="vienna"),
        "word, by title": EventFilters(q=word[:3], sort="title"),
        "word, soonest first": EventFilters(q=word[:3], sort="soonest"),
        "nothing": EventFilters(q="qqqwwwxxx"),
    }


if __name__ == "__main__":
    main()
