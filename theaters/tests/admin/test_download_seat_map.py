"""A seat map is taken along as data, as a drawing, or as a plan for the wall."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pypdfium2
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import parse_csv
from theaters.tests.seat_maps.test_plans_of_editors import SOLD, area, plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Großer <i>Saal")
    document = plan([area(uuid="floor", marquee=SOLD), area("polygon", y=-60, text="Stage")])
    return import_seat_map(hall=hall, file_name="a.json", content=json.dumps(document).encode(), by=manager)


@pytest.fixture
def download(client: Client, manager: User, draft: SeatMap) -> Any:
    client.force_login(manager)

    def get(**asked: str) -> Any:
        return client.get(reverse("admin:theaters_seatmap_download", args=[draft.pk]), asked)

    return get


def test_the_page_offers_the_formats(download: Any):
    page = download()
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    for name in ("pdf", "png", "svg", "csv", "json"):
        assert f'value="{name}"' in page.text


def test_json_is_the_stored_document(download: Any, draft: SeatMap):
    answer = download(format="json")
    assert answer["Content-Disposition"] == f'attachment; filename="seat-map-{draft.pk}-v1.json"'
    assert answer.json() == draft.layout


def test_a_table_is_readable_again(download: Any, draft: SeatMap):
    answer = download(format="csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    layout = parse_csv(answer.content.decode())
    assert len(layout.seats) == 24
    assert layout.areas[0].capacity == 50


def test_the_drawing_says_what_each_seat_is(download: Any):
    answer = download(format="svg")
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer["Content-Security-Policy"] == "sandbox"
    root = ET.fromstring(answer.content)  # noqa: S314 (our own file)
    seats = [element for element in root.iter() if "data-seat" in element.attrib]
    assert len(seats) == 24
    assert [one.get("data-capacity") for one in root.iter() if "data-area" in one.attrib] == ["50"]
    assert "Stage" in "".join(root.itertext())


@pytest.mark.parametrize(
    ("paper", "orientation", "width", "height"), [("a4", "landscape", 297, 210), ("a2", "portrait", 420, 594)]
)
def test_the_plan_for_the_wall_fills_its_paper(
    download: Any, paper: str, orientation: str, width: float, height: float
):
    answer = download(format="pdf", paper=paper, orientation=orientation)
    assert answer["Content-Type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.content)
    assert len(document) == 1
    assert document[0].get_size() == pytest.approx((width / 25.4 * 72, height / 25.4 * 72), abs=0.5)
    words = document[0].get_textpage().get_text_range()
    assert "24 seats" in words
    assert "Version 1 (draft)" in words
    assert "Großer <i>Saal" in words
    assert "Stage" in words
    assert "Standing" in words


def test_the_picture_is_the_same_page(download: Any):
    answer = download(format="png", paper="a3", orientation="landscape")
    assert answer["Content-Type"] == "image/png"
    picture = Image.open(io.BytesIO(answer.content))
    assert picture.width / picture.height == pytest.approx(420 / 297, abs=0.01)
    assert len(picture.convert("RGB").getcolors(1 << 24)) > 50


@pytest.mark.parametrize("asked", [{"format": "exe"}, {"format": "pdf", "paper": "a0"}, {"format": ""}])
def test_what_is_not_offered_is_an_error_at_its_field(download: Any, asked: dict[str, str]):
    page = download(**asked)
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    assert page.context["form"].errors


def test_other_theaters_maps_are_not_found(client: Client, other_manager: User, draft: SeatMap):
    client.force_login(other_manager)
    address = reverse("admin:theaters_seatmap_download", args=[draft.pk])
    assert client.get(address, {"format": "json"}).status_code == 404
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("name", ["json", "csv", "svg", "png", "pdf"])
def test_an_unfinished_draft_can_be_taken_along(download: Any, draft: SeatMap, name: str):
    SeatMap.objects.filter(pk=draft.pk).update(
        layout={
            "categories": "none",
            "zones": [
                5,
                {"name": 7, "rows": [{"seats": [{"seat_number": "a\x07<b>", "position": {"x": "far"}}, None]}]},
                {"areas": [{"marquee": {"capacity": -1}}, {"shape": "polygon", "polygon": [], "text": 5}]},
            ],
        }
    )
    assert download(format=name).status_code == 200
