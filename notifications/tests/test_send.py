"""One message is sent once: claims, leases, failures."""

import smtplib
import threading
from datetime import timedelta

import pytest
import requests
import time_machine
from anymail.exceptions import AnymailRequestsAPIError
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection
from django.utils import timezone

from notifications import email, sending
from notifications.models import Notification, Suppression
from notifications.sending import Outcome, send
from testing.messages import write_code, write_message

State = Notification.State


def provider_error(status):
    response = requests.Response()
    response.status_code, response.reason = status, "Refused"
    return AnymailRequestsAPIError("the provider refuses", response=response, status_code=status)


@pytest.fixture
def server_says(monkeypatch):
    """Let the mail server answer with an error, or do something: `server_says(SMTPDataError(…))`."""

    def answer(error):
        def send_messages(self, messages):
            if callable(error):
                error()
                return 1
            raise error

        monkeypatch.setattr(EmailBackend, "send_messages", send_messages)

    return answer


def test_it_sends_and_records(db):
    notification = write_message()
    assert send(notification.pk) is Outcome.SENT
    notification.refresh_from_db()
    [message] = mail.outbox
    assert message.to == [notification.recipient]
    assert (notification.state, notification.attempts, notification.error) == (State.SENT, 1, "")
    assert notification.sent_at is not None
    assert notification.gateway_id == message.extra_headers["Message-ID"]


def test_it_sends_once_however_often_it_is_asked(db):
    notification = write_message()
    assert [send(notification.pk) for _ in range(3)] == [Outcome.SENT, Outcome.SKIPPED, Outcome.SKIPPED]
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_one_sends():
    pks = [write_message().pk for _ in range(5)]
    barrier = threading.Barrier(4)
    outcomes = []

    def work():
        try:
            barrier.wait(30)
            outcomes.extend(send(pk) for pk in pks)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert outcomes.count(Outcome.SENT) == len(pks)
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        Notification.objects.values_list("recipient", flat=True)
    )


def test_without_the_claim_it_would_be_sent_twice(db, monkeypatch):
    """The control of the races: what the conditional update prevents does happen without it."""
    notification = write_message()

    def claim_anyway(pk):
        now = timezone.now()
        Notification.objects.filter(pk=pk).update(state=State.SENDING, claimed_at=now)
        return now

    monkeypatch.setattr(sending, "_claim", claim_anyway)
    assert [send(notification.pk), send(notification.pk)] == [Outcome.SENT, Outcome.SENT]
    assert len(mail.outbox) == 2


def test_a_claimed_message_is_left_alone_until_the_lease_is_over(db):
    notification = write_message()
    assert sending._claim(notification.pk)
    assert send(notification.pk) is Outcome.SKIPPED
    with time_machine.travel(timezone.now() + sending.LEASE + timedelta(seconds=1)):
        assert send(notification.pk) is Outcome.SENT
    notification.refresh_from_db()
    assert (notification.attempts, notification.error) == (2, sending.MAY_BE_TWICE)
    assert len(mail.outbox) == 1


def test_a_worker_that_lost_its_claim_sends_nothing(db, monkeypatch):
    notification = write_message()
    compose = email.compose

    def compose_slowly(row):
        # Meanwhile somebody else finds the lease over and takes the message.
        clock.shift(sending.LEASE + timedelta(seconds=1))
        assert sending._claim(row.pk)
        clock.shift(timedelta(minutes=1))
        return compose(row)

    monkeypatch.setattr(email, "compose", compose_slowly)
    with time_machine.travel(timezone.now(), tick=False) as clock:
        assert send(notification.pk) is Outcome.SKIPPED
    assert mail.outbox == []


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(111, "Connection refused"),
        TimeoutError("timed out"),
        smtplib.SMTPServerDisconnected("gone"),
        smtplib.SMTPDataError(451, b"try later"),
        smtplib.SMTPRecipientsRefused({"a@example.com": (450, b"busy")}),
        smtplib.SMTPAuthenticationError(535, b"wrong password"),
        smtplib.SMTPSenderRefused(550, b"unknown sender", "us@example.com"),
        provider_error(429),
        AnymailRequestsAPIError("no answer"),
        ValueError("a bug of ours"),
    ],
    ids=repr,
)
def test_a_temporary_failure_is_tried_again_later(db, server_says, error):
    notification = write_message()
    before = timezone.now()
    server_says(error)
    assert send(notification.pk) is Outcome.DELAYED
    notification.refresh_from_db()
    assert notification.state == State.WAITING
    assert type(error).__name__ in notification.error
    assert timedelta(seconds=30) <= notification.next_attempt_at - before <= timedelta(seconds=120)
    assert send(notification.pk) is Outcome.SKIPPED
    assert mail.outbox == []


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPDataError(554, b"spam"),
        smtplib.SMTPRecipientsRefused({"a@example.com": (550, b"no such user")}),
        provider_error(422),
        UnicodeEncodeError("ascii", "ä@example.com", 0, 1, "no"),
    ],
    ids=repr,
)
def test_a_permanent_refusal_is_given_up_at_once(db, server_says, error):
    notification = write_message()
    server_says(error)
    assert send(notification.pk) is Outcome.FAILED
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == (State.FAILED, 1)
    assert type(error).__name__ in notification.error
    with time_machine.travel(timezone.now() + timedelta(days=7)):
        assert send(notification.pk) is Outcome.SKIPPED


