"""Authentication for the API: bearer tokens (JWT) by allauth, and a rate limit for calls without one.

Tokens stand for a session, which its owner sees under “Devices” and can end there. That ends its tokens
too, as does a change of the password. A refresh token works once: it brings its successor, and using it a
second time ends the session, because one of its two users must have stolen it (RFC 9700, 4.14.2).
Sessions of staff last no longer than in the console.
"""

import math
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.core import ratelimit
from allauth.core.internal import ratelimit as rates
from allauth.headless.internal.sessionkit import new_session
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy, internal
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from cryptography.hazmat.primitives import ciphers  # noqa: F401 allauth uses it without importing it
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import update_last_login
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from ninja import Field, Router, Schema
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle

from accounts.errors import EmailNotVerified, SecondFactorRequired, WrongCredentials, WrongRefreshToken
from accounts.models import User
from accounts.sign_ins import note_refusal, note_sign_in
from lib.api_answers import may_answer
from lib.client_address import client_address, client_network
from lib.compiled import compiled
from lib.problem_types import TOO_MANY_REQUESTS
from lib.problems import Problem
from lib.throttling import Throttle

router = Router(tags=["auth"])

WINDOW_SECONDS = 60
SIGN_IN = "login"
WRONG_SIGN_IN = "login_failed"
USER_AGENT_LENGTH = UserSession._meta.get_field("user_agent").max_length
NO_ADDRESS = "::"
PASSWORD_CLAIM = "pwd"  # noqa: S105 (the name of a claim)


class TokenStrategy(JWTTokenStrategy):
    def get_claims(self, user: Any) -> dict[str, Any]:
        """Bind the token to the password that the person has now."""
        return {PASSWORD_CLAIM: user.get_session_auth_hash()}


class JWTAuth(HttpBearer):
    """Accept an access token of a live session, and set `request.user`. One query."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        claims = _read_claims(token)
        if claims is None:
            return None
        session_key = internal.session_key_from_sid(claims["sid"]) or ""
        for user in _find_user(int(claims["sub"]), session_key):
            if _has_password(user, str(claims.get(PASSWORD_CLAIM))):
                request.user = user
                return user
        return None


def _read_claims(token: str) -> dict[str, Any] | None:
    """Return what an access token says, or None if it is none of ours or has ended.

    As allauth does, but when a token was issued decides nothing: the clock of the server that did may be ahead of this
    one's, and a token that is new would be refused.
    """
    config = internal._get_jwt_config()
    try:
        claims = jwt.decode(
            token,
            key=config.verifying_key,
            algorithms=[config.algorithm],
            options={"verify_iat": False, "verify_aud": False, "verify_iss": False, "require": ["exp", "sub", "sid"]},
        )
    except jwt.PyJWTError:
        return None
    return claims if claims.get("token_use") == "access" else None


@compiled
def _find_user(pk: int, session_key: str) -> QuerySet[User]:
    return User.objects.filter(pk=pk, is_active=True, usersession__session_key=session_key)


def _has_password(user: User, claimed: str) -> bool:
    hashes = [user.get_session_auth_hash(), *user.get_session_auth_fallback_hash()]
    return any(constant_time_compare(claimed, one) for one in hashes)


jwt_auth = JWTAuth()


@dataclass(frozen=True)
class RateLimit:
    """A caller's rate limit, for the headers of draft-ietf-httpapi-ratelimit-headers-10."""

    limit: int
    left: int
    seconds: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Policy": f'"anonymous";q={self.limit};w={WINDOW_SECONDS}',
            "RateLimit": f'"anonymous";r={self.left};t={self.seconds}',
        }


