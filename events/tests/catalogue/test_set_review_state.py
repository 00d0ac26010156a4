"""Staff hide a review, and the rating follows."""

from decimal import Decimal

import pytest

from accounts.models import AuditEntry, User
from events.models import Review
from events.reviews import refresh_rating, set_review_state
from testing.builders import make_event, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def review(theater) -> Review:
    event = make_event(theater=theater)
    reviews = [
        Review.objects.create(event=event, user=make_user(f"r{stars}@example.com"), stars=stars) for stars in (5, 1)
    ]
    refresh_rating(event.pk)
    return reviews[1]


def rating(review: Review) -> tuple[Decimal | None, int]:
    review.event.refresh_from_db()
    return review.event.rating_average, review.event.rating_count


def test_a_hidden_review_does_not_count(review: Review, manager: User):
    assert rating(review) == (Decimal(3), 2)
    assert set_review_state(review=review, state=Review.State.HIDDEN, by=manager)
    assert rating(review) == (Decimal(5), 1)
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.theater_id) == ("hide review", review.event.theater_id)
    assert set_review_state(review=review, state=Review.State.PUBLISHED, by=manager)
    assert rating(review) == (Decimal(3), 2)


def test_a_repeated_call_is_harmless(review: Review, manager: User):
    set_review_state(review=review, state=Review.State.HIDDEN, by=manager)
    assert not set_review_state(review=review, state=Review.State.HIDDEN, by=manager)
    assert AuditEntry.objects.count() == 1
