"""Remind customers around their visits: each reminder once, at the right hour by the theater's own clock.

Hours are counted on the wall clock, so that a reminder "24 hours before" comes at the hour of the show even
if the clocks change in between. The outbox's unique keys know who was reminded: a scheduler that was down
catches up, and two of them remind no one twice.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.models.bookings import BookingQuerySet
from events.models import Review, Show
from mailings.messages import ask_for_review, remind_of_hold, remind_of_show, reminder_fact, review_fact
from notifications.models import Channel, Notification
from notifications.preferences import people_who_want
from payments.models import Payment
from theaters.models import Theater

# Messages written in one transaction: some 0.2 s, while others wait for SQLite.
MESSAGE_BATCH = 20
# How long before a hold lapses the customer is reminded.
HOLD_REMINDER_LEAD = timedelta(minutes=4)
# With less time left, the reminder comes too late to be read.
MIN_TIME_TO_READ = timedelta(minutes=1)
# Reviews are asked for at this hour, once the night after the show has passed.
REVIEW_REQUEST_HOUR = time(10)
REVIEW_REQUEST_DELAY = timedelta(hours=6)
# If the scheduler was down for long, no one is asked about last week.
REVIEW_REQUEST_CUTOFF = timedelta(days=3)


def remind_of_lapsing_holds(now: datetime | None = None) -> int:
    """Remind people who want it that their hold is about to lapse; return how many."""
    now = now or timezone.now()
    paying = Payment.objects.filter(booking=OuterRef("pk"), state=Payment.State.STARTED)
    # Halfway through at the latest, where holds are short.
    left = min(HOLD_REMINDER_LEAD, timedelta(minutes=settings.HOLD_MINUTES) / 2)
    holds = Booking.objects.filter(
        state=Booking.State.HELD,
        expires_at__gt=now + MIN_TIME_TO_READ,
        expires_at__lte=now + left,
        customer__in=people_who_want(Notification.Kind.HOLD_LAPSING, Channel.EMAIL),
    ).exclude(Exists(paying))
    return _tell_each(holds, lambda booking: f"hold_lapsing:{booking.code}", remind_of_hold)


def remind_of_shows(now: datetime | None = None) -> int:
    """Send the due reminders before shows; return how many.

    Not to customers who booked when it was already due.
    """
    now = now or timezone.now()
    hours = Theater.objects.aggregate(longest=Max("reminder_hours"))["longest"] or 0
    # An hour more, in case clocks are put forward in between.
    shows = Show.objects.filter(
        state=Show.State.ON_SALE, starts_at__gt=now, starts_at__lte=now + timedelta(hours=hours + 1)
    )
    due: dict[int, datetime] = {}
    for show in shows.select_related("hall__theater__city"):
        remind_at = find_reminder(show)
        if remind_at is not None and remind_at <= now:
            due[show.pk] = remind_at
    return _tell_each(_bookings_to_remind(due), _reminder_key, remind_of_show)


def _reminder_key(booking: Booking) -> str:
    return f"show_reminder:{reminder_fact(booking)}"


def _bookings_to_remind(due: dict[int, datetime]) -> BookingQuerySet:
    """Return the bookings to remind, for shows by the time since when they are due. Two queries."""
    if not due:
        return Booking.objects.none()
    rows = _with_tickets(due)
    sent = Notification.objects.filter(kind=Notification.Kind.SHOW_REMINDER, about__in=rows.values("code"))
    told = set(sent.values_list("unique_key", flat=True))
    booked = rows.select_related("show").only("code", "confirmed_at", "show", "show__starts_at")
    wanted = [
        booking.pk
        for booking in booked.iterator()
        if booking.confirmed_at is not None
        and booking.confirmed_at < due[booking.show_id]
        and _reminder_key(booking) not in told
    ]
    return Booking.objects.filter(pk__in=wanted)


def ask_for_reviews(now: datetime | None = None) -> int:
    """Ask customers how it was, in the morning after the show; return how many."""
    now = now or timezone.now()
    shows = Show.objects.filter(
        state__in=[Show.State.ON_SALE, Show.State.ENDED], ends_at__lte=now, ends_at__gt=now - REVIEW_REQUEST_CUTOFF
    )
    due = [show.pk for show in shows.select_related("hall__theater__city") if find_morning_after(show) <= now]
    return _tell_each(_bookings_to_ask(due), lambda booking: f"review_ask:{review_fact(booking)}", ask_for_review)


def find_reminder(show: Show) -> datetime | None:
    """Return when the theater reminds its customers of the show, or None if it does not."""
    hours = show.hall.theater.reminder_hours
    return _before(show, timedelta(hours=hours)) if hours else None


def find_morning_after(show: Show) -> datetime:
    """Return the first ten o'clock at the theater after the night of the show."""
    rested = show.ends_at.astimezone(show.hall.theater.tz) + REVIEW_REQUEST_DELAY
    morning = rested.replace(hour=REVIEW_REQUEST_HOUR.hour, minute=0, second=0, microsecond=0, fold=0)
    return morning if morning >= rested else morning + timedelta(days=1)


def _before(show: Show, span: timedelta) -> datetime:
    # Arithmetic on an aware time is that of the wall clock.
    return show.starts_at.astimezone(show.hall.theater.tz) - span


def _with_tickets(shows: Iterable[int]) -> BookingQuerySet:
    issued = Ticket.objects.filter(booking=OuterRef("pk"), state=Ticket.State.ISSUED)
    return Booking.objects.confirmed().filter(Exists(issued), show__in=shows)


def _bookings_to_ask(shows: list[int]) -> BookingQuerySet:
    """Return the bookings of customers who want to be asked, and have neither been asked nor written a review.

    If tickets were checked at the door, only of customers who came. Two queries.
    """
    reviewed = Review.objects.filter(event=OuterRef("show__event"), user=OuterRef("customer"))
    asked = Notification.objects.filter(about=OuterRef("code"), kind=Notification.Kind.REVIEW_ASK)
    admitted = Ticket.objects.admitted()
    checked = set(admitted.filter(show__in=shows).values_list("show_id", flat=True))
    came = Exists(admitted.filter(booking=OuterRef("pk")))
    return (
        _with_tickets(shows)
        .filter(~Q(show__in=checked) | came, customer__in=people_who_want(Notification.Kind.REVIEW_ASK, Channel.EMAIL))
        .exclude(Exists(asked) | Exists(reviewed))
    )


def _tell_each(
    bookings: BookingQuerySet, key_of: Callable[[Booking], str], tell: Callable[[Booking], Notification | None]
) -> int:
    """Notify every booking that has an address and was not notified yet."""
    rows = (
        bookings.reachable()
        .select_related("customer", "show__event", "show__hall__theater__city", "theater__city")
        .order_by("pk")
    )
    told = 0
    for batch in _batches(rows.iterator(MESSAGE_BATCH)):
        keys = {key_of(booking): booking for booking in batch}
        known = set(Notification.objects.filter(unique_key__in=keys).values_list("unique_key", flat=True))
        with transaction.atomic():
            told += sum(tell(booking) is not None for key, booking in keys.items() if key not in known)
    return told


def _batches(rows: Iterable[Booking]) -> Iterator[list[Booking]]:
    batch: list[Booking] = []
    for row in rows:
        batch.append(row)
        if len(batch) == MESSAGE_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
