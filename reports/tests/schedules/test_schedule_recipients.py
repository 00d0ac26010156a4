"""Files with names and addresses of customers go to the team, and to domains that the theater allows."""

from __future__ import annotations

import sys
from inspect import getsource
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils.module_loading import import_string

from accounts.models import AuditEntry, User
from accounts.roles import Role
from notifications.models import Notification
from reports.access import refused_recipients
from reports.catalog import REPORTS
from reports.models import ReportSchedule
from reports.schedules.run import make_run, run_now, save_schedule
from reports.tests.schedules.test_schedules import address
from reports.tests.test_report_pages import signed_in
from testing.builders import make_user
from testing.reports import WISH, make_schedule
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db
ASKED: dict[str, str] = {"span": "last_week"}


def save(theater: Theater, owner: User, report: str = "tickets", **fields: Any) -> ReportSchedule:
    schedule = make_schedule(theater, owner, **fields)
    parameters = {**ASKED, "theater": str(theater.pk)}
    return save_schedule(schedule=schedule, report=REPORTS[report], parameters=parameters, by=owner)


@pytest.mark.once
def test_reports_that_show_customers_say_so():
    """Whatever has a column for an address or a person's name is among them."""
    sources = {
        slug: getsource(sys.modules[import_string(report.builder).__module__]) for slug, report in REPORTS.items()
    }
    marks = ('Column(_("E-mail"))', 'Column(_("Name"))', "booking__email", "attendee_name")
    shown = {slug for slug, source in sources.items() if any(mark in source for mark in marks)}
    assert shown == {report.slug for report in REPORTS.values() if report.names_customers} == {"tickets"}


@pytest.mark.parametrize("report", [one.slug for one in REPORTS.values() if one.names_customers])
def test_a_strangers_address_is_refused_where_it_is_typed(report: str, theater: Theater, manager: User):
    client = signed_in(manager)
    new = f"{address('schedule-add', report)}?theater={theater.pk}&span=last_week"
    answer = client.post(new, {**WISH, "recipients": "me@elsewhere.example"})
    assert answer.status_code == 200
    assert "can&#x27;t go to me@elsewhere.example" in answer.content.decode()
    assert "me@elsewhere.example" in answer.context["form"].errors["recipients"][0]
    assert not ReportSchedule.objects.exists()


def test_the_team_gets_it(theater: Theater, manager: User, accountant: User, box_office: User):
    saved = save(theater, manager, recipients=[accountant.email])
    assert saved.recipients == [accountant.email]


@pytest.mark.parametrize("who", ["door_staff", "customer", "other_manager"])
def test_who_may_not_see_it_does_not(who: str, theater: Theater, manager: User, request: pytest.FixtureRequest):
    person: User = request.getfixturevalue(who)
    with pytest.raises(ValidationError):
        save(theater, manager, recipients=[person.email])


def test_a_domain_is_allowed_by_the_theater(theater: Theater, manager: User):
    Theater.objects.filter(pk=theater.pk).update(report_domains="Partner.example  agency.example")
    assert save(theater, manager, recipients=["any@partner.example", "other@agency.example"])
    for other in ("any@sub.partner.example", "any@partner.example.evil.example", "partner.example"):
        with pytest.raises(ValidationError):
            save(theater, manager, recipients=[other])


def test_of_several_theaters_each_has_to_allow_it(theater: Theater, other_theater: Theater, manager: User):
    Theater.objects.filter(pk=theater.pk).update(report_domains="partner.example")
    theater.refresh_from_db()
    both = [theater, other_theater]
    assert refused_recipients(REPORTS["tickets"], both, ["a@partner.example"]) == ["a@partner.example"]
    assert refused_recipients(REPORTS["tickets"], [theater], ["a@partner.example"]) == []


def test_figures_go_to_whom_their_owner_likes(theater: Theater, manager: User):
    assert save(theater, manager, report="sales", recipients=["producer@elsewhere.example"])


def test_who_has_left_the_team_gets_it_no_longer(theater: Theater, manager: User, accountant: User):
    stays = make_user("stays@example.com")
    StaffMembership.objects.create(user=stays, theater=theater, role=Role.ACCOUNTANT)
    schedule = save(theater, manager, recipients=[accountant.email, stays.email])
    StaffMembership.objects.filter(user=accountant).delete()
    make_run(run_now(schedule=schedule, by=manager).pk)
    sent = set(Notification.objects.filter(kind="report_delivery").values_list("recipient", flat=True))
    assert sent == {manager.email, stays.email}
    assert AuditEntry.objects.get(action="leave out report recipients").reason == accountant.email
