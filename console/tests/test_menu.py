"""The console's menu says where one is."""

from __future__ import annotations

import pytest
from django.test import RequestFactory
from django.urls import reverse
from django.utils.translation import override

from accounts.models import User
from console.menu import draw, navigation
from testing.builders import make_user
from theaters.models import StaffMembership, Theater


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


@pytest.mark.django_db
def test_a_drawn_menu_is_not_shown_to_people_who_may_open_other_pages(theater: Theater, platform_admin: User):
    person = make_user("colleague@example.com")
    membership = StaffMembership.objects.create(user=person, theater=theater, role="door")

    def drawn(user: User, path: str = "/admin/") -> str:
        request = RequestFactory().get(path)
        request.user = User.objects.get(pk=user.pk)
        return draw(request)

    payments, reports = reverse("admin:payments_payment_changelist"), reverse("admin:reports")
    assert payments in drawn(platform_admin)
    assert payments not in drawn(person)
    membership.role = "accountant"
    membership.save()
    assert payments in drawn(person)
    assert drawn(person) is drawn(person)
    assert drawn(person) != drawn(person, reports)
    with override("de"):
        assert "Berichte" in drawn(person)
    assert "Berichte" not in drawn(person)