class AnonymousThrottle(BaseThrottle):
    """Limit the calls per minute of each network without a token; a call with a valid one is never refused.

    Counts in the `pages` cache: shared by all processes with Redis, else one process at a time,
    and never a database query.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        limit = settings.API_ANONYMOUS_PER_MINUTE
        # Calls that need no token may still send one, and it counts.
        if not limit or getattr(request, "auth", None) is not None or jwt_auth(request):
            return True
        throttle, network = Throttle("api-calls", limit, WINDOW_SECONDS, cache="pages"), client_network(request)
        left = throttle.spend(network)
        request.rate_limit = RateLimit(limit, max(left, 0), throttle.seconds_left(network))  # type: ignore[attr-defined]
        return left >= 0

    def wait(self) -> None:
        """Leave `Retry-After` to the problem response, which knows the request."""


class Credentials(Schema):
    email: str = Field(max_length=254, examples=["customer@example.com"])
    password: str = Field(max_length=200)
    code: str = Field("", max_length=20, description="Of the authenticator app, or a recovery code; only with MFA.")


class RefreshToken(Schema):
    refresh: str = Field(max_length=4000)


class Tokens(Schema):
    access: str
    refresh: str


@router.post(
    "/token",
    response=Tokens,
    auth=None,
    openapi_extra=may_answer("wrong-credentials", "mfa-required", "email-not-verified"),
)
def create_token(request: HttpRequest, credentials: Credentials) -> Tokens:
    """Sign in: give an e-mail address and its password, get an access and a refresh token."""
    user = _authenticate(request, credentials)
    session = start_session(user, address=client_address(request), user_agent=request.headers.get("User-Agent", ""))
    access = make_access_token(user, session)
    refresh = internal.create_refresh_token(user, session)
    session.save()
    update_last_login(None, user)  # type: ignore[arg-type]
    note_sign_in(user=user, way="API")
    return Tokens(access=access, refresh=refresh)


@router.post("/refresh", response=Tokens, auth=None, openapi_extra=may_answer("wrong-refresh-token"))
def refresh_token(request: HttpRequest, token: RefreshToken) -> Tokens:
    """Trade a refresh token, once, for a new pair of tokens."""
    claims = internal.decode_token(token.refresh, "refresh")
    if claims is None:
        raise WrongRefreshToken
    # Of several that arrive at once, only the first goes on: the session's own record of used tokens is
    # read before it is written.
    used = f"refresh-token-used:{claims['jti']}"
    if not cache.add(used, 1, settings.HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN):
        _end_session(claims)
        raise WrongRefreshToken
    found = internal.validate_refresh_token(token.refresh)
    if found is None or not found[0].is_active:
        _end_session(claims)
        raise WrongRefreshToken
    try:
        renewed = TokenStrategy().refresh_token(token.refresh)
    except UpdateError:  # another call with the same token has just ended the session
        renewed = None
    except DatabaseError:
        # Nothing was given, so the next call is no second one.
        cache.delete(used)
        raise
    if renewed is None:
        raise WrongRefreshToken
    return Tokens(access=renewed[0], refresh=renewed[1])


def _authenticate(request: HttpRequest, credentials: Credentials) -> User:
    """Return whose credentials these are, or raise why not. Attempts are limited as on the website."""
    email = credentials.email.strip().lower()
    if not ratelimit.consume(request, action=SIGN_IN):
        note_refusal(user=None, what="too many attempts")
        raise Problem(TOO_MANY_REQUESTS, retry_seconds=_seconds_until_open(request, SIGN_IN))
    try:
        user: User | None = get_adapter().authenticate(request, email=email, password=credentials.password)
    except ValidationError as error:
        key = get_adapter()._get_login_attempts_cache_key(request, email=email)
        raise Problem(TOO_MANY_REQUESTS, retry_seconds=_seconds_until_open(request, WRONG_SIGN_IN, key)) from error
    if user is None or not user.is_active:
        raise WrongCredentials
    if is_mfa_enabled(user):
        if not credentials.code:
            raise SecondFactorRequired
        form = AuthenticateForm({"code": credentials.code}, user=user)
        if not form.is_valid():
            if form.has_error("code", "too_many_login_attempts"):
                wait = _seconds_until_open(request, WRONG_SIGN_IN, f"mfa-auth-user-{user.pk}")
                raise Problem(TOO_MANY_REQUESTS, retry_seconds=wait)
            raise WrongCredentials
        form.authenticator.record_usage()
    if not EmailAddress.objects.filter(user=user, email__iexact=email, verified=True).exists():
        raise EmailNotVerified
    return user


def _seconds_until_open(request: HttpRequest, action: str, key: str | None = None) -> int:
    """Return in how many seconds allauth's limit of an action lets one more through; at least 1."""
    opens_at = now = time.time()
    for rate in rates.get_rates(app="allauth.account", action=action):
        # When it was done, the latest first: the limit opens when the first of the last `amount` drops out.
        done = cache.get(rates.get_cache_key(request, app="allauth.account", action=action, rate=rate, key=key), [])
        if len(done) >= rate.amount:
            opens_at = max(opens_at, done[rate.amount - 1] + rate.duration)
    return max(1, math.ceil(opens_at - now))


def start_session(user: User, *, address: str = "", user_agent: str = "") -> SessionBase:
    """Create the session that the tokens stand for. No cookie is set."""
    session: SessionBase = new_session()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = getattr(user, "backend", settings.AUTHENTICATION_BACKENDS[0])
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    longest = timedelta(seconds=settings.HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN)
    if user.is_staff:
        longest = min(longest, timedelta(hours=settings.STAFF_SESSION_HOURS))
    session.set_expiry(timezone.now() + longest)
    session.save()
    UserSession.objects.create(
        user=user,
        session_key=session.session_key,
        ip=address or NO_ADDRESS,
        user_agent=user_agent[:USER_AGENT_LENGTH],
        data={"is_api": True},
    )
    return session


def make_access_token(user: User, session: SessionBase) -> str:
    token: str = internal.create_access_token(user, session, TokenStrategy().get_claims(user))
    return token


def _end_session(claims: dict[str, str]) -> None:
    session = internal.get_token_session(claims)
    if session is not None:
        UserSession.objects.filter(session_key=session.session_key).delete()
        session.flush()
