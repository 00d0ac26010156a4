"""Messages that were just written are sent a few at a time, and a worker is asked for only when none is at it."""

import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.utils import timezone

from notifications import sending, sending_rate, tasks
from notifications.models import Notification, Suppression
from notifications.samples import sample_context
from notifications.sending import Batch
from testing.messages import write_code, write_message

State = Notification.State


@pytest.fixture
def asked(monkeypatch, settings):
    """With Redis, and without a worker; returns the jobs that were asked for."""
    names: list[str] = []
    settings.REDIS_URL = settings.REDIS_URL or "redis://"
    monkeypatch.setattr(tasks, "ask_worker", lambda name: bool(names.append(name)) or True)
    monkeypatch.setattr(tasks, "PAUSE_SECONDS", 0)
    return names


def send_batch() -> Batch:
    return sending.send_batch(ends_at=time.monotonic() + 60)


def test_it_sends_all_and_records_each(db, asked):
    rows = [write_message() for _ in range(2 * sending.BATCH + 1)]
    rows.append(write_code())
    tasks.send_new()
    assert [message.to for message in mail.outbox] == [[row.recipient] for row in rows]
    sent = Notification.objects.order_by("pk")
    assert {(row.state, row.attempts, row.error) for row in sent} == {(State.SENT, 1, "")}
    assert [row.gateway_id for row in sent] == [message.extra_headers["Message-ID"] for message in mail.outbox]
    assert sent.last().context == {}
    # Two batches were full, and one more worker is enough.
    assert asked == ["notifications.tasks.send_new"]


def test_a_message_costs_two_statements_and_its_batch_two_more(db, django_assert_num_queries):
    for _ in range(3):
        write_message()
    send_batch()
    for _ in range(3):
        write_message()
    savepoint = 2
    with django_assert_num_queries(2 + 2 * 3 + savepoint):
        assert send_batch() is Batch.SENT
    assert send_batch() is Batch.EMPTY


def test_one_that_fails_does_not_hold_up_the_others(db, monkeypatch):
    rows = [write_message() for _ in range(3)]
    Suppression.objects.create(address=rows[1].recipient, reason=Suppression.Reason.BOUNCED)
    Notification.objects.filter(pk=rows[0].pk).update(recipient="")
    assert send_batch() is Batch.SENT
    states = Notification.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == [State.FAILED, State.SUPPRESSED, State.SENT]


def test_a_server_that_keeps_failing_is_left_to_the_sweep(db, monkeypatch):
    for _ in range(sending.MAX_FAILURES + 2):
        write_message()

    def hang_up(self, messages):
        raise TimeoutError

    with monkeypatch.context() as down:
        down.setattr(EmailBackend, "send_messages", hang_up)
        assert send_batch() is Batch.STOPPED
    states = Notification.objects.values_list("state", "attempts", "claimed_at")
    assert sorted(states) == [(State.WAITING, 0, None)] * 2 + [(State.WAITING, 1, None)] * sending.MAX_FAILURES
    assert tasks.send_waiting() == 2


def test_what_is_beyond_the_allowance_waits_and_counts_no_attempt(db, settings, time_machine):
    settings.MAIL_PER_MINUTE = 60
    time_machine.move_to(timezone.now(), tick=False)
    for _ in range(sending_rate.BURST_SECONDS + 3):
        write_message()
    assert [send_batch(), send_batch()] == [Batch.FULL, Batch.STOPPED]
    waiting = Notification.objects.filter(state=State.WAITING)
    assert set(waiting.values_list("attempts", "claimed_at")) == {(0, None)}
    assert (len(mail.outbox), waiting.count()) == (sending_rate.BURST_SECONDS, 3)


def test_what_it_has_no_time_for_is_put_back(db):
    write_message()
    assert sending.send_batch(ends_at=time.monotonic()) is Batch.FULL
    assert list(Notification.objects.values_list("state", "attempts", "claimed_at")) == [(State.WAITING, 0, None)]
    assert send_batch() is Batch.SENT


