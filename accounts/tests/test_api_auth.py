"""Tokens of the API: who gets one, how long it is good, and what a thief can do with it."""

from datetime import UTC, datetime, timedelta

import jwt
import psycopg
import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.api import jwt_auth
from accounts.models import User
from testing.bookings import race
from ticketing.sessions import SessionStore

PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def ask(client: Client, call: str, status: int = 200, **body) -> dict:
    response = client.post(f"/api/v1/auth/{call}", body, content_type="application/json")
    assert response.status_code == status, response.content
    assert not response.cookies
    return response.json()


def slug(problem: dict) -> str:
    return problem["type"].rsplit("/", 1)[1]


def sign_in(client: Client, user: User, **more) -> dict:
    return ask(client, "token", email=user.email, password=PASSWORD, **more)


def who(access: str) -> User | None:
    """Ask the guard of the API's calls who this token is."""
    request = RequestFactory().get("/", headers={"Authorization": f"Bearer {access}"})
    return jwt_auth(request)


def totp_code(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(counters())))


def test_it_works(client: Client, customer: User):
    tokens = sign_in(client, customer)
    assert who(tokens["access"]) == customer
    customer.refresh_from_db()
    assert customer.last_login is not None
    session = Session.objects.get()
    assert session.expire_date > timezone.now() + timedelta(days=13)


def test_the_address_may_be_written_in_capitals(client: Client, customer: User):
    ask(client, "token", email=" Customer@Example.COM ", password=PASSWORD)


