import base64
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import caches
from django.core.management import call_command
from django.urls import reverse

from testing.codes import read_message

SIGN_IN = reverse("account_login")
AUTHENTICATE = reverse("mfa_authenticate")
ACTIVATE = reverse("mfa_activate_totp")
PASSWORD = "correct horse battery"

pytestmark = pytest.mark.django_db


def totp(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def secret(client, customer, django_capture_on_commit_callbacks):
    """Set up an authenticator app for `customer` and sign out; return its secret."""
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(ACTIVATE, {"code": totp(secret)}).status_code == 302
    client.post(reverse("account_logout"))
    # A code works once; the cache remembers which was used until the next one is shown.
    caches["default"].clear()
    return secret


def is_signed_in(client):
    return client.get(reverse("accounts:profile")).status_code == 200


@pytest.mark.slow
def test_signing_in_asks_for_the_code_of_the_app(client, customer, secret):
    answer = client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD, "next": "/bookings/"})
    assert answer.url.startswith(AUTHENTICATE)
    assert not is_signed_in(client)
    assert "Use a passkey" not in client.get(AUTHENTICATE).content.decode()
    assert "This code is wrong." in client.post(AUTHENTICATE, {"code": "000000"}).content.decode()
    assert client.post(AUTHENTICATE, {"code": totp(secret)}).url == "/bookings/"
    assert is_signed_in(client)
    assert read_message("account_changed", customer.email).context["what"] == "totp_activated"


@pytest.mark.slow
def test_a_recovery_code_works_once(client, customer, secret):
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    [code, *_rest] = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    client.post(AUTHENTICATE, {"code": code})
    assert is_signed_in(client)
    shown = client.get(reverse("mfa_view_recovery_codes"))
    assert code not in shown.content.decode()
    client.post(reverse("account_logout"))
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    client.post(AUTHENTICATE, {"code": code})
    assert not is_signed_in(client)


def test_secrets_are_encrypted_in_the_database(client, customer, secret):
    stored = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in stored
    assert secret not in base64.urlsafe_b64decode(stored + "==").decode("latin-1")


def test_they_are_read_after_the_key_of_the_site_was_changed(client, customer, secret, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key"
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    client.post(AUTHENTICATE, {"code": totp(secret)})
    assert is_signed_in(client)


def test_it_can_be_turned_off(client, customer, secret):
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    client.post(AUTHENTICATE, {"code": totp(secret)})
    off = reverse("mfa_deactivate_totp")
    assert client.get(off).status_code == 200
    client.post(off)
    assert not Authenticator.objects.filter(type="totp").exists()


def test_credentials_change_only_after_a_recent_sign_in(client, customer):
    client.force_login(customer)
    assert client.get(ACTIVATE).url.startswith(reverse("account_reauthenticate"))
    answer = client.post(reverse("account_reauthenticate"), {"password": PASSWORD, "next": ACTIVATE})
    assert answer.url == ACTIVATE
    assert client.get(ACTIVATE).status_code == 200


@pytest.mark.slow
def test_guessing_codes_is_stopped(client, customer, secret):
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    for _ in range(5):
        client.post(AUTHENTICATE, {"code": "000000"})
    client.post(AUTHENTICATE, {"code": totp(secret)})
    assert not is_signed_in(client)


def test_they_are_encrypted_again_by_a_new_key(client, customer, secret, settings):
    settings.ENCRYPTION_KEYS = ["new"]
    call_command("encrypt_again")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [], "another key"
    client.post(SIGN_IN, {"login": customer.email, "password": PASSWORD})
    client.post(AUTHENTICATE, {"code": totp(secret)})
    assert is_signed_in(client)
