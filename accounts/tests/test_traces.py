"""The traces of sign-ins and downloads: an audit entry for staff, a log line for everyone."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from accounts.models import AuditEntry, User
from accounts.roles import Role
from accounts.tests.test_api_auth import PASSWORD
from testing.addresses import addresses
from testing.builders import make_user
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_attempts_yet() -> None:
    cache.clear()


def enter(user: User, password: str = PASSWORD, client: Client | None = None) -> Any:
    client = client or Client()
    return client.post(reverse("account_login"), {"login": user.email, "password": password}, REMOTE_ADDR="192.0.2.5")


def get_token(user: User, password: str = PASSWORD) -> Any:
    sent = {"email": user.email, "password": password}
    return Client().post("/api/v1/auth/token", sent, content_type="application/json", REMOTE_ADDR="192.0.2.5")


@pytest.mark.parametrize(("way", "by"), [("website", enter), ("API", get_token)])
def test_a_sign_in_of_staff_is_in_the_audit_log(way: str, by: Any, manager: User, theater: Theater):
    assert by(manager).status_code in (200, 302)
    entry = AuditEntry.objects.get(action="sign in")
    assert (entry.by, entry.theater_id, entry.after, entry.address) == (manager, theater.pk, {"way": way}, "192.0.2.5")


@pytest.mark.parametrize("by", [enter, get_token])
def test_so_is_one_that_was_refused(by: Any, manager: User, theater: Theater):
    by(manager, "my password of another site")
    entry = AuditEntry.objects.get(action="sign in refused")
    assert (entry.by, entry.object_id, entry.theater_id) == (None, str(manager.pk), theater.pk)
    assert (entry.after, entry.address) == ({"what": "password"}, "192.0.2.5")


def test_so_is_a_wrong_second_factor(manager: User):
    TOTP.activate(manager, generate_totp_secret())
    client = Client()
    enter(manager, client=client)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    get_token_with_code = {"email": manager.email, "password": PASSWORD, "code": "000000"}
    Client().post("/api/v1/auth/token", get_token_with_code, content_type="application/json")
    refused = AuditEntry.objects.filter(action="sign in refused")
    assert [entry.after["what"] for entry in refused] == ["second factor", "second factor"]
    assert not AuditEntry.objects.filter(action="sign in").exists()


def test_so_is_a_wrong_code_by_mail(manager: User):
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": manager.email})
    client.post(reverse("account_confirm_login_code"), {"code": "WRONG1"})
    assert AuditEntry.objects.get(action="sign in refused").after == {"what": "code"}


def test_managers_see_those_of_their_own_staff(manager: User, theater: Theater, other_theater: Theater):
    both = make_user("both@example.com")
    for place in (theater, other_theater):
        StaffMembership.objects.create(user=both, theater=place, role=Role.DOOR)
    enter(both)
    assert set(AuditEntry.objects.values_list("theater_id", flat=True)) == {theater.pk, other_theater.pk}


def test_customers_leave_lines_in_the_log_only(customer: User):
    with capture_logs() as lines:
        enter(customer)
        enter(customer, "wrong")
        enter(User(email="nobody@example.com"), "secret words")
    told = [(line["event"], line["user"]) for line in lines if line["event"] in ("signed_in", "sign_in_refused")]
    assert told == [("signed_in", customer.pk), ("sign_in_refused", customer.pk), ("sign_in_refused", None)]
    assert "secret words" not in str(lines)
    assert "nobody@example.com" not in str(lines)
    assert not AuditEntry.objects.exists()


def test_too_many_attempts_are_in_the_log(customer: User):
    with capture_logs() as lines:
        for _attempt in range(7):
            enter(customer, "wrong")
    assert "too many attempts" in [line.get("what") for line in lines]


@pytest.mark.slow
@pytest.mark.once
def test_every_file_of_the_console_leaves_an_entry(manager: User, theater: Theater):
    client = Client()
    client.force_login(manager)
    known = {"admin/reports/of/": {"slug": "sales"}, "": {}}
    files = []
    for name, address in addresses(known).items():
        if not name.startswith("admin:"):
            continue
        query = {"format": "csv"} if name == "admin:report" else {}
        before = AuditEntry.objects.filter(action="download").count()
        answer = client.get(address, query)
        if answer.status_code == 200 and "attachment" in answer.get("Content-Disposition", ""):
            files.append(name)
            assert AuditEntry.objects.filter(action="download").count() == before + 1, name
    assert {"admin:accounts_auditentry_export", "admin:payments_drawer_export", "admin:report"} <= set(files), files
    entry = AuditEntry.objects.filter(action="download").first()
    assert entry is not None
    assert (entry.by, entry.theater_id) == (manager, theater.pk)
    assert entry.after["page"].startswith("/admin/")


def test_the_filters_of_a_file_of_several_theaters_are_for_the_platform_only(theater: Theater, other_theater: Theater):
    both = make_user("both@example.com")
    for place in (theater, other_theater):
        StaffMembership.objects.create(user=both, theater=place, role=Role.MANAGER)
    client = Client()
    client.force_login(both)
    client.get(reverse("admin:accounts_auditentry_export"), {"q": "a name"})
    found = dict(AuditEntry.objects.filter(action="download").values_list("theater_id", "after"))
    assert found.keys() == {None, theater.pk, other_theater.pk}
    assert [place for place, after in found.items() if "a name" in str(after)] == [None]


def test_taking_ones_own_data_leaves_an_entry(client: Client, customer: User):
    enter(customer, client=client)
    assert client.get(reverse("accounts:export")).status_code == 200
    entry = AuditEntry.objects.get(action="download own data")
    assert (entry.by, entry.theater_id) == (customer, None)
