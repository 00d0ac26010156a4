"""The problems that API calls may answer with, each explained at its own address under `/api/v1/problems/`."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

API_PREFIX = "/api/v1/"


@dataclass(frozen=True)
class ProblemType:
    slug: str
    status: int
    title: str | Promise
    # What a client can do about it; shown on the page that the type's address leads to.
    advice: str | Promise

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
        "mfa-setup-required",
        403,
        gettext_lazy("Your theater asks its staff for a second factor, and you have none."),
        gettext_lazy("Set one up on the website, under “Your account”, then get a new token."),
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
        "too-large",
        413,
        gettext_lazy("The request is too large."),
        gettext_lazy("Send less at once."),
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
        "unavailable",
        503,
        gettext_lazy("The service is not available for a moment."),
        gettext_lazy(
            "Wait as many seconds as the header “Retry-After” says, then repeat the call. "
            "Repeating it with the same Idempotency-Key is safe."
        ),
    ),
    ProblemType(
        "busy",
        503,
        gettext_lazy("Too many people want the same thing at this moment."),
        gettext_lazy("Nothing was changed. Wait as many seconds as the header “Retry-After” says, and try again."),
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
        "too-many-holds",
        429,
        gettext_lazy("Places were held too often without being paid for."),
        gettext_lazy("What is held and not paid counts for an hour. Pay for a hold or let it go, and try again later."),
    ),
    ProblemType(
        "account-needed",
        401,
        gettext_lazy("This show is for customers with an account."),
        gettext_lazy("Send an access token with the call."),
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
    ProblemType(
        "nothing-chosen",
        422,
        gettext_lazy("No place was chosen."),
        gettext_lazy("Name at least one of “seats”, “areas” or “best_available”."),
    ),
    ProblemType(
        "unknown-place",
        422,
        gettext_lazy("This show does not have all of these places."),
        gettext_lazy("Read the show's seats again; each may be named once."),
    ),
    ProblemType(
        "idempotency-key-reused",
        422,
        gettext_lazy("This Idempotency-Key was used for a different request."),
        gettext_lazy("Make a new key for each booking, and send it again only with the very same request."),
    ),
    ProblemType(
        "details-missing",
        422,
        gettext_lazy("An e-mail address is needed, to send the tickets to."),
        gettext_lazy("Sign in with an account that has one."),
    ),
    ProblemType(
        "nothing-to-pay",
        409,
        gettext_lazy("This booking costs nothing."),
        gettext_lazy("Pay it with the gateway “free”."),
    ),
    ProblemType(
        "gateway-not-offered",
        422,
        gettext_lazy("This way of paying is not offered."),
        gettext_lazy("The booking lists the gateways that it can be paid with."),
    ),
    ProblemType(
        "gateway-unavailable",
        503,
        gettext_lazy("The payment service does not answer."),
        gettext_lazy("Nothing was paid that you will not hear of. Repeat the call in a moment."),
    ),
    ProblemType(
        "refund-too-large",
        409,
        gettext_lazy("A refund cannot be more than what is left of the payment."),
        gettext_lazy("Read the booking again: another refund may have been faster."),
    ),
    ProblemType(
        "not-exchangeable",
        409,
        gettext_lazy("These tickets can't be exchanged."),
        gettext_lazy("“detail” says why. The show's refund policy decides until when; the box office may still help."),
    ),
    ProblemType(
        "ticket-used",
        409,
        gettext_lazy("A ticket was used at the door."),
        gettext_lazy("Leave it out, and try again with the others."),
    ),
    ProblemType(
        "not-yet-seen",
        403,
        gettext_lazy("Only people with a ticket to a show that has started can review it."),
        gettext_lazy("Try again after the show."),
    ),
]
PROBLEMS = {problem.slug: problem for problem in _TYPES}
