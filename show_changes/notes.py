"""A note to the customers of one show: written once, sent through the outbox in the background.

`send_note` commits the note and how many bookings get it. `carry_on_noting` then takes the bookings a few at a time,
in the order of their keys: the messages of a batch and the note's place in that order are one transaction, and a
conditional update of that place decides which worker wrote them. So no booking gets a note twice, whatever is pressed
twice or killed; the messages' unique keys say so once more.

It goes to the customer of each confirmed booking with valid tickets for the show, and to those to whom a ticket was
passed on. Canceled tickets get nothing. It is no advertising, and can't be switched off.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actions import Action
from accounts.audit import record
from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.models.bookings import TicketQuerySet
from events.models import Show
from lib.after_commit import after_commit
from lib.jobs import ask_worker
from lib.languages import without_region
from lib.refusals import Refusal
from lib.turns import Turn
from notifications.models import Notification
from notifications.services import known_language
from show_changes.messages import notify_of_note, send_test_note
from show_changes.models import ShowNote

# Bookings whose messages are written in one transaction: some 0.2 s, while others wait for SQLite.
BOOKING_BATCH = 20
# One run stops after this and wakes the next, well before a job's time limit.
RUN_SECONDS = 240
# A run notes each batch; one that was silent for this long is dead.
DEAD_AFTER = timedelta(seconds=60)
# Another note to the same show within this time needs a second thought.
SECOND_THOUGHT = timedelta(hours=1)
MAX_NOTES_A_DAY = 6
MAX_TESTS_AN_HOUR = 20


class TooManyNotes(Refusal):
    """The show's customers got several notes today."""

    message = _("The customers of this show got several notes within a day. Write no more today.")


class TooManyTests(Refusal):
    """The writer sent many tests within the hour."""

    message = _("You sent many tests within the last hour. Try again later.")


class SentLately(Refusal):
    """A note to the same show went out within the hour, and nobody said that this one is meant as well."""

    message = _("A note went to these customers less than an hour ago. Say that you want to send another one.")


@dataclass(frozen=True)
class Audience:
    """Who gets a note now."""

    bookings: Sequence[Booking]
    # Names of languages, and how many mails there are in each.
    mails: list[tuple[str, int]]
    # To whom tickets were passed on.
    holders: int
    without_address: Sequence[Booking]


def find_audience(show: Show) -> Audience:
    """Return who gets a note to the show's customers now. Two queries."""
    bookings = list(_noted(show).prefetch_related(Prefetch("tickets", _valid(show), to_attr="of_show")))
    languages: Counter[str] = Counter()
    holders = 0
    for booking in bookings:
        passed_on = {ticket.attendee_email for ticket in booking.of_show if ticket.is_passed_on}
        holders += len(passed_on)
        languages[without_region(known_language(booking.locale))] += bool(booking.contact_email) + len(passed_on)
    return Audience(
        bookings=bookings,
        mails=[(str(name), languages[code]) for code, name in settings.LANGUAGES if languages[code]],
        holders=holders,
        without_address=[booking for booking in bookings if not booking.contact_email],
    )


def was_sent_lately(show: Show, now: datetime) -> bool:
    return ShowNote.objects.filter(show=show, made_at__gt=now - SECOND_THOUGHT).exists()


def send_note(
    *, show: Show, texts: Sequence[Mapping[str, str]], by: User, key: uuid.UUID, is_meant: bool = False
) -> ShowNote:
    """Send a note to the show's customers in the background.

    The caller has checked that `by` may (`Capability.EDIT_BOOKINGS`), and the placeholders. `texts` are subject and
    text by language, the first one for all who read none of the others. A second call with the same `key` returns the
    first one's note. Raises `SentLately` unless `is_meant`, and `TooManyNotes`.
    """
    with transaction.atomic():
        # One at a time for each show, so that two people's notes see each other.
        Show.objects.select_for_update(of=("self",)).get(pk=show.pk)
        if found := ShowNote.objects.filter(key=key).first():
            return found
        now = timezone.now()
        if ShowNote.objects.filter(show=show, made_at__gt=now - timedelta(days=1)).count() >= MAX_NOTES_A_DAY:
            raise TooManyNotes
        if not is_meant and was_sent_lately(show, now):
            raise SentLately
        note = ShowNote.objects.create(
            show=show, texts=[dict(text) for text in texts], key=key, made_by=by, made_at=now
        )
        note.bookings = _left(note).count()
        note.save(update_fields=["bookings"])
        record(
            by=by,
            action=Action.SEND_NOTE,
            on=note,
            theater_id=show.hall.theater_id,
            after={"subject": note.subject, "bookings": note.bookings},
        )
        after_commit(wake_note, note.pk)
    return note


