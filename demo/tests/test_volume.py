"""Very many events and shows, here in small."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from bookings.models import Ticket
from demo import volume
from events.catalogue.search import find_events
from events.models import Event, Price, Show


def fill(events: int, shows: int) -> str:
    out = StringIO()
    call_command("demo", "--yes-this-is-a-demo", "--volume", "--events", str(events), "--shows", str(shows), stdout=out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.django_db
def test_it_fills_and_tells(monkeypatch):
    monkeypatch.setattr(volume, "SHOWS_PER_HALL", 140)
    said = fill(30, 280)
    assert "30 events" in said
    assert "280 shows" in said
    assert Show.objects.count() == 280
    assert Show.objects.values("hall").annotate(count=Count("pk")).count() == 2
    assert Price.objects.count() == 560
    assert Ticket.objects.count() > 20
    assert set(Show.objects.values_list("state", flat=True)) == {"ended", "on_sale"}
    assert find_events("paper lighthouse")


@pytest.mark.slow
@pytest.mark.django_db
def test_again_it_adds_nothing_and_more_adds_the_rest(monkeypatch):
    monkeypatch.setattr(volume, "SHOWS_PER_HALL", 20)
    fill(10, 40)
    fill(10, 40)
    assert (Event.objects.count(), Show.objects.count()) == (10, 40)
    fill(25, 60)
    assert (Event.objects.count(), Show.objects.count()) == (25, 60)
    assert Event.objects.values("title").distinct().count() == 25


@pytest.mark.django_db
def test_nonsense_is_refused():
    with pytest.raises(CommandError, match="at least 1"):
        fill(0, 10)
    assert not Event.objects.exists()


def test_titles_go_on_beyond_two_words():
    words = len(volume._FIRST) * len(volume._SECOND)
    titles = [volume._event(number).title for number in (0, words, 8 * words)]
    assert titles == ["The Paper Lighthouse", "The Paper Lighthouse II", "The Paper Lighthouse IX"]
