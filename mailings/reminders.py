"""Remind customers around their visits: each reminder once, at the right hour by the theater's own clock.

Hours are counted on the wall clock, so that a reminder "24 hours before" comes at the hour of the show even
if the clocks change in between. The outbox's unique keys know who was reminded: a scheduler that was down
catches up, and two of them remind no one twice.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, time, timedelta
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone

from bookings.messages import remind_of_transfer
from bookings.models import Booking, Ticket
from bookings.models.bookings import TicketQuerySet
from events.models import OwnSettings, Review, Show
from events.models.settings import HOLD_MINUTES, REMINDER_HOURS, Scope
from mailings.messages import ask_for_review, remind_of_hold, remind_of_show, reminder_fact, review_fact
from notifications.models import Channel, Notification
from notifications.preferences import people_who_want
from payments.models import Payment

# Messages written in one transaction: some 0.2 s, while others wait for SQLite.
MESSAGE_BATCH = 20
# How long before a hold lapses the customer is reminded.
HOLD_REMINDER_LEAD = timedelta(minutes=4)
# With less time left, the reminder comes too late to be read.
MIN_TIME_TO_READ = timedelta(minutes=1)
# How long before a hold lapses that waits for a transfer: at ten on the day before the money is due, since such a
# hold lasts until the midnight of the day after (`bookings/services/transfer.py`).
TRANSFER_REMINDER_LEAD = timedelta(days=2, hours=14)
# Reviews are asked for at this hour, once the night after the show has passed.
REVIEW_REQUEST_HOUR = time(10)
REVIEW_REQUEST_DELAY = timedelta(hours=6)
# If the scheduler was down for long, no one is asked about last week.
REVIEW_REQUEST_CUTOFF = timedelta(days=3)

Row = TypeVar("Row")


def remind_of_lapsing_holds(now: datetime | None = None) -> int:
    """Remind people who want it that their hold is about to lapse; return how many."""
    now = now or timezone.now()
    paying = Payment.objects.filter(booking=OuterRef("pk"), state=Payment.State.STARTED)
    holds = Booking.objects.filter(
        state=Booking.State.HELD,
        expires_at__gt=now + MIN_TIME_TO_READ,
        expires_at__lte=now + HOLD_REMINDER_LEAD,
        customer__in=people_who_want(Notification.Kind.HOLD_LAPSING, Channel.EMAIL),
    ).exclude(Exists(paying))
    told = 0
    for batch in _batches(holds.order_by("pk").values_list("pk", flat=True)):
        people = Booking.objects.reachable().select_related("customer").filter(pk__in=batch).order_by("pk")
        known = _find_told(f"hold_lapsing:{booking.code}" for booking in people)
        with transaction.atomic():
            told += sum(
                remind_of_hold(booking) is not None
                for booking in people
                if f"hold_lapsing:{booking.code}" not in known and _is_lapsing(booking, now)
            )
    return told


def _is_lapsing(booking: Booking, now: datetime) -> bool:
    """Return True if it is time to remind: halfway through at the latest, where holds are short."""
    left = timedelta(minutes=HOLD_MINUTES.of(Scope(booking.theater_id))) / 2
    return booking.expires_at is not None and booking.expires_at <= now + left


def remind_of_transfers(now: datetime | None = None) -> int:
    """Remind customers whose bank transfer is due tomorrow; return how many. One query if there are none.

    Not those who were asked for it after that.
    """
    now = now or timezone.now()
    waiting = Payment.objects.awaited_transfers().filter(
        booking__state=Booking.State.HELD,
        booking__expires_at__gt=now,
        booking__expires_at__lte=now + TRANSFER_REMINDER_LEAD,
        booking__transfer_due_on__isnull=False,
        created_at__lte=F("booking__expires_at") - TRANSFER_REMINDER_LEAD,
        booking__theater__bank_account__isnull=False,
    )
    told = Notification.objects.filter(kind=Notification.Kind.TRANSFER_DUE, about=OuterRef("booking__code"))
    due = waiting.exclude(Exists(told)).order_by("booking", "-pk")
    newest = {payment.booking_id: payment.pk for payment in reversed(due.only("booking"))}
    sent = 0
    for batch in _batches(newest.values()):
        with transaction.atomic():
            payments = Payment.objects.select_related("booking__customer", "booking__theater__bank_account")
            sent += sum(
                remind_of_transfer(payment.booking, payment, payment.booking.theater.bank_account) is not None
                for payment in payments.filter(pk__in=batch).order_by("pk")
            )
    return sent


def remind_of_shows(now: datetime | None = None) -> int:
    """Send the due reminders before shows; return how many.

    Not to customers who booked when it was already due.
    """
    now = now or timezone.now()
    # The longest that any level sets; an hour more, in case clocks are put forward in between.
    longest = OwnSettings.objects.aggregate(longest=Max("reminder_hours"))["longest"] or 0
    hours = max(longest, REMINDER_HOURS.default())
    shows = Show.objects.filter(
        state=Show.State.ON_SALE, starts_at__gt=now, starts_at__lte=now + timedelta(hours=hours + 1)
    )
    due: dict[int, datetime] = {}
    coming = {show.pk: show for show in shows.select_related("event", "hall__theater__city")}
    for show in coming.values():
        remind_at = find_reminder(show)
        if remind_at is not None and remind_at <= now:
            due[show.pk] = remind_at
    return _tell_each(
        _visits(due), coming, Notification.Kind.SHOW_REMINDER, reminder_fact, remind_of_show, booked_before=due
    )


def ask_for_reviews(now: datetime | None = None) -> int:
    """Ask customers how it was, in the morning after the show; return how many."""
    now = now or timezone.now()
    shows = Show.objects.filter(
        state__in=[Show.State.ON_SALE, Show.State.ENDED], ends_at__lte=now, ends_at__gt=now - REVIEW_REQUEST_CUTOFF
    )
    over = shows.select_related("event", "hall__theater__city")
    due = {show.pk: show for show in over if find_morning_after(show) <= now}
    return _tell_each(_visits_to_ask_about(due), due, Notification.Kind.REVIEW_ASK, review_fact, ask_for_review)


def find_reminder(show: Show) -> datetime | None:
    """Return when the theater reminds its customers of the show, or None if it does not."""
    hours = REMINDER_HOURS.of(show.scope)
    return _before(show, timedelta(hours=hours)) if hours else None


def find_morning_after(show: Show) -> datetime:
    """Return the first ten o'clock at the theater after the night of the show."""
    rested = show.ends_at.astimezone(show.hall.theater.tz) + REVIEW_REQUEST_DELAY
    morning = rested.replace(hour=REVIEW_REQUEST_HOUR.hour, minute=0, second=0, microsecond=0, fold=0)
    return morning if morning >= rested else morning + timedelta(days=1)


