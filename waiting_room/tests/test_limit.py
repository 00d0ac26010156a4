"""A site at its limit keeps its threads for those who are booking."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import Any

import pytest
from django.core.cache import caches
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse

from events.models import Show
from lib.process_memory import forget_everything
from testing.builders import make_hall, make_show
from ticketing.shared_pages import SharedPagesMiddleware
from waiting_room import limit
from waiting_room.load import SPAN_SECONDS, Load, load

pytestmark = pytest.mark.django_db


@pytest.fixture
def show() -> Show:
    return make_show(hall=make_hall(rows=2, seats=6))


@pytest.fixture
def full(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """All threads have been busy for some seconds."""
    settings.WAITING_ROOM_AT_LIMIT = True
    monkeypatch.setattr(load, "share", lambda: 1.0)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """The time, and what of it a core was used."""
    now = {"monotonic": 100.0, "process_time": 7.0}
    for name in now:
        monkeypatch.setattr(f"waiting_room.load.{name}", partial(now.__getitem__, name))
    return now


def test_the_share_of_busy_threads_is_measured(clocks, settings):
    settings.WEB_THREADS = 4
    measured = Load()
    with measured.count(), measured.count():
        clocks["monotonic"] += SPAN_SECONDS
        assert measured.share() == pytest.approx(0.5)
        clocks["monotonic"] += SPAN_SECONDS / 2
        assert measured.share() == pytest.approx(0.5)
    clocks["monotonic"] += 2 * SPAN_SECONDS
    measured.share()
    clocks["monotonic"] += SPAN_SECONDS
    assert measured.share() == 0


def test_a_process_that_uses_a_whole_core_is_busy_though_few_of_its_threads_are(clocks, settings):
    settings.WEB_THREADS = 4
    measured = Load()
    with measured.count():
        clocks["monotonic"] += SPAN_SECONDS
        clocks["process_time"] += 0.9 * SPAN_SECONDS
        assert measured.share() == pytest.approx(0.9)


def test_newcomers_to_any_show_wait_in_line(show, full):
    answers = [Client(REMOTE_ADDR=f"198.51.1.{number}").get(show.get_absolute_url()) for number in range(1, 8)]
    assert [answer.status_code for answer in answers].count(302) >= 5
    assert answers[-1].url == reverse("waiting_room:line", args=[show.code])


def test_it_lasts_for_a_while_and_ends(show, full, monkeypatch):
    assert limit.is_at_limit()
    monkeypatch.setattr(load, "share", lambda: 0.1)
    forget_everything()
    assert limit.is_at_limit()
    caches["pages"].clear()
    forget_everything()
    assert not limit.is_at_limit()
    assert Client().get(show.get_absolute_url()).status_code == 200


def test_operators_can_switch_it_off(show, full, settings):
    settings.WAITING_ROOM_AT_LIMIT = False
    assert [Client().get(show.get_absolute_url()).status_code for _visitor in range(5)] == [200] * 5


def test_one_thread_writes_new_pages_and_others_are_refused_at_once(full):
    has_begun, may_end = Event(), Event()

    def write(request):
        has_begun.set()
        assert may_end.wait(30)
        return HttpResponse("written")

    site = SharedPagesMiddleware(write)
    ask = RequestFactory().get
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(site, ask("/events/", {"q": "first"}))
        assert has_begun.wait(30)
        refused = site(ask("/events/", {"q": "second"}))
        assert (refused.status_code, refused["Retry-After"]) == (503, "5")
        assert "very busy" in refused.content.decode()
        # A visitor with a basket has a session, and is not a newcomer.
        booking = ask("/events/", {"q": "third"})
        booking.COOKIES["sessionid"] = "somebody"
        own = pool.submit(site, booking)
        may_end.set()
        assert (first.result().status_code, own.result().status_code) == (200, 200)
    assert site(ask("/events/", {"q": "fourth"})).status_code == 200
