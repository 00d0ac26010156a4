"""Search: what is found, and in which order."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.catalogue.search import find_events, index_event, index_events
from events.models import Event, Label, SearchWord, Show
from testing.builders import make_city, make_event, make_hall, make_show, make_theater

pytestmark = pytest.mark.django_db


def titles(query: str) -> list[str]:
    return [Event.objects.get(pk=pk).title for pk in find_events(query)]


@pytest.fixture
def programme() -> dict[str, Event]:
    events = {
        "hamlet": make_event("Hamlet", tagline="Something is rotten", cast=[{"name": "Sarah Bernhardt", "role": "H."}]),
        "hamlet machine": make_event("The Hamlet Machine"),
        "cafe": make_event("Café Müller", credits=[{"name": "Pina Bausch", "role": "Choreography"}]),
        "doll": make_event("A Doll’s House"),
        "clay": make_event("मृच्छकटिक"),
        "orfeo": make_event("L'Orfeo"),
        "tokyo": make_event("東京物語"),
        "nosferatu": make_event("Nosferatu, eine Symphonie des Grauens"),
    }
    label = Label.objects.create(name="Silent film", slug="silent")
    events["nosferatu"].labels.add(label)
    index_events(Event.objects.all())
    return events


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("hamlet", "Hamlet"),
        ("HAMLET", "Hamlet"),
        ("ham", "Hamlet"),
        ("hamelt", "Hamlet"),
        ("hanlet", "Hamlet"),
        ("hamllet", "Hamlet"),
        ("hamlet machine", "The Hamlet Machine"),
        ("machine hamlet", "The Hamlet Machine"),
        ("cafe muller", "Café Müller"),
        ("CAFÉ MÜLLER", "Café Müller"),
        ("mueller", "Café Müller"),
        ("dolls house", "A Doll’s House"),
        ("doll's hou", "A Doll’s House"),
        ("orfeo", "L'Orfeo"),
        ("lorfeo", "L'Orfeo"),
        ("मृच्छकटिक", "मृच्छकटिक"),
        ("मृच्छ", "मृच्छकटिक"),
        ("東京", "東京物語"),
        ("物語", "東京物語"),
        ("rotten", "Hamlet"),
        ("bernhardt", "Hamlet"),
        ("sarah bernhart", "Hamlet"),
        ("bausch", "Café Müller"),
        ("silent", "Nosferatu, eine Symphonie des Grauens"),
        ("nosfer", "Nosferatu, eine Symphonie des Grauens"),
        ("nosverat", "Nosferatu, eine Symphonie des Grauens"),
        ("simphonie grauens", "Nosferatu, eine Symphonie des Grauens"),
        ("hamlet zzzzzz", "Hamlet"),
    ],
)
def test_it_finds(programme: dict[str, Event], query: str, first: str):
    assert titles(query)[0] == first


@pytest.mark.parametrize("query", ["", "  ", "?!", "xyzzy", "zzzzzz qqqqqq", "hxmxet", "\x00", "%", "_", "=hamlet"])
def test_it_finds_nothing(programme: dict[str, Event], query: str):
    assert titles(query) == (["Hamlet", "The Hamlet Machine"] if query == "=hamlet" else [])


def test_a_whole_title_ranks_above_its_beginning_and_that_above_a_typo(programme: dict[str, Event]):
    make_event("Hamlets Return")
    make_event("Harlet")
    index_events(Event.objects.all())
    assert titles("hamlet") == ["Hamlet", "Hamlets Return", "The Hamlet Machine", "Harlet"]


def test_a_match_in_the_title_ranks_above_one_in_the_cast():
    by_name = make_event("Recital", cast=[{"name": "Carmen Amaya", "role": "Dance"}])
    by_title = make_event("The Story of Carmen")
    index_events(Event.objects.all())
    assert list(find_events("carmen")) == [by_title.pk, by_name.pk]


def test_theaters_and_cities_find_the_events_there():
    graz = make_theater("Schauspielhaus", city=make_city("Graz"))
    there = make_show(hall=make_hall(theater=graz), event=make_event("Faust")).event
    make_show(event=make_event("Faust, too"))
    over = make_show(hall=make_hall(theater=graz), event=make_event("Medea"), in_hours=-72)
    Show.objects.filter(pk=over.pk).update(state=Show.State.ENDED)
    index_events(Event.objects.all())
    assert list(find_events("faust graz")) == [there.pk]
    assert list(find_events("schauspielhaus")) == [there.pk]
    assert list(find_events("schauspielhuas")) == [there.pk]


def test_an_events_own_theater_is_found_without_a_show():
    event = make_event("Faust", theater=make_theater("Burgtheater"))
    index_event(event)
    assert list(find_events("faust burg")) == [event.pk]


def test_unpublished_events_are_not_found(programme: dict[str, Event]):
    Event.objects.filter(pk=programme["hamlet"].pk).update(is_published=False)
    assert titles("hamlet") == ["The Hamlet Machine"]


def test_indexing_again_follows_the_event(programme: dict[str, Event], django_capture_on_commit_callbacks):
    hamlet = programme["hamlet"]
    words = SearchWord.objects.filter(event=hamlet).count()
    index_event(hamlet)
    assert SearchWord.objects.filter(event=hamlet).count() == words
    assert titles("ophelia") == []
    hamlet.title = "Ophelia"
    hamlet.save()
    with django_capture_on_commit_callbacks(execute=True):
        index_event(hamlet)
    assert titles("ophelia") == ["Ophelia"]
    assert titles("hamlet") == ["The Hamlet Machine"]


def test_a_search_takes_one_query(programme: dict[str, Event], django_assert_num_queries):
    make_show(event=programme["hamlet"], starts_at=timezone.now() + timedelta(days=2))
    find_events("warm up the vocabulary")
    for query in ("hamlet", "vienna hamlet", "sarah bernhardt rotten"):
        with django_assert_num_queries(1):
            assert find_events(query)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(max_size=40))
def test_any_text_may_be_searched_for(programme: dict[str, Event], query: str):
    assert len(find_events(query)) <= len(programme)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_one_wrong_letter_is_forgiven(programme: dict[str, Event], data: st.DataObject):
    word = data.draw(st.sampled_from(["hamlet", "nosferatu", "machine", "bernhardt", "grauens"]))
    at = data.draw(st.integers(0, len(word) - 1))
    slip = data.draw(st.sampled_from(["drop", "double", "swap", "other"]))
    changed = {
        "drop": word[:at] + word[at + 1 :],
        "double": word[:at] + word[at] + word[at:],
        "swap": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
        "other": word[:at] + "x" + word[at + 1 :],
    }[slip]
    assert set(find_events(word)) <= set(find_events(changed))


def test_words_are_read_again_when_they_have_changed_and_not_when_the_cache_was_emptied(
    programme: dict[str, Event], django_assert_num_queries
):
    make_show(event=programme["hamlet"])
    assert find_events("hamlet")
    caches["pages"].clear()
    # The places, and the search.
    with django_assert_num_queries(2):
        assert find_events("hamlet")
    index_event(make_event("Ophelia"))
    caches["pages"].clear()
    with django_assert_num_queries(3):
        assert find_events("ophelia")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("cinema", {"Metropolis"}),
        ("Filme", {"Metropolis"}),
        ("सिनेमा", {"Metropolis"}),
        ("kids", {"Peter and the Wolf"}),
        ("Kinder Konzert", {"Peter and the Wolf"}),
        ("konzrt", {"Peter and the Wolf"}),
        ("movie metro", {"Metropolis"}),
        ("movie wolf", {"Metropolis", "Peter and the Wolf"}),
    ],
)
def test_kinds_and_audiences_are_words(query: str, found: set[str]):
    make_event("Metropolis", kind=Event.Kind.FILM)
    make_event("Peter and the Wolf", kind=Event.Kind.CONCERT).labels.add(
        Label.objects.create(name="Families", slug="family", kind=Label.Kind.AUDIENCE)
    )
    make_event("Antigone", kind=Event.Kind.PLAY)
    index_events(Event.objects.all())
    assert set(titles(query)) == found
