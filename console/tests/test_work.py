"""The console at work: a theater is opened, a show is sold, a caller is helped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking
from events.models import Event, Price, Show, TicketType
from notifications.models import Notification
from payments.models import Refund
from testing.console import fill, signed_in
from theaters.models import City, Hall, SeatMap, Theater

pytestmark = pytest.mark.django_db


CSV = "section,row,number,category\n" + "".join(f"Stalls,{row},{seat},A\n" for row in "AB" for seat in range(1, 6))


@pytest.fixture
def send(platform_admin: User) -> Any:
    """Post a form of the console as a platform admin: `send("events_event_add", {…}, *keys, status=302)`."""
    client = signed_in(platform_admin)

    def post(name: str, data: dict, *arguments: Any, status: int = 302) -> Any:
        response = client.post(reverse(f"admin:{name}", args=arguments), data)
        if response.status_code != status and "adminform" in (response.context or {}):
            raise AssertionError(response.context["adminform"].form.errors)
        assert response.status_code == status, response.content[:500]
        return response

    return post


def open_theater(send: Any) -> SeatMap:
    """Make a theater in Tokyo with one hall of ten seats, by the console's own pages."""
    send("theaters_city_add", {"name": "Tokyo", "slug": "tokyo", "country": "JP", "time_zone": "Asia/Tokyo"})
    city = City.objects.get(slug="tokyo")
    place = {
        "name": "Kabuki-za", "slug": "kabuki", "city": city.pk, "place": "4-12-15 Ginza", "currency": "JPY",
        "ticket_stock": "a4_4", "opening_hours-TOTAL_FORMS": 0, "opening_hours-INITIAL_FORMS": 0,
        "tax_rate": 10, "tax_rounding": "booking", "is_published": "on",
        "halls-TOTAL_FORMS": 1, "halls-INITIAL_FORMS": 0,
        "halls-0-name": "Main", "halls-0-cleaning_minutes": 30,
    }  # fmt: skip
    send("theaters_theater_add", place)
    hall = Hall.objects.get(theater__slug="kabuki")
    broken = SimpleUploadedFile("hall.csv", b"section,row,number,category\nStalls,A,,A\n")
    response = send("theaters_seatmap_upload", {"hall": hall.pk, "file": broken}, status=200)
    assert "line 2" in str(response.context["groups"][0].first[0])
    send("theaters_seatmap_upload", {"hall": hall.pk, "file": SimpleUploadedFile("hall.csv", CSV.encode())})
    seat_map = SeatMap.objects.get(hall=hall)
    send("theaters_seatmap_publish", {"stage": "top", "name_0": "S席", "sale_0": "on"}, seat_map.pk)
    seat_map.refresh_from_db()
    assert (seat_map.state, seat_map.capacity) == ("published", 10)
    return seat_map


def add_event(send: Any) -> Event:
    title = {
        "title": "仮名手本忠臣蔵", "slug": "chushingura", "kind": "play", "running_minutes": 150,
        "interval_minutes": 20, "is_published": "on", "languages": "ja", "subtitles": "en, de",
        "photos-TOTAL_FORMS": 0, "photos-INITIAL_FORMS": 0,
        "cast": "Ichikawa Danjūrō, Yuranosuke\n",
    }  # fmt: skip
    send("events_event_add", title)
    event = Event.objects.get(slug="chushingura")
    assert event.subtitles == ["en", "de"]
    assert event.cast == [{"name": "Ichikawa Danjūrō", "role": "Yuranosuke"}]
    assert event.search_words.exists()
    return event


