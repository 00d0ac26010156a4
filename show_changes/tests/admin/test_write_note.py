"""The console's pages of a note to a show's customers."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.urls import reverse

from events.models import Show
from notifications.models import Notification
from show_changes.models import ShowNote
from show_changes.notes import carry_on_noting
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show, make_user
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=8), event=make_event("Hamlet"))
    make_paid(show, 0, customer=make_user("asha@example.com", "Asha Customer"))
    return show


@pytest.fixture
def address(show: Show) -> str:
    return reverse("admin:events_show_note", args=[show.pk])


def typed(do: str = "send", **changed: Any) -> dict[str, Any]:
    text = {"subject_en": "Another entrance", "text_en": "Use **Mill Lane** for {event}."}
    return {"key": str(uuid.uuid4()), "do": do, "language": "en", **text, **changed}


def read(answer: Any) -> str:
    return str(answer.content.decode())


def test_it_shows_who_gets_it_and_how_it_looks(address, manager):
    content = read(signed_in(manager).get(address))
    assert "Asha Customer" in content
    assert "not for advertising" in content
    preview = read(signed_in(manager).post(f"{address}?part=preview", typed()))
    assert "Mill Lane" in preview
    assert "for Hamlet" in preview
    assert not Notification.objects.filter(kind="show_note").exists()


def test_it_is_sent_once_and_followed(address, manager):
    desk, form = signed_in(manager), typed()
    answer = desk.post(address, form)
    assert desk.post(address, form).url == answer.url
    assert "0 of 1 bookings done" in read(desk.get(answer.url))
    carry_on_noting(ShowNote.objects.get().pk)
    assert "Written to 1 booking." in read(desk.get(answer.url))
    assert "Written to 1 booking." in read(desk.get(f"{answer.url}?part=progress"))
    assert "Another entrance" in read(desk.get(reverse("admin:show_changes_shownote_changelist")))


def test_a_second_one_asks_again(address, manager):
    desk = signed_in(manager)
    desk.post(address, typed())
    content = read(desk.post(address, typed()))
    assert "less than an hour ago. Say that you want to send another one." in content
    assert "Use **Mill Lane**" in content, "nothing is lost"
    desk.post(address, typed(again="on"))
    assert ShowNote.objects.count() == 2


def test_a_test_is_sent_to_the_writer_and_the_text_stays(address, manager):
    content = read(signed_in(manager).post(address, typed("test")))
    assert "A test is on its way to manager@example.com." in content
    assert "Use **Mill Lane**" in content
    assert Notification.objects.get(kind="show_note").recipient == "manager@example.com"
    assert not ShowNote.objects.exists()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text_en": "Hello {nick}"}, "There is no placeholder {nick} here."),
        ({"subject_en": "{event"}, "A brace stands alone"),
        ({"subject_en": ""}, "This field is required."),
        ({"text_de": "Hallo"}, "A language needs both, subject and text."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(address, manager, changed, said):
    content = read(signed_in(manager).post(address, typed(**changed)))
    assert said in content
    assert not ShowNote.objects.exists()


def test_a_wrong_key_is_no_crash(address, manager):
    for key in ["", "nonsense"]:
        assert signed_in(manager).post(address, typed(key=key)).status_code == 200
    assert not ShowNote.objects.exists()


def test_who_may(address, show, box_office, programmer, other_manager):
    assert signed_in(box_office).get(address).status_code == 200
    for person in (programmer, other_manager):
        assert signed_in(person).post(address, typed()).status_code in (403, 404)
    assert not ShowNote.objects.exists()
    signed_in(box_office).post(address, typed())
    page = reverse("admin:show_changes_shownote_change", args=[ShowNote.objects.get().pk])
    assert signed_in(programmer).get(page).status_code == 200
    assert "Another entrance" not in read(signed_in(other_manager).get(page, follow=True))
