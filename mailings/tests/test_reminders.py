"""Reminders come once, at the theater's own hour, to those whom they help."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.pass_on import pass_on_ticket
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import apply_refund_outcome, request_refund
from door.models import CheckIn
from events.levels.change import change_settings
from events.models import Review, Show
from events.models.settings import Scope
from mailings import reminders
from mailings.tasks import remind_of_visits
from notifications.models import Channel, Notification
from notifications.preferences import choose
from notifications.sending import Outcome, send
from payments.errors import PaymentDeclined
from payments.gateways.base import RefundOutcome, RefundStatus
from payments.models import Payment
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater

ZONES = {
    "Europe/Vienna": [("2026-03-29", "spring"), ("2026-10-25", "autumn")],
    "America/New_York": [("2026-03-08", "spring"), ("2026-11-01", "autumn")],
    # Half an hour of daylight saving, and an offset of half an hour.
    "Australia/Lord_Howe": [("2026-10-04", "spring"), ("2026-04-05", "autumn")],
}
CHANGES = [(zone, day) for zone, days in ZONES.items() for day, _season in days]


def show_at(zone, local, *, minutes=120):
    city = make_city(zone.replace("/", "-"), zone)
    hall = make_hall(theater=make_theater(city=city))
    starts_at = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone))
    # An interval is measured by time that passes, not by the wall clock.
    ends_at = starts_at.astimezone(UTC) + timedelta(minutes=minutes)
    show = make_show(hall=hall, starts_at=starts_at, ends_at=ends_at)
    # As the database gives it: in UTC.
    show.refresh_from_db()
    return show


def test_the_person_to_whom_a_ticket_was_passed_on_is_reminded_too(customer):
    show = make_show()
    booking = make_paid(show, 0, 1, customer=customer)
    ticket = booking.tickets.first()
    pass_on_ticket(booking=booking, ticket=ticket, name="Ravi", email="ravi@example.com", by=customer)
    for _time in range(2):
        reminders.remind_of_shows(show.starts_at - timedelta(hours=20))
    [message] = Notification.objects.filter(kind="show_reminder", recipient="ravi@example.com")
    send(message.pk)
    sent = mail.outbox[-1]
    assert [name for name, *_ in sent.attachments] == ["ticket.pdf"]
    assert "Open your ticket" in sent.body
    assert booking.get_absolute_url() not in sent.body
    assert Notification.objects.filter(kind="show_reminder").count() == 2


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_the_reminder_comes_at_the_hour_of_the_show_across_the_change_of_clocks(db, zone, day):
    show = show_at(zone, f"{day} 19:30")
    remind_at = reminders.find_reminder(show)
    assert remind_at.astimezone(ZoneInfo(zone)).strftime("%H:%M") == "19:30"
    before = datetime.fromisoformat(day) - timedelta(days=1)
    assert remind_at.astimezone(ZoneInfo(zone)).date() == before.date()
    # The day of a change is longer or shorter than 24 hours.
    assert show.starts_at.astimezone(ZoneInfo("UTC")) - remind_at.astimezone(ZoneInfo("UTC")) != timedelta(hours=24)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize(
    ("start", "minutes", "days"), [("19:30", 150, 1), ("11:00", 90, 1), ("23:30", 180, 1), ("00:30", 60, 0)]
)
def test_the_morning_after_is_at_ten_across_the_change_of_clocks(db, change, start, minutes, days):
    zone, day = change
    eve = datetime.fromisoformat(day) - timedelta(days=1) + timedelta(days=1 - days)
    show = show_at(zone, f"{eve:%Y-%m-%d} {start}", minutes=minutes)
    local = reminders.find_morning_after(show).astimezone(ZoneInfo(zone))
    assert (local.strftime("%H:%M"), local.date()) == ("10:00", datetime.fromisoformat(day).date())


@pytest.fixture
def show(db):
    show = make_show(in_hours=30)
    theater = show.hall.theater
    theater.travel_information = "Tram 71 to the river."
    theater.access_information = "Step-free by the side door."
    theater.save()
    return show


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_reminder_goes_once_to_each_confirmed_booking_with_tickets(show, customer, rival, time_machine):
    now = timezone.now()
    booked = make_paid(show, 0, 1, customer=customer, email=customer.email)
    guest = make_paid(show, 2, email="guest@example.com")
    gone = make_paid(show, 3, customer=rival, email=rival.email)
    cancel_tickets(booking=gone, by=rival)
    make_hold(show, 4, email="undecided@example.com")
    Notification.objects.all().delete()

    assert remind_of_visits() == 0
    time_machine.move_to(now + timedelta(hours=6, minutes=1), tick=False)
    late = make_paid(show, 5, email="late@example.com")
    assert remind_of_visits() == 2
    assert remind_of_visits() == 0
    rows = Notification.objects.filter(kind="show_reminder")
    assert {row.recipient for row in rows} == {customer.email, "guest@example.com"}
    assert {row.about for row in rows} == {booked.code, guest.code}
    assert late.code not in {row.about for row in rows}

    assert send(rows.get(recipient=customer.email).pk) is Outcome.SENT
    message = mail.outbox[-1]
    assert "Tram 71 to the river." in message.body
    assert "Step-free by the side door." in message.body
    assert [name for name, _content, _kind in message.attachments] == ["tickets.pdf"]

    # A show at another time is another fact.
    show.starts_at += timedelta(hours=1)
    show.ends_at += timedelta(hours=1)
    show.save()
    time_machine.move_to(now + timedelta(hours=8), tick=False)
    assert remind_of_visits() == 3


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_to_look_whom_to_remind_takes_as_many_statements_for_more_shows(show, customer, time_machine):
    def remind() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            told = reminders.remind_of_shows()
        return told, len(queries)

    now = timezone.now()
    others = [make_show(hall=show.hall, in_hours=hours) for hours in (35, 40, 45)]
    make_paid(show, 0, email=customer.email)
    time_machine.move_to(now + timedelta(hours=6, minutes=1), tick=False)
    assert remind()[0] == 1
    nobody, statements = remind()
    for other in others:
        make_paid(other, 0, email=customer.email)
    time_machine.move_to(now + timedelta(hours=22), tick=False)
    assert remind()[0] == 3
    assert remind() == (nobody, statements) == (0, 4)


@pytest.mark.django_db(transaction=True)
def test_each_show_of_a_booking_is_remembered_with_its_own_tickets(show, customer, time_machine):
    now = timezone.now()
    later = make_show(hall=show.hall, event=make_event("Matinee"), in_hours=78)
    held = make_hold(later, 2, customer=customer, into=make_hold(show, 0, 1, customer=customer))
    pay_with_token(booking=held, gateway="sandbox", token="approve")
    told = Notification.objects.filter(kind="show_reminder").order_by("pk")
    for hours, count in ((7, 1), (60, 2)):
        time_machine.move_to(now + timedelta(hours=hours), tick=False)
        remind_of_visits()
        assert told.count() == count
    assert [(row.context["show"]["event"], len(row.context["tickets"])) for row in told] == [
        (show.event.title, 2),
        ("Matinee", 1),
    ]
    # Once both are over, each is asked about.
    time_machine.move_to(now + timedelta(hours=105), tick=False)
    remind_of_visits()
    asked = Notification.objects.filter(kind="review_ask")
    assert {row.context["show"]["event"] for row in asked} == {show.event.title, "Matinee"}


@pytest.mark.django_db(transaction=True)
def test_canceled_shows_and_theaters_without_reminders_send_none(show, customer, time_machine):
    make_paid(show, 0, customer=customer, email=customer.email)
    time_machine.move_to(show.starts_at - timedelta(hours=20))
    theater = show.hall.theater
    change_settings(scope=Scope(theater.pk), values={"reminder_hours": 0}, by=None)
    assert reminders.remind_of_shows() == 0
    change_settings(scope=Scope(theater.pk), values={"reminder_hours": 24}, by=None)
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    assert reminders.remind_of_shows() == 0
    Show.objects.filter(pk=show.pk).update(state=Show.State.ON_SALE)
    assert reminders.remind_of_shows() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_visitors_are_asked_the_morning_after_once_per_event(show, customer, rival, door_staff, time_machine):
    booked = make_paid(show, 0, customer=customer, email=customer.email)
    make_paid(show, 1, customer=rival, email=rival.email)
    make_paid(show, 2, email="guest@example.com")
    time_machine.move_to(show.ends_at + timedelta(hours=1), tick=False)
    assert reminders.ask_for_reviews() == 0
    time_machine.move_to(reminders.find_morning_after(show), tick=False)
    choose(user=rival, kind="review_ask", channel=Channel.EMAIL, is_wanted=False)
    assert reminders.ask_for_reviews() == 1
    assert reminders.ask_for_reviews() == 0
    row = Notification.objects.get(kind="review_ask")
    assert row.recipient == customer.email
    send(row.pk)
    assert reverse("bookings:review", args=[show.event.slug]) in mail.outbox[-1].body

    # Who has said it, and who did not come where tickets are checked, is left alone.
    Notification.objects.all().delete()
    Review.objects.create(event=show.event, user=customer, stars=4)
    assert reminders.ask_for_reviews() == 0
    Review.objects.all().delete()
    ticket = Ticket.objects.get(booking__customer=rival)
    CheckIn.objects.create(ticket=ticket, result=CheckIn.Result.ADMITTED, passage=1, by=door_staff)
    assert reminders.ask_for_reviews() == 0
    CheckIn.objects.create(ticket=booked.tickets.get(), result=CheckIn.Result.ADMITTED, passage=1, by=door_staff)
    assert reminders.ask_for_reviews() == 1
    Notification.objects.all().delete()
    time_machine.shift(timedelta(days=4))
    assert reminders.ask_for_reviews() == 0


@pytest.mark.django_db(transaction=True)
def test_a_hold_about_to_lapse_reminds_only_people_who_want_it(show, customer, rival):
    hold = make_hold(show, 0, customer=customer, email=customer.email)
    make_hold(show, 1, customer=rival, email=rival.email)
    soon = hold.expires_at - timedelta(minutes=3)
    assert reminders.remind_of_lapsing_holds(soon) == 0
    choose(user=customer, kind="hold_lapsing", channel=Channel.EMAIL, is_wanted=True)
    assert reminders.remind_of_lapsing_holds(soon - timedelta(minutes=5)) == 0
    assert reminders.remind_of_lapsing_holds(hold.expires_at) == 0
    assert reminders.remind_of_lapsing_holds(soon) == 1
    assert reminders.remind_of_lapsing_holds(soon) == 0
    Notification.objects.all().delete()
    start_payment(booking=hold, gateway="sandbox", return_url="http://localhost/")
    hold.refresh_from_db()
    assert reminders.remind_of_lapsing_holds(hold.expires_at - timedelta(minutes=3)) == 0


@pytest.mark.django_db(transaction=True)
def test_a_declined_payment_mentions_how_long_the_places_are_kept(show, customer):
    hold = make_hold(show, 0, customer=customer, email=customer.email)
    with pytest.raises(PaymentDeclined):
        pay_with_token(booking=hold, gateway="sandbox", token="decline")
    row = Notification.objects.get(kind="payment_failed")
    send(row.pk)
    body = mail.outbox[-1].body
    assert "€20.00 was not accepted" in body
    hold.refresh_from_db()
    local = hold.expires_at.astimezone(show.hall.theater.tz)
    assert f"kept until {local:%H:%M}" in body
    assert Payment.objects.get().state == Payment.State.DECLINED


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("other_manager", "door_staff")
def test_a_failed_refund_alerts_staff_who_can_remedy_it(theater, manager, customer, settings):
    settings.CHAT_ROOMS = {"office": {"url": "https://hooks.slack.com/x", "theater": theater.slug, "language": "de"}}
    booking = make_paid(make_show(hall=make_hall(theater=theater)), 0, customer=customer, email=customer.email)
    refund = request_refund(payment=captured(booking), amount=captured(booking).amount)
    refund = type(refund).objects.select_related("payment__booking").get(pk=refund.pk)
    for _ in range(2):
        apply_refund_outcome(refund, RefundOutcome(RefundStatus.FAILED, error="card closed"))
    alerts = Notification.objects.filter(kind="staff_alert")
    assert {(row.channel, row.recipient) for row in alerts} == {("email", manager.email), ("chat", "room:office")}
    assert send(alerts.get(channel="email").pk) is Outcome.SENT
    assert "card closed" in mail.outbox[-1].body
    assert f"/admin/payments/payment/{refund.payment_id}/remedy/" in mail.outbox[-1].body
    assert Booking.objects.get(pk=booking.pk).code in mail.outbox[-1].body