def _before(show: Show, span: timedelta) -> datetime:
    # Arithmetic on an aware time is that of the wall clock.
    return show.starts_at.astimezone(show.hall.theater.tz) - span


def _visits(shows: Iterable[int]) -> TicketQuerySet:
    """Return the issued tickets of confirmed bookings for these shows. Lazy."""
    return Ticket.objects.issued().filter(booking__state=Booking.State.CONFIRMED, show__in=shows)


def _visits_to_ask_about(shows: Iterable[int]) -> TicketQuerySet:
    """Return the visits of customers who want to be asked about them and have not written a review.

    If tickets were checked at the door of a show, only of customers who came. Two queries.
    """
    reviewed = Review.objects.filter(event=OuterRef("show__event"), user=OuterRef("booking__customer"))
    admitted = Ticket.objects.admitted()
    checked = set(admitted.filter(show__in=shows).values_list("show_id", flat=True))
    came = Exists(admitted.filter(booking=OuterRef("booking"), show=OuterRef("show")))
    willing = people_who_want(Notification.Kind.REVIEW_ASK, Channel.EMAIL)
    visits = _visits(shows).filter(~Q(show__in=checked) | came, booking__customer__in=willing)
    return visits.exclude(Exists(reviewed))


def _tell_each(
    visits: TicketQuerySet,
    shows: Mapping[int, Show],
    kind: Notification.Kind,
    fact_of: Callable[[Booking, Show], str],
    tell: Callable[[Booking, Show], Notification | None],
    *,
    booked_before: Mapping[int, datetime] | None = None,
) -> int:
    """Notify the customer of each visit, a booking's tickets for a show, once and if there is an address.

    `booked_before` leaves out, by pk of show, bookings that were confirmed later.
    """
    if not shows:
        return 0
    rows = visits.order_by("booking", "show").select_related("booking")
    wanted = {}
    for row in rows.only("show", "booking__code", "booking__customer", "booking__confirmed_at").iterator():
        at = row.booking.confirmed_at
        if booked_before is None or (at is not None and at < booked_before[row.show_id]):
            key = f"{kind}:{fact_of(row.booking, shows[row.show_id])}"
            wanted[key] = (row.booking_id, row.show_id)
    sent = Notification.objects.filter(kind=kind, about__in=visits.order_by().values("booking__code"))
    for key in sent.values_list("unique_key", flat=True):
        wanted.pop(key, None)
    told = 0
    for batch in _batches(wanted.items()):
        ids = {booking_id for _key, (booking_id, _show_id) in batch}
        people = Booking.objects.reachable().select_related("customer").in_bulk(ids)
        known = _find_told(key for key, _visit in batch)
        with transaction.atomic():
            told += sum(
                tell(people[booking_id], shows[show_id]) is not None
                for key, (booking_id, show_id) in batch
                if key not in known and booking_id in people
            )
    return told


def _find_told(keys: Iterable[str]) -> set[str]:
    """Return which of these unique keys belong to messages that were written. One query."""
    return set(Notification.objects.filter(unique_key__in=list(keys)).values_list("unique_key", flat=True))


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    rest = iter(rows)
    while batch := list(islice(rest, MESSAGE_BATCH)):
        yield batch
