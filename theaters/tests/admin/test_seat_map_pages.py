"""A seat map in the console, from the file to publication."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from events.models import Price, TicketType
from events.sales.opening import find_missing
from lib.jobs import LOST_AFTER
from testing.builders import make_show
from testing.seat_maps import import_seat_map
from theaters import tasks
from theaters.models import Hall, SeatMap, SeatMapUpload, Theater
from theaters.seat_maps import layout as layout_module
from theaters.seat_maps import read_layout, uploads
from theaters.seat_maps.drafts import save_draft_revision
from theaters.seat_maps.publish import publish_seat_map
from theaters.tests.seat_maps.test_plans_of_editors import SOLD, area, plan

pytestmark = pytest.mark.django_db
CSV = "section,row,number,category\nStalls,A,1-3,c1\nStalls,B,1-2,c2\n"
FORM = {
    "stage": "bottom",
    "name_0": "Parkett",
    "sale_0": "on",
    "name_1": "Technik",
}


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


@pytest.fixture
def send(client: Client, manager: User, hall: Hall) -> Any:
    client.force_login(manager)

    def post(content: str | bytes, name: str = "main.csv") -> Any:
        data = content.encode() if isinstance(content, str) else content
        return client.post(
            reverse("admin:theaters_seatmap_upload"), {"hall": hall.pk, "file": SimpleUploadedFile(name, data)}
        )

    return post


@pytest.fixture
def draft(hall: Hall, manager: User) -> SeatMap:
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV.encode(), by=manager)


def test_a_table_copied_from_a_spreadsheet_is_pasted(client: Client, manager: User, hall: Hall):
    client.force_login(manager)
    page = reverse("admin:theaters_seatmap_upload")
    wrong = client.post(page, {"hall": hall.pk, "table": CSV.replace(",", "\t").replace("c2", "")}).content.decode()
    assert "This must not be empty." in wrong
    assert "Stalls\tB\t1-2" in wrong
    client.post(page, {"hall": hall.pk, "table": CSV.replace(",", "\t")})
    assert [len(row["seats"]) for row in SeatMap.objects.get().layout["zones"][0]["rows"]] == [3, 2]


def test_an_upload_is_a_file_or_a_table(send: Any, client: Client, hall: Hall):
    page, both = reverse("admin:theaters_seatmap_upload"), SimpleUploadedFile("main.csv", CSV.encode())
    nothing = client.post(page, {"hall": hall.pk, "table": " "}).content.decode()
    assert "Choose a file, or paste a table below." in nothing
    assert 'maxlength="500000"' not in nothing
    assert "not both" in client.post(page, {"hall": hall.pk, "table": CSV, "file": both}).content.decode()
    assert not SeatMap.objects.exists()


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_the_sample_can_be_sent_back_as_it_is(send: Any, client: Client, door_staff: User, ending: str):
    address = reverse("admin:theaters_seatmap_sample")
    sample = client.get(address, {"format": ending})
    assert sample["Content-Disposition"] == f'attachment; filename="seat-map.{ending}"'
    send(sample.content, f"seat-map.{ending}")
    assert read_layout(SeatMap.objects.get().layout).capacity == 324
    client.force_login(door_staff)
    assert client.get(address).status_code == 403


def test_a_small_file_becomes_the_draft_at_once(send: Any, client: Client):
    response = send(CSV)
    draft = SeatMap.objects.get()
    assert response["Location"] == reverse("admin:theaters_seatmap_change", args=[draft.pk])
    assert not SeatMapUpload.objects.exists()
    page = client.get(response["Location"]).content.decode()
    assert "5 seats, room for 5 people" in page
    assert "This map can be published" in page


def test_similar_problems_are_shown_once_and_nothing_changes(send: Any):
    page = send("section,row,number,category\n" + "".join(f"S,A,<{n}>,I\n" for n in range(200))).content.decode()
    assert "and 197 more of this kind" in page
    assert not SeatMap.objects.exists()
    assert not SeatMapUpload.objects.exists()


def test_a_doubtful_encoding_is_chosen_on_the_page(send: Any, client: Client):
    page = send(CSV.replace("Stalls", "Große Loge").encode("cp1252"))["Location"]
    assert "Große Loge" in client.get(page).content.decode()
    assert client.post(page, {"encoding": "rot13"})["Location"] == page
    assert client.post(page, {"encoding": "cp1252"}).status_code == 302
    assert SeatMap.objects.get().layout["zones"][0]["name"] == "Große Loge"
    upload = SeatMapUpload.objects.get()
    assert (upload.state, upload.content) == (SeatMapUpload.State.DONE, b"")


def test_a_large_file_is_read_by_a_worker(
    send: Any, client: Client, monkeypatch: Any, django_capture_on_commit_callbacks: Any
):
    woken: list[int] = []
    monkeypatch.setattr(uploads, "MAX_BYTES_READ_AT_ONCE", 10)
    monkeypatch.setattr(uploads, "wake_upload", woken.append)
    with django_capture_on_commit_callbacks(execute=True):
        page = send(CSV)["Location"]
    upload = SeatMapUpload.objects.get()
    assert woken == [upload.pk]
    assert "<progress" in client.get(page).content.decode()
    assert "HX-Refresh" not in client.get(page, {"part": "progress"})
    SeatMapUpload.objects.update(woken_at=timezone.now() - 2 * LOST_AFTER)
    client.get(page)
    assert woken == [upload.pk] * 2
    assert tasks.read_seat_map(upload.pk)
    assert not tasks.read_seat_map(upload.pk)
    assert tasks.read_seat_map.name == "theaters.tasks.read_seat_map"
    assert client.get(page, {"part": "progress"})["HX-Refresh"] == "true"
    draft = SeatMap.objects.get()
    assert client.get(page)["Location"] == reverse("admin:theaters_seatmap_change", args=[draft.pk])


def test_what_a_worker_refuses_is_shown_on_the_page(send: Any, client: Client, monkeypatch: Any):
    monkeypatch.setattr(uploads, "MAX_BYTES_READ_AT_ONCE", 10)
    page = send(CSV + "Stalls,A,<9>,c1\n")["Location"]
    uploads.work_on_upload(SeatMapUpload.objects.get().pk)
    assert "line 4, column “number”: Use plain text only" in client.get(page).content.decode()
    assert not SeatMap.objects.exists()


def test_an_upload_is_visible_only_to_its_theater(send: Any, client: Client, other_manager: User):
    page = send(CSV.replace("Stalls", "Große Loge").encode("cp1252"))["Location"]
    client.force_login(other_manager)
    assert client.get(page).status_code == 404
    assert client.post(page, {"encoding": "cp1252"}).status_code == 404
    assert not SeatMap.objects.exists()


def test_a_draft_that_was_edited_meanwhile_is_looked_at_again(draft: SeatMap, client: Client, manager: User):
    client.force_login(manager)
    page = reverse("admin:theaters_seatmap_publish", args=[draft.pk])
    assert 'name="revision" value="1"' in client.get(page).content.decode()
    save_draft_revision(seat_map=draft, revision=1, document={**draft.layout, "name": "Changed"}, by=manager)
    answer = client.post(page, {**FORM, "revision": "1"}, follow=True)
    assert "The draft has changed since you opened it." in answer.content.decode()
    assert SeatMap.objects.get().state == SeatMap.State.DRAFT
    client.post(page, {**FORM, "revision": "2"})
    assert SeatMap.objects.get().state == SeatMap.State.PUBLISHED


def test_publishing_sets_names_sale_and_stage(draft: SeatMap, client: Client, manager: User):
    client.force_login(manager)
    page = reverse("admin:theaters_seatmap_publish", args=[draft.pk])
    shown = client.get(page).content.decode()
    assert 'value="c1"' in shown
    assert "<svg" in shown
    client.post(page, FORM)
    draft.refresh_from_db()
    assert draft.state == SeatMap.State.PUBLISHED
    assert [category.name for category in draft.categories.all()] == ["Parkett"]
    assert (draft.seats.count(), draft.capacity) == (3, 3)
    assert draft.layout["marquee"]["stage"] == "bottom"
    assert [one["name"] for one in draft.layout["categories"]] == ["Parkett", "Technik"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name_1": " parkett "}, "Another category has this name."),
        ({"name_0": ""}, "This field is required."),
        ({"name_0": "<b>"}, "Use plain text only"),
        ({"name_0": "x" * 81}, "at most 80"),
        ({"sale_0": ""}, "Leave at least one category for sale."),
        ({"stage": "behind"}, "Select a valid choice"),
    ],
)
def test_errors_of_publishing_are_shown_at_their_field(
    draft: SeatMap, client: Client, manager: User, change: dict[str, str], said: str
):
    client.force_login(manager)
    page = client.post(reverse("admin:theaters_seatmap_publish", args=[draft.pk]), FORM | change)
    assert said in page.content.decode()
    draft.refresh_from_db()
    assert draft.state == SeatMap.State.DRAFT


def test_seats_never_for_sale_keep_no_show_a_draft(hall: Hall, manager: User):
    document = plan([area(marquee=SOLD)])
    document["categories"][0]["marquee"] = {"for_sale": False}
    document["zones"][0]["rows"][0]["seats"][0]["category"] = "B"
    import_seat_map(hall=hall, file_name="x.json", content=json.dumps(document).encode(), by=manager)
    seat_map = publish_seat_map(seat_map=SeatMap.objects.get(), by=manager)
    assert (seat_map.capacity, seat_map.seats.count()) == (51, 1)
    show = make_show(hall=hall)
    ticket_type, _made = TicketType.objects.get_or_create(theater=hall.theater, name="Adult")
    Price.objects.filter(show=show).delete()
    Price.objects.create(show=show, category=seat_map.categories.get(), ticket_type=ticket_type, amount=10)
    assert find_missing(show, timezone.now()) == []


def test_a_map_is_read_once_for_a_page(draft: SeatMap, client: Client, manager: User, monkeypatch: Any):
    client.force_login(manager)
    calls: list[int] = []
    plain = layout_module._Reader.read

    def count(self: Any, document: Any) -> Any:
        calls.append(1)
        return plain(self, document)

    monkeypatch.setattr(layout_module._Reader, "read", count)
    for name in ("change", "publish"):
        calls.clear()
        assert client.get(reverse(f"admin:theaters_seatmap_{name}", args=[draft.pk])).status_code == 200
        assert len(calls) == 1
