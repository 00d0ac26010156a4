"""The REST API: the apps' routers, and a page for each type of problem."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI, Swagger
from ninja.errors import HttpError
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from accounts.api import AnonymousThrottle
from accounts.api import router as auth_router
from bookings.api import booking_router, seat_router
from door.api import door_router
from events.api.catalogue import router as events_router
from events.api.theaters import router as theaters_router
from lib.api_answers import HEADERS, OPERATIONS, describe_answers
from lib.problems import ProblemDocument, add_problem_handlers, problem_types
from waiting_room.api import waiting_room_router


class TextParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        """Refuse NUL, which PostgreSQL cannot store in a text."""
        if b"\\u0000" in request.body:
            raise HttpError(400, "A text contains a NUL character.")
        return super().parse_body(request)


class DocumentedAPI(NinjaAPI):
    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Return the OpenAPI document with all problems that calls may return."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["schemas"]["Problem"] = ProblemDocument.model_json_schema()
        schema["components"]["headers"] = HEADERS
        for path in schema["paths"].values():
            for method, operation in path.items():
                if method in OPERATIONS:
                    describe_answers(operation)
        return schema


api = DocumentedAPI(
    title="Marquee",
    version="1",
    description=(
        "Find shows, choose seats, book and check in. Errors are `application/problem+json` (RFC 9457); "
        "lists are paged by `limit` and `offset`; times are ISO 8601 in UTC; amounts are decimal strings in "
        "the theater's currency. HEAD works wherever GET does."
    ),
    urls_namespace="api",
    docs=Swagger(settings={"persistAuthorization": True}),
    docs_url="docs",
    openapi_url="openapi.json",
    throttle=AnonymousThrottle(),
    parser=TextParser(),
)
add_problem_handlers(api)
api.add_router("/auth", auth_router)
api.add_router("", theaters_router)
api.add_router("", events_router)
api.add_router("", seat_router)
api.add_router("", waiting_room_router)
api.add_router("", booking_router)
api.add_router("", door_router)


@api.get("/problems/{slug}", include_in_schema=False, throttle=[])
def explain_problem(request: HttpRequest, slug: str) -> HttpResponse:
    """Explain a problem's `type` to a person who opened its address."""
    problem = problem_types().get(slug)
    if problem is None:
        raise Http404
    return render(request, "ticketing/problem.html", {"problem": problem})
