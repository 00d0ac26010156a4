"""Send each message once, whatever is repeated, killed or down.

1. Claim: new messages a few at a time, by locks that others skip; what was left behind one by one, by a
   conditional update whose row count decides who sends. It counts the attempt and leases the row: a row in
   state `sending` is due again only when its lease is over.
2. Address: mail of an account goes to its current address.
3. Object: the person wants no such message, the address bounces, or the server's allowance is used up
   (`preferences.py`, `suppression.py`, `sending_rate.py`). In the last case the message waits.
4. Render.
5. Renew the lease right before contacting the mail server, unless the claim is fresh, so that a worker that
   was slow and has lost its row sends nothing.
6. Deliver.
7. Record the outcome, only while the claim is still ours.

A worker that is killed delays the messages that it claimed by the lease. Only if the server took one and the
answer was lost is it sent twice, with the same Message-ID, and the row says so.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import structlog
from django.db import OperationalError, close_old_connections, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lib.compiled import compiled, compiled_update
from notifications import chat, email, mail_server, sending_rate
from notifications.errors import AnswerLost
from notifications.kinds import is_for_address, is_secret
from notifications.models import Channel, Notification, Suppression
from notifications.preferences import is_wanted
from notifications.suppression import find_suppression, suppress

log = structlog.get_logger(__name__)

State = Notification.State

# A message that takes longer is stopped by the worker's time limit.
SEND_SECONDS = 120
# Longer than any process may work on one message, so that an expired lease means a dead worker.
LEASE = timedelta(seconds=2 * SEND_SECONDS)
# A younger claim needs no renewal: a statement and a commit less. Its lease outlasts any work on the message.
FRESH = timedelta(seconds=SEND_SECONDS / 2)
# About two days, with the delays of `backoff`.
MAX_ATTEMPTS = 15
FIRST_DELAY = timedelta(seconds=60)
MAX_DELAY = timedelta(hours=6)
# The clocks of two machines differ; a message that was just written is due all the same.
CLOCK_TOLERANCE = timedelta(seconds=5)
# Primary keys read at once by the sweep, by the index `notification_due`: under 1 ms. What a person waits for comes
# after these at the latest, when thousands of others are due.
SWEEP_BATCH = 20
# After this many failures in a row, the server is left alone until the next sweep.
MAX_FAILURES = 3
# New messages claimed at once: four statements, where one by one would be two for each. A worker that is killed
# delays no more than these.
BATCH = 10
RECORD_ATTEMPTS = 3
MAY_BE_TWICE = "The mail server's answer was lost; the message may have arrived twice."


class Outcome(Enum):
    SENT = auto()
    # Another worker has it, or it is not due.
    SKIPPED = auto()
    DELAYED = auto()
    FAILED = auto()
    # Not wanted, or the address bounces.
    SUPPRESSED = auto()
    # The server's allowance is used up for now.
    PACED = auto()


class Batch(Enum):
    EMPTY = auto()
    SENT = auto()
    # There may be more than one worker should send.
    FULL = auto()
    # The server keeps failing, or its allowance is used up: the sweep goes on.
    STOPPED = auto()


@dataclass(frozen=True)
class Claim:
    notification: Notification
    claimed_at: datetime


def send(pk: int, *, patient_until: float = 0) -> Outcome:
    """Send the message if it is due, wanted, and not claimed by another worker.

    `patient_until`, by the monotonic clock, is how long to wait for the server's allowance.
    """
    claimed_at = _claim(pk)
    if claimed_at is None:
        return Outcome.SKIPPED
    [notification] = _read(pk)
    return _send(Claim(notification, claimed_at), patient_until)


def send_batch(*, ends_at: float) -> Batch:
    """Claim a few messages that wait and send them until `ends_at`, by the monotonic clock.

    Those to single people come before those to many, and of each the oldest first.
    """
    left = _claim_batch()
    if not left:
        return Batch.EMPTY
    is_full = len(left) == BATCH
    failures = 0
    try:
        while left:
            if time.monotonic() >= ends_at:
                return Batch.FULL
            outcome = _send(left.pop(0))
            failures = failures + 1 if outcome is Outcome.DELAYED else 0
            if failures == MAX_FAILURES or outcome is Outcome.PACED:
                return Batch.STOPPED
    finally:
        _put_back(left, seconds=0)
    return Batch.FULL if is_full else Batch.SENT


def send_due(*, seconds: float) -> int:
    """Send due messages until none is left or the time is up; return how many."""
    _give_up_stuck()
    ends_at = time.monotonic() + seconds
    sent = failures = 0
    # A new connection shows at once whether the server is up.
    mail_server.hang_up()
    while batch := _read_due():
        for pk, channel in batch:
            if time.monotonic() >= ends_at or failures == MAX_FAILURES:
                return sent
            if channel == Channel.EMAIL and not _is_mail_server_up():
                # This one records the failure and waits; the others need not find out one by one.
                send(pk)
                return sent
            outcome = send(pk, patient_until=ends_at)
            sent += outcome is Outcome.SENT
            failures = failures + 1 if outcome is Outcome.DELAYED else 0
    return sent


def _send(claim: Claim, patient_until: float = 0) -> Outcome:
    notification = claim.notification
    _follow_account(notification)
    objection = _find_objection(notification)
    if objection:
        return _record_suppressed(claim, objection)
    seconds = _wait_for_allowance(notification, patient_until)
    if seconds:
        _put_back([claim], seconds)
        return Outcome.PACED
    try:
        deliver = _compose(notification)
        held_at = _renew_lease(notification.pk, claim.claimed_at)
        if held_at is None:
            log.warning("notification_claim_lost", notification=notification.pk)
            return Outcome.SKIPPED
        claim = Claim(notification, held_at)
        gateway_id = deliver()
    except Exception as error:  # whatever failed, the message is tried again or given up
        return _record_failure(claim, error)
    _record_sent(claim, gateway_id)
    return Outcome.SENT


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after that many attempts: doubling, with up to half of it random."""
    longest: timedelta = min(FIRST_DELAY * 2 ** (attempts - 1), MAX_DELAY)
    return longest * random.uniform(0.5, 1)  # noqa: S311 (spreads the load, guards nothing)


