"""A drawing is uploaded, checked with its picture, corrected, and saved as the hall's draft."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from theaters.models import Hall, SeatMap, SeatMapUpload, Theater
from theaters.tests.seat_maps.test_read_drawing import HEAD, circles

pytestmark = pytest.mark.django_db
DRAWING = f"{HEAD}{circles(2, 4)}{circles(1, 4, top=200, fill='#0000aa')}<script>alert(1)</script></svg>"
FORM = {
    "stage": "top",
    "row_names": "numbers",
    "numbered_from": "left",
    "smallest": "9",
    "largest": "30",
    "seats_0": "on",
    "name_0": "Parkett",
    "seats_1": "on",
    "name_1": "Rang",
}


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return Hall.objects.create(theater=theater, name="Main")


@pytest.fixture
def send(client: Client, manager: User, hall: Hall) -> Any:
    client.force_login(manager)

    def post(content: str | bytes, name: str = "plan.svg") -> Any:
        data = content.encode() if isinstance(content, str) else content
        file = SimpleUploadedFile(name, data)
        return client.post(reverse("admin:theaters_seatmap_upload"), {"hall": hall.pk, "file": file})

    return post


def test_a_drawing_becomes_a_draft_once_it_is_checked(send: Any, client: Client, hall: Hall):
    answer = send(DRAWING)
    upload = SeatMapUpload.objects.get()
    address = reverse("admin:theaters_seatmap_reading", args=[upload.pk])
    assert answer["Location"] == address
    assert not SeatMap.objects.exists()
    page = client.get(address)
    assert "12 seats, 3 rows, 2 sections" in page.text
    assert "<script>alert" not in page.text

    drawn = client.post(address, {**FORM, "seats_1": "", "do": "draw"})
    assert "8 seats, 2 rows, 1 section" in drawn.text
    part = client.post(f"{address}?part=drawing", {**FORM, "do": "draw"})
    assert "<form" not in part.text
    assert "12 seats" in part.text
    assert not SeatMap.objects.exists()

    saved = client.post(address, {**FORM, "do": "save"})
    draft = SeatMap.objects.get()
    assert saved["Location"] == reverse("admin:theaters_seatmap_change", args=[draft.pk])
    assert (draft.hall, draft.state) == (hall, "draft")
    assert [category["name"] for category in draft.layout["categories"]] == ["Parkett", "Rang"]
    assert [row["row_number"] for row in draft.layout["zones"][0]["rows"]] == ["1", "2"]
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.content), upload.seat_map) == ("done", b"", draft)


def test_saving_it_again_changes_nothing(send: Any, client: Client):
    send(DRAWING)
    address = reverse("admin:theaters_seatmap_reading", args=[SeatMapUpload.objects.get().pk])
    client.post(address, {**FORM, "do": "save"})
    layout = SeatMap.objects.get().layout
    again = client.post(address, {**FORM, "name_0": "Other", "do": "save"})
    assert again.status_code == 302
    assert SeatMap.objects.get().layout == layout


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("largest", "3"),
        ("smallest", "NaN"),
        ("smallest", "-1"),
        ("name_0", ""),
        ("name_0", "<b>"),
        ("stage", "moon"),
        ("row_names", ""),
        ("numbered_from", "x"),
    ],
)
def test_a_bad_choice_is_an_error_at_its_field_and_saves_nothing(send: Any, client: Client, field: str, value: str):
    send(DRAWING)
    address = reverse("admin:theaters_seatmap_reading", args=[SeatMapUpload.objects.get().pk])
    page = client.post(address, {**FORM, field: value, "do": "save"})
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert not SeatMap.objects.exists()


def test_a_drawing_without_seats_is_not_saved(send: Any, client: Client):
    send(f"{HEAD}<text>Nothing</text></svg>")
    address = reverse("admin:theaters_seatmap_reading", args=[SeatMapUpload.objects.get().pk])
    page = client.post(address, {**FORM, "do": "save"})
    assert page.status_code == 200
    assert "neither a seat nor an area" in page.text
    assert not SeatMap.objects.exists()


def test_another_theaters_staff_do_not_see_it(send: Any, client: Client, other_manager: User):
    send(DRAWING)
    address = reverse("admin:theaters_seatmap_reading", args=[SeatMapUpload.objects.get().pk])
    client.force_login(other_manager)
    assert client.get(address).status_code == 404
    assert client.post(address, {**FORM, "do": "save"}).status_code == 404
    assert not SeatMap.objects.exists()


def test_an_unsafe_drawing_is_refused_and_nothing_is_kept(send: Any):
    page = send('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>')
    assert page.status_code == 200
    assert "defines entities" in page.text
    assert not SeatMapUpload.objects.exists()
