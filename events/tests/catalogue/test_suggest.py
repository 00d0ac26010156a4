"""What the search field suggests."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from events import catalogue
from events.catalogue.search import index_events
from events.models import Event, Label
from testing.builders import make_city, make_event, make_hall, make_show, make_theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme() -> None:
    vienna = make_city("Vienna")
    studio = make_theater(name="Moonlight Studio", city=vienna)
    hidden = make_theater(name="Moon Palace", city=vienna)
    hidden.is_published = False
    hidden.save()
    sarah = [{"name": "Sarah Moon", "role": "Luna"}]
    make_show(event=make_event("A Trip to the Moon", cast=sarah), hall=make_hall(theater=studio))
    make_event("Moon Over Parma", credits=[{"name": "Sarah  MOON", "role": ""}])
    make_event("Moonrise, unpublished", is_published=False, cast=[{"name": "Keith Moon", "role": "Drums"}])
    Label.objects.create(name="Moon festival", slug="moon")
    make_hall(theater=hidden)
    index_events(Event.objects.all())


@pytest.mark.usefixtures("programme")
def test_it_finds_events_people_theaters_and_labels():
    found = catalogue.suggest("moon")
    # What can be seen comes first.
    assert [card.title for card in found.events] == ["A Trip to the Moon", "Moon Over Parma"]
    assert found.people[0].name.split() == ["Sarah", "MOON"]
    assert "Keith Moon" not in {person.name for person in found.people}
    assert [theater.name for theater in found.theaters] == ["Moonlight Studio"]
    assert [label.slug for label in found.labels] == ["moon"]
    assert found.count == 5


@pytest.mark.usefixtures("programme")
@pytest.mark.parametrize("query", ["", "m", " ", "%", "'", "\u202e", "x" * 100])
def test_too_little_or_nothing_known_suggests_nothing(query: str):
    assert catalogue.suggest(query).events == ()


@pytest.mark.usefixtures("programme")
def test_it_takes_few_statements(django_assert_max_num_queries: DjangoAssertNumQueries):
    catalogue.suggest("moon")
    with django_assert_max_num_queries(6):
        catalogue.suggest("moo")


@pytest.mark.usefixtures("programme")
def test_the_answer_escapes_what_was_typed_and_is_nobody_elses(client: Client):
    answer = client.get(reverse("events:suggestions"), {"q": "<b>moon"})
    assert answer.status_code == 200
    assert "<b>" not in answer.content.decode()
    assert "private" in answer["Cache-Control"]


@pytest.mark.usefixtures("programme")
def test_a_person_leads_to_their_events(client: Client):
    page = client.get(reverse("events:list"), {"person": "sarah moon", "sort": "title"})
    assert [card.title for card in page.context["page"].events] == ["A Trip to the Moon"]
    assert "with sarah moon" in page.content.decode()
    assert client.get("/api/v1/events", {"person": "Sarah Moon"}).json()["count"] == 2
