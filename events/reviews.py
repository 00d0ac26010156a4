"""Reading reviews; they are written by `bookings/services/review.py`, which knows who was there."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce

from events.models import Event, Review


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """`author` is how the public may know the person: the first name and an initial, or nothing."""

    stars: int
    text: str
    author: str
    created_at: datetime


def read_reviews(event_id: int, *, limit: int, offset: int = 0) -> tuple[ReviewItem, ...]:
    """Return published reviews, the newest first. One query."""
    reviews = Review.objects.filter(event=event_id, state=Review.State.PUBLISHED).order_by("-created_at", "-pk")
    rows = reviews.values_list("stars", "text", "user__name", "created_at")[offset : offset + limit]
    return tuple(ReviewItem(stars, text, public_name(name), at) for stars, text, name, at in rows)


def count_stars(event_id: int) -> dict[int, int]:
    """Return how many published reviews gave 5, 4, 3, 2 and 1 stars. One query."""
    rows = Review.objects.filter(event=event_id, state=Review.State.PUBLISHED).order_by()
    counts = dict(rows.values_list("stars").annotate(Count("pk")))
    return {stars: counts.get(stars, 0) for stars in range(5, 0, -1)}


def public_name(name: str) -> str:
    """Shorten a person's name for everyone to read: “Asha Rao” becomes “Asha R.”."""
    first, *rest = name.split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first


def refresh_rating(event_id: int) -> None:
    """Write the event's average and count anew from its published reviews; call it in the same transaction.

    Two statements. Of two reviews at the same moment, both are counted: the first statement waits for
    the other transaction, and the second sees what it wrote.
    """
    event = Event.objects.filter(pk=event_id)
    event.update(rating_count=F("rating_count"))
    published = Review.objects.filter(event=OuterRef("pk"), state=Review.State.PUBLISHED).order_by().values("event")
    event.update(
        rating_average=Subquery(published.annotate(average=Avg("stars")).values("average")),
        rating_count=Coalesce(Subquery(published.annotate(count=Count("pk")).values("count")), 0),
    )
