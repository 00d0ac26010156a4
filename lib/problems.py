"""Errors of the API as `application/problem+json` (RFC 9457).

Each problem has a stable `type`: an address under `/api/v1/problems/` that explains it to people. Every
error under `/api/` has this shape; `ProblemMiddleware` covers what Django answers before a call is reached,
such as an unknown address.
"""

import logging
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from lib.outages import find_outage
from lib.problem_types import (
    BAD_REQUEST,
    BUSY,
    FORBIDDEN,
    HTTP_PROBLEMS,
    INVALID_INPUT,
    NOT_FOUND,
    SIGN_IN_REQUIRED,
    TOO_LARGE,
    UNEXPECTED,
)
from lib.refusals import API_PREFIX, ProblemType, Refusal
from lib.violations import read_violation

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
# Unless the problem says.
RETRY_SECONDS = 60
RETRY_STATUSES = {429, 503}


# For error pages and the framework's own errors, by status; 503 is `UNAVAILABLE`.
_BY_STATUS = {problem.status: problem for problem in HTTP_PROBLEMS if problem is not BUSY}


class ProblemDocument(Schema):
    """A problem as clients see it; some types add members of their own."""

    type: str
    title: str
    status: int
    detail: str = ""


class Problem(Exception):
    """Raise in an API call to answer with a problem that is not a `Refusal`."""

    def __init__(
        self, problem: ProblemType, detail: str | Promise = "", *, retry_seconds: int = RETRY_SECONDS, **members: Any
    ) -> None:
        super().__init__(problem.slug, detail)
        self.problem = problem
        self.detail = detail
        self.retry_seconds = retry_seconds
        self.members = members


def problem_types() -> dict[str, ProblemType]:
    """Return all problem types by slug: those of HTTP, and those of exceptions."""
    refusals = (*_subclasses(Refusal), *_subclasses(PermissionDenied))
    named = [problem for kind in refusals if (problem := getattr(kind, "problem", None))]
    return {problem.slug: problem for problem in (*HTTP_PROBLEMS, *named)}


