"""Jobs of different kinds do not wait for each other, where workers are divided among the queues."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ticketing.celery import app

PAYMENTS = {
    "bookings.tasks.settle_open_payments",
    "bookings.tasks.settle_refund",
    "bookings.tasks.deliver_sandbox_webhook",
    "bookings.tasks.deliver_sandbox_event",
}
MAIL = {"notifications.tasks.send_new", "notifications.tasks.send_waiting", "wallets.tasks.renew_passes"}
REPORTS = {"reports.tasks.write_export", "reports.tasks.make_run"}
# A new job is added here or above: who writes it decides what it may wait for.
DEFAULT = {
    "bookings.tasks.free_lapsed_holds",
    "bookings.tasks.rank_also_booked",
    "events.tasks.follow_clock",
    "events.tasks.work_on_import",
    "fiscal.tasks.issue_receipts",
    "fiscal.tasks.sign_receipts",
    "follows.tasks.tell_followers",
    "follows.tasks.tell_of_seats",
    "mailings.tasks.check_sending_domains",
    "mailings.tasks.remind_of_visits",
    "mailings.tasks.send_digests",
    "mailings.tasks.send_monthly_reports",
    "mailings.tasks.write_due_messages",
    "operations.tasks.prune",
    "operations.tasks.show_worker_alive",
    "reports.tasks.delete_old_exports",
    "reports.tasks.start_due_reports",
    "show_changes.tasks.carry_on_canceling",
    "show_changes.tasks.carry_on_noting",
    "show_changes.tasks.carry_on_updating",
    "show_changes.tasks.wake_silent_changes",
    "theaters.tasks.read_seat_map",
    "waiting_list.tasks.offer_to_waiting",
}


@pytest.fixture
def _no_jobs() -> Iterator[None]:
    app.control.purge()
    yield
    app.control.purge()


def route(task: str) -> str:
    return str(app.amqp.router.route({}, task)["queue"].name)


def test_each_job_has_its_queue():
    app.loader.import_default_modules()
    found = {task: route(task) for task in app.tasks if not task.startswith("celery.")}
    names = {"payments": PAYMENTS, "mail": MAIL, "reports": REPORTS, "default": DEFAULT}
    assert found == {task: name for name, tasks in names.items() for task in tasks}


def test_a_worker_takes_from_every_queue_unless_told():
    assert list(app.amqp.queues.consume_from) == ["default", "payments", "mail", "reports"]


def test_no_schedule_names_a_queue_of_its_own():
    assert not [entry for entry in app.conf.beat_schedule.values() if "queue" in entry.get("options", {})]


@pytest.mark.usefixtures("_no_jobs")
def test_a_mail_does_not_wait_behind_reports():
    for number in range(3):
        app.send_task("reports.tasks.write_export", [number])
    app.send_task("notifications.tasks.send_new")
    with app.connection_for_read() as broker:
        message = broker.default_channel.basic_get("mail", no_ack=True)
        assert message.headers["task"] == "notifications.tasks.send_new"
        assert broker.default_channel.basic_get("default", no_ack=True) is None
        assert broker.default_channel.basic_get("reports", no_ack=True).headers["task"] == "reports.tasks.write_export"
