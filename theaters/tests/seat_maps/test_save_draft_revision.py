"""A draft is saved by revision: nobody overwrites what they have not seen."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from accounts.models import AuditEntry, User
from testing.bookings import race
from testing.builders import make_theater
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import InvalidSeatMap, drafts
from theaters.seat_maps.drafts import DraftPublished, read_draft, save_draft_revision, start_next_draft
from theaters.seat_maps.publish import DraftChanged, publish_seat_map

CSV = b"section,row,number,category\nStalls,A,1-3,c1\n"


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    return import_seat_map(
        hall=Hall.objects.create(theater=theater, name="Main"), file_name="main.csv", content=CSV, by=manager
    )


def renamed(seat_map: SeatMap, name: str) -> dict[str, Any]:
    return {**copy.deepcopy(seat_map.layout), "name": name}


@pytest.mark.django_db
def test_it_saves_and_counts(draft: SeatMap, manager: User):
    assert draft.revision == 1
    saved = save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "New"), by=manager)
    assert (saved.revision, saved.layout["name"], saved.edited_by) == (2, "New", manager)
    assert saved.edited_at is not None


@pytest.mark.django_db
def test_what_another_has_saved_is_not_overwritten(draft: SeatMap, manager: User, platform_admin: User):
    save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "Hers"), by=platform_admin)
    with pytest.raises(DraftChanged) as refusal:
        save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "Mine"), by=manager)
    there = refusal.value.seat_map
    assert (there.revision, there.layout["name"], there.edited_by) == (2, "Hers", platform_admin)
    assert SeatMap.objects.get().layout["name"] == "Hers"


@pytest.mark.django_db
def test_an_upload_counts_too(draft: SeatMap, manager: User):
    import_seat_map(hall=draft.hall, file_name="other.csv", content=CSV.replace(b"c1", b"c2"), by=manager)
    with pytest.raises(DraftChanged):
        save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "Mine"), by=manager)


@pytest.mark.django_db
def test_a_save_whose_answer_was_lost_is_harmless(draft: SeatMap, manager: User):
    for _ in range(2):
        saved = save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "New"), by=manager)
    assert saved.revision == 2


@pytest.mark.django_db
def test_a_published_version_is_not_changed(draft: SeatMap, manager: User):
    publish_seat_map(seat_map=draft, by=manager)
    with pytest.raises(DraftPublished):
        save_draft_revision(seat_map=draft, revision=1, document=renamed(draft, "Late"), by=manager)
    assert SeatMap.objects.get().layout["name"] == "main"


@pytest.mark.django_db
def test_what_was_not_saved_in_time_becomes_the_next_version(draft: SeatMap, manager: User):
    published = publish_seat_map(seat_map=draft, by=manager)
    late = renamed(published, "Late")
    following = start_next_draft(seat_map=published, document=late, by=manager)
    assert (following.version, following.state, following.revision) == (2, SeatMap.State.DRAFT, 1)
    assert start_next_draft(seat_map=published, document=late, by=manager) == following
    with pytest.raises(DraftChanged) as refusal:
        start_next_draft(seat_map=published, document=renamed(published, "Later"), by=manager)
    assert refusal.value.seat_map == following
    assert [seat_map.layout["name"] for seat_map in SeatMap.objects.order_by("version")] == ["main", "Late"]


@pytest.mark.django_db
def test_a_sitting_is_one_entry_in_the_log(
    draft: SeatMap, manager: User, platform_admin: User, django_capture_on_commit_callbacks: Any
):
    revision = 1
    for person in (manager, manager, platform_admin, manager):
        with django_capture_on_commit_callbacks(execute=True):
            name = f"Room {revision}"
            saved = save_draft_revision(seat_map=draft, revision=revision, document=renamed(draft, name), by=person)
        revision = saved.revision
    entries = AuditEntry.objects.filter(action="edit seat map").order_by("pk")
    assert [(entry.by, entry.theater_id) for entry in entries] == [
        (manager, draft.hall.theater_id),
        (platform_admin, draft.hall.theater_id),
    ]


def test_an_unfinished_room_can_be_saved():
    seat = {"seat_number": "1", "position": {"x": 0, "y": 0}}
    rows = [{"row_number": "A", "seats": [seat, seat]}]
    document = read_draft(json.dumps({"zones": [{"rows": rows, "their own": 3}], "categories": []}).encode())
    assert document["zones"][0]["their own"] == 3
    assert len({one["seat_guid"] for one in document["zones"][0]["rows"][0]["seats"]}) == 2
    assert read_draft(b"{}") == {"size": {"width": 40, "height": 40}}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not-json"),
        (b"\xff", "not-json"),
        (b'{"zones": [', "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"a": 1, "a": 2}', "not-json"),
        (b"[]", "not-an-object"),
        (b'{"name": "\\u0000"}', "bad-characters"),
        (b'{"a": ' + b"[" * 50 + b"]" * 50 + b"}", "too-deep"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "too-deep"),
        (b'{"zones": {}}', "wrong-type"),
        (b'{"zones": [{"rows": [{"seats": [{"position": []}]}]}]}', "wrong-type"),
        (b" " * (drafts.MAX_DRAFT_BYTES + 1), "too-large"),
    ],
)
def test_what_no_editor_can_open_is_refused(content: bytes, code: str):
    with pytest.raises(InvalidSeatMap) as refusal:
        read_draft(content)
    assert code in {problem.code for problem in refusal.value.problems}


def test_too_many_seats_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drafts, "MAX_SEATS", 1)
    document = {"zones": [{"rows": [{"seats": [{"seat_number": "1"}, {"seat_number": "2"}]}]}]}
    with pytest.raises(InvalidSeatMap, match="more than 1 seats"):
        read_draft(json.dumps(document).encode())


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told(platform_admin: User):
    hall = Hall.objects.create(theater=make_theater(), name="Main")
    draft = import_seat_map(hall=hall, file_name="main.csv", content=CSV, by=None)
    documents = [renamed(draft, "One"), renamed(draft, "Two")]

    def save(document: dict[str, Any]) -> str:
        try:
            save_draft_revision(seat_map=draft, revision=1, document=document, by=platform_admin)
        except DraftChanged as refusal:
            return f"told of {refusal.seat_map.layout['name']}"
        return str(document["name"])

    answers = set(race(*[lambda document=document: save(document) for document in documents]))
    name = SeatMap.objects.get().layout["name"]
    assert answers == {name, f"told of {name}"}
    assert SeatMap.objects.get().revision == 2


@pytest.mark.django_db(transaction=True)
def test_without_revisions_one_of_two_saves_at_once_would_be_lost():
    hall = Hall.objects.create(theater=make_theater(), name="Main")
    draft = import_seat_map(hall=hall, file_name="main.csv", content=CSV, by=None)
    maps = SeatMap.objects.filter(pk=draft.pk)
    documents = [renamed(draft, "One"), renamed(draft, "Two")]
    assert race(*[lambda document=document: maps.update(layout=document) for document in documents]) == [1, 1]
    assert maps.get().layout["name"] in ("One", "Two")