def test_an_error_holds_up_its_own_message_alone(db, monkeypatch):
    rows = [write_message() for _ in range(3)]

    def fail(notification):
        raise OperationalError("The statement took too long.")

    with monkeypatch.context() as broken:
        broken.setattr(sending, "_find_objection", fail)
        with pytest.raises(OperationalError):
            send_batch()
    assert list(Notification.objects.order_by("pk").values_list("state", "attempts")) == [
        (State.SENDING, 1),
        (State.WAITING, 0),
        (State.WAITING, 0),
    ]
    assert send_batch() is Batch.SENT
    assert [message.to for message in mail.outbox] == [[row.recipient] for row in rows[1:]]


def test_it_leaves_what_others_have_and_what_is_not_due(db):
    claimed, later, worn_out = (write_message() for _ in range(3))
    sending._claim(claimed.pk)
    Notification.objects.filter(pk=later.pk).update(next_attempt_at=timezone.now() + timedelta(minutes=1))
    Notification.objects.filter(pk=worn_out.pk).update(attempts=sending.MAX_ATTEMPTS)
    assert send_batch() is Batch.EMPTY
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(seconds=1)):
        # The first one's worker is dead, which is for the sweep to find.
        assert send_batch() is Batch.SENT
    assert [message.to for message in mail.outbox] == [[later.recipient]]


def race() -> list[str]:
    """Let four workers send as many batches; return the addresses that got a message."""
    for _ in range(4 * sending.BATCH):
        write_message()
    barrier = threading.Barrier(4)

    def work():
        try:
            barrier.wait(30)
            while send_batch() is not Batch.EMPTY:
                continue
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return sorted(message.to[0] for message in mail.outbox)


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends():
    assert race() == sorted(Notification.objects.values_list("recipient", flat=True))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_it_would_be_sent_twice(monkeypatch):
    """The control of the race: what the lock prevents does happen without it."""
    together = threading.Barrier(4)

    def read(due_at):
        found = list(Notification.objects.filter(state=State.WAITING).order_by("pk"))
        if found:
            together.wait(30)
        return found

    monkeypatch.setattr(sending, "_lock_waiting", read)
    sent = race()
    assert len(sent) > len(set(sent))


def test_nobody_asks_while_a_worker_is_at_it(asked, db):
    tasks.wake()
    tasks.wake()
    assert asked == ["notifications.tasks.send_new"]
    tasks.send_new()
    tasks.wake()
    assert len(asked) == 2


def test_a_worker_that_was_killed_is_replaced(asked, db, monkeypatch):
    monkeypatch.setattr(tasks, "AWAKE_SECONDS", 0.05)
    # Soon, and not only once the worker says so.
    while len(asked) < 2:
        tasks.wake()


def test_a_broker_that_was_down_is_asked_again(asked, db, monkeypatch):
    with monkeypatch.context() as down:
        down.setattr(tasks, "ask_worker", lambda name: False)
        tasks.wake()
    tasks.wake()
    assert len(asked) == 1


def test_what_is_written_as_a_worker_falls_asleep_is_sent(asked, db, monkeypatch):
    tasks.wake()
    delete = cache.delete
    late = []

    def write_first(key):
        if not late:
            late.append(write_message())
            # It finds that a worker is awake, and asks for none.
            tasks.wake()
        return delete(key)

    monkeypatch.setattr(tasks.cache, "delete", write_first)
    tasks.send_new()
    assert [message.to for message in mail.outbox] == [[late[0].recipient]]
    assert len(asked) == 1


def test_without_redis_each_message_asks(asked, db, settings):
    settings.REDIS_URL = ""
    tasks.wake()
    tasks.wake()
    assert len(asked) == 2


def test_other_jobs_have_their_turn(asked, db, monkeypatch):
    monkeypatch.setattr(tasks, "TURN_SECONDS", 0)
    tasks.send_new()
    assert asked == ["notifications.tasks.send_new"]


def test_messages_to_many_wait_for_one_that_answers_a_person(db, asked):
    many = [write_message(kind="show_note", context=sample_context("show_note")) for _ in range(sending.BATCH + 1)]
    booking = write_message()
    Notification.objects.filter(pk__in=[row.pk for row in many]).update(next_attempt_at=timezone.now() - timedelta(1))
    assert send_batch() is Batch.FULL
    assert mail.outbox[0].to == [booking.recipient]
    assert Notification.objects.filter(state=State.WAITING, is_bulk=True).count() == 2
