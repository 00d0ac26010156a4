"""A picture of the real plan is kept for the seat-map editor, and shown to nobody else."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import AuditEntry, User
from lib import pdf_page
from lib.pictures import MAX_BYTES
from lib.typesetting import typeset
from operations.retention import prune
from testing.seat_maps import import_seat_map
from theaters.letterheads import Letterhead
from theaters.models import Backdrop, Hall, SeatMap, Theater
from theaters.seat_maps import backdrops
from theaters.tests.seat_maps.test_plans_of_editors import plan

pytestmark = pytest.mark.django_db


def picture(kind: str = "PNG", size: tuple[int, int] = (400, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "#ccddee").save(out, kind)
    return out.getvalue()


def pdf() -> bytes:
    words = {"language": "en", "title": "Plan", "month": "May", "chart_title": "Chart"}
    brand = Letterhead("Marquee").content
    return typeset("monthly_report.typ", {**words, **brand, "name": "x", "figures": [], "chart": [], "parts": []})


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="a.json", content=json.dumps(plan()).encode(), by=manager)


@pytest.fixture
def send(client: Client, manager: User, draft: SeatMap) -> Any:
    client.force_login(manager)

    def post(content: bytes, name: str = "plan.png", **more: Any) -> Any:
        address = reverse("admin:theaters_seatmap_keep_backdrop", args=[draft.pk])
        return client.post(address, {"file": SimpleUploadedFile(name, content), **more})

    return post


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_is_kept_and_shown(send: Any, client: Client, kind: str):
    answer = send(picture(kind))
    assert answer.status_code == 201
    kept = answer.json()
    assert (kept["width"], kept["height"], kept["pages"]) == (400, 300, 1)
    assert Backdrop.objects.get().pk.hex == kept["id"].replace("-", "")
    shown = client.get(kept["url"])
    assert shown["Content-Type"] == "image/webp"
    assert "private" in shown["Cache-Control"]
    assert Image.open(io.BytesIO(shown.content)).size == (400, 300)
    assert AuditEntry.objects.filter(action="save backdrop").count() == 1


def test_a_page_of_a_pdf_is_drawn(send: Any):
    kept = send(pdf(), "plan.pdf", page="1").json()
    assert max(kept["width"], kept["height"]) == backdrops.MAX_PIXELS
    assert kept["pages"] >= 1


def test_a_large_picture_is_made_smaller(send: Any):
    kept = send(picture(size=(6000, 1500))).json()
    assert (kept["width"], kept["height"]) == (3000, 750)


@pytest.mark.parametrize(
    ("content", "more", "status", "code"),
    [
        (b"no picture", {}, 422, "unreadable"),
        (picture()[:60], {}, 422, "unreadable"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", {}, 422, "drawing"),
        (b"%PDF-1.7 and nothing else", {}, 422, "unreadable"),
        (pdf, {"page": "99"}, 422, "no-such-page"),
        (picture(), {"page": "0"}, 422, "min_value"),
        (picture(), {"page": "one"}, 422, "invalid"),
        (b"", {}, 422, "empty"),
        (b"\0" * (MAX_BYTES + 1), {}, 413, "too-large"),
    ],
)
def test_what_cant_be_shown_is_refused_with_a_reason(
    send: Any, content: Any, more: dict[str, str], status: int, code: str
):
    answer = send(content() if callable(content) else content, **more)
    assert answer.status_code == status
    (problem,) = answer.json()["problems"]
    assert problem["code"] == code
    assert problem["message"]
    assert not Backdrop.objects.exists()


def test_a_pdf_that_takes_too_long_is_refused(send: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pdf_page, "MAX_SECONDS", 0)
    assert send(pdf()).json()["problems"][0]["code"] == "too-slow"


def test_without_a_file_nothing_is_kept(client: Client, manager: User, draft: SeatMap):
    client.force_login(manager)
    address = reverse("admin:theaters_seatmap_keep_backdrop", args=[draft.pk])
    assert client.post(address).status_code == 422
    assert client.get(address).status_code == 405


def test_only_those_who_may_edit_the_theater_see_it(
    send: Any, client: Client, other_manager: User, door_staff: User, draft: SeatMap
):
    kept = send(picture()).json()
    for other in (other_manager, door_staff):
        client.force_login(other)
        assert client.get(kept["url"]).status_code == 404
        assert send_as(client, draft).status_code == 404
    client.logout()
    assert client.get(kept["url"]).status_code == 302
    assert Backdrop.objects.count() == 1


def send_as(client: Client, draft: SeatMap) -> Any:
    address = reverse("admin:theaters_seatmap_keep_backdrop", args=[draft.pk])
    return client.post(address, {"file": SimpleUploadedFile("a.png", picture())})


def test_it_goes_when_nobody_opened_it_for_long(send: Any, client: Client, settings: Any):
    kept = send(picture()).json()
    old = timezone.now() - timedelta(days=settings.KEEP_BACKDROP_DAYS + 1)
    Backdrop.objects.update(seen_at=old)
    client.get(kept["url"])
    prune()
    assert Backdrop.objects.exists()
    Backdrop.objects.update(seen_at=old)
    prune()
    assert not Backdrop.objects.exists()


def test_the_oldest_of_many_go(send: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(backdrops, "MAX_BACKDROPS", 2)
    first = send(picture()).json()["id"]
    others = {send(picture()).json()["id"] for _ in range(2)}
    assert {str(one.pk) for one in Backdrop.objects.all()} == others
    assert first not in others