def test_it_is_given_up_after_two_days_of_attempts(db, server_says):
    notification = write_message()
    server_says(ConnectionRefusedError())
    start = now = timezone.now()
    while True:
        with time_machine.travel(now, tick=False):
            outcome = send(notification.pk)
        notification.refresh_from_db()
        if outcome is Outcome.FAILED:
            break
        assert outcome is Outcome.DELAYED
        now = notification.next_attempt_at
    assert notification.attempts == sending.MAX_ATTEMPTS
    # Chance takes up to half of each delay away.
    assert timedelta(hours=19) < now - start < timedelta(days=2)


def test_the_delay_doubles_up_to_a_limit_and_is_spread_by_chance():
    for attempts, longest in [(1, 60), (2, 120), (5, 960), (12, 6 * 3600)]:
        delays = {sending.backoff(attempts).total_seconds() for _ in range(50)}
        assert longest / 2 <= min(delays) < max(delays) <= longest


def test_an_answer_that_was_lost_is_said_so_once_it_is_sent(db, server_says, monkeypatch):
    notification = write_message()
    with monkeypatch.context() as down:
        down.setattr(EmailBackend, "send_messages", lambda self, messages: (_ for _ in ()).throw(TimeoutError()))
        assert send(notification.pk) is Outcome.DELAYED
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        assert send(notification.pk) is Outcome.SENT
    notification.refresh_from_db()
    assert notification.error == sending.MAY_BE_TWICE


def test_a_server_that_hangs_up_after_taking_the_message_has_it(db, monkeypatch):
    notification = write_message()
    monkeypatch.setattr(EmailBackend, "close", lambda self: (_ for _ in ()).throw(ConnectionResetError()))
    assert send(notification.pk) is Outcome.SENT


def test_a_message_to_a_broken_address_harms_no_other(db):
    broken = write_message(recipient="a@example.com\nBcc: everybody@example.com")
    other = write_message()
    assert send(broken.pk) is Outcome.FAILED
    assert send(other.pk) is Outcome.SENT
    assert [message.to for message in mail.outbox] == [[other.recipient]]


def test_codes_do_not_stay_in_the_outbox(db, server_says):
    sent, refused = write_code(), write_code()
    assert send(sent.pk) is Outcome.SENT
    server_says(smtplib.SMTPDataError(554, b"no"))
    assert send(refused.pk) is Outcome.FAILED
    assert list(Notification.objects.values_list("context", flat=True)) == [{}, {}]
    assert "H7KP2M" in mail.outbox[0].body


def test_a_code_that_lapsed_is_not_sent(db):
    notification = write_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert send(notification.pk) is Outcome.FAILED
    assert mail.outbox == []


def test_headers(db):
    notification = write_message()
    message = email.compose(notification)
    again = email.compose(notification)
    assert message.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert message.extra_headers["Message-ID"] != email.make_message_id(write_message())
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in message.message()
    assert message.message()["Message-ID"].endswith("@localhost>")


def test_an_attachment_that_is_gone_is_left_out_and_an_unknown_one_delays(db, monkeypatch):
    monkeypatch.setitem(email.attachments._builders, "gone.pdf", lambda shared, code: None)
    assert send(write_message(attachments=[("gone.pdf", "X")]).pk) is Outcome.SENT
    assert mail.outbox[0].attachments == []
    assert send(write_message(attachments=[("unheard-of.pdf",)]).pk) is Outcome.DELAYED


@pytest.mark.parametrize(
    ("answer", "is_dead"),
    [
        ((550, b"5.1.1 <a@example.com>: no such user"), True),
        ((550, b"5.7.1 your server is on a list"), False),
        ((550, b"no such user"), False),
        ((452, b"4.2.2 mailbox full"), False),
    ],
)
def test_only_a_server_that_knows_no_such_mailbox_suppresses_the_address(db, server_says, answer, is_dead):
    server_says(smtplib.SMTPRecipientsRefused({"a@example.com": answer}))
    send(write_message(recipient="a@example.com").pk)
    assert Suppression.objects.filter(address="a@example.com", reason="bounced").exists() is is_dead
