"""Ratings and moderation. Reviews are written by `bookings/services/review.py`, which knows who was there."""

from typing import Any

from django.db import transaction
from django.db.models import Avg, Count, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from events.catalogue import forget_catalogue
from events.models import BaseReview, Event, Review, TheaterReview
from theaters.models import Theater


def refresh_rating(event_id: int) -> None:
    """Recompute the event's average and count from its published reviews; call it in the same transaction.

    Two statements. Two simultaneous reviews are both counted: the first statement waits for
    the other transaction, and the second sees what it wrote.
    """
    _refresh(Event.objects.filter(pk=event_id), Review.objects.filter(event=OuterRef("pk")).values("event"))


def refresh_theater_rating(theater_id: int) -> None:
    """Do for a theater what `refresh_rating` does for an event."""
    reviews = TheaterReview.objects.filter(theater=OuterRef("pk")).values("theater")
    _refresh(Theater.objects.filter(pk=theater_id), reviews)


def _refresh(rated: QuerySet[Any], reviews: QuerySet[Any, Any]) -> None:
    rated.update(rating_count=F("rating_count"))
    published = reviews.filter(state=BaseReview.State.PUBLISHED).order_by()
    rated.update(
        rating_average=Subquery(published.annotate(average=Avg("stars")).values("average")),
        rating_count=Coalesce(Subquery(published.annotate(count=Count("pk")).values("count")), 0),
    )


def set_review_state(*, review: Review | TheaterReview, state: BaseReview.State, by: User) -> bool:
    """Hide a review or show it again, and return True if that changed anything."""
    with transaction.atomic():
        if not type(review).objects.filter(pk=review.pk).exclude(state=state).update(state=state):
            return False
        before, review.state = review.state, state
        if isinstance(review, Review):
            theater_id = review.event.theater_id
            refresh_rating(review.event_id)
        else:
            theater_id = review.theater_id
            refresh_theater_rating(theater_id)
        audit.record(
            by=by,
            action=Action.HIDE_REVIEW if state == BaseReview.State.HIDDEN else Action.PUBLISH_REVIEW,
            on=review,
            theater_id=theater_id,
            before={"state": before},
            after={"state": state},
        )
        forget_catalogue()
    return True
