"""Rate and review an event that one has been to, or a theater."""

from typing import Any

from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Person
from bookings.models import Booking, Ticket
from events.models import BaseReview, Event, Review, Show, TheaterReview
from events.reviews import refresh_rating, refresh_theater_rating
from lib.refusals import ProblemType, Refusal
from theaters.models import Theater

MAX_REVIEW_LENGTH = 4000


class NotYetSeen(Refusal):
    problem = ProblemType(
        "not-yet-seen",
        403,
        _("Only people with a ticket to a show that has started can review it."),
        _("Try again after the show."),
    )
    message = _("Only people with a ticket to a show that has started can review it.")


def may_review(reviewed: Event | Theater, user: Person) -> bool:
    """Return True if `user` holds a ticket to a show, of the event or in the theater, that has started.

    One query, none for guests.
    """
    if not isinstance(user, User):
        return False
    shows = {"show__event": reviewed} if isinstance(reviewed, Event) else {"booking__theater": reviewed}
    return (
        Ticket.objects.issued()
        .filter(booking__customer=user, booking__state=Booking.State.CONFIRMED)
        .filter(**shows, show__starts_at__lte=timezone.now())
        .exclude(show__state=Show.State.CANCELED)
        .exists()
    )


def find_review(reviewed: Event | Theater, user: Person) -> Review | TheaterReview | None:
    """Return what this person wrote about it, even if that is hidden. One query, none for guests."""
    if not isinstance(user, User):
        return None
    if isinstance(reviewed, Event):
        return Review.objects.filter(event=reviewed, user=user).first()
    return TheaterReview.objects.filter(theater=reviewed, user=user).first()


def save_review(*, event: Event, user: User, stars: int, text: str = "") -> Review:
    """Write this person's review of the event, or change it, and update the event's rating.

    Saving the same again is harmless. A review that staff have hidden stays hidden. Raises `NotYetSeen`, and
    `ValidationError` for stars other than 1 to 5 or a text that is too long.
    """
    fields = _check(event, user, stars, text)
    with transaction.atomic():
        review, _is_new = Review.objects.update_or_create(event=event, user=user, defaults=fields)
        refresh_rating(event.pk)
    return review


def save_theater_review(*, theater: Theater, user: User, stars: int, text: str = "") -> TheaterReview:
    """Do for a theater what `save_review` does for an event."""
    fields = _check(theater, user, stars, text)
    with transaction.atomic():
        review, _is_new = TheaterReview.objects.update_or_create(theater=theater, user=user, defaults=fields)
        refresh_theater_rating(theater.pk)
    return review


def _check(reviewed: Event | Theater, user: User, stars: int, text: str) -> dict[str, Any]:
    if not may_review(reviewed, user):
        raise NotYetSeen
    BaseReview._meta.get_field("stars").run_validators(stars)
    # Text fields check their length only in forms.
    MaxLengthValidator(MAX_REVIEW_LENGTH)(text.strip())
    return {"stars": stars, "text": text.strip()}
