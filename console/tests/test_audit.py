"""The audit log in the console: found, read and taken along by those whose theater it is, changed by nobody."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.audit import record
from accounts.models import AuditEntry, User
from testing.builders import make_hall
from testing.console import signed_in
from theaters.models import Hall, Theater

pytestmark = pytest.mark.django_db
LIST = "admin:accounts_auditentry_changelist"


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_hall(theater=theater)


def rows_of(client: Client, **query: Any) -> list[dict[str, str]]:
    response = client.get(reverse("admin:accounts_auditentry_export"), query)
    assert response.status_code == 200
    found = list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode("utf-8-sig"))))
    # Taking the log along is in it, too.
    return [row for row in found if row["action"] != "download"]


def test_a_change_in_the_console_says_who_what_and_from_where(hall: Hall, manager: User):
    client = signed_in(manager)
    sent = {"theater": hall.theater_id, "name": hall.name, "cleaning_minutes": 45}
    page = reverse("admin:theaters_hall_change", args=[hall.pk])
    assert client.post(page, sent, REMOTE_ADDR="203.0.113.7").status_code == 302
    entry = AuditEntry.objects.get(action="hall.change")
    assert (entry.by, entry.before, entry.after) == (manager, {"cleaning_minutes": 20}, {"cleaning_minutes": 45})
    assert entry.address == "203.0.113.7"
    shown = client.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()
    assert "<del>20</del>" in shown
    assert "<ins>45</ins>" in shown
    assert page in shown


def test_it_is_searched_filtered_and_exported_within_the_own_theater(
    hall: Hall, manager: User, other_manager: User, other_theater: Theater
):
    record(by=manager, action="close", on=hall, theater_id=hall.theater_id, reason="=cmd()", after={"state": "closed"})
    record(by=manager, action="open", on=hall, theater_id=hall.theater_id, reason="Mended")
    record(by=other_manager, action="close", on=hall, theater_id=other_theater.pk, reason="Foreign")
    client = signed_in(manager)
    assert [entry.reason for entry in client.get(reverse(LIST), {"q": "Mended"}).context["cl"].result_list] == [
        "Mended"
    ]
    assert [row["reason"] for row in rows_of(client)] == ["Mended", "'=cmd()"]
    assert [row["after"] for row in rows_of(client, action="close")] == ['{"state": "closed"}']
    assert rows_of(client, q="Foreign") == []
    assert [row["reason"] for row in rows_of(signed_in(other_manager))] == ["Foreign"]


@pytest.mark.parametrize("role", ["programmer", "box_office", "door_staff", "accountant", "customer"])
def test_who_may_not_read_it(role: str, hall: Hall, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    for name in (LIST, "admin:accounts_auditentry_export"):
        assert client.get(reverse(name)).status_code in (302, 403)


def test_nobody_changes_it(hall: Hall, platform_admin: User):
    entry = record(by=platform_admin, action="close", on=hall, theater_id=hall.theater_id)
    client = signed_in(platform_admin)
    for view in ("change", "delete"):
        page = reverse(f"admin:accounts_auditentry_{view}", args=[entry.pk])
        assert client.post(page, {"post": "yes", "action": "x"}).status_code == 403
    rows = AuditEntry.objects.filter(pk=entry.pk)
    for write in (lambda: rows.update(action="x"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
