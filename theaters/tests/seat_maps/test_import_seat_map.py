"""Uploads become the hall's draft, or are refused with all of their problems."""

import json

import pytest
from django.db import IntegrityError

from accounts.models import AuditEntry
from testing.builders import make_hall
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import InvalidSeatMap, parse_json, publish, to_json
from theaters.seat_maps.parse_file import MAX_FILE_BYTES
from theaters.seat_maps.publish import publish_seat_map

CSV = "section,row,number,category\nStalls,A,1,Front\nStalls,A,2,Front\n"


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


def upload(hall: Hall, content: str | bytes, by=None, file_name: str = "main.csv") -> SeatMap:
    content = content.encode() if isinstance(content, str) else content
    return import_seat_map(hall=hall, file_name=file_name, content=content, by=by)


def codes(refusal) -> list[str]:
    return [problem.code for problem in refusal.value.problems]


def test_it_makes_the_first_draft(hall, manager):
    draft = upload(hall, CSV, by=manager, file_name="großes haus.csv")
    assert (draft.version, draft.state) == (1, SeatMap.State.DRAFT)
    assert draft.layout["name"] == "großes haus"
    assert len(draft.layout["zones"][0]["rows"][0]["seats"]) == 2
    assert not draft.seats.exists()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.theater_id) == ("import seat map", manager, hall.theater_id)
    assert entry.after == {"version": 1, "source": "großes haus.csv"}


def test_it_replaces_the_draft(hall):
    first = upload(hall, CSV)
    second = upload(hall, CSV + "Stalls,A,3,Front\n")
    assert second.pk == first.pk
    assert len(SeatMap.objects.get().layout["zones"][0]["rows"][0]["seats"]) == 3
    assert AuditEntry.objects.filter(action="replace seat map draft").count() == 1


def test_the_same_file_again_changes_nothing(hall):
    assert upload(hall, CSV) == upload(hall, CSV)
    assert AuditEntry.objects.count() == 1


def test_after_a_published_map_comes_the_next_version(theater):
    hall = make_hall(theater=theater)
    draft = upload(hall, CSV)
    assert draft.version == 2
    assert hall.seat_maps.get(state=SeatMap.State.PUBLISHED).version == 1


def test_a_published_map_comes_back_as_json_and_goes_in_again(hall):
    published = publish_seat_map(seat_map=upload(hall, CSV), by=None)
    text = to_json(parse_json(json.dumps(published.layout)))
    draft = upload(hall, text, file_name="main.json")
    assert (draft.version, draft.layout) == (2, published.layout)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unreadable"),
        (b"\xff\xfe\x00", "unreadable"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "not-a-seat-map"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not-a-seat-map"),
        (b"PK\x03\x04\x00\x00", "not-a-seat-map"),
        (b"[1, 2]", "not-an-object"),
        (b"{", "not-json"),
        (b" " * (MAX_FILE_BYTES + 1), "too-large"),
        (b'{"a":' * 100_000, "too-deep"),
        (b"name\nMain\n", "missing-column"),
        (b"<html><body>Not found</body></html>", "not-a-seat-map"),
    ],
)
def test_a_file_that_is_not_a_seat_map_is_refused_and_nothing_changes(hall, content, code):
    draft = upload(hall, CSV)
    with pytest.raises(InvalidSeatMap) as refusal:
        upload(hall, content)
    assert code in codes(refusal)
    assert SeatMap.objects.get().layout == draft.layout
    assert AuditEntry.objects.count() == 1


def test_every_problem_is_reported(hall):
    with pytest.raises(InvalidSeatMap) as refusal:
        upload(hall, "section,row,number,category,id\nS,A,<1>,I,x\nS,A,2,I,x\nS,A,3,II,x\n")
    assert codes(refusal) == ["not-plain-text", "duplicate-id", "duplicate-id"]
    text = str(refusal.value)
    assert "line 2, column “number”" in text
    assert "line 4, column “id”" in text
    assert not SeatMap.objects.exists()


def test_a_long_list_of_problems_is_cut_in_its_text_only(hall):
    lines = "".join(f"S,A,{number},I,same\n" for number in range(100))
    with pytest.raises(InvalidSeatMap) as refusal:
        upload(hall, "section,row,number,category,id\n" + lines)
    assert len(refusal.value.errors) == 99
    assert "and 79 more." in str(refusal.value)


def test_a_spreadsheets_unicode_text_is_read(hall):
    assert upload(hall, CSV.replace(",", "\t").encode("utf-16")).version == 1


def test_warnings_do_not_refuse(hall):
    assert upload(hall, "section,row,number,category,flags\nS,A,1,I,companion\n").version == 1


def test_a_draft_created_concurrently_is_replaced(hall, monkeypatch):
    """Two uploads at once both see no draft; the second insert meets the unique index."""
    plain, calls = publish._save_draft, []

    def race(*args):
        calls.append(args)
        if len(calls) == 1:
            SeatMap.objects.create(hall=hall, version=1, layout={"name": "theirs"})
            raise IntegrityError
        return plain(*args)

    monkeypatch.setattr(publish, "_save_draft", race)
    draft = upload(hall, CSV)
    assert draft.version == 1
    assert SeatMap.objects.get().layout["name"] == "main"


def test_an_upload_after_another_published_the_draft_makes_the_next_version(hall, monkeypatch):
    draft = upload(hall, CSV)
    stale = SeatMap.objects.filter(pk=draft.pk).first()
    publish_seat_map(seat_map=draft, by=None)
    monkeypatch.setattr("django.db.models.query.QuerySet.first", lambda queryset: stale)
    again = upload(hall, CSV + "Stalls,A,3,Front\n")
    assert again.version == 2
    draft.refresh_from_db()
    assert len(draft.layout["zones"][0]["rows"][0]["seats"]) == 2
