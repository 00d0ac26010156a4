"""The page of the seat-map editor: who may open it, and what of."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.admin.seat_editor_problems import find_problem_words
from theaters.admin.seat_editor_words import find_words
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps.publish import publish_seat_map
from tools.processes import PROJECT

pytestmark = pytest.mark.django_db
CSV = b"section,row,number,category\nStalls,A,1-3,Front\nStalls,B,1-2,Rear\n"


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV, by=manager)


def address(seat_map: SeatMap) -> str:
    return reverse("admin:theaters_seatmap_edit_drawing", args=[seat_map.pk])


def read_page(response: Any) -> dict[str, Any]:
    page: dict[str, Any] = json.loads(json.dumps(response.context["page"]))
    return page


def test_a_draft_is_opened(client: Client, manager: User, draft: SeatMap):
    client.force_login(manager)

    response = client.get(address(draft))

    assert response.status_code == 200
    page = read_page(response)
    assert [row["row_number"] for row in page["document"]["zones"][0]["rows"]] == ["A", "B"]
    assert page["draft"]["url"] == reverse("admin:theaters_seatmap_draft", args=[draft.pk])
    assert page["draft"]["revision"] == draft.revision


def test_the_page_of_a_draft_links_to_it(client: Client, manager: User, draft: SeatMap):
    client.force_login(manager)

    response = client.get(reverse("admin:theaters_seatmap_change", args=[draft.pk]))

    assert address(draft) in response.content.decode()


def test_a_name_that_looks_like_markup_stays_a_name(client: Client, manager: User, draft: SeatMap):
    draft.layout["zones"][0]["name"] = "</script><script>alert(1)</script>"
    SeatMap.objects.filter(pk=draft.pk).update(layout=draft.layout)
    client.force_login(manager)

    assert "<script>alert" not in client.get(address(draft)).content.decode()


@pytest.mark.parametrize("person", ["other_manager", "door_staff", "customer"])
def test_others_can_not_open_it(client: Client, request: pytest.FixtureRequest, draft: SeatMap, person: str):
    client.force_login(request.getfixturevalue(person))

    assert client.get(address(draft)).status_code in (302, 403, 404)


def test_another_version_is_made_the_draft_first(client: Client, manager: User, draft: SeatMap):
    published = publish_seat_map(seat_map=draft, by=manager)
    client.force_login(manager)

    response = client.get(address(published))

    assert response.url == reverse("admin:theaters_seatmap_edit_from", args=[published.pk])
    assert SeatMap.objects.count() == 1


def test_every_problem_has_its_sentence():
    plan = PROJECT / "static/js/seat-editor/plan"
    text = "".join((plan / name).read_text() for name in ("problems.js", "doubts.js"))
    codes = set(re.findall(r'\b(?:add|doubt)\("([a-z-]+)"', text)) - {"missing"}

    assert len(codes) > 15
    assert {f"problem-{code}" for code in codes} <= find_problem_words().keys()


def test_every_tool_and_what_it_draws_has_its_sentence():
    template = (PROJECT / "templates/admin/theaters/_seat_editor_tools.html").read_text()
    makers = (PROJECT / "static/js/seat-editor/tools/makers.js").read_text()
    tools = set(re.findall(r'data-tool="([a-z]+)"', template))
    made = set(re.findall(r"^  ([a-z]+)(?:\(plan|: \(plan)", makers, re.MULTILINE))

    assert {"row", "polygon"} <= made <= tools
    assert {f"tool-{name}" for name in tools} | {f"added-{name}" for name in made} <= find_words().keys()
