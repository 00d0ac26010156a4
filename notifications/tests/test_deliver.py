"""Through a real worker to a real SMTP server."""

import os
import time

import pytest
from django.db import transaction

from notifications import mail_server, sending, tasks
from notifications.models import Notification
from notifications.sending import Outcome
from testing.messages import write_code, write_message

State = Notification.State


@pytest.mark.slow
@pytest.mark.worker
def test_a_message_is_sent_right_after_its_commit(celery_worker_process, smtp_server):
    with transaction.atomic():
        notification = write_message()
    [message] = smtp_server.wait_for(1)
    assert message["To"] == notification.recipient
    assert message["Message-ID"].strip() == sending.email.make_message_id(notification)
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "multipart/alternative"
    celery_worker_process.wait_until(lambda: Notification.objects.get().state == State.SENT)


@pytest.mark.worker
def test_a_rolled_back_message_is_never_sent(celery_worker_process, smtp_server):
    with transaction.atomic():
        write_message()
        transaction.set_rollback(True)
    after = write_message()
    smtp_server.wait_for(1)
    celery_worker_process.wait_until(lambda: Notification.objects.get().state == State.SENT)
    assert [message["To"] for message in smtp_server.messages] == [after.recipient]


@pytest.mark.slow
@pytest.mark.worker
def test_the_worker_and_the_sweep_do_not_send_twice(celery_worker_process, smtp_server):
    recipients = {write_message().recipient for _ in range(20)}
    while Notification.objects.exclude(state=State.SENT).exists():
        tasks.send_waiting()
        celery_worker_process.wait_until(lambda: not Notification.objects.filter(state=State.SENDING).exists())
    assert sorted(message["To"] for message in smtp_server.messages) == sorted(recipients)


@pytest.mark.django_db(transaction=True)
def test_messages_share_a_connection(smtp_server):
    for _ in range(3):
        assert sending.send(write_message().pk) is Outcome.SENT
    assert (len(smtp_server.messages), smtp_server.connections) == (3, 1)


@pytest.mark.django_db(transaction=True)
def test_a_server_that_hung_up_meanwhile_costs_no_attempt_and_raises_no_doubt(smtp_server):
    smtp_server.hang_up_after = 1
    assert sending.send(write_message().pk) is Outcome.SENT
    time.sleep(0.3)
    second = write_message()
    assert sending.send(second.pk) is Outcome.SENT
    second.refresh_from_db()
    assert (second.attempts, second.error, smtp_server.connections) == (1, "", 2)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("name", "value"), [("IDLE_SECONDS", -1), ("MAX_MESSAGES", 1)])
def test_a_connection_is_given_up_in_time(smtp_server, monkeypatch, name, value):
    monkeypatch.setattr(mail_server, name, value)
    for _ in range(2):
        assert sending.send(write_message().pk) is Outcome.SENT
    assert smtp_server.connections == 2


@pytest.mark.django_db(transaction=True)
def test_a_child_leaves_its_parents_connection_alone(smtp_server):
    assert sending.send(write_message().pk) is Outcome.SENT
    child = os.fork()
    if child == 0:
        os._exit(mail_server._kept.connection is not None)
    assert os.waitpid(child, 0)[1] == 0
    assert sending.send(write_message().pk) is Outcome.SENT
    assert smtp_server.connections == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_refuses_for_now_gets_it_later(smtp_server):
    notification = write_message()
    smtp_server.refuse_with = "451 4.7.1 Greylisted, try again later"
    assert sending.send(notification.pk) is Outcome.DELAYED
    assert "Greylisted" in Notification.objects.get().error
    smtp_server.refuse_with = ""
    Notification.objects.update(next_attempt_at=notification.created_at)
    assert tasks.send_waiting() == 1
    assert len(smtp_server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_server_that_refuses_for_good_is_believed(smtp_server):
    notification = write_code()
    smtp_server.refuse_with = "554 5.7.1 Message refused"
    assert sending.send(notification.pk) is Outcome.FAILED
    assert "Message refused" in Notification.objects.get().error


@pytest.mark.django_db(transaction=True)
def test_a_server_that_is_down_costs_nothing_but_time(smtp_server, settings):
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1
    notification = write_message()
    assert sending.send(notification.pk) is Outcome.DELAYED
    settings.EMAIL_PORT = port
    Notification.objects.update(next_attempt_at=notification.created_at)
    assert tasks.send_waiting() == 1
    [message] = smtp_server.messages
    assert message["To"] == notification.recipient
