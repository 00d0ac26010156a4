"""Reviews: by those who were there, once for each person and event."""

from datetime import timedelta
from decimal import Decimal
from threading import Barrier

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services import review as module
from bookings.services.cancel import cancel_tickets
from bookings.services.review import NotYetSeen, find_review, may_review, save_review
from events.models import Event, Review, Show
from events.reviews import refresh_rating
from testing.bookings import make_hold, make_paid, race
from testing.builders import make_event, make_hall, make_show, make_user

pytestmark = pytest.mark.django_db


def let_start(show: Show) -> None:
    now = timezone.now()
    Show.objects.filter(pk=show.pk).update(
        starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=1), cleared_at=now + timedelta(hours=2)
    )


def make_seen(user, event: Event | None = None) -> Event:
    """Let the user see the event."""
    show = make_show(event=event or make_event())
    make_paid(show, 0, customer=user)
    let_start(show)
    return show.event


def test_visitors_rate_and_review(customer):
    event = make_seen(customer)
    review = save_review(event=event, user=customer, stars=4, text="  Worth the trip.  ")
    assert (review.stars, review.text, review.state) == (4, "Worth the trip.", Review.State.PUBLISHED)
    assert find_review(event, customer) == review
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (Decimal("4.00"), 1)


def test_the_rating_is_the_average(customer, rival):
    event = make_seen(customer)
    make_seen(rival, event)
    third = make_user("third@example.com")
    make_seen(third, event)
    for user, stars in ((customer, 5), (rival, 4), (third, 4)):
        save_review(event=event, user=user, stars=stars)
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (Decimal("4.33"), 3)
    other = make_event("Faust")
    assert (other.rating_average, other.rating_count) == (None, 0)


def test_a_review_may_be_changed_and_saved_twice(customer):
    event = make_seen(customer)
    for stars in (1, 5, 5):
        save_review(event=event, user=customer, stars=stars, text="At second thought …")
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (5, 1)


def test_a_hidden_review_stays_hidden_and_does_not_count(customer):
    event = make_seen(customer)
    save_review(event=event, user=customer, stars=1)
    Review.objects.update(state=Review.State.HIDDEN)
    assert save_review(event=event, user=customer, stars=2).state == Review.State.HIDDEN
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (None, 0)


@pytest.mark.parametrize(("stars", "text"), [(0, ""), (6, ""), (-1, ""), (3, "x" * 4001)])
def test_nonsense_changes_nothing(stars, text, customer):
    event = make_seen(customer)
    with pytest.raises(ValidationError):
        save_review(event=event, user=customer, stars=stars, text=text)
    assert not Review.objects.exists()


def refuse(event: Event, user) -> None:
    assert not may_review(event, user)
    with pytest.raises(NotYetSeen):
        save_review(event=event, user=user, stars=5)
    assert not Review.objects.exists()


def test_not_before_the_show_has_started(customer):
    show = make_show()
    make_paid(show, 0, customer=customer)
    refuse(show.event, customer)
    let_start(show)
    assert may_review(show.event, customer)


def test_not_without_a_ticket_of_ones_own(customer, rival):
    event = make_seen(rival)
    refuse(event, customer)
    assert not may_review(event, AnonymousUser())
    assert find_review(event, AnonymousUser()) is None


def test_not_for_another_event(customer):
    make_seen(customer)
    refuse(make_event("Faust"), customer)


def test_not_with_a_hold_or_a_canceled_ticket(customer):
    held, canceled = make_show(), make_show(hall=make_hall())
    make_hold(held, 0, customer=customer)
    booking = make_paid(canceled, 0, customer=customer)
    cancel_tickets(booking=booking, by=customer)
    let_start(held)
    let_start(canceled)
    refuse(held.event, customer)
    refuse(canceled.event, customer)


def test_not_when_the_show_was_canceled(customer):
    show = make_show()
    make_paid(show, 0, customer=customer)
    let_start(show)
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    refuse(show.event, customer)


def test_a_guest_reviews_once_the_booking_is_theirs(customer):
    show = make_show()
    booking = make_paid(show, 0, email=customer.email)
    let_start(show)
    refuse(show.event, customer)
    Booking.objects.filter(pk=booking.pk).update(customer=customer)
    assert may_review(show.event, customer)
    assert Ticket.objects.issued().filter(booking=booking).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_reviews_at_the_same_moment_are_all_counted():
    event = make_event()
    users = [make_user(f"user{number}@example.com") for number in range(4)]
    show = make_show(event=event, hall=make_hall(seats=4))
    for number, user in enumerate(users):
        make_paid(show, number, customer=user)
    let_start(show)
    results = race(*[lambda user=user: save_review(event=event, user=user, stars=3) for user in users])
    assert all(isinstance(one, Review) for one in results), results
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (3, 4)


@pytest.mark.django_db(transaction=True)
def test_reviews_that_do_not_see_each_other_are_both_counted(monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite's writers take turns.")
    users = [make_user(f"user{number}@example.com") for number in range(2)]
    show = make_show()
    for number, user in enumerate(users):
        make_paid(show, number, customer=user)
    let_start(show)
    both_have_written = Barrier(2, timeout=20)

    def refresh_together(event_id: int) -> None:
        both_have_written.wait()
        refresh_rating(event_id)

    monkeypatch.setattr(module, "refresh_rating", refresh_together)
    race(*[lambda user=user: save_review(event=show.event, user=user, stars=3) for user in users])
    show.event.refresh_from_db()
    assert (show.event.rating_average, show.event.rating_count) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_one_person_who_sends_twice_at_once_has_one_review():
    customer = make_user("customer@example.com")
    event = make_seen(customer)
    race(*[lambda: save_review(event=event, user=customer, stars=4)] * 3)
    event.refresh_from_db()
    assert (event.rating_average, event.rating_count) == (4, 1)


def test_statements(customer, django_assert_num_queries):
    event = make_seen(customer)
    with django_assert_num_queries(1):
        assert may_review(event, customer)
