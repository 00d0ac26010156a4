"""Reviews as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, QuerySet

from events.models import BaseReview


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """`author` is the public form of the person's name: the first name and an initial, or nothing."""

    stars: int
    text: str
    author: str
    created_at: datetime


def read_reviews(reviews: QuerySet[Any], *, limit: int) -> tuple[ReviewItem, ...]:
    """Return the published ones of these reviews, the newest first. One query."""
    newest = reviews.filter(state=BaseReview.State.PUBLISHED).order_by("-created_at", "-pk")
    rows = newest.values_list("stars", "text", "user__name", "created_at")[:limit]
    return tuple(ReviewItem(stars, text, public_name(name), at) for stars, text, name, at in rows)


def count_stars(reviews: QuerySet[Any]) -> dict[int, int]:
    """Return how many of the published ones of these reviews gave 5, 4, 3, 2 and 1 stars. One query."""
    rows = reviews.filter(state=BaseReview.State.PUBLISHED).order_by()
    counts = dict(rows.values_list("stars").annotate(Count("pk")))
    return {stars: counts.get(stars, 0) for stars in range(5, 0, -1)}


def public_name(name: str) -> str:
    """Shorten a person's name for everyone to read: “Asha Rao” becomes “Asha R.”."""
    first, *rest = name.split() or [""]
    return f"{first} {rest[-1][0]}." if rest else first


def draw_bars(star_counts: dict[int, int]) -> list[dict[str, int]]:
    """Return how many gave each number of stars, the most stars first, with the length of its bar in percent."""
    most = max(star_counts.values(), default=0) or 1
    counts = [(stars, star_counts.get(stars, 0)) for stars in range(5, 0, -1)]
    return [{"stars": stars, "count": count, "percent": round(100 * count / most)} for stars, count in counts]
