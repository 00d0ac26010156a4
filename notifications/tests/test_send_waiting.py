"""The sweep finds what was left behind."""

import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from notifications import sending, tasks
from notifications.models import Notification
from testing.fixtures.worker import _test_database_url
from testing.messages import write_message

State = Notification.State


def test_it_sends_messages_whose_wake_up_was_lost(db):
    notifications = [write_message() for _ in range(3)]
    assert tasks.send_waiting() == 3
    assert sorted(message.to[0] for message in mail.outbox) == sorted(row.recipient for row in notifications)
    assert tasks.send_waiting() == 0
    assert len(mail.outbox) == 3


def test_it_goes_on_beyond_one_batch(db, monkeypatch):
    monkeypatch.setattr(sending, "SWEEP_BATCH", 2)
    for _ in range(5):
        write_message()
    assert tasks.send_waiting() == 5


def test_it_leaves_messages_that_are_not_due(db):
    later = write_message()
    Notification.objects.filter(pk=later.pk).update(next_attempt_at=timezone.now() + timedelta(minutes=1))
    claimed = write_message()
    sending._claim(claimed.pk)
    assert tasks.send_waiting() == 0
    assert mail.outbox == []


def test_it_stops_when_its_time_is_over(db):
    write_message()
    assert sending.send_due(seconds=0) == 0
    assert mail.outbox == []


def test_a_server_that_is_down_costs_one_message_an_attempt_and_not_all(db, monkeypatch):
    for _ in range(4):
        write_message()

    def refuse(self):
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr(EmailBackend, "open", refuse)
        assert tasks.send_waiting() == 0
    assert sorted(Notification.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1]
    assert tasks.send_waiting() == 3
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        assert tasks.send_waiting() == 1
    assert len(mail.outbox) == 4


def test_it_leaves_a_server_alone_that_keeps_failing(db, monkeypatch):
    for _ in range(6):
        write_message()

    def hang_up(self, messages):
        raise TimeoutError

    monkeypatch.setattr(EmailBackend, "send_messages", hang_up)
    assert tasks.send_waiting() == 0
    assert Notification.objects.filter(attempts=1).count() == sending.MAX_FAILURES


def test_a_message_that_kills_every_worker_is_given_up(db):
    notification = write_message()
    now = timezone.now()
    for attempt in range(sending.MAX_ATTEMPTS):
        with time_machine.travel(now + attempt * 2 * sending.LEASE, tick=False):
            assert sending._claim(notification.pk)
    with time_machine.travel(now + timedelta(days=2)):
        assert sending.send(notification.pk) is sending.Outcome.SKIPPED
        assert tasks.send_waiting() == 0
    notification.refresh_from_db()
    assert (notification.state, notification.error) == (State.FAILED, sending.MAY_BE_TWICE)
    assert mail.outbox == []


@pytest.mark.slow
@pytest.mark.real_clock
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("moment", ["compose", "deliver"])
def test_a_worker_that_is_killed_delays_and_loses_nothing(moment):
    notification = write_message()
    script = (
        "import django, os, signal; django.setup()\n"
        "from notifications import email, sending\n"
        f"email.{moment} = lambda *args: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"sending.send({notification.pk})\n"
    )
    environment = {
        **os.environ,
        "DATABASE_URL": _test_database_url(),
        "DJANGO_SETTINGS_MODULE": "ticketing.settings",
    }
    ended = subprocess.run(
        [sys.executable, "-c", script], env=environment, cwd=settings.BASE_DIR, check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    notification.refresh_from_db()
    assert notification.state == State.SENDING
    assert tasks.send_waiting() == 0
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(seconds=1)):
        assert tasks.send_waiting() == 1
    assert [message.to for message in mail.outbox] == [[notification.recipient]]


def test_it_reads_by_the_index_of_due_messages(db):
    rows = Notification.objects.filter(sending._due(timezone.now())).order_by("is_bulk", "next_attempt_at")[:1]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Which it prefers for a few rows.
            cursor.execute("SET LOCAL enable_seqscan = off")
    assert "notification_due" in rows.explain()
