"""The history of a row of the console is what the audit log has about it."""

import pytest
from django.urls import reverse

from accounts.audit import record
from accounts.roles import Role
from testing.builders import make_hall, make_user
from theaters.models import StaffMembership

pytestmark = pytest.mark.django_db


def make_staff(theater, role):
    user = make_user("staff@example.com", "Staff")
    StaffMembership.objects.create(user=user, theater=theater, role=role)
    return user


def test_it_lists_what_services_did_with_the_row(client):
    hall = make_hall()
    manager = make_staff(hall.theater, Role.MANAGER)
    record(
        by=manager,
        action="hall.change",
        on=hall,
        theater_id=hall.theater_id,
        before={"name": "Old"},
        after={"name": "<b>New</b>"},
        reason="Sponsor",
    )
    client.force_login(manager)
    page = client.get(reverse("admin:theaters_hall_history", args=[hall.pk])).content.decode()
    assert all(
        part in page for part in ("<del><bdi>Old</bdi></del>", "<bdi>&lt;b&gt;New&lt;/b&gt;", "Sponsor", "Hall changed")
    )


def test_nobody_reads_entries_that_are_not_theirs(client):
    hall = make_hall()
    record(
        by=None,
        action="hall.change",
        on=hall,
        theater_id=hall.theater_id,
        before={"name": "Old"},
        after={"name": "New"},
    )
    client.force_login(make_staff(hall.theater, Role.PROGRAMMER))
    page = client.get(reverse("admin:theaters_hall_history", args=[hall.pk])).content.decode()
    assert "<del>" not in page
    assert "doesn’t include the audit log" in page
