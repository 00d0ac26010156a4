"""Who may open a booking in the browser."""

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore
from django.http import Http404, HttpRequest
from django.utils import timezone

from bookings.access import (
    MAX_REMEMBERED,
    GuestLinkExpired,
    bookings_for_staff,
    find_booking,
    find_customer_booking,
    guest_path,
    guest_token,
    open_bookings,
    read_guest_token,
    remember_booking,
)
from bookings.models import Booking
from bookings.tests.seating.test_read_availability import make_booking
from testing.builders import make_hall, make_show

pytestmark = pytest.mark.django_db


def make_request(user=None) -> HttpRequest:
    request = HttpRequest()
    request.user = user or AnonymousUser()
    request.session = SessionStore()
    return request


def is_open(request: HttpRequest, booking: Booking) -> bool:
    listed = open_bookings(request).filter(pk=booking.pk).exists()
    try:
        found = find_booking(request, booking.code)
    except Http404:
        assert not listed
        return False
    assert listed
    return found == booking


def test_only_its_customer_opens_it(customer, rival, platform_admin):
    booking = make_booking(make_show(), customer=customer)
    assert is_open(make_request(customer), booking)
    assert not is_open(make_request(rival), booking)
    assert not is_open(make_request(platform_admin), booking)
    assert not is_open(make_request(), booking)


def test_a_guest_booking_is_closed_to_strangers(customer):
    booking = make_booking(make_show(), email="guest@example.com")
    assert not is_open(make_request(), booking)
    assert not is_open(make_request(customer), booking)


def test_the_browser_that_made_it_opens_it():
    booking = make_booking(make_show())
    request = make_request()
    remember_booking(request, booking)
    remember_booking(request, booking)
    assert is_open(request, booking)
    assert request.session["bookings"] == [booking.code]
    assert not is_open(make_request(), booking)


def test_a_browser_remembers_the_latest_bookings():
    show = make_show()
    bookings = [make_booking(show) for _ in range(MAX_REMEMBERED + 2)]
    request = make_request()
    for booking in bookings:
        remember_booking(request, booking)
    assert len(request.session["bookings"]) == MAX_REMEMBERED
    assert is_open(request, bookings[-1])
    assert not is_open(request, bookings[0])


@pytest.mark.parametrize("stored", ["ABCDEFGH", {"ABCDEFGH": 1}, None, 5])
def test_a_damaged_session_opens_nothing(stored):
    booking = make_booking(make_show())
    Booking.objects.filter(pk=booking.pk).update(code="ABCDEFGH")
    booking.refresh_from_db()
    request = make_request()
    request.session["bookings"] = stored
    assert not is_open(request, booking)


def test_no_code_is_found_by_guessing():
    with pytest.raises(Http404):
        find_booking(make_request(), "NOTTHERE")


def test_a_guest_link_opens_its_booking():
    booking = make_booking(make_show())
    assert read_guest_token(guest_token(booking)) == booking
    assert guest_path(booking).startswith("/b/")
    assert booking.code in guest_path(booking)


def test_a_guest_link_expires_and_names_its_booking(settings):
    settings.GUEST_LINK_DAYS = 5
    booking = make_booking(make_show())
    token = guest_token(booking)
    with time_machine.travel(timezone.now() + timedelta(days=4, hours=23)):
        assert read_guest_token(token) == booking
    with time_machine.travel(timezone.now() + timedelta(days=5, hours=1)), pytest.raises(GuestLinkExpired) as expired:
        read_guest_token(token)
    assert expired.value.code == booking.code


def test_a_forged_or_foreign_guest_link_leads_nowhere():
    mine, other = make_booking(make_show()), make_booking(make_show(hall=make_hall()))
    token = guest_token(mine)
    for forged in (token.replace(mine.code, other.code), token[:-1], token + "x", mine.code, "", "~", "é~ü~ö"):
        with pytest.raises(Http404):
            read_guest_token(forged)


def test_the_api_knows_no_session(customer, rival):
    booking = make_booking(make_show(), customer=customer)
    assert find_customer_booking(customer, booking.code) == booking
    with pytest.raises(Http404):
        find_customer_booking(rival, booking.code)


@pytest.mark.parametrize(
    ("person", "sees"),
    [
        ("manager", True),
        ("accountant", True),
        ("platform_admin", True),
        ("door_staff", False),
        ("other_manager", False),
        ("customer", False),
    ],
)
def test_staff_see_the_bookings_of_their_theater(person, sees, theater, request):
    booking = make_booking(make_show(hall=make_hall(theater=theater)))
    assert bookings_for_staff(request.getfixturevalue(person)).filter(pk=booking.pk).exists() is sees
    assert not bookings_for_staff(AnonymousUser()).exists()


def test_one_query_with_all_that_a_page_names(customer, django_assert_num_queries):
    booking = make_booking(make_show(), customer=customer)
    with django_assert_num_queries(1):
        found = find_booking(make_request(customer), booking.code)
        assert found.theater.tz
