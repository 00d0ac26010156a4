"""Errors of the API as `application/problem+json` (RFC 9457).

Each problem has a stable `type`: an address under `/api/v1/problems/` that explains it to people.
Whatever goes wrong under `/api/`, the answer has this shape; `ProblemMiddleware` sees to what Django
answers before a call is reached, such as an unknown address.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, Throttled, ValidationError

if TYPE_CHECKING:
    # A development package: it is not there where the site runs.
    from django_stubs_ext import StrOrPromise

logger = logging.getLogger(__name__)

API_PREFIX = "/api/v1/"
CONTENT_TYPE = "application/problem+json"


@dataclass(frozen=True)
class ProblemType:
    slug: str
    status: int
    title: "StrOrPromise"
    # What a client can do about it; shown on the page that the type's address leads to.
    advice: "StrOrPromise"

    @property
    def uri(self) -> str:
        return f"{settings.SITE_URL}{API_PREFIX}problems/{self.slug}"


_TYPES = [
    ProblemType(
        "bad-request",
        400,
        gettext_lazy("The request could not be read."),
        gettext_lazy("Send well-formed JSON with the header “Content-Type: application/json”."),
    ),
    ProblemType(
        "invalid-input",
        422,
        gettext_lazy("The input is not valid."),
        gettext_lazy("“errors” names each wrong value by a JSON pointer into the body, or by its parameter."),
    ),
    ProblemType(
        "sign-in-required",
        401,
        gettext_lazy("This call needs a valid access token."),
        gettext_lazy("Get one from POST /api/v1/auth/token and send it as “Authorization: Bearer …”."),
    ),
    ProblemType(
        "wrong-credentials",
        401,
        gettext_lazy("The e-mail address, password or code is wrong."),
        gettext_lazy("Nothing tells whether the address has an account. After several attempts you have to wait."),
    ),
    ProblemType(
        "mfa-required",
        401,
        gettext_lazy("This account asks for a second factor."),
        gettext_lazy("Repeat the call with “code”: the six digits of the authenticator app, or a recovery code."),
    ),
    ProblemType(
        "email-not-verified",
        403,
        gettext_lazy("The e-mail address is not confirmed yet."),
        gettext_lazy("Sign in on the website once and enter the code that is sent to the address."),
    ),
    ProblemType(
        "wrong-refresh-token",
        401,
        gettext_lazy("The refresh token is not valid, expired, or was used before."),
        gettext_lazy(
            "Each refresh token works once and brings its successor. Using one twice ends the session, "
            "because it may have been stolen: sign in again."
        ),
    ),
    ProblemType(
        "forbidden",
        403,
        gettext_lazy("You may not do this."),
        gettext_lazy("Ask a manager of the theater for a role that includes it."),
    ),
    ProblemType(
        "not-found",
        404,
        gettext_lazy("There is nothing here, or it is not yours to see."),
        gettext_lazy("Check the address and the code in it. All calls are listed at /api/v1/docs."),
    ),
    ProblemType(
        "method-not-allowed",
        405,
        gettext_lazy("This address does not know that method."),
        gettext_lazy("The header “Allow” lists the methods that it knows."),
    ),
    ProblemType(
        "too-many-requests",
        429,
        gettext_lazy("Too many requests in a short time."),
        gettext_lazy("Wait as many seconds as the header “Retry-After” says. Signed-in calls have more room."),
    ),
    ProblemType(
        "unexpected",
        500,
        gettext_lazy("Something went wrong on our side."),
        gettext_lazy("It was recorded. Repeating the call with the same Idempotency-Key is safe."),
    ),
    ProblemType(
        "seats-unavailable",
        409,
        gettext_lazy("Some of these places are gone."),
        gettext_lazy("“seats” and “areas” name all of them. Nothing is held: choose others and try again."),
    ),
    ProblemType(
        "not-on-sale",
        409,
        gettext_lazy("This show is not on sale now."),
        gettext_lazy("It may be over, canceled, sold at the door only, or not yet on sale: see the show's “state”."),
    ),
    ProblemType(
        "too-many-tickets",
        422,
        gettext_lazy("That is more than one customer may book for this show."),
        gettext_lazy("“limit” says how many tickets one customer may have, earlier bookings included."),
    ),
    ProblemType(
        "no-price",
        422,
        gettext_lazy("That ticket type is not sold there."),
        gettext_lazy("The show's “prices” list which ticket types each seat category has."),
    ),
    ProblemType(
        "voucher-refused",
        422,
        gettext_lazy("The voucher can't be used."),
        gettext_lazy("“detail” says why. Without the voucher the same booking may go through."),
    ),
    ProblemType(
        "hold-expired",
        409,
        gettext_lazy("The hold is over and its seats were freed."),
        gettext_lazy("Make a new booking. Money that came too late is refunded."),
    ),
    ProblemType(
        "payment-declined",
        402,
        gettext_lazy("The payment was declined."),
        gettext_lazy("The hold stands until “expires_at”: pay again, or another way."),
    ),
    ProblemType(
        "not-cancelable",
        409,
        gettext_lazy("This can't be canceled any more."),
        gettext_lazy("The show's refund policy decides until when; the box office may still help."),
    ),
    ProblemType(
        "wrong-state",
        409,
        gettext_lazy("The booking is not in a state that allows this."),
        gettext_lazy("Read the booking again: another call may have changed it."),
    ),
]
PROBLEMS = {problem.slug: problem for problem in _TYPES}
_BY_STATUS = {
    400: "bad-request",
    401: "sign-in-required",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    422: "invalid-input",
    429: "too-many-requests",
}


class ProblemDocument(Schema):
    """How a problem looks to a client; some types add members of their own."""

    type: str
    title: str
    status: int
    detail: str = ""


class Problem(Exception):
    """Raise inside an API call to answer with the problem of that slug."""

    def __init__(self, slug: str, detail: "StrOrPromise" = "", **members: Any) -> None:
        super().__init__(slug, detail)
        self.slug = slug
        self.detail = detail
        self.members = members


def problem_response(
    slug: str, detail: "StrOrPromise" = "", *, status: int | None = None, **members: Any
) -> HttpResponse:
    """Answer with the problem of that slug; `members` are added to the document."""
    problem = PROBLEMS[slug]
    status = status or problem.status
    document = {"type": problem.uri, "title": str(problem.title), "status": status, **members}
    if detail:
        document["detail"] = str(detail)
    response = JsonResponse(document, status=status, content_type=CONTENT_TYPE)
    if status == 401:  # noqa: PLR2004
        response["WWW-Authenticate"] = "Bearer"
    return response


def _describe_error(error: dict[str, Any]) -> dict[str, str]:
    """Say what is wrong where: {"pointer": "#/seats/0/seat"} in a body, {"parameter": "limit"} elsewhere."""
    source, *path = error["loc"]
    described = {"detail": error["msg"], "code": error["type"]}
    if source == "body":
        # The first step is the name of the call's own parameter, which the client never sees.
        described["pointer"] = "#" + "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path[1:])
    else:
        described["parameter"] = ".".join(str(step) for step in path)
        described["in"] = source
    return described


def _answer_booking_error(request: HttpRequest, error: Any) -> HttpResponse:
    members: dict[str, Any] = {}
    for name in ("seats", "areas"):
        if hasattr(error, name):
            members[name] = [{"id": place.pk, "label": str(place)} for place in getattr(error, name)]
    if hasattr(error, "limit"):
        members["limit"] = error.limit
    return problem_response(error.slug if error.slug in PROBLEMS else "wrong-state", str(error), **members)


def _answer_http_error(request: HttpRequest, error: Any) -> HttpResponse:
    slug = _BY_STATUS.get(error.status_code, "bad-request")
    response = problem_response(slug, status=error.status_code)
    if isinstance(error, Throttled):
        response["Retry-After"] = str(int(error.wait or 60))
    return response


def _answer_unexpected(request: HttpRequest, error: Any) -> HttpResponse:
    """Record the failure as Django does with its own, and tell the client nothing of it."""
    if getattr(error, "slug", None) in PROBLEMS:
        return _answer_booking_error(request, error)
    logger.error("API call failed: %s %s", request.method, request.path, exc_info=error)
    if sys.exc_info()[0] is not None:
        got_request_exception.send(sender=None, request=request)
    return problem_response("unexpected")


def _answer_invalid_input(request: HttpRequest, error: Any) -> HttpResponse:
    detail = _("%(count)d values are wrong.") % {"count": len(error.errors)}
    return problem_response("invalid-input", detail, errors=[_describe_error(one) for one in error.errors])


def _answer_problem(request: HttpRequest, error: Any) -> HttpResponse:
    return problem_response(error.slug, error.detail, **error.members)


def _answer_with(slug: str) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda *_: problem_response(slug)


def add_problem_handlers(api: NinjaAPI) -> None:
    """Make `api` answer every exception with a problem."""
    api.add_exception_handler(Problem, _answer_problem)
    api.add_exception_handler(ValidationError, _answer_invalid_input)
    api.add_exception_handler(AuthenticationError, _answer_with("sign-in-required"))
    api.add_exception_handler(AuthorizationError, _answer_with("forbidden"))
    api.add_exception_handler(PermissionDenied, _answer_with("forbidden"))
    api.add_exception_handler(Http404, _answer_with("not-found"))
    api.add_exception_handler(HttpError, _answer_http_error)
    api.add_exception_handler(Exception, _answer_unexpected)


class ProblemMiddleware:
    """Turn error pages under `/api/` into problems: unknown addresses, wrong methods, oversized bodies."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        is_page = not response.get("Content-Type", "").startswith((CONTENT_TYPE, "application/json"))
        if response.status_code >= 400 and is_page and request.path_info.startswith(API_PREFIX):  # noqa: PLR2004
            slug = _BY_STATUS.get(response.status_code, "bad-request" if response.status_code < 500 else "unexpected")  # noqa: PLR2004
            problem = problem_response(slug, status=response.status_code)
            if "Allow" in response:
                problem["Allow"] = response["Allow"]
            return problem
        return response