def _subclasses(kind: type[Exception]) -> Iterator[type[Exception]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


def problem_response(
    problem: ProblemType,
    detail: "StrOrPromise" = "",
    *,
    status: int | None = None,
    retry_seconds: int = RETRY_SECONDS,
    **members: Any,
) -> HttpResponse:
    """Return the response for a problem; `members` are added to the document.

    `retry_seconds` is sent with 429 and 503, where waiting helps.
    """
    status = status or problem.status
    document = {"type": problem.uri, "title": str(problem.title), "status": status, **members}
    if detail:
        document["detail"] = str(detail)
    response = JsonResponse(document, status=status, content_type=CONTENT_TYPE)
    if status == 401:  # noqa: PLR2004
        response["WWW-Authenticate"] = "Bearer"
    if status in RETRY_STATUSES:
        response["Retry-After"] = str(retry_seconds)
    return response


def _describe_error(error: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong where: {"pointer": "#/seats/0/seat"} in a body, {"parameter": "limit"} elsewhere."""
    source, *path = error["loc"]
    described = {"detail": error["msg"], "code": error["type"]}
    if source == "body":
        # The first step is the name of the call's own parameter, which the client never sees.
        described["pointer"] = "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path[1:])
    else:
        # Without the name of the call's own parameter before it, and the index in a list after it.
        described["parameter"] = next((step for step in reversed(path) if isinstance(step, str)), "")
        described["in"] = source
    return described


def _answer_refusal(request: HttpRequest, error: Any) -> HttpResponse:
    if error.problem is None:
        return _answer_unexpected(request, error)
    retry_seconds = getattr(error, "retry_seconds", RETRY_SECONDS)
    return problem_response(error.problem, str(error), retry_seconds=retry_seconds, **error.members())


def _answer_forbidden(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer with the exception's own problem, or else with `FORBIDDEN`."""
    return problem_response(getattr(error, "problem", FORBIDDEN))


def _answer_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    limit = getattr(request, "rate_limit", None)
    return problem_response(
        _BY_STATUS.get(error.status_code, BAD_REQUEST),
        status=error.status_code,
        retry_seconds=limit.seconds if limit else RETRY_SECONDS,
    )


def _answer_unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    """Log the failure as Django does, and tell the client nothing about it."""
    logger.error("API call failed: %s %s", request.method, request.path, exc_info=error)
    if sys.exc_info()[0] is not None:
        got_request_exception.send(sender=None, request=request)
    return problem_response(UNEXPECTED)


def _answer_invalid_input(request: HttpRequest, error: Any) -> HttpResponse:
    detail = gettext("%(count)d values are wrong.") % {"count": len(error.errors)}
    return problem_response(INVALID_INPUT, detail, errors=[_describe_error(one) for one in error.errors])


def _answer_problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(error.problem, error.detail, retry_seconds=error.retry_seconds, **error.members)


def _answer_violation(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer with the rule that the database enforced; any other refusal of it is our own fault."""
    found = read_violation(error)
    return _answer_unexpected(request, error) if found is None else problem_response(INVALID_INPUT, found.sentence)


def _answer_outage(request: HttpRequest, error: Any) -> HttpResponse:
    """Ask the client to come back; an error that is not an outage is our own fault."""
    outage = find_outage(error)
    if outage is None:
        return _answer_unexpected(request, error)
    logger.warning("database_outage: %s", outage.problem.slug)
    return problem_response(outage.problem, retry_seconds=outage.retry_seconds)


def _answer_with(problem: ProblemType) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda *_: problem_response(problem)


def add_problem_handlers(api: NinjaAPI) -> None:
    """Make `api` answer every exception with a problem."""
    api.add_exception_handler(Problem, _answer_problem)
    api.add_exception_handler(Refusal, _answer_refusal)
    api.add_exception_handler(ValidationError, _answer_invalid_input)
    api.add_exception_handler(AuthenticationError, _answer_with(SIGN_IN_REQUIRED))
    api.add_exception_handler(AuthorizationError, _answer_with(FORBIDDEN))
    api.add_exception_handler(PermissionDenied, _answer_forbidden)
    api.add_exception_handler(RequestDataTooBig, _answer_with(TOO_LARGE))
    api.add_exception_handler(SuspiciousOperation, _answer_with(BAD_REQUEST))
    api.add_exception_handler(Http404, _answer_with(NOT_FOUND))
    api.add_exception_handler(HttpError, _answer_http_error)
    api.add_exception_handler(IntegrityError, _answer_violation)
    api.add_exception_handler(DataError, _answer_violation)
    api.add_exception_handler(DatabaseError, _answer_outage)
    api.add_exception_handler(InterfaceError, _answer_outage)
    # What Django does not wrap.
    api.add_exception_handler(psycopg.Error, _answer_outage)
    api.add_exception_handler(Exception, _answer_unexpected)


class ProblemMiddleware:
    """Turn error pages under `/api/` into problems: unknown addresses, wrong methods, oversized bodies.

    A HEAD is answered like the GET that it stands for, and the rate limit is sent in headers.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(API_PREFIX):
            return self.get_response(request)
        is_head = request.method == "HEAD"
        if is_head:
            request.method = "GET"
        response = self._answer(request)
        if is_head:
            # The server drops the body.
            request.method = "HEAD"
        if limit := getattr(request, "rate_limit", None):
            for name, value in limit.headers().items():
                response[name] = value
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = not response.get("Content-Type", "").startswith((CONTENT_TYPE, "application/json"))
        if response.status_code >= 400 and is_page:  # noqa: PLR2004
            other = BAD_REQUEST if response.status_code < 500 else UNEXPECTED  # noqa: PLR2004
            answer = problem_response(_BY_STATUS.get(response.status_code, other), status=response.status_code)
            for header in {"Allow", "Retry-After"} & set(response.headers):
                answer[header] = response[header].replace("GET", "GET, HEAD")
            return answer
        return response
