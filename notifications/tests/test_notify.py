import pytest
from django.db import transaction

from notifications.models import Notification
from notifications.services import notify, send_again
from testing.messages import write_message

State = Notification.State


def test_it_writes_a_waiting_row(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        notification = write_message(attachments=[("tickets.pdf", "ABC")], theater_id=7)
    row = Notification.objects.get()
    assert row.pk == notification.pk
    assert row.state == State.WAITING
    assert row.attachments == [["tickets.pdf", "ABC"]]
    assert row.theater_id == 7


def test_a_repeated_call_gives_the_first_row_and_changes_nothing(db):
    first = write_message(unique_key="the fact")
    Notification.objects.update(state=State.SENT)
    second = write_message(unique_key="the fact", recipient="somebody-else@example.com")
    row = Notification.objects.get()
    assert second.pk == first.pk == row.pk
    assert row.state == State.SENT
    assert row.recipient == first.recipient


@pytest.mark.django_db(transaction=True)
def test_it_commits_with_the_transaction_that_it_reports(monkeypatch):
    woken = []
    monkeypatch.setattr("notifications.tasks.wake", lambda: woken.append(True))
    with transaction.atomic():
        write_message()
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert woken == []
    with transaction.atomic():
        write_message()
        assert woken == []
    assert woken == [True]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_breaks_nothing_and_is_left_alone(broken_broker):
    with transaction.atomic():
        notification = write_message()
    assert Notification.objects.get(pk=notification.pk).state == State.WAITING
    with transaction.atomic():
        write_message()
    assert broken_broker == ["notifications.tasks.send_new"]


@pytest.mark.parametrize(("asked", "given"), [("de", "de"), ("de-AT", "de"), ("HI", "hi"), ("fr", "en"), ("", "en")])
def test_it_takes_the_nearest_language(db, asked, given):
    assert write_message(language=asked).language == given


def test_it_refuses_an_unknown_channel(db):
    with pytest.raises(ValueError, match="pigeon"):
        write_message(channel="pigeon")
    assert not Notification.objects.exists()


def test_it_refuses_a_kind_without_words(db):
    with pytest.raises(LookupError):
        notify(kind="nonsense", recipient="a@example.com", unique_key="x", context={})
    assert not Notification.objects.exists()


def test_a_message_that_was_given_up_can_be_sent_again(db):
    notification = write_message()
    assert not send_again(notification=notification)
    Notification.objects.update(state=State.FAILED, attempts=15)
    assert send_again(notification=notification)
    notification.refresh_from_db()
    assert (notification.state, notification.attempts) == (State.WAITING, 0)
    assert not send_again(notification=notification)
