"""The calendar entry of a booking, read back as a calendar would."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from django.urls import reverse

from bookings.models import Booking
from bookings.services.cancel import cancel_tickets
from bookings.services.exchange import ExchangeWish, exchange_tickets
from bookings.services.pay import pay_with_token
from bookings.tickets.documents import calendar_ics
from events.models import Show
from notifications.attachments import build
from notifications.models import Notification
from testing.bookings import choose, make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater

pytestmark = [pytest.mark.django_db, pytest.mark.once]
PAID = {"email": "asha@example.com"}


def calendar_of(booking: Booking) -> icalendar.Calendar:
    return icalendar.Calendar.from_ical(calendar_ics(booking))


def read(booking: Booking) -> icalendar.Event:
    (event,) = calendar_of(booking).walk("VEVENT")
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


@pytest.mark.slow
def test_a_later_version_replaces_an_earlier_one(customer):
    booking = make_paid(make_show(), 0, 1, customer=customer)
    before = read(booking)
    assert before["sequence"] == read(booking)["sequence"]

    cancel_tickets(booking=booking, tickets=booking.tickets.all()[:1], by=customer)
    partly = read(booking)
    show = booking.shows[0]
    show.starts_at += timedelta(hours=1)
    show.ends_at += timedelta(hours=1)
    show.save()
    moved = read(Booking.objects.get(pk=booking.pk))
    cancel_tickets(booking=booking, by=customer)
    booking.refresh_from_db()
    canceled = read(booking)

    versions = [before, partly, moved, canceled]
    assert [calendar_of(booking)["method"]] == ["CANCEL"]
    assert len({str(event["uid"]) for event in versions}) == 1
    numbers = [int(event["sequence"]) for event in versions]
    assert numbers == sorted(set(numbers))
    assert [event["status"] for event in versions] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert canceled.walk("VALARM") == []


def test_a_canceled_show_is_canceled_in_calendars():
    booking = make_paid(make_show(), 0, **PAID)
    Show.objects.filter(pk=booking.shows[0].pk).update(state=Show.State.CANCELED)
    booking = Booking.objects.get(pk=booking.pk)
    assert read(booking)["status"] == "CANCELLED"
    assert calendar_of(booking)["method"] == "CANCEL"
    assert "organizer" in read(booking)


@pytest.mark.parametrize(
    "change",
    [
        lambda show: Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED),
        lambda show: Show.objects.filter(pk=show.pk).update(starts_at=show.starts_at - timedelta(hours=1)),
        lambda show: Show.objects.bulk_update([moved(show)], ["starts_at"]),
        lambda show: moved(show).save(),
        lambda show: moved(show).save(update_fields=["starts_at"]),
    ],
    ids=["cancel", "update", "bulk_update", "save", "save some"],
)
def test_however_a_show_changes_its_entry_is_a_later_one(change):
    booking = make_paid(make_show(), 0, **PAID)
    before = int(read(booking)["sequence"])
    change(Show.objects.get(pk=booking.shows[0].pk))
    assert int(read(Booking.objects.get(pk=booking.pk))["sequence"]) == before + 1


def test_changes_that_calendars_do_not_show_make_no_new_entry():
    show = make_show()
    show.tickets_per_customer = 3
    show.save()
    Show.objects.filter(pk=show.pk).update(tickets_per_customer=4)
    show.refresh_from_db()
    show.save()
    assert Show.objects.get(pk=show.pk).revision == 0


def moved(show: Show) -> Show:
    show.starts_at -= timedelta(hours=1)
    return show


def test_canceling_takes_it_out_of_the_calendar(client, customer):
    booking = make_paid(make_show(), 0, customer=customer)
    client.force_login(customer)
    cancel_tickets(booking=booking, by=customer)

    (attachment,) = Notification.objects.get(kind="booking_canceled").attachments
    assert attachment == ["changed-calendar.ics", f"{booking.code} {booking.shows[0].code}"]
    page = reverse("bookings:calendar", args=[booking.code])
    assert page in client.get(booking.get_absolute_url()).content.decode()
    assert b"METHOD:CANCEL" in client.get(page).content


def test_a_hold_has_no_entry(client, customer):
    client.force_login(customer)
    booking = make_hold(make_show(), 0, customer=customer)
    assert client.get(reverse("bookings:calendar", args=[booking.code])).status_code == 404


def test_an_exchange_takes_the_old_entry_out(customer, manager, theater):
    hall = make_hall(theater=theater)
    show = make_show(hall=hall)
    booking = make_paid(show, 0, customer=customer)
    other = make_show(hall=hall, in_hours=200)
    wish = ExchangeWish(list(booking.tickets.all()), other, choose(other, 0))
    exchange_tickets(booking=booking, wish=wish, by=manager)
    message = Notification.objects.filter(kind="booking_confirmed").latest("pk")
    assert ["changed-calendar.ics", f"{booking.code} {show.code}"] in message.attachments
    assert ["calendar.ics", booking.code] in message.attachments


def test_each_show_has_an_entry_of_its_own(customer, theater):
    hall = make_hall(theater=theater)
    friday, sunday = make_show(hall=hall), make_show(hall=hall, in_hours=96)
    booking = make_hold(sunday, 1, 2, customer=customer, into=make_hold(friday, 0, customer=customer))
    booking = pay_with_token(booking=booking, gateway="sandbox", token="approve")
    first, second = calendar_of(booking).walk("VEVENT")
    starts = [show.starts_at.replace(microsecond=0) for show in (friday, sunday)]
    assert [first.decoded("dtstart"), second.decoded("dtstart")] == starts
    assert first["uid"] != second["uid"]
    assert "seat 2" in second["description"]
    assert "seat 2" not in first["description"]

    cancel_tickets(booking=booking, tickets=list(booking.tickets.filter(show=sunday)), by=customer)
    first, second = calendar_of(booking).walk("VEVENT")
    assert (first["status"], second["status"]) == ("CONFIRMED", "CANCELLED")
    assert calendar_of(booking)["method"] == "PUBLISH"
    # What the message about Sunday brings takes Sunday out, and leaves Friday alone.
    [attached] = build(Notification.objects.get(kind="booking_canceled").attachments)
    sent = icalendar.Calendar.from_ical(attached.content)
    assert [event["uid"] for event in sent.walk("VEVENT")] == [second["uid"]]
    assert sent["method"] == "CANCEL"
