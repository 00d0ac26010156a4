"""Every error of the API explains itself, and leaks nothing."""

import logging

import psycopg
import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client, RequestFactory
from ninja import NinjaAPI, Schema
from ninja.testing import TestClient

from bookings.errors import SeatsUnavailable, TooManyTickets, VoucherRefused
from lib.problem_types import HTTP_PROBLEMS, INVALID_INPUT, NOT_FOUND
from lib.problems import Problem, ProblemMiddleware, add_problem_handlers, problem_types
from lib.refusals import Refusal
from payments.drawers import DrawerClosed
from testing.builders import make_hall
from ticketing.api import api

# What clients rely on: these never change.
PUBLISHED = {
    "account-needed": (401, "This show is for customers with an account."),
    "bad-request": (400, "The request could not be read."),
    "busy": (503, "Too many people want the same thing at this moment."),
    "ticket-rules": (422, "These ticket types are not sold like that."),
    "companion-alone": (422, "Companion seats and tickets are sold only with a wheelchair place."),
    "details-missing": (422, "The tickets need an e-mail address to go to."),
    "email-not-verified": (403, "The e-mail address is not confirmed yet."),
    "forbidden": (403, "You may not do this."),
    "gateway-not-offered": (422, "This way of paying is not offered."),
    "gateway-unavailable": (503, "The payment service does not answer."),
    "hold-expired": (409, "The hold is over and its seats were freed."),
    "idempotency-key-reused": (422, "This Idempotency-Key was used for a different request."),
    "invalid-input": (422, "The input is not valid."),
    "method-not-allowed": (405, "This address does not know that method."),
    "mfa-required": (401, "This account asks for a second factor."),
    "mfa-setup-required": (403, "Your theater asks its staff for a second factor, and you have none."),
    "no-price": (422, "That ticket type is not sold there."),
    "not-cancelable": (409, "This can't be canceled any more."),
    "not-exchangeable": (409, "These tickets can't be exchanged."),
    "not-found": (404, "There is nothing here, or it is not yours to see."),
    "not-on-sale": (409, "This show is not on sale now."),
    "not-yet-seen": (403, "Only people with a ticket to a show that has started can review it."),
    "nothing-chosen": (422, "No place was chosen."),
    "nothing-to-pay": (409, "This booking costs nothing."),
    "payment-declined": (402, "The payment was declined."),
    "refund-too-large": (409, "A refund cannot be more than what is left of the payment."),
    "seats-unavailable": (409, "Some of these places are gone."),
    "several-theaters": (422, "The shows belong to several theaters."),
    "sign-in-required": (401, "This call needs a valid access token."),
    "ticket-used": (409, "A ticket was used at the door."),
    "too-large": (413, "The request is too large."),
    "too-many-holds": (429, "Places were held too often without being paid for."),
    "too-many-requests": (429, "Too many requests in a short time."),
    "too-many-tickets": (422, "That is more than one customer may book for this show."),
    "unavailable": (503, "The service is not available for a moment."),
    "unexpected": (500, "Something went wrong on our side."),
    "unknown-place": (422, "This show does not have all of these places."),
    "voucher-refused": (422, "The voucher can't be used."),
    "waiting-room": (429, "It is not your turn yet."),
    "wrong-credentials": (401, "The e-mail address, password or code is wrong."),
    "wrong-refresh-token": (401, "The refresh token is not valid, expired, or was used before."),
    "terms-not-accepted": (409, "The customer has not accepted what holds today."),
    "wrong-state": (409, "The booking is not in a state that allows this."),
}


def test_the_published_types_keep_their_status_and_title():
    found = problem_types()
    assert {slug: (problem.status, str(problem.title)) for slug, problem in found.items()} == PUBLISHED
    for slug, problem in found.items():
        assert problem.uri == f"http://localhost:8000/api/v1/problems/{slug}"


def test_no_two_types_share_a_slug():
    types = {kind.problem for kind in subclasses(Refusal) if kind.problem} | set(HTTP_PROBLEMS)
    assert len({problem.slug for problem in types}) == len(types)


def test_a_refusal_that_the_api_does_not_know_is_a_fault_of_ours(caplog):
    assert answer(DrawerClosed()).status_code == 500
    assert "API call failed" in caplog.text


def subclasses(kind: type[Refusal]) -> set[type[Refusal]]:
    return {kind, *(one for child in kind.__subclasses__() for one in subclasses(child))}


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
        (Problem(NOT_FOUND), 404, "not-found"),
        (VoucherRefused("It is used up."), 422, "voucher-refused"),
        (PermissionDenied(), 403, "forbidden"),
        (TooManyTickets(4), 422, "too-many-tickets"),
        # As the driver raises it, which Django does not always wrap.
        (psycopg.OperationalError("server closed the connection unexpectedly"), 503, "unavailable"),
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


def test_members_are_in_the_document():
    assert answer(TooManyTickets(4)).json()["limit"] == 4
    problem = answer(Problem(INVALID_INPUT, "It is used up.", left=0)).json()
    assert (problem["detail"], problem["left"]) == ("It is used up.", 0)


@pytest.mark.django_db
def test_seats_that_are_gone_are_named():
    seats = list(make_hall(standing=1).seat_maps.get().seats.all()[:2])
    area = seats[0].seat_map.areas.get()
    problem = answer(SeatsUnavailable(seats, [area])).json()
    assert problem["seats"] == [{"id": seat.pk, "label": seat.label} for seat in seats]
    assert problem["areas"] == [{"id": area.pk, "label": "Floor"}]


def test_an_unexpected_error_is_logged_and_reveals_nothing(caplog):
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
@pytest.mark.parametrize("slug", sorted(PUBLISHED))
def test_each_type_leads_to_a_page_that_explains_it(client: Client, db: None, slug: str):
    response = client.get(f"/api/v1/problems/{slug}")
    assert response.status_code == 200
    assert str(PUBLISHED[slug][0]) in response.content.decode()


def test_an_unknown_type_leads_nowhere(client: Client, db: None):
    assert client.get("/api/v1/problems/nothing").status_code == 404


def test_the_schema_says_that_every_call_may_answer_with_a_problem():
    schema = api.get_openapi_schema()
    for path in schema["paths"].values():
        for operation in path.values():
            assert "application/problem+json" in operation["responses"]["default"]["content"]
