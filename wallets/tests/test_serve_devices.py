"""The calls that phones make about their passes."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.http import http_date

from testing.bookings import make_paid
from testing.builders import make_show
from testing.wallets import PASS_TYPE_ID, read_pass
from wallets.models import Platform, WalletDevice, WalletPass
from wallets.passes import issue_pass
from wallets.views import service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("apple")]
PUSH_TOKEN = "0a" * 32


@pytest.fixture
def phone():
    # As a device is: with no session, and no token against forged forms.
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def made(customer):
    return issue_pass(make_paid(make_show(), 0, customer=customer).tickets.get(), Platform.APPLE)


def registration(made: WalletPass, device: str = "phone") -> str:
    return f"/wallet/apple/v1/devices/{device}/registrations/{PASS_TYPE_ID}/{made.serial}"


def by(made: WalletPass) -> dict[str, str]:
    return {"Authorization": f"ApplePass {made.token}"}


def register(phone: Client, made: WalletPass, device: str = "phone", token: object = PUSH_TOKEN, **options: object):
    options.setdefault("headers", by(made))
    return phone.post(registration(made, device), {"pushToken": token}, content_type="application/json", **options)


def test_a_device_registers_once_and_keeps_its_newest_address(phone, made):
    assert register(phone, made).status_code == 201
    assert register(phone, made, token="bb").status_code == 200
    assert list(WalletDevice.objects.values_list("library", "push_token")) == [("phone", "bb")]


def test_it_unregisters(phone, made):
    register(phone, made)
    for _time in range(2):
        assert phone.delete(registration(made), headers=by(made)).status_code == 200
    assert not WalletDevice.objects.exists()


@pytest.mark.parametrize("given", ["", "ApplePass wrong", "Bearer x", "ApplePass "])
def test_nothing_happens_without_the_token_of_the_pass(phone, made, given):
    headers = {"Authorization": given} if given else {}
    assert register(phone, made, headers=headers).status_code == 401
    assert not WalletDevice.objects.exists()
    register(phone, made)
    assert phone.delete(registration(made), headers=headers).status_code == 401
    assert phone.get(f"/wallet/apple/v1/passes/{PASS_TYPE_ID}/{made.serial}", headers=headers).status_code == 401
    assert WalletDevice.objects.exists()


@pytest.mark.parametrize("token", ["", "x" * 201, "../../other", "ä", None, {"a": 1}])
def test_an_address_that_cannot_be_one_is_refused(phone, made, token):
    assert register(phone, made, token=token).status_code == 400
    assert not WalletDevice.objects.exists()


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"logs": 1}', b"\xff", b"[" * 9000, b"9" * 20_000])
def test_bad_bodies_are_answered(phone, made, body):
    assert phone.post(registration(made), body, "application/json", headers=by(made)).status_code == 400
    assert phone.post("/wallet/apple/v1/log", body, "application/json").status_code == 200


def test_passes_of_another_type_are_not_ours(phone, made):
    address = registration(made).replace(PASS_TYPE_ID, "pass.org.example.other")
    assert phone.post(address, {}, content_type="application/json", headers=by(made)).status_code == 404


def test_one_pass_has_only_so_many_devices(phone, made, monkeypatch):
    monkeypatch.setattr(service, "MAX_DEVICES", 2)
    answers = [register(phone, made, f"phone-{number}").status_code for number in (1, 2, 3, 1)]
    assert answers == [201, 201, 400, 200]


def test_it_lists_what_has_changed_since_it_last_asked(phone, made, rival):
    other = issue_pass(make_paid(make_show(), 0, customer=rival).tickets.get(), Platform.APPLE)
    for one in (made, other):
        register(phone, one)
    address = f"/wallet/apple/v1/devices/phone/registrations/{PASS_TYPE_ID}"
    first = phone.get(address).json()
    assert set(first["serialNumbers"]) == {made.serial, other.serial}
    assert phone.get(address, {"passesUpdatedSince": first["lastUpdated"]}).status_code == 204
    WalletPass.objects.filter(pk=other.pk).update(changed_at=timezone.now() + timedelta(seconds=5))
    assert phone.get(address, {"passesUpdatedSince": first["lastUpdated"]}).json()["serialNumbers"] == [other.serial]
    for nonsense in ("x", "9" * 40, "-1"):
        assert len(phone.get(address, {"passesUpdatedSince": nonsense}).json()["serialNumbers"]) == 2
    assert phone.get(address.replace("phone", "stranger")).status_code == 204


def test_it_gets_the_newest_pass_and_only_if_it_has_changed(phone, made):
    address = f"/wallet/apple/v1/passes/{PASS_TYPE_ID}/{made.serial}"
    answer = phone.get(address, headers=by(made))
    assert answer["Content-Type"] == "application/vnd.apple.pkpass"
    assert read_pass(answer.content)["serialNumber"] == made.serial
    known = {**by(made), "If-Modified-Since": answer["Last-Modified"]}
    assert phone.get(address, headers=known).status_code == 304
    WalletPass.objects.update(changed_at=timezone.now() + timedelta(seconds=5))
    newer = phone.get(address, headers=known)
    assert newer.status_code == 200
    assert newer["Last-Modified"] == http_date(WalletPass.objects.get().changed_at.timestamp())
    assert phone.get(address, headers={**by(made), "If-Modified-Since": "yesterday"}).status_code == 200


def test_complaints_are_logged_within_limits(phone, made):
    for _time in range(service.LOG_LINES.limit + 2):
        sent = json.dumps({"logs": ["bad pass " * 100]})
        assert phone.post("/wallet/apple/v1/log", sent, "application/json").status_code == 200


def test_without_keys_there_is_no_service(phone, made, settings):
    settings.APPLE_WALLET_KEY = ""
    assert register(phone, made).status_code == 404
    assert phone.get(f"/wallet/apple/v1/devices/phone/registrations/{PASS_TYPE_ID}").status_code == 404
    assert phone.post("/wallet/apple/v1/log", {}, "application/json").status_code == 404
