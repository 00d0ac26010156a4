"""The page of one event."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from events.catalogue import FromPrice, ShowState, read_event
from events.catalogue.event_page import EVENT_PAGE_SHOWS
from events.catalogue.reviews import public_name
from events.models import Event, Label, Review, Show
from events.reviews import refresh_rating
from testing.builders import make_city, make_event, make_hall, make_show, make_theater, make_user

pytestmark = pytest.mark.django_db

# 10:00 in Vienna, 17:00 in Tokyo.
NOW = datetime(2026, 5, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_it_has_everything_about_an_event():
    theater = make_theater("Riverside")
    event = make_event(
        "शकुन्तला",
        theater=theater,
        synopsis="A ring is lost.",
        cast=[{"name": "Asha Rao", "role": "Shakuntala"}],
        credits=[{"name": "Kalidasa"}],
        languages=["sa"],
        subtitles=["en"],
    )
    event.labels.add(Label.objects.create(name="Classic", slug="classic"))
    make_show(event=event, hall=make_hall(theater=theater), starts_at=NOW + 30 * HOUR, price="14")
    detail = read_event(event.slug, now=NOW)
    assert detail is not None
    assert (detail.card.title, detail.card.kind_label, detail.theater_name) == ("शकुन्तला", "play", "Riverside")
    assert [(credit.name, credit.role) for credit in (*detail.cast, *detail.credits)] == [
        ("Asha Rao", "Shakuntala"),
        ("Kalidasa", ""),
    ]
    assert [label.slug for label in detail.card.labels] == ["classic"]
    assert (detail.card.prices, detail.subtitles) == ((FromPrice("EUR", Decimal(14)),), ("en",))


@pytest.mark.parametrize("slug", ["nothing", "hidden"])
def test_there_is_no_page_without_a_published_event(slug: str):
    Event.objects.filter(pk=make_event().pk).update(slug="hidden", is_published=False)
    assert read_event(slug, now=NOW) is None


def test_shows_are_grouped_by_theater_and_its_own_days():
    event = make_event()
    vienna = make_hall(theater=make_theater("Riverside"))
    tokyo = make_hall(theater=make_theater("Kabuki", city=make_city("Tokyo", "Asia/Tokyo"), currency="JPY"))
    # 20:00 and 00:30 in Vienna; 00:30 in Tokyo of the next day.
    for hall, start in ((vienna, 10), (vienna, 14.5), (tokyo, 7.5)):
        make_show(event=event, hall=hall, starts_at=NOW + start * HOUR)
    groups = read_event(event.slug, now=NOW).by_theater()
    assert [(theater.theater_name, [(day.day, len(shows)) for day, shows in days]) for theater, days in groups] == [
        ("Kabuki", [(2, 1)]),
        ("Riverside", [(1, 1), (2, 1)]),
    ]
    assert [show.city_name for show in read_event(event.slug, city="tokyo", now=NOW).shows] == ["Tokyo"]


def test_shows_that_cannot_be_booked_say_why():
    event = make_event()
    halls = [make_hall() for _ in range(6)]
    make_show(event=event, hall=halls[0], starts_at=NOW - HOUR)
    make_show(event=event, hall=halls[1], starts_at=NOW + HOUR, state=Show.State.CANCELED)
    make_show(event=event, hall=halls[2], starts_at=NOW + 2 * HOUR, sales_close_at=NOW - HOUR)
    make_show(event=event, hall=halls[3], starts_at=NOW + 3 * HOUR, sales_open_at=NOW + HOUR)
    make_show(event=event, hall=halls[4], starts_at=NOW + 4 * HOUR, state=Show.State.DRAFT)
    make_show(event=event, hall=halls[5], starts_at=NOW - 23 * HOUR)
    detail = read_event(event.slug, now=NOW)
    assert [show.state for show in detail.shows] == [
        ShowState.PAST,
        ShowState.CANCELED,
        ShowState.CLOSED,
        ShowState.NOT_YET,
    ]
    assert detail.card.next_shows == ()
    assert detail.last_show_at is None


def test_an_event_that_is_over_says_when_it_was_on():
    show = make_show(starts_at=NOW - 100 * HOUR)
    detail = read_event(show.event.slug, now=NOW)
    assert detail.shows == ()
    assert detail.last_show_at == show.starts_at


def test_a_long_series_is_cut_after_its_next_shows():
    event, hall = make_event(running_minutes=10), make_hall()
    hall.cleaning_minutes = 0
    seat_map = hall.seat_maps.get()
    Show.objects.bulk_create(
        Show(
            event=event,
            hall=hall,
            seat_map=seat_map,
            state="on_sale",
            starts_at=NOW + number * HOUR,
            ends_at=NOW + (number + 0.5) * HOUR,
            cleared_at=NOW + (number + 0.5) * HOUR,
        )
        for number in range(1, EVENT_PAGE_SHOWS + 3)
    )
    detail = read_event(event.slug, now=NOW)
    assert (len(detail.shows), detail.has_more_shows, detail.card.show_count) == (
        EVENT_PAGE_SHOWS,
        True,
        EVENT_PAGE_SHOWS + 2,
    )


def test_reviews_are_counted_and_their_authors_shortened():
    event = make_event()
    for number, (name, stars, state) in enumerate(
        [("Asha Rao", 5, "published"), ("", 3, "published"), ("Troll", 1, "hidden")]
    ):
        Review.objects.create(
            event=event,
            user=make_user(f"r{number}@example.com", name),
            stars=stars,
            state=state,
            created_at=timezone.now() + timedelta(minutes=number),
        )
    refresh_rating(event.pk)
    detail = read_event(event.slug, now=NOW)
    assert [(review.stars, review.author) for review in detail.reviews] == [(3, ""), (5, "Asha R.")]
    assert detail.star_counts == {5: 1, 4: 0, 3: 1, 2: 0, 1: 0}
    assert (detail.card.rating_average, detail.card.rating_count) == (Decimal(4), 2)


@pytest.mark.parametrize(
    ("name", "public"),
    [("Asha Rao", "Asha R."), ("Asha Maria Rao", "Asha R."), ("Asha", "Asha"), ("  ", ""), ("आशा राव", "आशा र.")],
)
def test_a_name_is_shortened_for_the_public(name: str, public: str):
    assert public_name(name) == public


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    event = make_event()
    for size in (1, 12):
        for _number in range(size):
            make_show(event=event, starts_at=NOW + 30 * HOUR)
        with django_assert_num_queries(6):
            read_event(event.slug, now=NOW)


def test_a_warm_page_costs_no_query(django_assert_num_queries):
    show = make_show()
    with django_assert_num_queries(6):
        read_event(show.event.slug)
    with django_assert_num_queries(0):
        assert len(read_event(show.event.slug).shows) == 1
