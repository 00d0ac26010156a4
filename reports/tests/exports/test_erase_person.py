"""Files that name customers are gone with a customer who is erased."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.models import User
from accounts.privacy import erase_person
from reports.catalog import REPORTS
from reports.models import Export, ReportRun
from reports.models.exports import private_storage
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.reports import keep_export, keep_run
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_no_file_names_who_was_erased(
    theater: Theater, other_theater: Theater, customer: User, manager: User, django_capture_on_commit_callbacks: Any
):
    show = make_show(hall=make_hall(theater=theater))
    make_paid(show, 0, customer=customer, email=customer.email)
    with time_machine.travel(show.ends_at + timedelta(days=1)):
        files: dict[str, list[Export | ReportRun]] = {"gone": [], "kept": []}
        for report in REPORTS.values():
            fate = "gone" if report.names_customers else "kept"
            files[fate] += [keep_export(theater, manager, report.slug), keep_run(theater, manager, report.slug, "sent")]
            elsewhere = keep_export(other_theater, manager, report.slug)
            files["kept"] += [elsewhere, keep_run(other_theater, manager, report.slug, "sent")]
        naming = [report.slug for report in REPORTS.values() if report.names_customers]
        assert naming
        running = keep_export(theater, manager, naming[0], state="running", attempts=1)
        run = keep_run(theater, manager, naming[0], "running")

        with django_capture_on_commit_callbacks(execute=True):
            erase_person(user=customer)

    storage = private_storage()
    assert [str(row) for row in files["gone"] if storage.exists(row.file.name)] == []
    assert [str(row) for row in files["kept"] if not storage.exists(row.file.name)] == []
    states = set(
        Export.objects.filter(pk__in=[row.pk for row in files["gone"] if isinstance(row, Export)]).values_list("state")
    )
    assert states == {("expired",)}
    # What their workers have read names the customer still.
    running.refresh_from_db()
    run.refresh_from_db()
    assert (running.state, run.state) == ("waiting", "waiting")
