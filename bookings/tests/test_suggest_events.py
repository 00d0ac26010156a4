"""Events suggested to a customer, by what that customer booked and rated."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.suggestions import CANDIDATES, MOST_SUGGESTIONS, Suggestion, suggest_events
from events.models import Event, Label, Review, Show
from testing.bookings import make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater
from theaters.cities import find_city

pytestmark = pytest.mark.django_db


def label(*events: Event, name: str = "Tragedy") -> None:
    found, _is_new = Label.objects.get_or_create(slug=name.lower(), defaults={"name": name})
    found.events.add(*events)


def book(customer: User, event: Event, *, hours_ago: int = 0) -> Booking:
    booking = make_paid(make_show(event=event), 0, customer=customer)
    if hours_ago:
        starts_at = timezone.now() - timedelta(hours=hours_ago)
        Show.objects.filter(event=event).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))
    return booking


def suggest(customer: User, city: str = "") -> list[Suggestion]:
    return suggest_events(customer, city=find_city(city) if city else None, now=timezone.now())


def titles(customer: User, city: str = "") -> list[str]:
    return [suggestion.card.title for suggestion in suggest(customer, city)]


@pytest.fixture
def hamlet() -> Event:
    event = make_event("Hamlet")
    label(event)
    return event


def make_other(title: str, *names: str, in_hours: float = 72, **fields: object) -> Event:
    event = make_event(title, **{"kind": Event.Kind.FILM, **fields})
    for name in names:
        label(event, name=name)
    make_show(event=event, in_hours=in_hours)
    return event


def test_it_suggests_what_has_a_label_or_the_kind_in_common(customer: User, hamlet: Event) -> None:
    book(customer, hamlet)
    make_other("Faust", kind=Event.Kind.PLAY)
    make_other("Metropolis", "Tragedy", in_hours=80)
    make_other("Airplane", "Comedy")

    assert titles(customer) == ["Metropolis", "Faust"]
    assert {suggestion.because.title for suggestion in suggest(customer)} == {"Hamlet"}


def test_the_most_alike_comes_first_with_the_closest_reason(customer: User, hamlet: Event) -> None:
    silents = make_event("Nosferatu", kind=Event.Kind.FILM)
    label(silents, name="Silent")
    book(customer, hamlet)
    book(customer, silents)
    make_other("Medea", "Tragedy", kind=Event.Kind.PLAY, in_hours=30)
    make_other("Faust", "Silent", "Tragedy", in_hours=90)

    found = suggest(customer)

    assert [(one.card.title, one.because.title) for one in found] == [("Faust", "Nosferatu"), ("Medea", "Hamlet")]


def test_it_says_why(client: Client, customer: User, hamlet: Event) -> None:
    booking = book(customer, hamlet)
    make_other("Medea", "Tragedy")
    client.force_login(customer)

    def why() -> str:
        answer = client.get("/for-you/")
        assert "private" in answer["Cache-Control"]
        return answer.text

    assert "Because you booked <bdi>Hamlet</bdi>" in why()
    show = booking.shows[0]
    Show.objects.filter(pk=show.pk).update(starts_at=timezone.now() - timedelta(hours=3), ends_at=timezone.now())
    assert "Because you saw <bdi>Hamlet</bdi>" in why()
    Review.objects.create(event=hamlet, user=customer, stars=5)
    assert "Because you liked <bdi>Hamlet</bdi>" in why()


def test_what_was_not_liked_suggests_nothing(customer: User, hamlet: Event) -> None:
    book(customer, hamlet, hours_ago=30)
    make_other("Medea", "Tragedy")
    assert titles(customer) == ["Medea"]

    Review.objects.create(event=hamlet, user=customer, stars=3)

    assert titles(customer) == []


def test_what_was_booked_is_not_suggested(customer: User, hamlet: Event) -> None:
    medea = make_other("Medea", "Tragedy")
    book(customer, hamlet)
    book(customer, medea)
    make_show(event=hamlet)

    assert titles(customer) == []


def test_holds_canceled_tickets_and_others_bookings_say_nothing(customer: User, rival: User, hamlet: Event) -> None:
    make_other("Medea", "Tragedy")
    make_hold(make_show(event=hamlet), 0, customer=customer)
    book(rival, hamlet)
    assert titles(customer) == []

    booking = book(customer, hamlet)
    assert titles(customer) == ["Medea"]
    Ticket.objects.filter(booking=booking).update(state=Ticket.State.CANCELED)
    assert titles(customer) == []


def test_only_what_can_be_booked_in_the_city_is_suggested(customer: User, hamlet: Event) -> None:
    book(customer, hamlet)
    kyoto = make_hall(theater=make_theater(city=make_city("Kyoto", "Asia/Tokyo")))
    for title, fields in {
        "Medea": {},
        "Closed": {"sales_stopped_at": timezone.now()},
        "Later": {"sales_open_at": timezone.now() + timedelta(days=1)},
        "Draft": {"state": Show.State.DRAFT},
    }.items():
        event = make_event(title)
        label(event)
        make_show(event=event, **fields)
    far, hidden = make_event("Tartuffe"), make_event("Hidden", is_published=False)
    label(far, hidden)
    make_show(event=far, hall=kyoto, in_hours=90)
    make_show(event=hidden)

    assert titles(customer) == ["Medea", "Tartuffe"]
    assert titles(customer, "vienna") == ["Medea"]
    assert titles(customer, "kyoto") == ["Tartuffe"]


def test_there_is_nothing_for_others(client: Client, customer: User, hamlet: Event) -> None:
    book(customer, hamlet)
    make_other("Medea", "Tragedy")

    answer = client.get("/for-you/")

    assert answer.status_code == 200
    assert "<" not in answer.text
    assert "/for-you/" not in client.get("/").text
    client.force_login(customer)
    assert "/for-you/" in client.get("/").text


@pytest.mark.parametrize("count", [1, CANDIDATES + 5])
def test_the_number_of_queries_does_not_grow(
    customer: User, hamlet: Event, count: int, django_assert_max_num_queries
) -> None:
    for number in range(3):
        book(customer, make_event(f"Booked {number}"))
    book(customer, hamlet)
    hall = make_hall()
    for number in range(count):
        event = make_event(f"Event {number}")
        label(event)
        make_show(event=event, hall=hall, in_hours=30 + 4 * number)

    with django_assert_max_num_queries(7):
        found = suggest(customer)

    assert len(found) == min(count, MOST_SUGGESTIONS)


def test_a_customer_without_bookings_costs_one_query(customer: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert suggest(customer) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="It reads SQLite's query plan.")
def test_bookings_are_found_by_an_index(customer: User, django_assert_num_queries) -> None:
    with django_assert_num_queries(1) as asked:
        suggest(customer)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        plan = " ".join(row[-1] for row in cursor.fetchall())
    assert "bookings_booking USING INDEX bookings_booking_customer" in plan
    assert "SCAN" not in plan
