"""The console's menu says where one is."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from accounts.models import User
from console.menu import navigation


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/admin/", "Today"),
        ("/admin/box-office/", "Box office"),
        ("/admin/box-office/shows/ABCD2345/", "Box office"),
        ("/admin/box-office/drawer/", "Drawer"),
        ("/admin/reports/exports/", "Exports"),
        ("/admin/events/show/7/prices/", "Shows"),
        ("/admin/password_change/", None),
    ],
)
def test_one_entry_is_marked_at_most(platform_admin: User, path: str, title: str | None):
    request = RequestFactory().get(path)
    request.user = platform_admin
    marked = [str(entry["title"]) for group in navigation(request) for entry in group["items"] if entry["active"]]
    assert marked == ([title] if title else [])
