"""No form of the console links to a page that refuses the person who reads it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.urls import resolve, reverse

from accounts.audit import record_for_staff
from accounts.models import AuditEntry, User
from console.scoped import ScopedAdmin
from testing.console import fill, rows_of
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db
ROLES = ["manager", "programmer", "box_office", "door_staff", "accountant", "platform_admin"]
CHANGE = re.compile(r'href="(/admin/\w+/\w+/[^/"]+/change/)')


def read_forms(user: User, theater: Theater) -> dict[str, list[str]]:
    """Return the links in the read-only fields of each model's form that this person may open."""
    found = {}
    for model, row in rows_of(theater).items():
        model_admin = admin.site._registry[model]
        request: Any = RequestFactory().get("/")
        request.user = User.objects.get(pk=user.pk)
        request.session, request._messages = SessionStore(), CookieStorage(request)
        try:
            answer = model_admin.changeform_view(request, str(row.pk))
        except PermissionDenied:
            continue
        if "adminform" not in (getattr(answer, "context_data", None) or {}):
            continue
        lines = [line for fieldset in answer.context_data["adminform"] for line in fieldset]
        shown = [str(field.contents()) for line in lines for field in line if hasattr(field, "contents")]
        found[model._meta.label] = CHANGE.findall(" ".join(shown))
    return found


def is_open(user: User, path: str) -> bool:
    """Return True if the row's own page would open."""
    match = resolve(path)
    label, model_name = re.fullmatch(r"(\w+?)_(\w+)_change", match.url_name or "").groups()  # type: ignore[union-attr]
    related = next(one for one in admin.site._registry.values() if one.opts.label_lower == f"{label}.{model_name}")
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=user.pk)
    return related.get_object(request, match.kwargs["object_id"]) is not None and related.has_view_permission(request)


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.parametrize("role", ROLES)
def test_every_link_of_a_form_opens(role: str, theater: Theater, request: pytest.FixtureRequest):
    fill(theater, "Own")
    user: User = request.getfixturevalue(role)
    forms = read_forms(user, theater)
    assert len(forms) >= 8
    refused = {(label, path) for label, paths in forms.items() for path in paths if not is_open(user, path)}
    assert refused == set()
    # A platform admin finds the way from a member to the account.
    assert role != "platform_admin" or any("/accounts/user/" in path for path in forms["theaters.StaffMembership"])


def test_a_member_is_named_without_a_link_to_the_account(manager: User, theater: Theater):
    client = Client()
    client.force_login(manager)
    membership = StaffMembership.objects.get(user=manager)
    page = client.get(reverse("admin:theaters_staffmembership_change", args=[membership.pk])).content.decode()
    assert "manager@example.com" in page
    assert reverse("admin:accounts_user_change", args=[manager.pk]) not in page


def test_the_audit_log_names_an_account_without_a_link(manager: User, theater: Theater):
    record_for_staff(by=manager, action="sign in", on=manager, after={})
    client = Client()
    client.force_login(manager)
    entry = AuditEntry.objects.get()
    page = client.get(reverse("admin:accounts_auditentry_change", args=[entry.pk])).content.decode()
    assert "manager@example.com" in page
    assert "/accounts/user/" not in page


def test_every_admin_of_ours_goes_by_it():
    ours = [one for one in admin.site._registry.values() if one.__class__.__module__.partition(".")[0] != "django"]
    assert [type(one).__name__ for one in ours if one.readonly_fields and not isinstance(one, ScopedAdmin)] == []
