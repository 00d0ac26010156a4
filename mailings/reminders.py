"""Remind customers around their visits: each reminder once, at the right hour of the theater's own clock.

Hours are counted on the wall clock, so that a reminder "24 hours before" comes at the hour of the
show also when the clocks change in between. Whoever was told is known by the outbox's unique keys:
a scheduler that was down catches up, and two of them tell nobody twice.
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

# Keys looked up, and messages written in one transaction: some 0.2 s, while others wait for SQLite.
BATCH = 20
# A hold that has so much left is told to those who wish it.
LAPSING = timedelta(minutes=4)
# With less there is no time to read it.
TOO_LATE = timedelta(minutes=1)
MORNING = time(10)
# The night after a show is over first.
REST = timedelta(hours=6)
# After a scheduler that was down for long, nobody is asked about last week.
ASKED_WITHIN = timedelta(days=3)


def remind_of_lapsing_holds(now: datetime | None = None) -> int:
    """Tell those who wish it that their hold lapses soon; return how many."""
    now = now or timezone.now()
    paying = Payment.objects.filter(booking=OuterRef("pk"), state=Payment.State.STARTED)
    # As long as the hold lasts at all: a shorter one than LAPSING is told of when half of it is over.
    left = min(LAPSING, timedelta(minutes=settings.HOLD_MINUTES) / 2)
    holds = Booking.objects.filter(
        state=Booking.State.HELD,
        expires_at__gt=now + TOO_LATE,
        expires_at__lte=now + left,
        customer__in=people_who_want("hold_lapsing", Channel.EMAIL),
    ).exclude(Exists(paying))
    return _tell_each(holds, lambda booking: f"hold_lapsing:{booking.code}", remind_of_hold)


def remind_of_shows(now: datetime | None = None) -> int:
    """Send the reminders before the shows that are due; return how many.

    Not to those who booked when it was due already: they know.
    """
    now = now or timezone.now()
    hours = Theater.objects.aggregate(longest=Max("reminder_hours"))["longest"] or 0
    # An hour more, for a clock that is put forward in between.
    shows = Show.objects.filter(
        state=Show.State.ON_SALE, starts_at__gt=now, starts_at__lte=now + timedelta(hours=hours + 1)
    )
    due: dict[int, datetime] = {}
    for show in shows.select_related("hall__theater__city"):
        remind_at = find_reminder(show)
        if remind_at is not None and remind_at <= now:
            due[show.pk] = remind_at
    return _tell_each(_whom_to_remind(due), _reminder_key, remind_of_show)


def _reminder_key(booking: Booking) -> str:
    return f"show_reminder:{reminder_fact(booking)}"


def _whom_to_remind(due: dict[int, datetime]) -> BookingQuerySet:
    """Return the bookings of the shows, each due since a time, that are to be reminded and were not. Two queries."""
    if not due:
        return Booking.objects.none()
    rows = _with_tickets(due)
    sent = Notification.objects.filter(kind="show_reminder", about__in=rows.values("code"))
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
        state__in=[Show.State.ON_SALE, Show.State.ENDED], ends_at__lte=now, ends_at__gt=now - ASKED_WITHIN
    )
    due = [show.pk for show in shows.select_related("hall__theater__city") if find_morning_after(show) <= now]
    return _tell_each(_who_were_there(due), lambda booking: f"review_ask:{review_fact(booking)}", ask_for_review)


def find_reminder(show: Show) -> datetime | None:
    """Return when the theater reminds of the show, or None where it does not."""
    hours = show.hall.theater.reminder_hours
    return _before(show, timedelta(hours=hours)) if hours else None


def find_morning_after(show: Show) -> datetime:
    """Return the first ten o'clock at the theater after a night's rest."""
    rested = show.ends_at.astimezone(show.hall.theater.tz) + REST
    morning = rested.replace(hour=MORNING.hour, minute=0, second=0, microsecond=0, fold=0)
    return morning if morning >= rested else morning + timedelta(days=1)


def _before(show: Show, span: timedelta) -> datetime:
    # Arithmetic on a time with its zone is the wall clock's.
    return show.starts_at.astimezone(show.hall.theater.tz) - span


def _with_tickets(shows: Iterable[int]) -> BookingQuerySet:
    issued = Ticket.objects.filter(booking=OuterRef("pk"), state=Ticket.State.ISSUED)
    return Booking.objects.confirmed().filter(Exists(issued), show__in=shows)


def _who_were_there(shows: list[int]) -> BookingQuerySet:
    """Return the bookings of customers who want to be asked, were not yet, and have not said already.

    Where tickets were checked at the door, only of those who came. Two queries.
    """
    reviewed = Review.objects.filter(event=OuterRef("show__event"), user=OuterRef("customer"))
    asked = Notification.objects.filter(about=OuterRef("code"), kind="review_ask")
    admitted = Ticket.objects.admitted()
    checked = set(admitted.filter(show__in=shows).values_list("show_id", flat=True))
    came = Exists(admitted.filter(booking=OuterRef("pk")))
    return (
        _with_tickets(shows)
        .filter(~Q(show__in=checked) | came, customer__in=people_who_want("review_ask", Channel.EMAIL))
        .exclude(Exists(asked) | Exists(reviewed))
    )


def _tell_each(
    bookings: BookingQuerySet, key_of: Callable[[Booking], str], tell: Callable[[Booking], Notification | None]
) -> int:
    """Tell every booking with an address that was not told yet."""
    rows = bookings.reachable().select_related("customer", "show__event", "show__hall__theater__city").order_by("pk")
    told = 0
    for batch in _batches(rows.iterator(BATCH)):
        keys = {key_of(booking): booking for booking in batch}
        known = set(Notification.objects.filter(unique_key__in=keys).values_list("unique_key", flat=True))
        with transaction.atomic():
            told += sum(tell(booking) is not None for key, booking in keys.items() if key not in known)
    return told


def _batches(rows: Iterable[Booking]) -> Iterator[list[Booking]]:
    batch: list[Booking] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
