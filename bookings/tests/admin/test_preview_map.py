"""The seat-map editor's look at a draft as customers would see it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater

pytestmark = pytest.mark.django_db
CSV = b"section,row,number,category\nStalls,A,1-10,Front\nStalls,B,1-10,Rear\n"


@pytest.fixture
def draft(theater: Theater, manager: User) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="main.csv", content=CSV, by=manager)


def ask(client: Client, draft: SeatMap, content: Any) -> Any:
    text = content if isinstance(content, str) else json.dumps(content)
    return client.post(reverse("admin:preview_map", args=[draft.pk]), text, content_type="application/json")


def test_what_is_not_saved_yet_is_shown(client: Client, manager: User, draft: SeatMap):
    client.force_login(manager)
    document = draft.layout
    document["zones"][0]["rows"][0]["seats"].pop()

    answer = ask(client, draft, document).json()

    row = answer["plan"]["sections"][0]["rows"][0]
    assert len(row["seats"]) == 9
    assert {size: len(seats) for size, seats in answer["best"].items()} == {"2": 2, "4": 4, "9": 9}
    draft.refresh_from_db()
    assert len(draft.layout["zones"][0]["rows"][0]["seats"]) == 10


@pytest.mark.parametrize("content", ["", "[]", '{"zones": 3}', "{", '{"zones": [{"rows": [7]}]}'])
def test_what_can_not_be_read_is_refused(client: Client, manager: User, draft: SeatMap, content: str):
    client.force_login(manager)

    response = ask(client, draft, content)

    assert response.status_code == 422
    assert response.json()["message"]


@pytest.mark.parametrize("person", ["other_manager", "door_staff", "customer"])
def test_others_get_nothing(client: Client, request: pytest.FixtureRequest, draft: SeatMap, person: str):
    client.force_login(request.getfixturevalue(person))

    assert ask(client, draft, draft.layout).status_code in (302, 403, 404)


def test_it_takes_posts_alone(client: Client, manager: User, draft: SeatMap):
    client.force_login(manager)

    assert client.get(reverse("admin:preview_map", args=[draft.pk])).status_code == 405
