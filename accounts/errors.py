"""Why a call for a token is refused."""

from django.utils.translation import gettext_lazy as _

from lib.refusals import ProblemType, Refusal


class WrongCredentials(Refusal):
    problem = ProblemType(
        "wrong-credentials",
        401,
        _("The e-mail address, password or code is wrong."),
        _("The answer does not reveal whether the address has an account. After several attempts you have to wait."),
    )


class SecondFactorRequired(Refusal):
    problem = ProblemType(
        "mfa-required",
        401,
        _("This account asks for a second factor."),
        _("Repeat the call with “code”: the six digits of the authenticator app, or a recovery code."),
    )


class EmailNotVerified(Refusal):
    problem = ProblemType(
        "email-not-verified",
        403,
        _("The e-mail address is not confirmed yet."),
        _("Sign in on the website once and enter the code that is sent to the address."),
    )


class WrongRefreshToken(Refusal):
    problem = ProblemType(
        "wrong-refresh-token",
        401,
        _("The refresh token is not valid, expired, or was used before."),
        _(
            "Each refresh token works once and brings its successor. Using one twice ends the session, "
            "because it may have been stolen: sign in again."
        ),
    )
