"""What the seat-map editor's page asks for by itself."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater
from theaters.seat_maps import drafts, presence
from theaters.seat_maps.publish import publish_seat_map

pytestmark = pytest.mark.django_db

CSV = b"section,row,number,category\nStalls,A,1-3,c1\n"
PAGE, OTHER_PAGE = {"page": "page-one"}, {"page": "page-two", "selection": ["stalls-a-1"]}


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    return import_seat_map(
        hall=Hall.objects.create(theater=theater, name="Main"), file_name="main.csv", content=CSV, by=manager
    )


@pytest.fixture
def address(draft: SeatMap) -> str:
    return reverse("admin:theaters_seatmap_draft", args=[draft.pk])


@pytest.fixture
def staff(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def put(client: Client, address: str, document: Any, revision: object = 1) -> Any:
    return client.put(f"{address}?revision={revision}", document, content_type="application/json")


def signal(client: Client, address: str, content: Any) -> Any:
    return client.post(address, content, content_type="application/json")


def renamed(seat_map: SeatMap, name: str) -> dict[str, Any]:
    return {**copy.deepcopy(seat_map.layout), "name": name}


def test_it_is_read_and_saved(staff: Client, draft: SeatMap, address: str, manager: User):
    found = staff.get(address).json()
    assert (found["revision"], found["state"], found["document"]) == (1, "draft", draft.layout)
    saved = put(staff, address, renamed(draft, "New")).json()
    assert (saved["revision"], saved["edited_by"]) == (2, str(manager))
    assert "document" not in saved
    draft.refresh_from_db()
    assert draft.layout["name"] == "New"


def test_a_room_larger_than_a_form_may_be_is_saved(staff: Client, draft: SeatMap, address: str, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert put(staff, address, {**draft.layout, "their own": "x" * 1000}).status_code == 200


def put_packed(client: Client, address: str, content: bytes) -> Any:
    return client.put(
        f"{address}?revision=1", content, content_type="application/json", headers={"content-encoding": "gzip"}
    )


def test_a_large_room_is_sent_packed(staff: Client, draft: SeatMap, address: str):
    content = json.dumps(renamed(draft, "New")).encode()
    assert put_packed(staff, address, gzip.compress(content)).status_code == 200
    assert SeatMap.objects.get().layout["name"] == "New"


@pytest.mark.parametrize(
    ("pack", "status"),
    [
        (lambda: b"", 422),
        (lambda: b"{}", 422),
        (lambda: gzip.compress(b"{}" * 20)[:20], 422),
        (lambda: gzip.compress(b" " * (drafts.MAX_DRAFT_BYTES + 1)), 413),
    ],
    ids=["nothing", "not packed", "cut off", "too large"],
)
def test_what_is_packed_wrongly_is_refused(staff: Client, address: str, pack: Callable[[], bytes], status: int):
    assert put_packed(staff, address, pack()).status_code == status
    assert SeatMap.objects.get().revision == 1


def test_a_conflict_is_answered_with_what_is_there(staff: Client, draft: SeatMap, address: str, platform_admin: User):
    other = Client()
    other.force_login(platform_admin)
    put(other, address, renamed(draft, "Hers"))
    answer = put(staff, address, renamed(draft, "Mine"))
    assert answer.status_code == 409
    found = answer.json()
    assert (found["revision"], found["state"], found["edited_by"]) == (2, "draft", str(platform_admin))
    assert found["document"]["name"] == "Hers"


@pytest.fixture
def small_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drafts, "MAX_DRAFT_BYTES", 4000)


@pytest.mark.parametrize(
    ("content", "revision", "status"),
    [
        ("{", 1, 422),
        ("[]", 1, 422),
        ('{"zones": 3}', 1, 422),
        ("{}", "", 422),
        ("{}", "-1", 422),
        ("{}", "9" * 30, 422),
        ("x" * 5000, 1, 413),
    ],
)
@pytest.mark.usefixtures("small_limit")
def test_bad_input_is_refused(staff: Client, address: str, content: str, revision: object, status: int):
    answer = put(staff, address, content, revision)
    assert answer.status_code == status
    assert answer.json()["problems"][0]["message"]
    assert SeatMap.objects.get().revision == 1


def test_others_are_seen_while_they_are_there(staff: Client, address: str, platform_admin: User):
    other = Client()
    other.force_login(platform_admin)
    assert signal(staff, address, PAGE).json()["editors"] == []
    assert [one["page"] for one in signal(other, address, OTHER_PAGE).json()["editors"]] == ["page-one"]
    seen = signal(staff, address, PAGE).json()
    assert seen["revision"] == 1
    [found] = seen["editors"]
    assert (found["name"], found["is_self"], found["selection"]) == (str(platform_admin), False, ["stalls-a-1"])
    assert signal(other, address, {"page": "page-two", "is_leaving": True}).status_code == 204
    assert signal(staff, address, PAGE).json()["editors"] == []


def test_who_says_no_more_is_gone(staff: Client, address: str, monkeypatch: pytest.MonkeyPatch):
    signal(staff, address, PAGE)
    monkeypatch.setattr(presence, "PRESENT_SECONDS", 0)
    signal(staff, address, OTHER_PAGE)
    monkeypatch.undo()
    assert signal(staff, address, PAGE).json()["editors"] == []


def test_another_page_of_ones_own_is_seen_as_such(staff: Client, address: str):
    signal(staff, address, OTHER_PAGE)
    assert [one["is_self"] for one in signal(staff, address, PAGE).json()["editors"]] == [True]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", {"page": ""}, {"page": "<script>alert</script>"}, {"page": "page-one", "selection": ["x"] * 101}],
)
def test_an_unreadable_signal_is_refused(staff: Client, address: str, content: Any):
    assert signal(staff, address, content).status_code == 422


def test_the_revision_costs_no_document(staff: Client, address: str, django_assert_max_num_queries: Any):
    signal(staff, address, PAGE)
    with django_assert_max_num_queries(12) as captured:
        signal(staff, address, PAGE)
    assert not any('"layout"' in query["sql"] for query in captured.captured_queries)


def test_a_published_map_is_continued_as_the_next_version(staff: Client, draft: SeatMap, address: str, manager: User):
    publish_seat_map(seat_map=draft, by=manager)
    late = renamed(draft, "Late")
    answer = put(staff, address, late)
    assert (answer.status_code, answer.json()["state"]) == (409, "published")
    following = staff.post(f"{address}next/", late, content_type="application/json")
    assert (following.status_code, following.json()["version"], following.json()["revision"]) == (201, 2, 1)
    assert put(staff, following.json()["url"], renamed(draft, "Later")).status_code == 200
    taken = staff.post(f"{address}next/", late, content_type="application/json")
    assert (taken.status_code, taken.json()["url"]) == (409, following.json()["url"])
    assert taken.json()["document"]["name"] == "Later"


@pytest.mark.parametrize("person", ["other_manager", "door_staff", "customer"])
def test_others_neither_read_nor_write(
    client: Client, draft: SeatMap, address: str, person: str, request: pytest.FixtureRequest
):
    client.force_login(request.getfixturevalue(person))
    answers = [
        client.get(address),
        put(client, address, renamed(draft, "Theirs")),
        signal(client, address, PAGE),
        client.post(f"{address}next/", {}, content_type="application/json"),
    ]
    assert {answer.status_code for answer in answers} <= {302, 403, 404}
    assert b"stalls" not in b"".join(answer.content for answer in answers)
    draft.refresh_from_db()
    assert (draft.layout["name"], SeatMap.objects.count()) == ("main", 1)


def test_another_site_can_not_write(draft: SeatMap, address: str, manager: User):
    client = Client(enforce_csrf_checks=True)
    client.force_login(manager)
    assert put(client, address, renamed(draft, "Forged")).status_code == 403
    assert signal(client, address, PAGE).status_code == 403
    assert SeatMap.objects.get().revision == 1


def test_other_methods_are_named(staff: Client, address: str):
    assert staff.delete(address)["Allow"] == "GET, PUT, POST"
    assert staff.get(f"{address}next/")["Allow"] == "POST"


def test_the_document_keeps_letters_of_any_script(staff: Client, draft: SeatMap, address: str):
    put(staff, address, json.dumps(renamed(draft, "Großer Saal مسرح"), ensure_ascii=False))
    assert "Großer Saal مسرح".encode() in staff.get(address).content
