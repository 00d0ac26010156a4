"""Fills a database with theaters, events and shows as fast as it can; what `growth.py` and `search.py` measure."""

from __future__ import annotations

import random
from typing import Any

from benchmarks.copies import copy_row, copy_rows, moment_after, random_key, without_guards

HALLS_PER_THEATER, SHOWS_PER_EVENT = 4, 20
HOURS_BETWEEN_SHOWS = 4
# Far above what the sequences give to the rows that are copied.
FIRST_COPY = 10_000_000
CITIES = ("Vienna", "Graz", "Linz", "Salzburg", "Pune", "Mumbai", "Delhi", "Berlin", "Munich", "Hamburg")
SYLLABLES = (
    "an",
    "ba",
    "cor",
    "del",
    "fi",
    "gar",
    "hu",
    "is",
    "kal",
    "lo",
    "mer",
    "na",
    "or",
    "qui",
    "sol",
    "ta",
    "zen",
)
LANGUAGES = ("", "de", "en", "hi")


def add_catalogue(*, shows: int) -> None:
    """Add so many coming shows, in theaters, halls and events of their own, and with a booking and a price each.

    Each hall has some thousand shows, one every few hours, and alternates between its events.
    """
    from django.db import connection

    from events.models import Price, Show
    from testing.builders import make_city, make_hall, make_show, make_theater

    per_hall = min(1000, shows // 2)
    halls = shows // per_hall
    events = _make_events(shows // SHOWS_PER_EVENT)
    per_event = len(events) // halls
    sources = []
    for number in range(halls):
        if number % HALLS_PER_THEATER == 0:
            words = random.Random(number)
            theater = make_theater(f"{_word(words)} {_word(words)}".title(), city=make_city(words.choice(CITIES)))
        hall = make_hall(theater=theater, rows=1, seats=10)
        # Over before the others start, which are copies of it.
        sources.append(make_show(hall=hall, event=events[0], in_hours=-48))
    with without_guards():
        for number, show in enumerate(sources):
            first = FIRST_COPY + number * per_hall
            copied = {
                "id": f"{first} + n",
                "code": f"'S' || ({first} + n)",
                "event_id": f"{events[number * per_event].pk} + n % {per_event}",
                "language": "CASE n % 4 WHEN 1 THEN 'de' WHEN 2 THEN 'en' WHEN 3 THEN 'hi' ELSE '' END",
                "from_price": "10 + n % 50",
                "lowest_price": "8 + n % 50",
                "highest_price": "10 + n % 50",
            }
            hours = f"(72 + n * {HOURS_BETWEEN_SHOWS})"
            copied |= {name: moment_after(name, hours) for name in ("starts_at", "ends_at", "cleared_at")}
            copy_row(Show, show.pk, per_hall, copied)
            copy_rows(Price, f"show_id = {show.pk}", per_hall, {"id": f"{first} + n", "show_id": f"{first} + n"})
    with connection.cursor() as cursor:
        # As PostgreSQL does automatically after a while.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def add_bookings(booking: Any) -> None:
    """Copy a booking for each show that `add_catalogue` has added."""
    from bookings.models import Booking, Ticket
    from events.models import Show
    from payments.models import Payment

    shows = Show.objects.filter(pk__gt=FIRST_COPY).count()
    key = f"{FIRST_COPY} + n"
    own = {
        "id": key,
        "code": f"'B' || ({key})",
        "idempotency_key": "NULL",
        "email": "'customer' || n || '@example.com'",
    }
    own |= {"customer_id": "NULL", "name": "'Customer ' || n", "name_key": "' customer ' || n"}
    with without_guards():
        copy_row(Booking, booking.pk, shows, own)
        for number, ticket in enumerate(Ticket.objects.filter(booking=booking)):
            ticket_key = f"2 * n + {FIRST_COPY + number}"
            own = {"id": ticket_key, "code": f"'T' || ({ticket_key})", "booking_id": key, "show_id": key}
            copy_row(Ticket, ticket.pk, shows, own)
        for payment in Payment.objects.filter(booking=booking):
            own = {"id": key, "booking_id": key, "key": random_key(), "reference": "'pi_' || n"}
            copy_row(Payment, payment.pk, shows, own)


def _make_events(count: int) -> list[Any]:
    """Make events with titles, people and labels, found by some twenty words each."""
    from events.catalogue.search import index_events
    from events.models import Event, Label

    words = random.Random(count)
    labels = [Label.objects.get_or_create(slug=slug, defaults={"name": slug.title()})[0] for slug in SYLLABLES[:12]]
    people = [f"{_word(words)} {_word(words)}".title() for _number in range(max(20, count // 2))]
    known = Event.objects.count()
    events = Event.objects.bulk_create(
        [
            Event(
                title=" ".join(_word(words) for _word_number in range(words.randint(1, 3))).title(),
                slug=f"copy-{known + number}",
                kind=words.choice(Event.Kind.values),
                running_minutes=100,
                tagline=" ".join(_word(words) for _word_number in range(4)),
                synopsis="A story. " * 60,
                languages=[words.choice(LANGUAGES[1:])],
                cast=[{"name": words.choice(people), "role": "Role"} for _person in range(6)],
                credits=[{"name": words.choice(people), "role": "Director"}],
                rating_average=words.choice([None, 3, 4, 5]),
                is_published=True,
            )
            for number in range(count)
        ],
        batch_size=1000,
    )
    links = Event.labels.through
    links.objects.bulk_create(
        [links(event=event, label=label) for event in events for label in words.sample(labels, 2)], batch_size=2000
    )
    index_events(Event.objects.filter(pk__in=[event.pk for event in events]))
    return events


def _word(words: random.Random) -> str:
    """Return one of some 17,000 words, the short ones more often."""
    return "".join(words.choices(SYLLABLES, k=words.choice((2, 2, 3))))
