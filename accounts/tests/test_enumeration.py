"""Nobody learns from a page, a code or the API whether an address has an account."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from testing.builders import make_user

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "known@example.com", "other@example.com"
CONFIRM = reverse("account_email_verification_sent")
SIGN_UP = {"name": "Asha", "password1": "a staple of my own"}
Step = Callable[[Client, str], Any]


def post(page: str, **sent: str) -> Step:
    """Return a step that posts, with “{email}” filled in, and follows to the next page."""
    return lambda client, email: client.post(
        reverse(page), {key: value.format(email=email) for key, value in sent.items()}, follow=True
    )


def call(path: str, **sent: str) -> Step:
    return lambda client, email: client.post(
        path, {key: value.format(email=email) for key, value in sent.items()}, content_type="application/json"
    )


def get(name: str) -> Step:
    return lambda client, email: client.get(reverse(name), follow=True)


WRONG_CODES = [post("account_email_verification_sent", code=f"WRONG{number}") for number in range(4)]
# What somebody does who wants to know, each from the beginning.
ATTEMPTS: dict[str, list[Step]] = {
    "sign up and guess": [post("account_signup", email="{email}", **SIGN_UP), *WRONG_CODES],
    "sign up, look again, send again": [
        post("account_signup", email="{email}", **SIGN_UP),
        get("account_email_verification_sent"),
        get("account_signup"),
        get("account_login"),
        get("accounts:profile"),
        post("account_email_verification_sent", action="resend"),
    ],
    "sign up and correct the address": [
        post("account_signup", email="third@example.com", **SIGN_UP),
        post("account_email_verification_sent", action="change", email="{email}"),
        *WRONG_CODES,
    ],
    "sign up twice": [post("account_signup", email="{email}", **SIGN_UP)] * 2,
    "sign up with a weak password": [post("account_signup", email="{email}", password1="password")],
    "sign in": [post("account_login", login="{email}", password="a wrong password")],
    "sign up, then sign in": [
        post("account_signup", email="{email}", **SIGN_UP),
        lambda client, email: Client().post(
            reverse("account_login"), {"login": email, "password": SIGN_UP["password1"]}, follow=True
        ),
    ],
    "sign up, then sign in by API": [
        post("account_signup", email="{email}", **SIGN_UP),
        call("/api/v1/auth/token", email="{email}", password=SIGN_UP["password1"]),
    ],
    "a code to sign in": [
        post("account_request_login_code", email="{email}"),
        *[post("account_confirm_login_code", code=f"WRONG{number}") for number in range(4)],
    ],
    "a code to sign in, sent again": [
        post("account_request_login_code", email="{email}"),
        post("account_confirm_login_code", action="resend"),
    ],
    "a new password": [
        post("account_reset_password", email="{email}"),
        *[post("account_confirm_password_reset_code", code=f"WRONG{number}") for number in range(4)],
    ],
    "the API": [call("/api/v1/auth/token", email="{email}", password="a wrong password")],
    "a link to bookings": [post("bookings:link", email="{email}")],
}


def see(steps: list[Step], email: str) -> list[list[Any]]:
    """Return all that is seen on the way, without what differs by chance or by the address that was typed."""
    cache.clear()
    client = Client()
    seen = []
    for step in steps:
        answer = step(client, email)
        body = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode().replace(email, "…"))
        lines = [line.strip() for line in body.splitlines() if line.strip()]
        seen.append([answer.status_code, *getattr(answer, "redirect_chain", []), sorted(answer.cookies), *lines])
    return seen


@pytest.mark.slow
@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_known_and_unknown_look_alike(attempt: str):
    make_user(KNOWN)
    for known, unknown in zip(see(ATTEMPTS[attempt], KNOWN), see(ATTEMPTS[attempt], UNKNOWN), strict=True):
        assert [line for line in known if line not in unknown] == [line for line in unknown if line not in known]
