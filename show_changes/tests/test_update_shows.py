"""Many shows brought to a version in the background: resumed where a worker was killed, tried again on request."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from bookings.services.release_hold import release_hold
from events.models import Show
from show_changes import map_updates
from show_changes.map_updates import DEAD_AFTER, carry_on, start_update, try_again, wake_silent
from show_changes.models import MapUpdate, UpdatedShow
from show_changes.tests.test_bring_show import HEAD, OLD
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show
from testing.seat_maps import make_listed_hall, publish_version
from theaters.models import Hall, SeatMap, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_listed_hall(HEAD + "\n".join(OLD), theater=theater)


@pytest.fixture
def shows(hall: Hall) -> list[Show]:
    return [make_show(hall=hall, in_hours=hours) for hours in (24, 48, 72)]


@pytest.fixture
def seat_map(hall: Hall, shows: list[Show]) -> SeatMap:
    """A version without seat A 4."""
    return publish_version(hall, HEAD + "\n".join(line for line in OLD if not line.endswith("a4")))


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    pks: list[int] = []
    monkeypatch.setattr(map_updates, "wake", pks.append)
    return pks


def start(seat_map: SeatMap, shows: list[Show], by: User) -> MapUpdate:
    return start_update(seat_map=seat_map, shows=shows, price_sources={}, by=by)


def states(update: MapUpdate) -> list[str]:
    return list(update.shows.order_by("pk").values_list("state", flat=True))


def test_each_show_gets_its_outcome(
    seat_map: SeatMap, shows: list[Show], manager: User, woken: list[int], django_capture_on_commit_callbacks: Any
):
    make_paid(shows[0], 0, 1, email="stays@example.com")
    hold = make_hold(shows[1], 3, email="in-the-way@example.com")
    first = shows[0].seat_map
    with django_capture_on_commit_callbacks(execute=True):
        update = start(seat_map, [*shows, make_show(hall=make_hall(theater=shows[0].hall.theater))], manager)
    assert woken == [update.pk]
    assert states(update) == ["waiting"] * 3
    assert carry_on(update.pk) == 3
    assert states(update) == ["done", "refused", "done"]
    row = update.shows.first()
    assert (row.former, row.tickets, row.told) == (first, 2, 0)
    on = dict(Show.objects.values_list("pk", "seat_map"))
    assert [on[show.pk] for show in shows] == [seat_map.pk, first.pk, seat_map.pk]
    # Nothing is left to do, and nothing is done twice.
    assert carry_on(update.pk) == 0

    release_hold(booking=hold)
    assert try_again(update=update) == 1
    assert carry_on(update.pk) == 1
    assert states(update) == ["done"] * 3
    assert try_again(update=update) == 0


def test_it_goes_on_where_a_worker_was_killed(
    seat_map: SeatMap, shows: list[Show], manager: User, woken: list[int], monkeypatch: pytest.MonkeyPatch
):
    update = start(seat_map, shows, manager)
    plain = map_updates.bring_show

    def die(**wish: Any) -> Any:
        if wish["show"] == shows[1]:
            raise OperationalError("the database is down")
        return plain(**wish)

    monkeypatch.setattr(map_updates, "bring_show", die)
    with pytest.raises(OperationalError):
        carry_on(update.pk)
    assert states(update) == ["done", "waiting", "waiting"]
    woken.clear()
    assert wake_silent() == 0
    later = timezone.now() + 2 * DEAD_AFTER
    assert (wake_silent(now=later), wake_silent(now=later)) == (1, 0)
    assert woken == [update.pk]
    monkeypatch.setattr(map_updates, "bring_show", plain)
    assert carry_on(update.pk) == 2
    assert wake_silent(now=later + timedelta(days=1)) == 0


def test_a_show_that_fails_does_not_keep_the_others_waiting(
    seat_map: SeatMap, shows: list[Show], manager: User, monkeypatch: pytest.MonkeyPatch
):
    update = start(seat_map, shows, manager)
    plain = map_updates.bring_show

    def fail(**wish: Any) -> Any:
        found = plain(**wish)
        if wish["show"] == shows[1]:
            raise RuntimeError("flood")
        return found

    monkeypatch.setattr(map_updates, "bring_show", fail)
    assert carry_on(update.pk) == 3
    assert states(update) == ["done", "failed", "done"]
    failed = UpdatedShow.objects.get(state="failed")
    assert failed.error == "RuntimeError: flood"
    # Its transaction is undone as a whole.
    assert Show.objects.get(pk=shows[1].pk).seat_map != seat_map


def test_a_run_ends_in_time_and_wakes_the_next(seat_map: SeatMap, shows: list[Show], manager: User, woken: list[int]):
    update = start(seat_map, shows, manager)
    woken.clear()
    assert carry_on(update.pk, seconds=0) == 0
    assert woken == [update.pk]
    assert states(update) == ["waiting"] * 3


def test_a_version_that_was_replaced_meanwhile_is_refused_and_the_page_says_why(
    seat_map: SeatMap, shows: list[Show], hall: Hall, manager: User, client: Client
):
    update = start(seat_map, shows[:1], manager)
    publish_version(hall, HEAD + "\n".join(OLD[:-1]))
    carry_on(update.pk)
    assert states(update) == [UpdatedShow.State.REFUSED]
    shows[0].refresh_from_db()
    assert shows[0].seat_map_id != seat_map.pk
    client.force_login(manager)
    page = client.get(reverse("admin:brought_shows", args=[update.pk])).content.decode()
    assert "A newer version has been published." in page
