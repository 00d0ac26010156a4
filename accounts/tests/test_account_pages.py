"""Every account page in a real browser: no barrier at any width, in any scheme; no script or style refused."""

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from django.urls import reverse

PUBLIC = [
    "account_login",
    "account_signup",
    "account_request_login_code",
    "account_reset_password",
    "account_password_reset_completed",
    "account_inactive",
]
OWN = [
    "accounts:profile",
    "accounts:data",
    "accounts:erase",
    "account_email",
    "account_change_password",
    "account_logout",
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_list_webauthn",
    "usersessions_list",
]
GUARDED = [
    "mfa_index",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
    "mfa_reauthenticate",
]


def take_over(page, live_server, client):
    """Let the browser go on where the test client is."""
    cookies = [{"name": key, "value": morsel.value, "url": live_server.url} for key, morsel in client.cookies.items()]
    page.context.add_cookies(cookies)


@pytest.fixture
def complaints(page):
    """What the browser's console complains about, the content security policy among it."""
    found = []
    page.on("console", lambda message: found.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    return found


@pytest.fixture
def check(phone_page, live_server, complaints, assert_accessible_everywhere):
    def check(name):
        answer = phone_page.goto(live_server.url + reverse(name))
        assert answer.ok, name
        assert phone_page.url == live_server.url + reverse(name)
        assert_accessible_everywhere(phone_page)
        assert complaints == [], name

    return check


@pytest.fixture
def signed_in(page, live_server, customer):
    client = Client()
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    take_over(page, live_server, client)
    return customer


def test_public_pages(check):
    for name in PUBLIC:
        check(name)


def test_own_pages(signed_in, check):
    for name in OWN:
        check(name)


def test_pages_of_an_account_with_a_second_factor(signed_in, check):
    TOTP.activate(signed_in, generate_totp_secret())
    RecoveryCodes.activate(signed_in)
    for name in GUARDED:
        check(name)


def test_pages_on_the_way_in(page, live_server, customer, check):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": customer.email})
    take_over(page, live_server, client)
    check("account_confirm_login_code")
    client = Client()
    client.post(reverse("account_signup"), {"email": "new@example.com", "password1": "correct horse battery"})
    take_over(page, live_server, client)
    check("account_email_verification_sent")
    client = Client()
    client.post(reverse("account_reset_password"), {"email": customer.email})
    take_over(page, live_server, client)
    check("account_confirm_password_reset_code")
    TOTP.activate(customer, generate_totp_secret())
    client = Client()
    client.post(reverse("account_login"), {"login": customer.email, "password": "correct horse battery"})
    take_over(page, live_server, client)
    check("mfa_authenticate")
