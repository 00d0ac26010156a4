"""*Today* says how many wait for shows in high demand, and leads to what steers their line."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from events.models import Show
from lib.process_memory import forget_everything
from testing.builders import make_event, make_hall, make_show
from testing.caches import forget_pages
from testing.console import signed_in
from theaters.models import Theater
from waiting_room import shared
from waiting_room.models import WaitingRoom
from waiting_room.rooms import find_room, forget_rooms

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(event=make_event("Faust"), hall=make_hall(theater=theater))


@pytest.fixture
def room(show: Show) -> WaitingRoom:
    """One person a minute, and seven who came at once."""
    room = WaitingRoom.objects.create(theater=show.hall.theater, event=show.event, per_minute=1)
    forget_rooms()
    Client(REMOTE_ADDR="198.51.100.1").get(show.get_absolute_url())
    found = find_room(show.code)
    assert found
    for _person in range(6):
        shared.give_number(found.line)
    return room


def open_today(user: User) -> Any:
    # Not the caches: without the lines that are in Redis nobody would wait.
    forget_everything()
    response = signed_in(user).get(reverse("admin:index"))
    assert response.status_code == 200
    return response


def steer(user: User, room: WaitingRoom, **changes: Any) -> Any:
    fields = {"gathers_minutes": "30", "per_minute": "1", "message": "", **changes}
    return signed_in(user).post(reverse("admin:waiting_room_waitingroom_change", args=[room.pk]), fields)


def test_how_many_wait_and_entered(room, manager):
    page = open_today(manager)
    [line] = page.context["lines"]
    assert (line.title, line.theater, line.is_paused, line.may_steer) == ("Faust", "", False, True)
    assert (line.queue.waiting, line.queue.admitted) == (6, 1)
    text = " ".join(page.content.decode().split())
    assert "6 people wait · 1 admitted · 0 a minute" in text
    assert line.url in text


def test_staff_steer_the_line_from_there(room, show, manager, django_capture_on_commit_callbacks):
    [line] = open_today(manager).context["lines"]
    assert line.url == reverse("admin:waiting_room_waitingroom_change", args=[room.pk])
    with django_capture_on_commit_callbacks(execute=True):
        assert steer(manager, room, is_paused="on", message="Back at eight.", per_minute="40").status_code == 302
    # Other processes, whose memory is not told.
    forget_everything()
    page = open_today(manager)
    [line] = page.context["lines"]
    assert (line.is_paused, line.message) == (True, "Back at eight.")
    assert "Back at eight." in page.content.decode()
    found = find_room(show.code)
    assert found
    assert (found.is_paused, found.message, found.per_minute) == (True, "Back at eight.", 40)


def test_who_does_not_edit_the_programme_looks_only(room, door_staff):
    page = open_today(door_staff)
    [line] = page.context["lines"]
    assert not line.may_steer
    assert "Change pace" not in page.content.decode()
    assert steer(door_staff, room, is_paused="on").status_code == 403
    room.refresh_from_db()
    assert not room.is_paused


def test_nobody_sees_another_theaters_line(room, other_manager):
    assert open_today(other_manager).context["lines"] == []
    assert steer(other_manager, room, is_paused="on").status_code in {302, 403, 404}
    room.refresh_from_db()
    assert not room.is_paused


def test_a_room_that_nobody_has_come_to_is_not_named(room, manager, theater):
    quiet = make_show(event=make_event("Urfaust"), hall=make_hall(theater=theater))
    WaitingRoom.objects.create(theater=theater, event=quiet.event)
    assert [line.title for line in open_today(manager).context["lines"]] == ["Faust"]


def test_a_room_whose_show_is_over_has_no_line(room, show, manager):
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    assert open_today(manager).context["lines"] == []


def test_the_lines_of_all_rooms_cost_one_statement(room, manager, theater):
    client = signed_in(manager)

    def count() -> int:
        forget_pages()
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:index"))
        return len(queries)

    count()
    before = count()
    for number in range(3):
        other = make_show(event=make_event(f"Urfaust {number}"), hall=make_hall(theater=theater))
        WaitingRoom.objects.create(theater=theater, event=other.event)
    forget_rooms()
    assert count() == before
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("admin:index"))
    assert len([query for query in queries if "waiting_room_waitingroom" in query["sql"]]) == 1