def _due(now: datetime) -> Q:
    """Return the condition for rows to send: waiting and due, or claimed with the lease over."""
    return Q(state__in=[State.WAITING, State.SENDING], next_attempt_at__lte=now)


def _read_due() -> list[tuple[int, str]]:
    due = Notification.objects.filter(_due(timezone.now())).order_by("is_bulk", "next_attempt_at")
    return list(due.values_list("pk", "channel")[:SWEEP_BATCH])


def _is_mail_server_up() -> bool:
    try:
        mail_server.connect_first()
    except Exception as error:  # each backend has errors of its own
        log.warning("mail_server_down", error=repr(error))
        return False
    return True


def _claim(pk: int) -> datetime | None:
    """Lease the row and return the claim's token, or None if it is not ours to send."""
    now = timezone.now()
    until = now + LEASE
    if _take_waiting(pk, now + CLOCK_TOLERANCE, now, until) or _take_left_behind(pk, now, now, until):
        return now
    return None


@compiled_update
def _take_waiting(pk: int, due_at: datetime, now: datetime, until: datetime) -> tuple[QuerySet[Any], dict[str, Any]]:
    return _take(pk, State.WAITING, due_at, now, until)


@compiled_update
def _take_left_behind(
    pk: int, due_at: datetime, now: datetime, until: datetime
) -> tuple[QuerySet[Any], dict[str, Any]]:
    rows, values = _take(pk, State.SENDING, due_at, now, until)
    return rows, {**values, "error": MAY_BE_TWICE}


def _take(
    pk: int, state: str, due_at: datetime, now: datetime, until: datetime
) -> tuple[QuerySet[Any], dict[str, Any]]:
    rows = Notification.objects.filter(pk=pk, state=state, next_attempt_at__lte=due_at, attempts__lt=MAX_ATTEMPTS)
    return rows, _taken(now, until)


def _taken(now: datetime, until: datetime) -> dict[str, Any]:
    return {"state": State.SENDING, "attempts": F("attempts") + 1, "claimed_at": now, "next_attempt_at": until}


def _claim_batch() -> list[Claim]:
    now = timezone.now()
    with transaction.atomic():
        rows = _lock_waiting(now + CLOCK_TOLERANCE)
        if rows:
            _take_batch(tuple(row.pk for row in rows), now, now + LEASE)
    for row in rows:
        row.attempts += 1
    return [Claim(row, now) for row in rows]


@compiled
def _lock_waiting(due_at: datetime) -> QuerySet[Notification]:
    rows = Notification.objects.filter(state=State.WAITING, next_attempt_at__lte=due_at, attempts__lt=MAX_ATTEMPTS)
    locked = rows.select_related("user").select_for_update(of=("self",), skip_locked=True)
    return locked.order_by("is_bulk", "next_attempt_at")[:BATCH]


@compiled_update
def _take_batch(pks: tuple[int, ...], now: datetime, until: datetime) -> tuple[QuerySet[Any], dict[str, Any]]:
    return Notification.objects.filter(pk__in=pks), _taken(now, until)


@compiled
def _read(pk: int) -> QuerySet[Notification]:
    return Notification.objects.filter(pk=pk).select_related("user")


def _follow_account(notification: Notification) -> None:
    """Send an account's mail to its current address, which may have changed since it was written."""
    if notification.user is None or notification.channel != Channel.EMAIL or is_for_address(notification.kind):
        return
    address = notification.user.contact_email
    if address not in ("", notification.recipient):
        notification.recipient = address
        Notification.objects.filter(pk=notification.pk).update(recipient=address)


def _find_objection(notification: Notification) -> str:
    """Return why the message must not be sent, or "". Checked when it is sent, not when it was written."""
    if not is_wanted(notification.user, notification.kind, notification.channel):
        return "The person wants no such messages."
    if notification.channel == Channel.EMAIL and (found := find_suppression(notification)):
        return f"The address is suppressed: {Suppression.Reason(found.reason).name.lower()}. {found.detail}".strip()
    return ""


