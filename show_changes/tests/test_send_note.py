"""A note reaches each booking of a show once, however often it is pressed or its worker dies."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import Action
from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from events.models import Show
from notifications.email import compose
from notifications.models import Notification
from show_changes import notes
from show_changes.models import ShowNote
from show_changes.notes import (
    MAX_NOTES_A_DAY,
    MAX_TESTS_AN_HOUR,
    SentLately,
    TooManyNotes,
    TooManyTests,
    carry_on_noting,
    find_audience,
    send_note,
    send_test,
    wake_silent_notes,
)
from testing.bookings import make_hold, make_paid, race
from testing.builders import make_event, make_hall, make_show, make_user
from testing.crashes import crash_through
from theaters.models import Theater

TEXTS = [
    {"language": "en", "subject": "{event}: another entrance", "text": "Dear {first_name}, use **Mill Lane**."},
    {"language": "de", "subject": "{event}: anderer Eingang", "text": "Nehmen Sie die Mühlgasse."},
]


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=4, seats=10), event=make_event("Hamlet"))


def send(show: Show, by: User, **changed: Any) -> ShowNote:
    return send_note(**{"show": show, "texts": TEXTS, "by": by, "key": uuid.uuid4(), **changed})


def read() -> list[Notification]:
    return list(Notification.objects.filter(kind="show_note").order_by("pk"))


@pytest.mark.django_db
class TestNotes:
    def test_each_booking_of_the_show_gets_it_in_its_language(self, show: Show, manager: User, customer: User):
        german = make_user("berta@example.com", "Berta Kundin")
        booking = make_paid(show, 0, 1, customer=customer)
        make_paid(show, 2, customer=german, locale="de")
        make_hold(show, 3, customer=customer)
        make_paid(make_show(hall=show.hall, in_hours=720), 0, customer=make_user("other@example.com"))
        note = send(show, manager)
        assert carry_on_noting(note.pk) == 2
        english, other = read()
        assert english.recipient == "customer@example.com"
        assert english.about == booking.code, "the booking's story has it"
        message = compose(english)
        assert message.subject == "Hamlet: another entrance"
        assert "Dear Asha, use Mill Lane." in message.body
        assert "<strong>Mill Lane</strong>" in str(message.alternatives[0][0])
        assert compose(other).subject == "Hamlet: anderer Eingang"
        note.refresh_from_db()
        assert (note.bookings, note.done, note.messages, note.percent) == (2, 2, 2, 100)
        assert note.finished_at
        entry = AuditEntry.objects.get(action=Action.SEND_NOTE)
        assert entry.after == {"subject": "{event}: another entrance", "bookings": 2}

    def test_canceled_tickets_get_nothing_and_holders_get_it(self, show: Show, manager: User, customer: User):
        gone = make_paid(show, 0, customer=make_user("gone@example.com"))
        cancel_tickets(booking=gone, by=None)
        booking = make_paid(show, 1, 2, 3, customer=customer)
        for ticket in booking.tickets.order_by("pk")[:2]:
            pass_on_ticket(booking=booking, ticket=ticket, name="Ravi Guest", email="ravi@example.com", by=customer)
        audience = find_audience(show)
        assert (len(audience.bookings), audience.holders, audience.mails) == (1, 1, [("English", 2)])
        note = send(show, manager)
        carry_on_noting(note.pk)
        assert {message.recipient for message in read()} == {"customer@example.com", "ravi@example.com"}
        [holders] = [message for message in read() if message.recipient == "ravi@example.com"]
        assert "Dear Ravi" in compose(holders).body
        assert "Asha" not in compose(holders).body

    def test_bookings_without_an_address_are_counted(self, show: Show, manager: User, customer: User):
        booking = make_paid(show, 0, customer=customer)
        Booking.objects.filter(pk=booking.pk).update(email="", customer=None)
        assert [one.pk for one in find_audience(show).without_address] == [booking.pk]
        note = send(show, manager)
        assert carry_on_noting(note.pk) == 1
        note.refresh_from_db()
        assert (note.done, note.messages) == (1, 0)

    def test_pressed_twice_it_is_one_note(self, show: Show, manager: User, customer: User):
        make_paid(show, 0, customer=customer)
        key = uuid.uuid4()
        assert send(show, manager, key=key) == send(show, manager, key=key)
        for _ in range(2):
            carry_on_noting(ShowNote.objects.get().pk)
        assert len(read()) == 1

    def test_a_second_one_within_the_hour_must_be_meant(self, show: Show, manager: User):
        first = send(show, manager)
        with pytest.raises(SentLately):
            send(show, manager)
        assert send(show, manager, is_meant=True) != first
        ShowNote.objects.update(made_at=timezone.now() - timedelta(hours=2))
        send(show, manager)
        assert ShowNote.objects.count() == 3

    def test_a_day_has_its_limit(self, show: Show, manager: User):
        for _ in range(MAX_NOTES_A_DAY):
            send(show, manager, is_meant=True)
        with pytest.raises(TooManyNotes):
            send(show, manager, is_meant=True)
        ShowNote.objects.update(made_at=timezone.now() - timedelta(days=2))
        send(show, manager)

    def test_a_test_goes_to_its_writer_alone(self, show: Show, manager: User, customer: User):
        make_paid(show, 0, customer=customer)
        send_test(show=show, texts=TEXTS, by=manager, language="de")
        [message] = read()
        assert message.recipient == "manager@example.com"
        assert compose(message).subject == "Hamlet: anderer Eingang"
        assert not ShowNote.objects.exists()
        for _ in range(MAX_TESTS_AN_HOUR - 1):
            send_test(show=show, texts=TEXTS, by=manager, language="en")
        with pytest.raises(TooManyTests):
            send_test(show=show, texts=TEXTS, by=manager, language="en")

    def test_hostile_words_break_nothing(self, show: Show, manager: User, customer: User):
        make_paid(show, 0, customer=customer)
        hostile = "<script>x</script> {0.__class__} %s {event} \u202e [a](javascript:alert(1))"
        texts = [{"language": "en", "subject": f"Re:\r\nBcc: all@example.com {hostile}", "text": hostile}]
        carry_on_noting(send(show, manager, texts=texts).pk)
        message = compose(read()[0])
        assert "\n" not in message.subject
        assert "<script" not in str(message.alternatives[0][0])
        assert 'href="javascript' not in str(message.alternatives[0][0])

    def test_the_sweep_wakes_only_what_is_silent(self, show: Show, manager: User, customer: User):
        make_paid(show, 0, customer=customer)
        note = send(show, manager)
        assert (wake_silent_notes(), wake_silent_notes()) == (1, 0)
        carry_on_noting(note.pk)
        assert wake_silent_notes(now=timezone.now() + timedelta(hours=1)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_loses_and_repeats_nothing(theater: Theater, manager: User, customer: User, monkeypatch):
    monkeypatch.setattr(notes, "BOOKING_BATCH", 2)
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=10))
    for seat in range(5):
        make_paid(show, seat, customer=customer)
    note = send(show, manager)
    assert crash_through(lambda: carry_on_noting(note.pk)) > 5
    note.refresh_from_db()
    assert (len(read()), note.done, note.messages) == (5, 5, 5)


@pytest.mark.django_db(transaction=True)
def test_two_workers_share_the_work(theater: Theater, manager: User, customer: User, monkeypatch):
    monkeypatch.setattr(notes, "BOOKING_BATCH", 2)
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=10))
    for seat in range(8):
        make_paid(show, seat, customer=customer)
    note = send(show, manager)
    assert sum(race(lambda: carry_on_noting(note.pk), lambda: carry_on_noting(note.pk))) == 8
    note.refresh_from_db()
    assert (len(read()), note.done, note.messages) == (8, 8, 8)
