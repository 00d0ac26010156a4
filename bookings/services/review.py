"""Rate and review an event that one has been to."""

from django.core.validators import MaxLengthValidator
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Person
from bookings.models import Booking, Ticket
from events.models import Event, Review, Show
from events.reviews import refresh_rating
from lib.refusals import ProblemType, Refusal

MAX_REVIEW_LENGTH = 4000


class NotYetSeen(Refusal):
    problem = ProblemType(
        "not-yet-seen",
        403,
        _("Only people with a ticket to a show that has started can review it."),
        _("Try again after the show."),
    )
    message = _("Only people with a ticket to a show that has started can review it.")


def may_review(event: Event, user: Person) -> bool:
    """Return True if `user` holds a ticket to a show of the event that has started. One query, none for guests."""
    if not isinstance(user, User):
        return False
    return (
        Ticket.objects.issued()
        .filter(booking__customer=user, booking__state=Booking.State.CONFIRMED)
        .filter(show__event=event, show__starts_at__lte=timezone.now())
        .exclude(show__state=Show.State.CANCELED)
        .exists()
    )


def find_review(event: Event, user: Person) -> Review | None:
    """Return what this person wrote about the event, even if it is hidden. One query, none for guests."""
    return Review.objects.filter(event=event, user=user).first() if isinstance(user, User) else None


def save_review(*, event: Event, user: User, stars: int, text: str = "") -> Review:
    """Write this person's review of the event, or change it, and update the event's rating.

    Saving the same again is harmless. A review that staff have hidden stays hidden. Raises `NotYetSeen`, and
    `ValidationError` for stars other than 1 to 5 or a text that is too long.
    """
    if not may_review(event, user):
        raise NotYetSeen
    fields = {"stars": stars, "text": text.strip()}
    Review(event=event, user=user, stars=stars).clean_fields(exclude=["text"])
    # Text fields check their length only in forms.
    MaxLengthValidator(MAX_REVIEW_LENGTH)(text.strip())
    with transaction.atomic():
        review, _is_new = Review.objects.update_or_create(event=event, user=user, defaults=fields)
        refresh_rating(event.pk)
    return review
