"""The types of problems that API calls may answer with; each is explained at its own address.

Those of HTTP itself are here. What is refused for a reason of its own has its type at the exception
(`lib/refusals.py`); `lib/problems.py` knows them all.
"""

from django.utils.translation import gettext_lazy as _

from lib.refusals import ProblemType

BAD_REQUEST = ProblemType(
    "bad-request",
    400,
    _("The request could not be read."),
    _("Send well-formed JSON with the header “Content-Type: application/json”."),
)
INVALID_INPUT = ProblemType(
    "invalid-input",
    422,
    _("The input is not valid."),
    _("“errors” names each wrong value by a JSON pointer into the body, or by its parameter."),
)
SIGN_IN_REQUIRED = ProblemType(
    "sign-in-required",
    401,
    _("This call needs a valid access token."),
    _("Get one from POST /api/v1/auth/token and send it as “Authorization: Bearer …”."),
)
FORBIDDEN = ProblemType(
    "forbidden",
    403,
    _("You may not do this."),
    _("Ask a manager of the theater for a role that includes it."),
)
NOT_FOUND = ProblemType(
    "not-found",
    404,
    _("There is nothing here, or it is not yours to see."),
    _("Check the address and the code in it. All calls are listed at /api/v1/docs."),
)
METHOD_NOT_ALLOWED = ProblemType(
    "method-not-allowed",
    405,
    _("This address does not know that method."),
    _("The header “Allow” lists the methods that it accepts."),
)
TOO_LARGE = ProblemType(
    "too-large",
    413,
    _("The request is too large."),
    _("Send less at once."),
)
TOO_MANY_REQUESTS = ProblemType(
    "too-many-requests",
    429,
    _("Too many requests in a short time."),
    _("Wait as many seconds as the header “Retry-After” says. Signed-in calls have more room."),
)
UNEXPECTED = ProblemType(
    "unexpected",
    500,
    _("Something went wrong on our side."),
    _("It was recorded. Repeating the call with the same Idempotency-Key is safe."),
)
UNAVAILABLE = ProblemType(
    "unavailable",
    503,
    _("The service is not available for a moment."),
    _(
        "Wait as many seconds as the header “Retry-After” says, then repeat the call. "
        "Repeating it with the same Idempotency-Key is safe."
    ),
)
BUSY = ProblemType(
    "busy",
    503,
    _("Too many people want the same thing at this moment."),
    _("Nothing was changed. Wait as many seconds as the header “Retry-After” says, and try again."),
)
HTTP_PROBLEMS = (
    BAD_REQUEST,
    INVALID_INPUT,
    SIGN_IN_REQUIRED,
    FORBIDDEN,
    NOT_FOUND,
    METHOD_NOT_ALLOWED,
    TOO_LARGE,
    TOO_MANY_REQUESTS,
    UNEXPECTED,
    UNAVAILABLE,
    BUSY,
)
