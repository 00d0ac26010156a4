import pytest
from django.test import Client
from django.urls import reverse

from notifications.models import Notification
from testing.codes import read_code, read_message

RESET = reverse("account_reset_password")
CONFIRM = reverse("account_confirm_password_reset_code")
COMPLETE = reverse("account_complete_password_reset")

pytestmark = pytest.mark.django_db


def test_it_works(client, customer):
    client.post(RESET, {"email": customer.email})
    client.post(CONFIRM, {"code": read_code("password_reset", customer.email)})
    assert "At least 8 characters" in client.get(COMPLETE).content.decode()
    client.post(COMPLETE, {"password1": "a whole new phrase"})
    customer.refresh_from_db()
    assert customer.check_password("a whole new phrase")
    assert read_message("account_changed", customer.email).context["what"] == "password_reset"
    assert client.get(reverse("account_password_reset_completed")).status_code == 200


def test_a_weak_password_is_refused(client, customer):
    client.post(RESET, {"email": customer.email})
    client.post(CONFIRM, {"code": read_code("password_reset", customer.email)})
    assert 'aria-invalid="true"' in client.post(COMPLETE, {"password1": "password"}).content.decode()
    customer.refresh_from_db()
    assert customer.check_password("correct horse battery")


def test_it_needs_the_code(client, customer):
    client.post(RESET, {"email": customer.email})
    assert client.post(COMPLETE, {"password1": "a whole new phrase"}).url == CONFIRM
    client.post(CONFIRM, {"code": "WRONG"})
    client.post(COMPLETE, {"password1": "a whole new phrase"})
    customer.refresh_from_db()
    assert customer.check_password("correct horse battery")


def test_it_does_not_reveal_who_has_an_account(client, customer):
    unknown = client.post(RESET, {"email": "nobody@example.com"})
    assert unknown.url == Client().post(RESET, {"email": customer.email}).url
    assert Notification.objects.get(recipient="nobody@example.com").kind == "account_unknown"


def test_the_password_can_be_changed_and_its_owner_is_notified(client, customer):
    client.force_login(customer)
    change = reverse("account_change_password")
    page = client.post(change, {"oldpassword": "wrong", "password1": "a whole new phrase"}).content.decode()
    assert "This is not your current password." in page
    client.post(change, {"oldpassword": "correct horse battery", "password1": "a whole new phrase"})
    customer.refresh_from_db()
    assert customer.check_password("a whole new phrase")
    assert read_message("account_changed", customer.email).context["what"] == "password_changed"
