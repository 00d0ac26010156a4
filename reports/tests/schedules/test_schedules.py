"""Reports that go out by themselves: made in the console, sent once at their time, stopped with their owner's right."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from notifications.attachments import build
from notifications.models import Notification
from notifications.rendering import render
from reports.models import ReportRun, ReportSchedule
from reports.schedules import run as services
from reports.schedules.run import make_run, run_now, set_paused, start_due
from reports.tests.test_report_pages import sell, signed_in
from testing.bookings import race
from testing.builders import make_city
from testing.reports import FRIDAY, MONDAY, WISH, make_schedule
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


def address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:report-{name}", args=arguments)


def work() -> None:
    for pk in ReportRun.objects.filter(state="waiting").values_list("pk", flat=True):
        make_run(pk)


def mails() -> list[Notification]:
    return list(Notification.objects.filter(kind="report_delivery").order_by("pk"))


@pytest.fixture
def schedule(theater: Theater, manager: User, customer: User) -> ReportSchedule:
    sell(theater, "Mine", customer)
    return make_schedule(theater, manager, recipients=["boss@example.com"])


@pytest.mark.slow
def test_from_the_reports_page_to_the_mail(
    theater: Theater, manager: User, customer: User, other_manager: User, accountant: User
):
    sell(theater, "Mine", customer)
    client = signed_in(manager)
    with time_machine.travel(FRIDAY, tick=False):
        page = client.get(reverse("admin:report", args=["sales"]), {"theater": theater.pk, "span": "last_week"})
        new = f"{address('schedule-add', 'sales')}?{page.context['query']}"
        assert new.replace("&", "&amp;") in page.content.decode()
        assert client.get(new).status_code == 200
        asked = {**WISH, "report": "sales", "theater": theater.pk}
        preview = client.get(address("schedule-preview"), asked).content.decode()
        assert "Every Monday at 08:00, Europe/Vienna" in preview
        assert preview.count("<li>") == 5
        assert "4 May 2026, 08:00" in preview
        response = client.post(new, {**WISH, "recipients": "Boss@example.com\nboss@example.com"})
        saved = ReportSchedule.objects.get()
        assert response["Location"] == saved.get_absolute_url()
        assert (saved.next_run_at, saved.recipients, saved.owner) == (MONDAY, ["boss@example.com"], manager)
        assert start_due() == 0
    with time_machine.travel(MONDAY, tick=False):
        assert start_due() == 1
        assert start_due() == 0
        work()
        work()
    assert [mail.recipient for mail in mails()] == [manager.email, "boss@example.com"]
    run = ReportRun.objects.get()
    assert (run.state, run.due_at) == ("sent", MONDAY)
    saved.refresh_from_db()
    assert saved.next_run_at == MONDAY + timedelta(days=7)
    [(name, code)] = mails()[1].attachments
    [attached] = build([(name, code)])
    assert (attached.file_name[:6], bool(attached.content)) == ("sales-", True)
    assert mails()[0].context["url"].endswith(saved.get_absolute_url())
    assert mails()[1].context["url"] == ""
    # Months later by the clock: the console asks to sign in again.
    client = signed_in(manager)
    history = client.get(saved.get_absolute_url()).content.decode()
    assert address("run-file", run.code) in history
    assert b"".join(client.get(address("run-file", run.code)).streaming_content) == attached.content
    assert "Every Monday" in client.get(address("schedules")).content.decode()
    stranger = signed_in(other_manager)
    for path in (saved.get_absolute_url(), address("schedule-edit", saved.code), address("run-file", run.code)):
        assert stranger.get(path).status_code == 404
    assert "Every Monday" not in stranger.get(address("schedules")).content.decode()
    # Who may see the figures here sees what goes out, and opens it; it stays its owner's.
    colleague = signed_in(accountant)
    assert "Every Monday" in colleague.get(address("schedules")).content.decode()
    page = colleague.get(saved.get_absolute_url()).content.decode()
    assert manager.name in page
    assert saved.code + "/" not in page.replace(saved.get_absolute_url(), "")
    assert colleague.get(address("run-file", run.code)).status_code == 200
    assert colleague.get(address("schedule-edit", saved.code)).status_code == 403
    for step in ("run", "pause", "take-over", "delete"):
        assert colleague.post(address("schedule-step", saved.code, step)).status_code == 403
    actions = list(AuditEntry.objects.filter(action__contains="schedule").values_list("action", flat=True))
    assert actions == ["add report schedule"]


@pytest.mark.parametrize(
    ("sent", "query", "words"),
    [
        ({"weekdays": []}, {}, "at least one day"),
        ({"recipients": "nobody"}, {}, "is not an address"),
        ({"at": "25:00"}, {}, "valid time"),
        ({"rhythm": "monthly_day", "month_day": 32}, {}, "less than or equal to 31"),
        ({"start_on": "2031-01-01"}, {}, "within two years"),
        ({"start_on": "9999-12-31"}, {}, "This year is too far away."),
        ({}, {"span": "custom", "date_from": "2026-01-01", "date_to": "2026-01-02"}, "the same each time"),
    ],
)
def test_what_cannot_be_is_said_in_the_form(sent: dict, query: dict, words: str, manager: User, theater: Theater):
    path = f"{address('schedule-add', 'sales')}?{urlencode(query)}"
    response = signed_in(manager).post(path, {**WISH, **sent})
    assert words in response.content.decode()
    assert not ReportSchedule.objects.exists()


@pytest.mark.slow
def test_a_scheduler_that_was_down_catches_up_once(schedule: ReportSchedule):
    with time_machine.travel(MONDAY + timedelta(weeks=3, days=2), tick=False):
        assert start_due() == 1
        work()
    assert ReportRun.objects.get().due_at == MONDAY + timedelta(weeks=3)
    schedule.refresh_from_db()
    assert schedule.next_run_at == MONDAY + timedelta(weeks=4)
    assert len(mails()) == 2


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_send_it_once(schedule: ReportSchedule):
    assert sum(race(*[lambda: start_due(now=MONDAY)] * 3)) == 1
    run = ReportRun.objects.get()
    assert sorted(race(*[lambda: make_run(run.pk)] * 2)) == [False, True]
    # A task that comes once more finds nothing to do.
    assert not make_run(run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("sent", 1)
    assert len(mails()) == 2


def test_who_lost_the_right_gets_no_figures_but_word(schedule: ReportSchedule, manager: User):
    StaffMembership.objects.filter(user=manager).update(role="door")
    start_due(now=MONDAY)
    work()
    run = ReportRun.objects.get()
    assert (run.state, bool(run.file)) == ("failed", False)
    [mail] = mails()
    assert mail.recipient == manager.email
    assert "may no longer see" in mail.context["error"]
    schedule.refresh_from_db()
    assert schedule.is_paused
    assert start_due(now=MONDAY + timedelta(weeks=1)) == 0


@pytest.mark.slow
def test_a_file_is_closed_to_an_owner_who_lost_the_right(schedule: ReportSchedule, manager: User):
    start_due(now=MONDAY)
    work()
    path = address("run-file", ReportRun.objects.get().code)
    assert signed_in(manager).get(path).status_code == 200
    StaffMembership.objects.filter(user=manager).update(role="door")
    assert signed_in(manager).get(path).status_code == 404


@pytest.mark.slow
def test_a_run_that_fails_is_told_to_the_owner_and_the_next_one_comes(
    schedule: ReportSchedule, platform_admin: User, monkeypatch
):
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr(services, "write_report", fail)
        start_due(now=MONDAY)
        work()
    run = ReportRun.objects.get()
    assert (run.state, "RuntimeError" in run.trace) == ("failed", True)
    [mail] = mails()
    assert (mail.recipient, bool(mail.context["error"])) == (schedule.owner.email, True)
    # What went wrong inside is for platform admins.
    for user, is_told in ((platform_admin, True), (schedule.owner, False)):
        assert ("RuntimeError" in signed_in(user).get(schedule.get_absolute_url()).content.decode()) == is_told
    assert start_due(now=MONDAY + timedelta(weeks=1)) == 1
    work()
    assert len(mails()) == 3


def test_a_worker_that_was_killed_is_replaced_until_it_is_too_often(schedule: ReportSchedule):
    start_due(now=MONDAY)
    later = MONDAY
    for attempt in range(services.MAX_ATTEMPTS):
        # Claimed, and then silent.
        run = ReportRun.objects.get()
        assert run.state == "waiting", attempt
        ReportRun.objects.update(state="running", attempts=attempt + 1, seen_at=later)
        later += 2 * services.WORKER_GONE_AFTER
        start_due(now=later)
    assert ReportRun.objects.get().state == "failed"
    assert len(mails()) == 1


@pytest.mark.slow
def test_run_now_pause_and_delete(schedule: ReportSchedule, manager: User, box_office: User):
    client = signed_in(manager)
    for _ in range(2):
        client.post(address("schedule-step", schedule.code, "run"))
    work()
    run = ReportRun.objects.get()
    assert run.state == "sent"
    client.post(address("schedule-step", schedule.code, "pause"))
    assert start_due(now=MONDAY) == 0
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        client.post(address("schedule-step", schedule.code, "resume"))
        assert not set_paused(schedule=schedule, is_paused=False, by=manager)
        # What was missed meanwhile is not caught up: nobody wanted it.
        assert start_due() == 0
    assert signed_in(box_office).post(address("schedule-step", schedule.code, "delete")).status_code == 404
    client.post(address("schedule-step", schedule.code, "delete"))
    assert not ReportSchedule.objects.exists()
    assert build([("report.file", run.code)]) == []
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {f"{verb} report schedule" for verb in ("run", "pause", "resume", "delete")} <= actions


@pytest.mark.slow
def test_a_manager_pauses_and_takes_over_what_a_colleague_left(
    schedule: ReportSchedule, manager: User, accountant: User, other_manager: User, other_theater: Theater
):
    ReportSchedule.objects.update(owner=accountant)
    client = signed_in(manager)
    assert "Take over" in client.get(schedule.get_absolute_url()).content.decode()
    for step, code in (("run", 403), ("delete", 403), ("pause", 302), ("take-over", 302)):
        assert client.post(address("schedule-step", schedule.code, step)).status_code == code
    schedule.refresh_from_db()
    assert (schedule.owner, schedule.is_paused) == (manager, True)
    assert not services.take_over(schedule=schedule, by=manager)
    entry = AuditEntry.objects.get(action="take over report schedule")
    assert (entry.by, entry.reason) == (manager, accountant.email)
    client.post(address("schedule-step", schedule.code, "resume"))
    schedule.refresh_from_db()
    start_due(now=schedule.next_run_at)
    work()
    assert [mail.recipient for mail in mails()] == [manager.email, "boss@example.com"]
    # What shows all the theaters of its owner is seen by those who may see all of these.
    ReportSchedule.objects.update(parameters={"span": "last_week", "group_by": "day"}, owner=accountant)
    assert client.get(schedule.get_absolute_url()).status_code == 200
    StaffMembership.objects.create(user=accountant, theater=other_theater, role="accountant")
    assert client.get(schedule.get_absolute_url()).status_code == 404
    assert signed_in(other_manager).get(schedule.get_absolute_url()).status_code == 404


@pytest.mark.slow
def test_a_change_counts_from_now(schedule: ReportSchedule, manager: User):
    client = signed_in(manager)
    page = client.get(address("schedule-edit", schedule.code))
    assert "boss@example.com" in page.content.decode()
    with time_machine.travel(FRIDAY, tick=False):
        sent = {
            **WISH,
            "rhythm": "monthly_last",
            "at": "23:00",
            "format": "xlsx",
            "months": 3,
            "start_on": "2026-05-02",
        }
        assert client.post(address("schedule-edit", schedule.code), sent).status_code == 302
    schedule.refresh_from_db()
    assert schedule.next_run_at == datetime(2026, 5, 31, 21, tzinfo=UTC)
    assert (schedule.format, schedule.recipients, schedule.parameters["span"]) == ("xlsx", [], "last_week")
    page = client.get(address("schedule-edit", schedule.code)).content.decode()
    assert '<option value="3" selected' in page
    assert 'value="2026-05-02"' in page


def test_a_large_file_is_not_attached_but_linked(schedule: ReportSchedule, monkeypatch):
    monkeypatch.setattr(services, "MAX_ATTACHED_BYTES", 10)
    run = run_now(schedule=schedule, by=schedule.owner)
    assert make_run(run.pk)
    assert all(mail.attachments == [] and mail.context["url"] for mail in mails())


def test_the_database_keeps_one_run_for_each_moment(schedule: ReportSchedule):
    ReportRun.objects.create(schedule=schedule, due_at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportRun.objects.create(schedule=schedule, due_at=MONDAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportRun.objects.update(state="sent")
    with pytest.raises(IntegrityError), transaction.atomic():
        ReportSchedule.objects.update(month_day=32)


@pytest.mark.parametrize("path", ["schedules", "schedule-preview"])
def test_closed_to_customers_and_strangers(path: str, customer: User):
    for client in (Client(), signed_in(customer)):
        assert client.get(address(path)).status_code in (302, 403, 404)


@pytest.mark.slow
def test_an_owner_who_loses_a_theater_goes_on_with_the_others(
    theater: Theater, other_theater: Theater, manager: User, other_manager: User, accountant: User
):
    tokyo = make_city("Tokyo", "Asia/Tokyo")
    Theater.objects.filter(pk=other_theater.pk).update(city=tokyo, name="Zen-za")
    StaffMembership.objects.create(user=accountant, theater=other_theater, role="accountant")
    parameters = {"span": "last_week", "group_by": "day"}
    made = make_schedule(theater, accountant, parameters=parameters, recipients=["boss@example.com"])
    start_due(now=MONDAY)
    work()
    assert {mail.context["dropped"] for mail in mails()} == {""}
    for person in (manager, other_manager):
        assert signed_in(person).get(made.get_absolute_url()).status_code == 404

    # Vienna is lost: what is left is seen, and paused, by the manager there, and goes by the clock there.
    StaffMembership.objects.filter(user=accountant, theater=theater).delete()
    client = signed_in(other_manager)
    assert client.get(made.get_absolute_url()).status_code == 200
    assert made.code in client.get(address("schedules")).content.decode()
    assert signed_in(manager).get(made.get_absolute_url()).status_code == 404
    start_due(now=MONDAY + timedelta(days=1))
    made.refresh_from_db()
    # Eight o'clock in Tokyo is eleven at night in UTC.
    assert (made.theater, made.next_run_at) == (other_theater, datetime(2026, 5, 10, 23, tzinfo=UTC))
    start_due(now=made.next_run_at)
    work()
    for mail in mails()[2:]:
        assert (mail.context["dropped"], mail.context["place"]) == (theater.name, "Zen-za")
    assert "No longer in it: Riverside." in render("report_delivery", mails()[-1].context, "en").text
    assert client.post(address("schedule-step", made.code, "pause")).status_code == 302
    made.refresh_from_db()
    assert made.is_paused

    # The next report says nothing of it again, and without any theater it is paused by itself.
    ReportSchedule.objects.update(is_paused=False)
    start_due(now=made.next_run_at + timedelta(weeks=1))
    work()
    assert mails()[-1].context["dropped"] == ""
    StaffMembership.objects.filter(user=accountant).delete()
    made.refresh_from_db()
    start_due(now=made.next_run_at)
    work()
    made.refresh_from_db()
    assert made.is_paused
