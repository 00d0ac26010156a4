"""Exports: asked for on a page, written by a worker, opened by those who may see the figures."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from notifications.models import Notification
from reports.exports import run as services
from reports.exports.run import cancel_export, delete_old_files, resume_exports, run_export, start_export
from reports.models import Export
from reports.models.exports import private_storage
from reports.tests.test_report_pages import CUSTOM, sell, signed_in
from testing.builders import make_theater
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


def start(client: Client, slug: str = "sales", **parameters: str) -> Export:
    response = client.post(reverse("admin:report-export", args=[slug]), {**CUSTOM, "format": "csv", **parameters})
    assert response.status_code == 302
    export = Export.objects.get(code=response["Location"].strip("/").split("/")[-1])
    assert response["Location"] == export.get_absolute_url()
    return export


def open_file(client: Client, export: Export) -> Any:
    return client.get(reverse("admin:export-file", args=[export.code]))


@pytest.fixture
def show(theater: Theater, customer: User) -> Any:
    return sell(theater, "Mine", customer)


@pytest.mark.slow
def test_from_asking_to_the_file(show: Any, manager: User, accountant: User, other_manager: User, box_office: User):
    client = signed_in(manager)
    export = start(client, group_by="event")
    page = client.get(export.get_absolute_url())
    assert (page.status_code, "waiting" in page.content.decode()) == (200, True)
    assert client.get(reverse("admin:export-state", args=[export.code])).json() == {
        "open": True, "percent": None, "text": "waiting",
    }  # fmt: skip
    assert open_file(client, export).status_code == 404

    assert run_export(export.pk)
    assert not run_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows, list(export.theaters.all())) == ("ready", 1, [show.hall.theater])
    assert not client.get(reverse("admin:export-state", args=[export.code])).json()["open"]

    page = client.get(reverse("admin:index"))
    assert "An export is ready:" in page.content.decode()
    assert "An export is ready:" not in client.get(reverse("admin:index")).content.decode()
    mail = Notification.objects.get(kind="export_ready")
    assert (mail.recipient, mail.context["rows"]) == (manager.email, 1)

    # Whoever may see these figures opens it, nobody else learns that it is there.
    for user in (manager, accountant):
        answer = open_file(signed_in(user), export)
        assert answer.getvalue().decode("utf-8-sig").splitlines()[1].startswith("Mine Hamlet,play,5,")
        assert 'filename="sales-' in answer["Content-Disposition"]
        assert "no-store" in answer["Cache-Control"]
    for user in (other_manager, box_office):
        client = signed_in(user)
        for name in ("export", "export-state", "export-file"):
            assert client.get(reverse(f"admin:{name}", args=[export.code])).status_code == 404
        assert client.post(reverse("admin:export-cancel", args=[export.code])).status_code == 404
        assert export.code not in client.get(reverse("admin:reports")).content.decode()
    assert Client().get(f"/media/{export.file.name}").status_code == 404


@pytest.mark.slow
def test_the_file_closes_with_the_right_to_see_it(show: Any, manager: User):
    client = signed_in(manager)
    export = start(client)
    run_export(export.pk)
    assert open_file(client, export).status_code == 200
    StaffMembership.objects.filter(user=manager).update(role=Role.DOOR)
    assert open_file(client, export).status_code == 404


@pytest.mark.slow
def test_one_foreign_theater_closes_a_file_of_several(show: Any, manager: User, platform_admin: User):
    make_theater("Elsewhere")
    export = start(signed_in(platform_admin))
    assert export.theaters.count() == 2
    run_export(export.pk)
    assert open_file(signed_in(manager), export).status_code == 404
    assert open_file(signed_in(platform_admin), export).status_code == 200


def test_asking_twice_makes_one(show: Any, manager: User):
    client = signed_in(manager)
    assert start(client) == start(client)
    assert start(client, format="xlsx") != start(client)
    assert Export.objects.count() == 2


def test_what_may_not_be_asked_for_makes_none(show: Any, manager: User, other_theater: Theater):
    client = signed_in(manager)
    url = reverse("admin:report-export", args=["sales"])
    for wrong in ({"format": "exe"}, {"theater": str(other_theater.pk)}, {"date_to": "2019-01-01"}):
        response = client.post(url, {**CUSTOM, "format": "csv", **wrong})
        assert response["Location"].startswith(reverse("admin:report", args=["sales"]))
    assert client.get(url).status_code == 405
    assert not Export.objects.exists()


def test_a_right_that_is_gone_before_the_work_fails_it(show: Any, manager: User):
    export = start(signed_in(manager))
    StaffMembership.objects.filter(user=manager).delete()
    assert not run_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name) == ("failed", "")
    assert "may no longer see" in export.error
    assert not Notification.objects.filter(kind="export_ready").exists()


def test_canceling_stops_the_worker_and_keeps_no_file(show: Any, manager: User, monkeypatch: pytest.MonkeyPatch):
    client = signed_in(manager)
    export = start(client)
    monkeypatch.setattr(services, "PROGRESS_SECONDS", 0)

    def write(report: Any, request: Any, file_format: str, file: Any, *, on_row: Any, on_built: Any) -> None:
        on_built(10)
        on_row(4)
        export.refresh_from_db()
        assert (export.state, export.rows, export.percent) == ("running", 4, 40)
        client.post(reverse("admin:export-cancel", args=[export.code]))
        on_row(5)
        raise AssertionError("It should have stopped.")

    monkeypatch.setattr(services, "write_report", write)
    assert not run_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows, export.file.name) == ("canceled", 4, "")
    assert not cancel_export(export=export)


def test_a_colleague_may_not_cancel(show: Any, manager: User, accountant: User):
    export = start(signed_in(manager))
    signed_in(accountant).post(reverse("admin:export-cancel", args=[export.code]))
    export.refresh_from_db()
    assert export.state == "waiting"


@pytest.mark.slow
def test_a_failure_is_told(show: Any, manager: User, monkeypatch: pytest.MonkeyPatch):
    client = signed_in(manager)
    export = start(client)
    monkeypatch.setattr(services, "write_report", lambda *_a, **_k: 1 / 0)
    assert not run_export(export.pk)
    assert "An export failed:" in client.get(reverse("admin:reports")).content.decode()
    page = client.get(export.get_absolute_url()).content.decode()
    assert "The file could not be written." in page
    assert "division" not in page


def test_lost_work_is_taken_up_and_given_up_in_the_end(show: Any, manager: User):
    export = start(signed_in(manager))
    later = timezone.now() + timedelta(minutes=2)
    assert resume_exports(now=later) == 1
    assert resume_exports(now=later) == 0

    rows = Export.objects.filter(pk=export.pk)
    rows.update(state="running", attempts=1)
    assert resume_exports(now=later) == 0
    much_later = later + timedelta(minutes=6)
    assert resume_exports(now=much_later) == 1
    assert rows.get().state == "waiting"
    rows.update(state="running", attempts=3)
    assert resume_exports(now=much_later + timedelta(minutes=6)) == 0
    assert rows.get().state == "failed"


@pytest.mark.slow
def test_a_worker_that_was_thought_gone_writes_nothing(show: Any, manager: User, monkeypatch: pytest.MonkeyPatch):
    export = start(signed_in(manager))
    kept = services.write_report

    def write(*args: Any, **options: Any) -> Any:
        written = kept(*args, **options)
        # Meanwhile another one has begun.
        Export.objects.filter(pk=export.pk).update(attempts=2)
        return written

    monkeypatch.setattr(services, "write_report", write)
    before = count_files()
    assert not run_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.file.name, count_files()) == ("running", "", before)


def count_files() -> int:
    storage = private_storage()
    if not storage.exists("exports"):
        return 0
    return sum(len(storage.listdir(f"exports/{folder}")[1]) for folder in storage.listdir("exports")[0])


@pytest.mark.slow
def test_files_are_deleted_after_their_time(show: Any, manager: User, settings: Any):
    client = signed_in(manager)
    export = start(client)
    run_export(export.pk)
    export.refresh_from_db()
    name = export.file.name
    now = export.finished_at + timedelta(days=settings.EXPORT_DAYS)
    assert delete_old_files(now=now - timedelta(seconds=1)) == 0
    assert delete_old_files(now=now) == 1
    assert delete_old_files(now=now) == 0
    assert not private_storage().exists(name)
    assert open_file(client, export).status_code == 404
    assert "deleted after its time" in client.get(export.get_absolute_url()).content.decode()


def test_ready_without_a_file_is_refused_by_the_database(show: Any, manager: User):
    export = start(signed_in(manager))
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=export.pk).update(state="ready")


@pytest.mark.slow
def test_a_broker_that_is_down_delays_it(show: Any, manager: User, broken_broker: list[str], django_capture_on_commit_callbacks: Any):  # fmt: skip  # noqa: E501
    with django_capture_on_commit_callbacks(execute=True):
        export = start_export(
            report=services.REPORTS["sales"], parameters=CUSTOM, format="pdf", by=manager, language="de"
        )
    assert broken_broker == ["reports.tasks.write_export"]
    assert run_export(export.pk)
    export.refresh_from_db()
    assert export.file.read(4) == b"%PDF"
