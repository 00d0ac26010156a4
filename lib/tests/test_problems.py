"""Every error of the API explains itself, and leaks nothing."""

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from ninja import NinjaAPI, Schema
from ninja.testing import TestClient

from bookings.errors import SeatsUnavailable, TooManyTickets
from lib.problem_types import PROBLEMS
from lib.problems import Problem, ProblemMiddleware, add_problem_handlers
from lib.refusals import Refusal
from testing.builders import make_hall
from ticketing.api import api


def subclasses(kind: type) -> set[type]:
    return {kind, *(one for child in kind.__subclasses__() for one in subclasses(child))}


def test_every_refusal_of_a_booking_is_explained():
    slugs = {kind.slug for kind in subclasses(Refusal) if hasattr(kind, "slug")}
    assert "seats-unavailable" in slugs
    assert slugs <= set(PROBLEMS)


def answer(error: Exception):
    """Let a call of an API like ours fail with `error`, and return what the client gets."""
    failing = NinjaAPI(urls_namespace=f"failing-{id(error)}")
    add_problem_handlers(failing)

    @failing.get("/fail")
    def fail(request):
        raise error

    return TestClient(failing).get("/fail")


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (Problem("not-found"), 404, "not-found"),
        (Problem("voucher-refused", "It is used up.", left=0), 422, "voucher-refused"),
        (PermissionDenied(), 403, "forbidden"),
        (TooManyTickets(4), 422, "too-many-tickets"),
    ],
)
def test_errors_become_problems(error: Exception, status: int, slug: str):
    response = answer(error)
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"] == f"http://localhost:8000/api/v1/problems/{slug}"
    assert problem["status"] == status
    assert problem["title"]


def test_members_tell_more():
    assert answer(TooManyTickets(4)).json()["limit"] == 4
    problem = answer(Problem("voucher-refused", "It is used up.", left=0)).json()
    assert (problem["detail"], problem["left"]) == ("It is used up.", 0)


@pytest.mark.django_db
def test_seats_that_are_gone_are_named():
    seats = list(make_hall(standing=1).seat_maps.get().seats.all()[:2])
    area = seats[0].seat_map.areas.get()
    problem = answer(SeatsUnavailable(seats, [area])).json()
    assert problem["seats"] == [{"id": seat.pk, "label": seat.label} for seat in seats]
    assert problem["areas"] == [{"id": area.pk, "label": "Floor"}]


def test_an_unexpected_error_is_recorded_and_tells_nothing(caplog):
    with caplog.at_level(logging.ERROR):
        response = answer(ZeroDivisionError("the secret is 42"))
    assert response.status_code == 500
    assert response.json() == {
        "type": "http://localhost:8000/api/v1/problems/unexpected",
        "title": "Something went wrong on our side.",
        "status": 500,
    }
    assert "the secret is 42" in caplog.text


def test_wrong_values_of_a_body_are_pointed_at(client: Client, db: None):
    response = client.post("/api/v1/auth/token", {"email": 3}, content_type="application/json")
    assert response.status_code == 422
    assert [(error["pointer"], error["code"]) for error in response.json()["errors"]] == [
        ("#/email", "string_type"),
        ("#/password", "missing"),
    ]


def test_pointers_are_escaped():
    class Item(Schema):
        weights: dict[str, int]

    weighing = NinjaAPI(urls_namespace="weighing")
    add_problem_handlers(weighing)

    @weighing.post("/weigh")
    def weigh(request, item: Item) -> None: ...

    problem = TestClient(weighing).post("/weigh", json={"weights": {"a/b~c": "heavy"}}).json()
    assert problem["errors"][0]["pointer"] == "#/weights/a~1b~0c"


@pytest.mark.parametrize("path", ["nothing", "", "shows/%00"])
def test_an_unknown_address_is_a_problem(client: Client, db: None, path: str):
    response = client.get(f"/api/v1/{path}")
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["type"].endswith("/not-found")


def test_a_wrong_method_is_a_problem(client: Client, db: None):
    response = client.get("/api/v1/auth/token")
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert response.json()["type"].endswith("/method-not-allowed")


@pytest.mark.parametrize(
    ("body", "status"),
    [("{", 400), ("\xff", 400), ('{"email": "\\u0000"}', 400), ('{"email": "\\ud800"}', 422), ("", 422)],
)
def test_an_unreadable_body_is_a_problem(client: Client, db: None, body: str, status: int):
    response = client.generic("POST", "/api/v1/auth/token", body.encode("latin-1"), "application/json")
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


def test_other_pages_keep_their_own_errors(client: Client, db: None):
    assert client.get("/nothing")["Content-Type"].startswith("text/html")


def test_a_body_that_is_too_large_is_a_problem(client: Client, db: None, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = client.post("/api/v1/auth/token", {"email": "x" * 200}, content_type="application/json")
    assert response.status_code == 413
    assert response["Content-Type"] == "application/problem+json"


def test_a_token_is_asked_for_in_the_standard_way():
    request = RequestFactory().get("/api/v1/bookings")
    response = ProblemMiddleware(lambda _: HttpResponse(status=401))(request)
    assert response["WWW-Authenticate"] == "Bearer"


@pytest.mark.once
@pytest.mark.parametrize("slug", sorted(PROBLEMS))
def test_each_type_leads_to_a_page_that_explains_it(client: Client, db: None, slug: str):
    response = client.get(f"/api/v1/problems/{slug}")
    assert response.status_code == 200
    assert str(PROBLEMS[slug].status) in response.content.decode()


def test_an_unknown_type_leads_nowhere(client: Client, db: None):
    assert client.get("/api/v1/problems/nothing").status_code == 404


def test_the_schema_says_that_every_call_may_answer_with_a_problem():
    schema = api.get_openapi_schema()
    for path in schema["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
