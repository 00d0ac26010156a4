"""Reviews as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from events.models import Review


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """`author` is the public form of the person's name: the first name and an initial, or nothing."""

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
