"""The pages of theaters, and their calendars."""

from datetime import UTC, datetime, timedelta

import pytest

from events.catalogue import list_shows, read_prices, read_show, read_theater, read_theaters
from events.models import Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from theaters.models import Theater

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def test_it_shows_the_programme_of_the_next_days():
    hall = make_hall(rows=3, seats=5, standing=10)
    hamlet, faust = make_event("Hamlet"), make_event("Faust")
    make_show(hall=hall, event=hamlet, starts_at=NOW + DAY)
    make_show(hall=hall, event=faust, starts_at=NOW + DAY + timedelta(hours=4))
    make_show(hall=hall, event=hamlet, starts_at=NOW + 3 * DAY, state=Show.State.CANCELED)
    make_show(hall=hall, event=hamlet, starts_at=NOW + 20 * DAY)
    make_show(event=make_event("Elsewhere"), starts_at=NOW + DAY)
    detail = read_theater(hall.theater.slug, now=NOW)
    assert [(day.day, [show.event_title for show in shows]) for day, shows in detail.by_day()] == [
        (2, ["Hamlet", "Faust"]),
        (4, ["Hamlet"]),
    ]
    assert [(one.name, one.capacity) for one in detail.halls] == [(hall.name, 25)]
    assert set(detail.cards) == {hamlet.slug, faust.slug}
    assert detail.cards[hamlet.slug].show_count == 2


def test_there_is_no_page_without_a_published_theater():
    theater = make_theater()
    Theater.objects.filter(pk=theater.pk).update(is_published=False)
    assert read_theater(theater.slug, now=NOW) is None
    assert read_theater("nothing", now=NOW) is None
    assert read_theaters(now=NOW) == ()


def test_theaters_are_listed_by_city_with_their_shows():
    hall = make_hall(theater=make_theater("Riverside"))
    make_show(hall=hall, starts_at=NOW + DAY)
    make_show(hall=make_hall(theater=hall.theater), starts_at=NOW + DAY)
    make_show(hall=hall, starts_at=NOW - DAY)
    make_theater("Annex")
    make_theater("Oper", city=make_city("Graz"))
    listed = [
        (city.name, [(one.name, one.show_count) for one in theaters]) for city, theaters in read_theaters(now=NOW)
    ]
    assert listed == [("Graz", [("Oper", 0)]), ("Vienna", [("Annex", 0), ("Riverside", 2)])]


def test_shows_are_listed_by_their_start():
    first, second = make_show(starts_at=NOW + DAY), make_show(starts_at=NOW + 2 * DAY)
    make_show(starts_at=NOW - DAY)
    make_show(starts_at=NOW + DAY, state=Show.State.DRAFT)
    page = list_shows(limit=1, now=NOW)
    assert ([show.code for show in page.shows], page.count) == ([first.code], 2)
    assert [show.code for show in list_shows(offset=1, now=NOW).shows] == [second.code]
    assert [show.code for show in list_shows(event=second.event.slug, now=NOW).shows] == [second.code]
    assert [show.code for show in list_shows(theater=first.hall.theater.slug, now=NOW).shows] == [first.code]
    assert list_shows(city="nowhere", now=NOW).count == 0
    assert list_shows(date_from=(NOW - DAY).date(), now=NOW).count == 3


def test_shows_are_counted_up_to_a_limit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("events.catalogue.shows.API_COUNT_LIMIT", 2)
    for day in range(3):
        make_show(starts_at=NOW + day * DAY + DAY)
    assert (len(list_shows(now=NOW).shows), list_shows(now=NOW).count) == (3, 2)


def test_one_show_and_its_prices():
    show = make_show(price="20")
    assert read_show(show.code).event_title == "Hamlet"
    assert read_show("NOTHING") is None
    ((code, (price,)),) = read_prices([show.code]).items()
    assert (code, price.category, price.ticket_type, price.amount) == (show.code, "Parkett", "Adult", 20)


@pytest.mark.parametrize(
    ("read", "queries"),
    [
        (lambda slug: read_theater(slug, now=NOW), 6),
        (lambda slug: read_theaters(now=NOW), 4),
        (lambda slug: list_shows(theater=slug, now=NOW), 3),
    ],
)
def test_the_number_of_queries_does_not_grow(read, queries: int, django_assert_max_num_queries):
    theater = make_theater()
    for size in (1, 8):
        for number in range(size):
            make_show(hall=make_hall(theater=theater), event=make_event(f"Event {number}"), starts_at=NOW + DAY)
        with django_assert_max_num_queries(queries):
            read(theater.slug)
