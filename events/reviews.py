"""Ratings and moderation. Reviews are written by `bookings/services/review.py`, which knows who was there."""

from django.db import transaction
from django.db.models import Avg, Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.models import Event, Review


def refresh_rating(event_id: int) -> None:
    """Recompute the event's average and count from its published reviews; call it in the same transaction.

    Two statements. Two simultaneous reviews are both counted: the first statement waits for
    the other transaction, and the second sees what it wrote.
    """
    event = Event.objects.filter(pk=event_id)
    event.update(rating_count=F("rating_count"))
    published = Review.objects.filter(event=OuterRef("pk"), state=Review.State.PUBLISHED).order_by().values("event")
    event.update(
        rating_average=Subquery(published.annotate(average=Avg("stars")).values("average")),
        rating_count=Coalesce(Subquery(published.annotate(count=Count("pk")).values("count")), 0),
    )


def set_review_state(*, review: Review, state: Review.State, by: User) -> bool:
    """Hide a review or show it again, and return True if that changed anything."""
    with transaction.atomic():
        if not Review.objects.filter(pk=review.pk).exclude(state=state).update(state=state):
            return False
        before, review.state = review.state, state
        refresh_rating(review.event_id)
        audit.record(
            by=by,
            action=Action.HIDE_REVIEW if state == Review.State.HIDDEN else Action.PUBLISH_REVIEW,
            on=review,
            theater_id=review.event.theater_id,
            before={"state": before},
            after={"state": state},
        )
        forget_catalogue()
    return True