def carry_on_noting(note_id: int, *, seconds: float = RUN_SECONDS) -> int:
    """Write the messages of a note until none is left or the time is up; return to how many bookings."""
    turn = Turn(seconds)
    done = 0
    while (count := _write_batch(note_id)) is not None:
        done += count
        if not turn.go_on():
            wake_note(note_id)
            break
    return done


def wake_silent_notes(*, now: datetime | None = None) -> int:
    """Wake workers for notes that wait without a live run; return how many. Run each minute."""
    now = now or timezone.now()
    is_silent = Q(worked_at__isnull=True) | Q(worked_at__lte=now - DEAD_AFTER)
    waiting = ShowNote.objects.filter(is_silent, finished_at=None)
    woken = 0
    for pk in waiting.values_list("pk", flat=True):
        # By row count, so that of two sweeps only one wakes.
        if waiting.filter(pk=pk).update(worked_at=now):
            wake_note(pk)
            woken += 1
    return woken


def wake_note(note_id: int) -> None:
    """Ask a worker to go on. A broker that is down delays it until a sweep."""
    ask_worker("show_changes.tasks.carry_on_noting", note_id)


def send_test(*, show: Show, texts: Sequence[Mapping[str, str]], by: User, language: str) -> None:
    """Send the note to its writer alone, as a customer who reads `language` gets it. Raises `TooManyTests`."""
    hour_ago = timezone.now() - timedelta(hours=1)
    sent = Notification.objects.filter(
        kind=Notification.Kind.SHOW_NOTE, user=by, about="", theater_id=show.hall.theater_id, created_at__gt=hour_ago
    )
    if sent.count() >= MAX_TESTS_AN_HOUR:
        raise TooManyTests
    send_test_note(show, texts, by=by, language=language)


def _write_batch(note_id: int) -> int | None:
    """Write the messages to the next bookings; return how many bookings, or None if none is left."""
    with transaction.atomic():
        note = ShowNote.objects.select_related("show__event", "show__hall__theater__city").get(pk=note_id)
        batch = list(_left(note)[:BOOKING_BATCH])
        now = timezone.now()
        if not batch:
            ShowNote.objects.filter(pk=note_id, finished_at=None).update(finished_at=now, worked_at=now)
            return None
        # Whoever is second waits here for the first one's commit, and then changes nothing.
        ours = ShowNote.objects.filter(pk=note_id, last_booking=note.last_booking).update(
            last_booking=batch[-1].pk, done=F("done") + len(batch), worked_at=now
        )
        if not ours:
            return 0
        written = sum(notify_of_note(note, booking) for booking in batch)
        ShowNote.objects.filter(pk=note_id).update(messages=F("messages") + written)
    return len(batch)


def _left(note: ShowNote) -> QuerySet[Booking]:
    """Return the bookings that have yet to get the note: not those that came after it."""
    return _noted(note.show).filter(pk__gt=note.last_booking, confirmed_at__lte=note.made_at)


def _noted(show: Show) -> QuerySet[Booking]:
    valid = _valid(show).order_by().values("booking")
    return Booking.objects.confirmed().filter(pk__in=valid).select_related("customer", "theater").order_by("pk")


def _valid(show: Show) -> TicketQuerySet:
    return Ticket.objects.issued().filter(show=show)
