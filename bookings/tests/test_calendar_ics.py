"""The calendar entry of a booking, read back as a calendar would."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest

from accounts.audit import record
from bookings.documents import calendar_ics
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.tests.builders import make_paid
from conftest import make_city, make_event, make_hall, make_show, make_theater
from events.models import Show

pytestmark = pytest.mark.django_db
PAID = {"email": "asha@example.com"}


def read(booking: Booking) -> icalendar.Event:
    calendar = icalendar.Calendar.from_ical(calendar_ics(booking))
    (event,) = calendar.walk("VEVENT")
    return event


def test_it_says_when_where_and_what():
    theater = make_theater("Riverside", city=make_city("Kathmandu", "Asia/Kathmandu"))
    theater.latitude, theater.longitude = "27.7", "85.3"
    theater.save()
    starts_at = datetime(2030, 7, 5, 19, 30, tzinfo=ZoneInfo("Asia/Kathmandu"))
    show = make_show(
        hall=make_hall(theater=theater),
        event=make_event("Hamlet, “Prince”; of\\Denmark"),
        starts_at=starts_at,
        doors_at=starts_at - timedelta(minutes=45),
    )
    booking = make_paid(show, 0, 1, **PAID)

    event = read(booking)

    assert event["summary"] == "Hamlet, “Prince”; of\\Denmark"
    assert event.decoded("dtstart") == starts_at
    assert event["dtstart"].params["TZID"] == "Asia/Kathmandu"
    assert event.decoded("dtend") == show.ends_at
    assert "Riverside" in event["location"]
    assert "1 River Street" in event["location"]
    assert (event["geo"].latitude, event["geo"].longitude) == (27.7, 85.3)
    assert event["uid"].startswith(booking.code)
    assert event["url"].endswith(f"/bookings/{booking.code}/")
    assert "Stalls, row A, seat 2" in event["description"]
    assert event["status"] == "CONFIRMED"
    (alarm,) = event.walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(minutes=-45)


def test_its_time_zone_is_defined_in_the_file():
    booking = make_paid(make_show(), 0, **PAID)
    calendar = icalendar.Calendar.from_ical(calendar_ics(booking))
    assert [zone["tzid"] for zone in calendar.walk("VTIMEZONE")] == ["Europe/Vienna"]
    assert calendar["method"] == "PUBLISH"


def test_without_doors_it_rings_an_hour_before():
    (alarm,) = read(make_paid(make_show(), 0, **PAID)).walk("VALARM")
    assert alarm.decoded("trigger") == timedelta(hours=-1)


def test_it_speaks_the_language_of_the_booking():
    booking = make_paid(make_show(event=make_event("मृच्छकटिक")), 0, locale="hi", **PAID)
    assert read(booking)["summary"] == "मृच्छकटिक"


def test_a_later_version_replaces_an_earlier_one(customer):
    booking = make_paid(make_show(), 0, 1, customer=customer)
    before = read(booking)
    assert before["sequence"] == read(booking)["sequence"]

    cancel_tickets(booking=booking, tickets=booking.tickets.all()[:1], by=customer)
    partly = read(booking)
    record(by=None, action="move show", on=booking.show)
    moved = read(booking)
    cancel_tickets(booking=booking, by=customer)
    booking.refresh_from_db()
    canceled = read(booking)

    versions = [before, partly, moved, canceled]
    assert len({str(event["uid"]) for event in versions}) == 1
    numbers = [int(event["sequence"]) for event in versions]
    assert numbers == sorted(set(numbers))
    assert [event["status"] for event in versions] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert canceled.walk("VALARM") == []


def test_a_canceled_show_is_canceled_in_calendars():
    booking = make_paid(make_show(), 0, **PAID)
    Show.objects.filter(pk=booking.show_id).update(state=Show.State.CANCELED)
    booking = Booking.objects.get(pk=booking.pk)
    assert read(booking)["status"] == "CANCELLED"
