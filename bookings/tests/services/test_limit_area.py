"""A standing area is limited while it is on sale: sales stop, and everyone keeps their place."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.errors import SeatsUnavailable
from bookings.models import Booking, Ticket
from bookings.seating.availability import forget_availability, read_availability
from bookings.services.hold_seats import hold_seats
from bookings.services.limit_area import limit_area
from bookings.services.release_hold import release_hold
from events.models import Show, ShowArea
from testing.bookings import choose_standing
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=0, standing=10))


def take(show: Show, count: int) -> Booking:
    return hold_seats(show=show, areas=choose_standing(show, count))


def free(show: Show) -> int:
    forget_availability(show.pk)
    (left,) = read_availability(show.pk).areas.values()
    return left


def test_a_limit_below_what_is_taken_only_stops_the_sale(show: Show, manager: User):
    first, second = take(show, 4), take(show, 3)
    limit_area(show_area=show.areas.get(), limit=5, by=manager)
    assert Ticket.objects.live().filter(show=show).count() == 7
    assert free(show) == 0
    with pytest.raises(SeatsUnavailable):
        take(show, 1)
    release_hold(booking=first)
    assert free(show) == 2
    take(show, 2)
    with pytest.raises(SeatsUnavailable):
        take(show, 1)
    row = show.areas.get()
    assert (row.taken, row.capacity, row.limit) == (5, 5, 5)
    release_hold(booking=second)
    assert free(show) == 3


def test_it_may_be_as_large_again_as_its_map_says(show: Show, manager: User):
    limit_area(show_area=show.areas.get(), limit=2, by=manager)
    assert free(show) == 2
    limit_area(show_area=show.areas.get(), limit=10, by=manager)
    assert free(show) == 10


def test_a_repeated_call_is_harmless(show: Show, manager: User):
    for _ in range(2):
        limit_area(show_area=show.areas.get(), limit=2, by=manager)
    assert AuditEntry.objects.filter(action="limit area").count() == 1


@pytest.mark.slow
def test_the_form_explains_the_effect(show: Show, manager: User):
    take(show, 4)
    client = signed_in(manager)
    page = reverse("admin:events_showarea_change", args=[show.areas.get().pk])
    assert page in client.get(reverse("admin:events_show_change", args=[show.pk])).content.decode()
    response = client.post(page, {"capacity": 3}, follow=True)
    assert "4 places are taken, and all stay taken" in response.content.decode()
    assert show.areas.get().limit == 3
    response = client.post(page, {"capacity": 11})
    assert response.context["adminform"].form.errors == {
        "capacity": ["The seat map gives this area at most 10 places."]
    }
    assert show.areas.get().limit == 3


@pytest.mark.parametrize("role", ["other_manager", "box_office", "door_staff", "accountant"])
def test_other_roles_are_refused(role: str, show: Show, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    response = client.post(reverse("admin:events_showarea_change", args=[show.areas.get().pk]), {"capacity": 3})
    assert response.status_code in (302, 403)
    assert ShowArea.objects.get(show=show).limit is None