@pytest.mark.parametrize(
    ("email", "password"),
    [("customer@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("customer@example.com", "")],
)
def test_wrong_credentials_are_all_alike(client: Client, customer: User, email: str, password: str):
    problem = ask(client, "token", 401, email=email, password=password)
    assert slug(problem) == "wrong-credentials"
    assert not Session.objects.exists()


def test_an_unconfirmed_address_is_refused_as_if_unknown(client: Client, customer: User):
    customer.emailaddress_set.update(verified=False)
    assert slug(ask(client, "token", 401, email=customer.email, password=PASSWORD)) == "wrong-credentials"
    assert not Session.objects.exists()


def test_so_is_one_that_was_never_asked_for(client: Client, customer: User):
    customer.emailaddress_set.all().delete()
    assert slug(ask(client, "token", 403, email=customer.email, password=PASSWORD)) == "email-not-verified"
    assert not Session.objects.exists()


def test_someone_inactive_is_refused_as_if_unknown(client: Client, customer: User):
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert slug(ask(client, "token", 401, email=customer.email, password=PASSWORD)) == "wrong-credentials"


def test_guessing_is_slowed_down(client: Client, customer: User):
    answers = [
        client.post(
            "/api/v1/auth/token", {"email": customer.email, "password": "guess"}, content_type="application/json"
        )
        for _ in range(12)
    ]
    statuses = [answer.status_code for answer in answers]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert int(answers[-1]["Retry-After"]) > 0
    assert slug(ask(client, "token", 429, email=customer.email, password=PASSWORD)) == "too-many-requests"


@time_machine.travel(datetime(2026, 5, 1, 12, tzinfo=UTC), tick=False)
def test_a_second_factor_is_asked_for(client: Client, customer: User):
    secret = generate_totp_secret()
    TOTP.activate(customer, secret)
    assert slug(ask(client, "token", 401, email=customer.email, password=PASSWORD)) == "mfa-required"
    wrong = ask(client, "token", 401, email=customer.email, password=PASSWORD, code="000000")
    assert slug(wrong) == "wrong-credentials"
    assert not Session.objects.exists()
    code = totp_code(secret)
    assert who(sign_in(client, customer, code=code)["access"]) == customer
    # A code works once.
    again = ask(client, "token", 401, email=customer.email, password=PASSWORD, code=code)
    assert slug(again) == "wrong-credentials"


def test_a_recovery_code_works_once(client: Client, customer: User):
    TOTP.activate(customer, generate_totp_secret())
    code = RecoveryCodes.activate(customer).get_unused_codes()[0]
    sign_in(client, customer, code=code)
    ask(client, "token", 401, email=customer.email, password=PASSWORD, code=code)


def test_guessing_the_second_factor_is_slowed_down(client: Client, customer: User):
    TOTP.activate(customer, generate_totp_secret())
    for _ in range(12):
        answer = client.post(
            "/api/v1/auth/token",
            {"email": customer.email, "password": PASSWORD, "code": "000000"},
            content_type="application/json",
        )
    assert answer.status_code == 429
    assert Authenticator.objects.filter(last_used_at__isnull=False).count() == 0


def test_a_refresh_token_brings_a_new_pair(client: Client, customer: User):
    tokens = sign_in(client, customer)
    renewed = ask(client, "refresh", refresh=tokens["refresh"])
    assert renewed["refresh"] != tokens["refresh"]
    assert who(renewed["access"]) == customer
    ask(client, "refresh", refresh=renewed["refresh"])


def test_a_refresh_token_that_comes_twice_ends_the_session(client: Client, customer: User):
    stolen = sign_in(client, customer)["refresh"]
    renewed = ask(client, "refresh", refresh=stolen)
    assert slug(ask(client, "refresh", 401, refresh=stolen)) == "wrong-refresh-token"
    assert slug(ask(client, "refresh", 401, refresh=renewed["refresh"])) == "wrong-refresh-token"
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_that_refresh_at_the_same_moment_one_goes_on(customer: User):
    token = sign_in(Client(), customer)["refresh"]

    def refresh() -> int:
        return Client().post("/api/v1/auth/refresh", {"refresh": token}, content_type="application/json").status_code

    statuses = race(*[refresh] * 4)
    assert set(statuses) <= {200, 401}
    assert statuses.count(200) <= 1


def test_an_access_token_is_no_refresh_token_and_the_other_way_round(client: Client, customer: User):
    tokens = sign_in(client, customer)
    ask(client, "refresh", 401, refresh=tokens["access"])
    assert who(tokens["refresh"]) is None


@pytest.mark.parametrize("token", ["", "x", "a.b.c"])
def test_nonsense_is_refused(client: Client, db: None, token: str):
    ask(client, "refresh", 401, refresh=token)
    assert who(token or "-") is None


def test_a_token_with_a_foreign_signature_is_refused(client: Client, customer: User):
    tokens = sign_in(client, customer)
    claims = jwt.decode(tokens["access"], options={"verify_signature": False})
    for forged in (jwt.encode(claims, "x" * 32, algorithm="HS256"), jwt.encode(claims, None, algorithm="none")):
        assert who(forged) is None


def test_a_token_of_a_server_whose_clock_is_ahead_is_accepted(client: Client, customer: User):
    with time_machine.travel(timezone.now() + timedelta(seconds=20), tick=False):
        tokens = sign_in(client, customer)
    assert who(tokens["access"]) == customer


def test_a_refresh_that_meets_an_outage_may_be_tried_again(client: Client, customer: User, monkeypatch):
    tokens = sign_in(client, customer)

    def fail(*given, **named):
        raise OperationalError from psycopg.OperationalError("server closed the connection unexpectedly")

    with monkeypatch.context() as outage:
        outage.setattr(SessionStore, "save", fail)
        ask(client, "refresh", 503, refresh=tokens["refresh"])
    assert who(ask(client, "refresh", refresh=tokens["refresh"])["access"]) == customer


def test_tokens_end(client: Client, customer: User):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        tokens = sign_in(client, customer)
        clock.shift(timedelta(minutes=14))
        assert who(tokens["access"]) == customer
        clock.shift(timedelta(minutes=2))
        assert who(tokens["access"]) is None
        tokens = ask(client, "refresh", refresh=tokens["refresh"])
        clock.shift(timedelta(days=15))
        ask(client, "refresh", 401, refresh=tokens["refresh"])


def test_a_deactivated_user_is_out_at_once(client: Client, customer: User):
    tokens = sign_in(client, customer)
    User.objects.filter(pk=customer.pk).update(is_active=False)
    assert who(tokens["access"]) is None
    ask(client, "refresh", 401, refresh=tokens["refresh"])


def test_a_new_password_ends_the_sessions(client: Client, customer: User):
    tokens = sign_in(client, customer)
    customer.set_password("another horse")
    customer.save()
    ask(client, "refresh", 401, refresh=tokens["refresh"])


def test_anonymous_calls_are_limited_and_signed_in_ones_are_not(client: Client, customer: User, settings):
    settings.API_ANONYMOUS_PER_MINUTE = 3
    statuses = [client.get("/api/v1/cities").status_code for _ in range(4)]
    assert statuses == [200, 200, 200, 429]
    answer = client.get("/api/v1/cities")
    assert answer.json()["type"].endswith("/too-many-requests")
    token = {"Authorization": f"Bearer {sign_in(Client(REMOTE_ADDR='192.0.2.8'), customer)['access']}"}
    assert client.get("/api/v1/cities", headers=token).status_code == 200
    assert client.get("/api/v1/cities", headers={"Authorization": "Bearer nonsense"}).status_code == 429
    assert client.get("/api/v1/cities", REMOTE_ADDR="192.0.2.7").status_code == 200
    settings.API_ANONYMOUS_PER_MINUTE = 0
    assert client.get("/api/v1/cities").status_code == 200