def _wait_for_allowance(notification: Notification, patient_until: float) -> float:
    """Take one message from the server's allowance; return how many seconds are missing."""
    while seconds := sending_rate.take(notification):
        if time.monotonic() + seconds > patient_until:
            return seconds
        time.sleep(seconds)
    return 0


def _compose(notification: Notification) -> Callable[[], str]:
    """Build the message and return the function that delivers it."""
    if notification.channel == Channel.CHAT:
        text = chat.compose(notification)
        return lambda: chat.deliver(text)
    message = email.compose(notification)
    return lambda: email.deliver(message)


def _record_suppressed(claim: Claim, objection: str) -> Outcome:
    values: dict[str, Any] = {"state": State.SUPPRESSED, "claimed_at": None, "error": objection[:500]}
    if is_secret(claim.notification.kind):
        values["context"] = {}
    Notification.objects.filter(_owned(claim.notification.pk, claim.claimed_at)).update(**values)
    return Outcome.SUPPRESSED


def _put_back(claims: list[Claim], seconds: float) -> None:
    """Let messages of one claim wait; this does not count as an attempt."""
    if not claims:
        return
    keys = [claim.notification.pk for claim in claims]
    Notification.objects.filter(pk__in=keys, state=State.SENDING, claimed_at=claims[0].claimed_at).update(
        state=State.WAITING,
        claimed_at=None,
        attempts=F("attempts") - 1,
        next_attempt_at=timezone.now() + timedelta(seconds=seconds),
    )


def _owned(pk: int, claimed_at: datetime) -> Q:
    return Q(pk=pk, state=State.SENDING, claimed_at=claimed_at)


def _renew_lease(pk: int, claimed_at: datetime) -> datetime | None:
    now = timezone.now()
    if now - claimed_at < FRESH:
        return claimed_at
    held = Notification.objects.filter(_owned(pk, claimed_at)).update(claimed_at=now, next_attempt_at=now + LEASE)
    return now if held else None


def _record_sent(claim: Claim, gateway_id: str) -> None:
    notification = claim.notification
    twice = MAY_BE_TWICE if notification.error.startswith(MAY_BE_TWICE) else ""
    for attempt in range(RECORD_ATTEMPTS):
        try:
            write = _write_secret_sent if is_secret(notification.kind) else _write_sent
            recorded = write(notification.pk, claim.claimed_at, timezone.now(), gateway_id[:255], twice)
        except OperationalError:
            # The server has the message: giving up now would send it twice.
            if attempt + 1 == RECORD_ATTEMPTS:
                raise
            close_old_connections()
            time.sleep(1)
        else:
            break
    if not recorded:
        log.error("notification_sent_without_claim", notification=notification.pk)


@compiled_update
def _write_sent(
    pk: int, claimed_at: datetime, sent_at: datetime, gateway_id: str, error: str
) -> tuple[QuerySet[Any], dict[str, Any]]:
    return Notification.objects.filter(_owned(pk, claimed_at)), _sent(sent_at, gateway_id, error)


@compiled_update
def _write_secret_sent(
    pk: int, claimed_at: datetime, sent_at: datetime, gateway_id: str, error: str
) -> tuple[QuerySet[Any], dict[str, Any]]:
    return Notification.objects.filter(_owned(pk, claimed_at)), {**_sent(sent_at, gateway_id, error), "context": {}}


def _sent(sent_at: datetime, gateway_id: str, error: str) -> dict[str, Any]:
    return {"state": State.SENT, "sent_at": sent_at, "gateway_id": gateway_id, "error": error}


def _record_failure(claim: Claim, error: Exception) -> Outcome:
    notification = claim.notification
    is_over = email.is_permanent(error) or notification.attempts >= MAX_ATTEMPTS
    was_lost = isinstance(error, AnswerLost) or notification.error.startswith(MAY_BE_TWICE)
    twice = f"{MAY_BE_TWICE} " if was_lost else ""
    values: dict[str, Any] = {
        "state": State.FAILED if is_over else State.WAITING,
        "claimed_at": None,
        "next_attempt_at": timezone.now() + backoff(notification.attempts),
        "error": f"{twice}{type(error).__name__}: {error}"[:500],
    }
    if is_over and is_secret(notification.kind):
        values["context"] = {}
    Notification.objects.filter(_owned(notification.pk, claim.claimed_at)).update(**values)
    if dead := email.find_dead_address(error):
        suppress(notification.recipient, Suppression.Reason.BOUNCED, detail=dead)
    log.warning(
        "notification_failed" if is_over else "notification_delayed",
        notification=notification.pk,
        attempts=notification.attempts,
        error=values["error"],
    )
    return Outcome.FAILED if is_over else Outcome.DELAYED


def _give_up_stuck() -> None:
    """Give up messages whose last attempt ended with a dead worker."""
    Notification.objects.filter(
        state=State.SENDING, next_attempt_at__lte=timezone.now(), attempts__gte=MAX_ATTEMPTS
    ).update(state=State.FAILED, claimed_at=None, error=MAY_BE_TWICE)
