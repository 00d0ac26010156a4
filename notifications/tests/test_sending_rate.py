"""No server gets more messages than it allows, and waiting neither loses a message nor counts as a failure."""

import pytest
from django.core import mail
from django.utils import timezone

from notifications import sending_rate, tasks
from notifications.models import Notification
from notifications.sending import Outcome, send
from testing.messages import write_message

State = Notification.State
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def allowance(settings):
    settings.MAIL_PER_MINUTE = 60


def test_a_burst_goes_at_once_and_then_the_pace_holds(time_machine):
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    message = write_message()
    taken = [sending_rate.take(message) for _ in range(sending_rate.BURST_SECONDS + 1)]
    assert taken[:-1] == [0] * sending_rate.BURST_SECONDS
    assert 0 < taken[-1] <= 1
    time_machine.shift(1)
    assert sending_rate.take(message) == 0
    assert sending_rate.take(message) > 0
    # A minute at rest gives back the burst and not a minute's worth.
    time_machine.shift(60)
    assert [sending_rate.take(message) == 0 for _ in range(12)].count(True) == sending_rate.BURST_SECONDS


def test_a_slow_server_gets_one_now_and_each_chat_has_an_allowance_of_its_own(settings, time_machine):
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    settings.MAIL_PER_MINUTE = 1
    message = write_message()
    assert sending_rate.take(message) == 0
    assert sending_rate.take(message) == pytest.approx(60, abs=1)
    rooms = [Notification(channel="chat", recipient=name) for name in ("room:a", "room:b")]
    assert [sending_rate.take(room) for room in rooms] == [0, 0]
    settings.MAIL_PER_MINUTE = 0
    assert sending_rate.take(message) == 0


def test_waiting_is_no_failure_and_the_message_is_sent_later(time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    rows = [write_message() for _ in range(sending_rate.BURST_SECONDS + 3)]
    outcomes = [send(row.pk) for row in rows]
    assert outcomes.count(Outcome.SENT) == sending_rate.BURST_SECONDS
    assert outcomes.count(Outcome.PACED) == 3
    waiting = Notification.objects.filter(state=State.WAITING)
    assert set(waiting.values_list("attempts", flat=True)) == {0}
    time_machine.shift(20)
    assert tasks.send_waiting() == 3
    assert len(mail.outbox) == len(rows)


def test_messages_to_many_leave_the_burst_to_others(time_machine):
    time_machine.move_to(timezone.now().replace(microsecond=0), tick=False)
    note, message = Notification(is_bulk=True), Notification()
    assert sending_rate.take(note) == 0
    assert 0 < sending_rate.take(note) <= 1
    # Those take what the burst still holds, and the others wait until it is paid back.
    assert [sending_rate.take(message) for _ in range(3)] == [0, 0, 0]
    time_machine.shift(3)
    assert sending_rate.take(note) > 0
    time_machine.shift(1)
    assert sending_rate.take(note) == 0