@pytest.mark.slow
def test_from_a_theater_to_a_show_on_sale_by_hand(send: Any, client: Client):
    seat_map, event = open_theater(send), add_event(send)
    hall = seat_map.hall
    day = timezone.localdate() + timedelta(days=30)
    when = {
        "event": event.pk, "hall": hall.pk, "starts_at_0": str(day), "starts_at_1": "18:30",
        "tickets_per_customer": 6, "refund_percent": 100, "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0,
    }  # fmt: skip
    response = send("events_show_add", when)
    show = Show.objects.get()
    assert response["Location"] == reverse("admin:events_show_edit_prices", args=[show.pk])
    assert f"{timezone.localtime(show.starts_at, hall.theater.tz):%Y-%m-%d %H:%M}" == f"{day} 18:30"
    assert (show.language, show.state) == ("ja", "draft")
    clash = send("events_show_add", {**when, "starts_at_1": "20:00"}, status=200)
    assert "Main is taken at that time" in clash.content.decode()
    assert Show.objects.count() == 1

    send("events_show_put_on_sale", {}, show.pk)
    show.refresh_from_db()
    assert show.state == "draft"
    send("events_tickettype_add", {"theater": hall.theater_id, "name": "Adult", "order": 0})
    cell = f"price-{seat_map.categories.get().pk}-{TicketType.objects.get().pk}"
    refused = send("events_show_edit_prices", {cell: "4000.5"}, show.pk, status=200)
    assert "There is no such amount in JPY" in refused.content.decode()
    send("events_show_edit_prices", {cell: "4000"}, show.pk)
    assert Price.objects.get().amount == 4000
    send("events_show_put_on_sale", {}, show.pk)
    show.refresh_from_db()
    assert show.state == "on_sale"
    assert client.get(f"/shows/{show.code}/").status_code == 200
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"create show", "set prices", "open sales"} <= actions


def test_a_show_on_sale_changes_how_it_is_sold_and_not_when_it_is(send: Any, theater: Theater):
    show = fill(theater, "Mine").shows[0]
    day = timezone.localdate(show.starts_at)
    changed = {
        "sales_open_at_0": "", "sales_open_at_1": "", "sales_close_at_0": str(day), "sales_close_at_1": "17:00",
        "doors_at_0": "", "doors_at_1": "", "format": "", "language": "ja", "subtitles": "", "tickets_per_customer": 2,
        "prices-TOTAL_FORMS": 0, "prices-INITIAL_FORMS": 0, "areas-TOTAL_FORMS": 0, "areas-INITIAL_FORMS": 0,
        "starts_at_0": "2030-01-01", "starts_at_1": "10:00",
    }  # fmt: skip
    starts_at = show.starts_at
    send("events_show_change", changed, show.pk)
    show.refresh_from_db()
    assert (show.tickets_per_customer, show.starts_at) == (2, starts_at)
    assert timezone.localtime(show.sales_close_at, theater.tz).hour == 17


@pytest.mark.slow
def test_every_step_is_in_the_audit_log(send: Any):
    open_theater(send)
    add_event(send)
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"city.add", "theater.add", "import seat map", "publish seat map", "event.add"} <= actions


@pytest.mark.slow
def test_booking_search_by_what_a_caller_says(manager: User, theater: Theater):
    booking = fill(theater, "Mine")
    Booking.objects.filter(pk=booking.pk).update(phone="+43 1 234567")
    client = signed_in(manager)
    for said in (booking.code, "Mine Buyer", "mine-buyer@example", "234567", booking.tickets.first().code):
        found = client.get(reverse("admin:bookings_booking_changelist"), {"q": said}).context["cl"].result_list
        assert list(found) == [booking], said


def test_a_booking_is_canceled_and_its_tickets_sent_again(box_office: User, theater: Theater):
    booking = fill(theater, "Mine")
    client = signed_in(box_office)
    before = Notification.objects.count()
    assert client.post(reverse("admin:bookings_booking_resend", args=[booking.pk])).status_code == 302
    assert Notification.objects.count() == before + 1
    Refund.objects.all().delete()
    sent = {"tickets": [ticket.pk for ticket in booking.tickets.all()], "amount": "5", "reason": "Ill"}
    assert client.post(reverse("admin:bookings_booking_cancel", args=[booking.pk]), sent).status_code == 302
    booking.refresh_from_db()
    assert booking.state == Booking.State.CANCELED
    assert Refund.objects.get().amount == 5
