"""What customers are sent by e-mail, and that it is sent once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import urlsplit

import icalendar
import pypdfium2
import pytest
import zxingcpp
from django.core import mail
from django.db import transaction
from django.utils import translation

from bookings import access, messages
from bookings.models import Booking, Ticket
from bookings.services.cancel import cancel_tickets
from bookings.services.details import set_details
from bookings.services.pay import pay_with_token
from bookings.services.refund import settle_refund
from bookings.tickets.codes import read
from events.models import Show
from notifications.models import Notification
from notifications.rendering import render
from notifications.sending import Outcome, send
from payments.models import Payment, Refund
from show_changes.messages import BeforeMove, notify_show_canceled, notify_show_moved
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_show

pytestmark = pytest.mark.django_db(transaction=True)


def guest_pays(show, *indices, name="Asha Guest", **wish):
    hold = make_hold(show, *indices, email="guest@example.com", **wish)
    set_details(booking=hold, name=name, email="guest@example.com")
    return pay_with_token(booking=hold, gateway="sandbox", token="approve")


def deliver(kind):
    """Send the one waiting message of that kind and return it."""
    row = Notification.objects.get(kind=kind, state=Notification.State.WAITING)
    assert send(row.pk) is Outcome.SENT, Notification.objects.get(pk=row.pk).error
    return mail.outbox[-1]


def read_qr_codes(pdf):
    document = pypdfium2.PdfDocument(BytesIO(pdf))
    return {read(zxingcpp.read_barcode(page.render(scale=3).to_pil()).text) for page in document}


def test_a_confirmed_booking_gets_its_tickets_and_its_calendar_entry():
    show = make_show()
    theater = show.hall.theater
    theater.access_information = "Step-free by the side door."
    theater.email = "box-office@example.com"
    theater.save()
    booking = guest_pays(show, 0, 1)
    message = deliver("booking_confirmed")

    assert message.to == ["guest@example.com"]
    assert message.reply_to == ["box-office@example.com"]
    assert show.event.title in message.subject
    for words in [message.body, message.alternatives[0].content]:
        assert booking.code in words
        assert "Step-free by the side door." in words
        assert "Stalls, row A, seat 1" in words
        assert "€40.00" in words
    attached = {name: (content, kind) for name, content, kind in message.attachments}
    assert {name: kind for name, (_, kind) in attached.items()} == {
        "tickets.pdf": "application/pdf",
        "calendar.ics": "text/calendar",
    }
    assert read_qr_codes(attached["tickets.pdf"][0]) == set(booking.tickets.values_list("code", flat=True))
    content = attached["calendar.ics"][0]
    [entry] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert entry.start == show.starts_at.replace(microsecond=0)


def test_a_guest_gets_a_link_that_opens_the_booking(rf):
    booking = guest_pays(make_show(), 0)
    [url] = [line for line in deliver("booking_confirmed").body.splitlines() if "/b/" in line]
    token = urlsplit(url).path.rstrip("/").split("/")[-1]
    assert access.read_guest_token(token) == booking


def test_a_customer_gets_the_booking_s_own_address(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    assert Notification.objects.get().user == customer
    assert f"/bookings/{booking.code}/" in deliver("booking_confirmed").body


def test_confirming_twice_notifies_once():
    booking = guest_pays(make_show(), 0)
    messages.notify_confirmed(booking)
    messages.notify_confirmed(booking)
    assert Notification.objects.filter(kind="booking_confirmed").count() == 1


def test_notifying_is_cheap(django_assert_max_num_queries):
    booking = Booking.objects.get(pk=guest_pays(make_show(), 0, 1).pk)
    Notification.objects.all().delete()
    with transaction.atomic(), django_assert_max_num_queries(2):
        messages.notify_confirmed(booking)


@pytest.mark.slow
def test_each_cancellation_has_a_message_with_its_own_tickets_and_refund(customer):
    show = make_show()
    booking = make_paid(show, 0, 1, 2, customer=customer, email=customer.email)
    deliver("booking_confirmed")
    first, second, _third = booking.tickets.order_by("seat__position")
    cancel_tickets(booking=booking, tickets=[first], by=customer)
    message = deliver("booking_canceled")
    assert "seat 1" in message.body
    assert "seat 2" not in message.body
    assert "€20.00" in message.body
    assert "2 other tickets" in message.body
    cancel_tickets(booking=booking, tickets=[first], by=customer)
    cancel_tickets(booking=booking, tickets=[second], by=customer)
    assert "1 other ticket " in deliver("booking_canceled").body


def test_a_refund_is_announced_when_it_was_made(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    refund = cancel_tickets(booking=booking, by=customer)
    assert not Notification.objects.filter(kind="booking_refunded").exists()
    settle_refund(refund.pk)
    settle_refund(refund.pk)
    message = deliver("booking_refunded")
    assert "€20.00" in message.subject
    assert Refund.objects.get().state == Refund.State.SUCCEEDED


@pytest.mark.slow
def test_money_that_buys_nothing_is_explained_by_each_reason(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    payment = captured(booking)
    payment.booking, payment.received_amount = booking, Decimal("12.50")
    sentences = set()
    for why in Payment.SurplusReason:
        Notification.objects.all().delete()
        booking.shows[0].state = "canceled" if why == "show_canceled" else "on_sale"
        payment.surplus_reason = why
        text = render("money_returned", messages.notify_money_returned(payment).context, "en").text
        assert "€12.50" in text
        sentences.add(text.split("\n\n")[1])
        assert ("did not buy any tickets" in text) == (why != "paid_already")
        may_choose = why not in ("paid_already", "over_limit", "show_canceled")
        assert ("See which seats are free" in text) == may_choose
    # Three that come of the amount are one to the customer, and three that come of an exchange.
    assert len(sentences) == len(Payment.SurplusReason) - 4


def test_tickets_that_were_canceled_before_the_mail_went_out_are_not_attached(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    cancel_tickets(booking=booking, by=customer)
    assert deliver("booking_confirmed").attachments == []


def test_a_booking_without_an_address_gets_no_message(box_office):
    booking = make_hold(make_show(), 0, made_by=box_office, channel=Booking.Channel.BOX_OFFICE)
    Booking.objects.filter(pk=booking.pk).update(email="")
    booking.refresh_from_db()
    assert messages.notify_confirmed(booking) is None
    assert not Notification.objects.exists()


def test_messages_are_in_the_language_of_the_booking():
    guest_pays(make_show(), 0, locale="de")
    row = Notification.objects.get()
    assert row.language == "de"
    with translation.override("de"):
        label = Ticket.objects.get().label
    assert row.context["tickets"][0]["place"] == label


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Asha Guest", "Hello Asha Guest,"),
        ("आशा देवी", "Hello आशा देवी,"),
        ("Dr. J.R. O’Neil & Sons", "Hello Dr. J.R. O’Neil & Sons,"),
        ("http://evil.example win", "Hello,"),
        ("Visit evil.example", "Hello,"),
        ("", "Hello,"),
    ],
)
def test_people_are_greeted_by_name_and_never_by_an_address(name, greeting):
    booking = guest_pays(make_show(), 0)
    Booking.objects.filter(pk=booking.pk).update(name=name)
    Notification.objects.all().delete()
    messages.notify_confirmed(Booking.objects.get(pk=booking.pk))
    assert deliver("booking_confirmed").body.startswith(greeting + "\n")


def test_what_people_write_is_escaped_in_the_message():
    booking = guest_pays(make_show(), 0)
    Booking.objects.filter(pk=booking.pk).update(name="<b>Asha</b> {{ code }}")
    Ticket.objects.update(attendee_name="<script>alert(1)</script></mj-text>")
    Notification.objects.all().delete()
    messages.notify_confirmed(Booking.objects.get(pk=booking.pk))
    message = deliver("booking_confirmed")
    html = message.alternatives[0].content
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;/mj-text&gt;" in html
    assert "<script>alert(1)</script>" in message.body


@pytest.mark.slow
def test_a_moved_show_is_announced_with_new_places_and_new_tickets(customer):
    show = make_show()
    booking = make_paid(show, 0, 1, customer=customer, email=customer.email)
    first, second = booking.tickets.order_by("seat__position")
    old_seat, old_hall, old_start = first.seat, show.hall, show.starts_at
    # Moved within the row and by a day, as the timetable does it.
    Ticket.objects.filter(pk=first.pk).update(seat=show.seat_map.seats.get(guid="1-0"))
    show.starts_at += timedelta(days=1)
    show.ends_at += timedelta(days=1)
    show.save()
    before = BeforeMove("plan 1", old_start, old_hall, {first.pk: old_seat, second.pk: second.seat})
    booking = Booking.objects.get(pk=booking.pk)
    notify_show_moved(booking, before, refund_until=show.starts_at)
    notify_show_moved(booking, before, refund_until=show.starts_at)
    message = deliver("show_moved")
    for words in [message.body, message.alternatives[0].content]:
        assert "another time:" in words
        assert "Stalls, row B, seat 1" in words
        assert words.count("instead of Stalls, row A, seat 1") == 1
        assert "all your money back" in words
    assert [name for name, _content, _kind in message.attachments] == ["tickets.pdf", "calendar.ics"]
    notify_show_moved(booking, replace(before, move="plan 2"))
    assert "money back" not in deliver("show_moved").body


def test_a_canceled_show_is_announced_once_with_the_way_of_the_refund(customer):
    show = make_show()
    booking = make_paid(show, 0, customer=customer, email=customer.email)
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    refund = Refund(payment=captured(booking), amount=Decimal(20))
    booking = Booking.objects.get(pk=booking.pk)
    notify_show_canceled(booking, booking.shows[0], refund, message="The lead is ill. <b>")
    notify_show_canceled(booking, booking.shows[0], None)
    message = deliver("show_canceled")
    assert "We are refunding €20.00 to where the payment came from" in message.body
    assert "The lead is ill. &lt;b&gt;" in message.alternatives[0].content
    [(name, content, _kind)] = message.attachments
    [entry] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (name, entry["status"]) == ("calendar.ics", "CANCELLED")


def test_refunds_at_the_box_office_are_explained(customer):
    booking = make_paid(make_show(), 0, customer=customer, email=customer.email)
    notify_show_canceled(booking, booking.shows[0], None, at_counter=Decimal("20.00"))
    body = deliver("show_canceled").body
    assert "You paid €20.00 at the box office" in body
    assert "nothing to pay back" not in body


def test_the_confirmation_names_the_access_of_the_show():
    guest_pays(make_show(is_signed=True, is_relaxed=True), 0)

    message = deliver("booking_confirmed")

    for text in (message.body, message.alternatives[0][0]):
        assert "Sign language interpreted, relaxed performance" in text
