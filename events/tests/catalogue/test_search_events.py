"""The list of events: each filter, each order, and every page of it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from events.catalogue import EventFilters, EventSort, FromPrice, forget_catalogue, read_filter_choices, search_events
from events.catalogue.listing import _write_cursor
from events.catalogue.search import index_events
from events.models import Event, Label
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def found(filters: EventFilters | None = None, **changes) -> list[str]:
    page = search_events(filters or EventFilters(**changes), now=NOW)
    assert page.count == len(page.events)
    return [card.title for card in page.events]


@pytest.fixture
def programme() -> dict[str, Event]:
    vienna = make_hall(theater=make_theater("Riverside", city=make_city("Vienna")))
    pune = make_hall(theater=make_theater("Rangmandir", city=make_city("Pune", "Asia/Kolkata"), currency="INR"))
    silent, family = (Label.objects.create(name=name, slug=name) for name in ("silent", "family"))
    events = {
        "hamlet": make_event("Hamlet", languages=["en"], rating_average=Decimal("4.50")),
        "metropolis": make_event("Metropolis", kind="film", rating_average=Decimal("3.90"), languages=["de"]),
        "shakuntala": make_event("Shakuntala", languages=["sa", "hi"], rating_average=Decimal("4.80")),
        "silence": make_event("Änderung", kind="film"),
    }
    events["metropolis"].labels.add(silent)
    events["silence"].labels.add(silent, family)
    make_show(event=events["hamlet"], hall=vienna, starts_at=NOW + 3 * DAY, price="25", language="en")
    make_show(event=events["hamlet"], hall=vienna, starts_at=NOW + 9 * DAY, price="15", language="de")
    make_show(event=events["metropolis"], hall=vienna, starts_at=NOW + 2 * DAY, price="8", language="de")
    make_show(event=events["metropolis"], hall=pune, starts_at=NOW + 5 * DAY, price="300")
    make_show(event=events["shakuntala"], hall=pune, starts_at=NOW + 4 * DAY, price="500", is_signed=True)
    make_show(event=events["silence"], hall=vienna, starts_at=NOW + 6 * DAY, price="8.50", is_relaxed=True)
    index_events(Event.objects.all())
    return events


@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"city": "pune"}, ["Shakuntala", "Metropolis"]),
        ({"city": "nowhere"}, []),
        ({"kinds": ("film",)}, ["Metropolis", "Änderung"]),
        ({"kinds": ("film", "play")}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"kinds": ("opera",)}, []),
        ({"labels": ("silent",)}, ["Metropolis", "Änderung"]),
        ({"labels": ("silent", "family")}, ["Metropolis", "Änderung"]),
        ({"labels": ("unknown",)}, []),
        ({"languages": ("de",)}, ["Metropolis", "Hamlet"]),
        ({"languages": ("hi",)}, ["Shakuntala"]),
        ({"languages": ("h",)}, []),
        ({"access": ("signed",)}, ["Shakuntala"]),
        ({"access": ("signed", "relaxed")}, ["Shakuntala", "Änderung"]),
        ({"access": ("captioned",), "sort": "title"}, []),
        ({"q": "relaxed performance"}, ["Änderung"]),
        ({"q": "in Gebärdensprache pune"}, ["Shakuntala"]),
        ({"q": "hamlet signed"}, []),
        ({"q": "relaxed", "access": ("signed",)}, []),
        ({"price_max": Decimal(8)}, ["Metropolis"]),
        ({"price_max": Decimal("8.5")}, ["Metropolis", "Änderung"]),
        ({"price_max": Decimal("1e30")}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"min_rating": Decimal(4)}, ["Hamlet", "Shakuntala"]),
        ({"min_rating": Decimal("4.80001")}, ["Shakuntala"]),
        ({"date_from": date(2026, 5, 5)}, ["Shakuntala", "Metropolis", "Änderung", "Hamlet"]),
        ({"date_to": date(2026, 5, 4)}, ["Metropolis", "Hamlet"]),
        ({"date_from": date(2026, 5, 10), "date_to": date(2026, 5, 10)}, ["Hamlet"]),
        ({"date_from": date(2026, 5, 11)}, []),
        ({"date_from": date.min, "date_to": date.max}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"date_from": date(2026, 5, 5), "date_to": date(2026, 5, 4)}, []),
        ({"city": "vienna", "kinds": ("film",), "price_max": Decimal(8), "labels": ("silent",)}, ["Metropolis"]),
        ({"city": "pune", "price_max": Decimal(100)}, []),
        ({"sort": "title"}, ["Änderung", "Hamlet", "Metropolis", "Shakuntala"]),
        ({"sort": "rating"}, ["Shakuntala", "Hamlet", "Metropolis", "Änderung"]),
        ({"sort": "newest"}, ["Änderung", "Shakuntala", "Metropolis", "Hamlet"]),
        ({"sort": "title", "city": "vienna"}, ["Änderung", "Hamlet", "Metropolis"]),
        ({"sort": "nonsense"}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"sort": "relevance"}, ["Metropolis", "Hamlet", "Shakuntala", "Änderung"]),
        ({"q": "metropolis"}, ["Metropolis"]),
        ({"q": "metroplois"}, ["Metropolis"]),
        ({"q": "pune"}, ["Metropolis", "Shakuntala"]),
        ({"q": "pune", "sort": "title"}, ["Metropolis", "Shakuntala"]),
        ({"q": "pune", "sort": "soonest"}, ["Metropolis", "Shakuntala"]),
        ({"q": "pune", "kinds": ("film",)}, ["Metropolis"]),
        ({"q": "hamlet", "city": "pune"}, []),
        ({"q": "?!"}, []),
    ],
)
def test_filters_and_orders(programme: dict[str, Event], filters: dict, titles: list[str]):
    assert found(**filters) == titles


def test_cards_summarize_the_shows_that_match(programme: dict[str, Event]):
    (card,) = search_events(EventFilters(q="hamlet", languages=("de",)), now=NOW).events
    assert [show.language for show in card.next_shows] == ["de"]
    assert (card.show_count, card.prices) == (1, (FromPrice("EUR", Decimal(15)),))
    (metropolis,) = search_events(EventFilters(q="metropolis"), now=NOW).events
    assert (metropolis.prices[0], metropolis.show_count) == (FromPrice("EUR", Decimal(8)), 2)


def test_search_also_finds_what_is_over_and_puts_it_last():
    over = make_event("Faust")
    make_show(event=over, starts_at=NOW - 30 * DAY)
    make_show(event=make_event("Faust II"), starts_at=NOW + DAY)
    index_events(Event.objects.all())
    assert found(q="faust") == ["Faust II", "Faust"]
    assert found(q="faust", city="vienna") == ["Faust II"]
    assert found() == ["Faust II"]
    assert found(sort="title", with_idle=True) == ["Faust", "Faust II"]


@pytest.mark.slow
@pytest.mark.parametrize("sort", ["soonest", "title", "rating", "newest", "relevance"])
def test_every_event_is_on_exactly_one_page(sort: str):
    for number in range(11):
        event = make_event(f"Same {number % 3}", rating_average=Decimal(1 + number % 2) if number % 4 else None)
        make_show(event=event, starts_at=NOW + DAY * (1 + number % 2))
    index_events(Event.objects.all())
    filters = EventFilters(q="same" if sort == "relevance" else "", sort=sort)
    whole = [card.slug for card in search_events(filters, limit=20, now=NOW).events]
    assert len(set(whole)) == 11
    pages, after = [], ""
    while True:
        page = search_events(filters, after=after, limit=4, now=NOW)
        assert page.count == 11
        pages += [card.slug for card in page.events]
        after = page.next_after
        if not after:
            break
    assert pages == whole
    by_offset = [search_events(filters, offset=start, limit=4, now=NOW).events for start in (0, 4, 8, 12)]
    assert [card.slug for events in by_offset for card in events] == whole


@pytest.mark.parametrize("filters", [{}, {"sort": "title"}, {"city": "vienna"}, {"sort": "title", "with_idle": True}])
def test_a_list_is_counted_up_to_a_limit(filters: dict):
    for number in range(4):
        make_show(event=make_event(f"Event {number}"), starts_at=NOW + DAY)
    counted = [search_events(EventFilters(**filters), limit=2, count_limit=limit, now=NOW).count for limit in (3, 4, 5)]
    assert counted == [3, 4, 4]


def test_a_page_continues_where_the_last_one_ended_though_events_came_and_went():
    events = [make_event(f"Event {letter}") for letter in "ABCDEF"]
    for event in events:
        make_show(event=event, starts_at=NOW + DAY)
    filters = EventFilters(sort="title")
    first = search_events(filters, limit=2, now=NOW)
    Event.objects.filter(title="Event A").update(is_published=False)
    make_show(event=make_event("Event AA"), starts_at=NOW + DAY)
    second = search_events(filters, after=first.next_after, limit=2, now=NOW)
    assert [card.title for card in second.events] == ["Event C", "Event D"]


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "%%%",
        "WzFd",
        "bnVsbA",
        _write_cursor(EventSort.TITLE, "a", 1),
        _write_cursor(EventSort.SOONEST, "yesterday", 1),
        _write_cursor(EventSort.SOONEST, "2026-05-01T00:00:00", 1),
    ],
)
def test_an_invalid_cursor_starts_over(programme: dict[str, Event], after: str):
    page = search_events(EventFilters(sort="soonest"), after=after, limit=2, now=NOW)
    assert [card.title for card in page.events] == ["Metropolis", "Hamlet"]


def test_choices_are_those_that_exist(programme: dict[str, Event]):
    choices = read_filter_choices(now=NOW)
    assert [label.slug for label in choices.labels] == ["family", "silent"]
    assert choices.languages == ("de", "en")
    assert "opera" in choices.kinds


@pytest.mark.slow
@pytest.mark.parametrize(
    ("filters", "queries"),
    [
        ({}, 5),
        ({"sort": "title", "city": "vienna"}, 5),
        ({"sort": "rating", "kinds": ("play",)}, 5),
        ({"q": "event", "date_from": date(2026, 5, 2)}, 5),
        ({"q": "event", "kinds": ("play",)}, 5),
        ({"city": "vienna", "kinds": ("play",), "languages": ("de", "en"), "price_max": Decimal(90)}, 5),
    ],
)
def test_the_number_of_queries_does_not_grow(filters: dict, queries: int, django_assert_num_queries):
    for size in (3, 20):
        for number in range(size):
            make_show(event=make_event(f"Event {number}", languages=["de"]), starts_at=NOW + DAY * (1 + number % 3))
        index_events(Event.objects.all())
        search_events(EventFilters(**filters), now=NOW)
        with django_assert_num_queries(queries):
            assert search_events(EventFilters(**filters), now=NOW).count in (3, 23)


def test_a_warm_list_costs_no_query(programme: dict[str, Event], django_assert_max_num_queries):
    forget_pages()
    with django_assert_max_num_queries(8):
        read_filter_choices()
        search_events(EventFilters())
    with django_assert_max_num_queries(0):
        read_filter_choices()
        search_events(EventFilters())


def test_pages_share_a_count_until_something_changes(
    programme: dict[str, Event], time_machine, django_capture_on_commit_callbacks
):
    time_machine.move_to(NOW)
    assert search_events(EventFilters()).count == 4
    make_show(event=make_event("Faust"), starts_at=NOW + DAY)
    page = search_events(EventFilters(sort="soonest"))
    assert (page.events[0].title, page.count) == ("Faust", 4)
    with django_capture_on_commit_callbacks(execute=True):
        forget_catalogue()
    assert search_events(EventFilters()).count == 5
    assert search_events(EventFilters(sort="title")).count == 5
