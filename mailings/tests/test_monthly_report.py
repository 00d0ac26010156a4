"""The monthly report: at the right hour, once, and true to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

import pypdfium2
import pytest
from django.core import mail
from django.utils import timezone

from bookings.services.cancel import cancel_tickets
from bookings.services.refund import settle_refund
from events.models import Review
from mailings import monthly_report
from notifications.models import Channel, MailSettings, Notification
from notifications.preferences import choose
from notifications.sending import Outcome, send
from payments.models import Payment, Refund
from testing.bookings import make_paid
from testing.builders import make_city, make_event, make_hall, make_show, make_theater


@pytest.mark.once
@pytest.mark.parametrize("zone", ["Europe/Vienna", "America/New_York", "Asia/Kolkata"])
@pytest.mark.parametrize("month", range(1, 13))
def test_it_is_due_from_nine_on_the_first_by_the_local_clock(zone, month):
    local = datetime(2026, month, 1, 9, tzinfo=ZoneInfo(zone))
    reported = date(2026, month - 1, 1) if month > 1 else date(2025, 12, 1)
    for now, due in [
        (local - timedelta(minutes=1), None),
        (local, reported),
        (local + timedelta(days=2), reported),
        (local + timedelta(days=3), None),
    ]:
        assert monthly_report.find_due_month(now.astimezone(UTC), ZoneInfo(zone)) == due, now


@pytest.fixture
def reader(customer):
    customer.preferred_city = make_city()
    # Long before any month of these tests, whenever they take place.
    customer.joined_at = datetime(2020, 1, 1, tzinfo=UTC)
    customer.save()
    choose(user=customer, kind="monthly_report", channel=Channel.EMAIL, is_wanted=True)
    return customer


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_reports_the_month_once_and_to_the_cent(reader, time_machine):
    city = reader.preferred_city
    time_machine.move_to(datetime(2026, 9, 10, 12, tzinfo=UTC), tick=False)
    euro, rupee = (make_hall(theater=make_theater(city=city, currency=currency)) for currency in ("EUR", "INR"))
    seen = make_show(hall=euro, event=make_event("Nosferatu"), price="0.10")
    back = make_show(hall=euro, event=make_event("Given Back"), price="12.30", in_hours=80)
    far = make_show(hall=rupee, event=make_event("रात की रानी"), price="450.00", in_hours=24 * 60)
    make_paid(seen, 0, 1, 2, customer=reader, email=reader.email)
    refund = cancel_tickets(booking=make_paid(back, 0, customer=reader, email=reader.email), by=reader)
    settle_refund(refund.pk)
    make_paid(far, 0, customer=reader, email=reader.email)
    time_machine.move_to(seen.ends_at, tick=False)
    Review.objects.create(event=seen.event, user=reader, stars=4)
    # Paid in the month, returned in the next: that is the next report's.
    late = make_paid(make_show(hall=euro, price="5.00", in_hours=24 * 50), 1, customer=reader, email=reader.email)
    time_machine.move_to(datetime(2026, 10, 1, 7, tzinfo=UTC), tick=False)
    settle_refund(cancel_tickets(booking=late, by=reader).pk)

    Notification.objects.all().delete()
    assert monthly_report.send_monthly_reports() == 1
    assert monthly_report.send_monthly_reports() == 0
    context = Notification.objects.get().context
    assert context["month"] == "2026-09-01"
    assert [show["event"] for show in context["seen"]] == ["Nosferatu"]
    assert context["rated"] == [{"event": "Nosferatu", "stars": 4}]
    assert len(context["booked"]) == 4
    assert [show["event"] for show in context["coming"]] == ["रात की रानी"]
    spent = {row["currency"]: Decimal(row["amount"]) for row in context["spent"]}
    # 3 × 0.10 + 12.30 − 12.30 + 5.00, of which a float would make 5.30000000000000…
    assert spent == {"EUR": Decimal("5.30"), "INR": Decimal("450.00")}
    assert [bar["count"] for bar in context["chart"]] == [0, 0, 0, 0, 0, 1]
    assert sum(payment.amount for payment in Payment.objects.filter(currency="EUR")) == Decimal("17.60")
    assert Refund.objects.filter(state=Refund.State.SUCCEEDED).count() == 2

    assert send(Notification.objects.get().pk) is Outcome.SENT
    assert "₹450.00" in mail.outbox[0].body
    assert mail.outbox[0].attachments == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_it_comes_as_a_pdf_if_preferred(reader, time_machine):
    MailSettings.objects.create(user=reader, report_format="pdf")
    time_machine.move_to(datetime(2026, 9, 10, 12, tzinfo=UTC), tick=False)
    make_paid(make_show(event=make_event("रात की रानी")), 0, customer=reader, email=reader.email)
    Notification.objects.all().delete()
    time_machine.move_to(datetime(2026, 10, 1, 7, tzinfo=UTC), tick=False)
    assert monthly_report.send_monthly_reports() == 1
    assert send(Notification.objects.get().pk) is Outcome.SENT
    [(name, content, kind)] = mail.outbox[0].attachments
    assert (name, kind) == ("2026-09.pdf", "application/pdf")
    text = pypdfium2.PdfDocument(BytesIO(content))[0].get_textpage().get_text_bounded()
    assert "September 2026" in text
    assert "€20.00" in text
    assert "September" in mail.outbox[0].subject


@pytest.mark.django_db(transaction=True)
def test_it_is_not_sent_unasked_or_to_newcomers(reader, rival, time_machine):
    choose(user=reader, kind="monthly_report", channel=Channel.EMAIL, is_wanted=False)
    newcomer = rival
    choose(user=newcomer, kind="monthly_report", channel=Channel.EMAIL, is_wanted=True)
    first = (timezone.now().replace(day=28) + timedelta(days=5)).replace(day=1, hour=12)
    type(rival).objects.filter(pk=rival.pk).update(joined_at=first)
    assert monthly_report.send_monthly_reports(first) == 0
