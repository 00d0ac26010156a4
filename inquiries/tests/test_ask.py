"""A group asks for places, follows its inquiry, and withdraws it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings import throttles
from events.models import Show
from inquiries.access import inquiry_path
from inquiries.models import Inquiry, InquiryMessage
from notifications.models import Notification
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6), tickets_per_customer=2)


def address(show: Show) -> str:
    return reverse("inquiries:ask", args=[show.code])


def wish(show: Show, **changes: Any) -> dict[str, Any]:
    return {
        "party_size": 11,
        "kind": "school",
        "dates": [show.code],
        "wishes": "Close to the <b>exit</b>",
        "name": "Maja Lehrer",
        "email": "Maja@Example.com",
        "phone": "+43 1 555",
        "key": str(uuid4()),
        **changes,
    }


def told(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def test_a_group_asks_is_told_and_alerts_the_staff_once(show: Show, client: Client, manager: User, programmer: User):
    sent = wish(show)
    page = client.post(address(show), sent, follow=True)
    again = client.post(address(show), sent, follow=True)
    inquiry = Inquiry.objects.get()
    assert (inquiry.email, inquiry.theater, list(inquiry.shows.all())) == (
        "maja@example.com",
        show.hall.theater,
        [show],
    )
    assert page.redirect_chain[-1][0] == again.redirect_chain[-1][0] == inquiry_path(inquiry)
    text = page.content.decode()
    assert "The theater has your inquiry" in text
    assert "Close to the &lt;b&gt;exit" in text
    assert page["Referrer-Policy"] == "same-origin"
    [mail], [alert] = told("inquiry_received"), told("staff_alert")
    assert (mail.recipient, mail.context["party"]) == ("maja@example.com", "11 people (school)")
    # Anyone can send it to anyone.
    assert "exit" not in str(mail.context)
    assert (alert.recipient, alert.context["title"]) == (manager.email, "A group asks for places")


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(show: Show, client: Client):
    page = client.post(address(show), wish(show, party_size="many", email="nowhere"))
    assert page.status_code == 422
    assert set(page.context["form"].errors) == {"party_size", "email"}
    assert "Close to the" in page.content.decode()
    assert not Inquiry.objects.exists()


def test_programs_and_floods_leave_nothing(show: Show, client: Client, monkeypatch: pytest.MonkeyPatch):
    assert client.post(address(show), wish(show, website="https://spam.example")).status_code == 302
    assert not Inquiry.objects.exists()
    assert not Notification.objects.exists()
    for _time in range(throttles.MAIL_TO_ADDRESS.limit):
        client.post(address(show), wish(show))
    page = client.post(address(show), wish(show))
    assert (page.status_code, Inquiry.objects.count()) == (429, throttles.MAIL_TO_ADDRESS.limit)


def test_a_customer_is_asked_for_no_address(show: Show, client: Client, customer: User):
    client.force_login(customer)
    page = client.get(address(show), {"people": "30"}).content.decode()
    assert 'name="email"' not in page
    assert 'value="30"' in page
    client.post(address(show), wish(show, email="other@example.com"))
    assert Inquiry.objects.get().contact_email == customer.email


def test_the_limit_leads_there_from_each_place(show: Show, client: Client):
    link = f'href="{address(show)}'
    assert client.get(show.get_absolute_url()).content.decode().count(link) >= 2
    seats = [seat.pk for seat in show.seat_map.seats.all()[:3]]
    refused = client.post(reverse("bookings:hold", args=[show.code]), {"seat": seats}, follow=True)
    assert f"{link}?people=3" in refused.content.decode()
    best = reverse("bookings:best", args=[show.code])
    kind = show.prices.first().ticket_type_id
    ways = client.get(best, {f"tickets-{kind}": "12"}, headers={"accept": "application/json"}).json()["ways"]
    assert ways == [{"words": "Ask us for your group", "url": f"{address(show)}?people=12"}]


def test_other_dates_are_offered_and_taken_where_the_wished_one_is_too_full(
    show: Show, client: Client, manager: User, other_theater: Theater
):
    make_hold(show, 0, 1, email="early@example.com")
    later = make_show(hall=show.hall, event=show.event, in_hours=96)
    elsewhere = make_show(hall=make_hall(theater=other_theater, rows=2, seats=6), event=show.event, in_hours=100)
    page = client.post(address(show), wish(show), follow=True).content.decode()
    inquiry = Inquiry.objects.get()
    assert f'value="{later.code}"' in page
    assert f'value="{show.code}"' not in page
    assert f'value="{elsewhere.code}"' not in page
    for code in (later.code, later.code, elsewhere.code):
        client.post(inquiry_path(inquiry), {"action": "date", "date": code})
    assert set(inquiry.shows.all()) == {show, later}
    assert [alert.context["title"] for alert in told("staff_alert")][1:] == ["Another date would suit a group"]
    assert f'value="{later.code}"' not in client.get(inquiry_path(inquiry)).content.decode()


def test_the_group_writes_again_and_withdraws_from_any_browser(show: Show, client: Client, manager: User):
    client.post(address(show), wish(show))
    inquiry = Inquiry.objects.get()
    Inquiry.objects.update(state=Inquiry.State.ANSWERED, assignee=manager)
    sent = {"action": "write", "text": "One more\nperson", "key": str(uuid4())}
    for _time in range(2):
        page = Client().post(inquiry_path(inquiry), sent, follow=True)
    assert "One more<br>person" in page.content.decode()
    assert InquiryMessage.objects.get().author is None
    assert Inquiry.objects.get().state == Inquiry.State.IN_WORK
    assert len(told("staff_alert")) == 2
    for _time in range(2):
        page = Client().post(inquiry_path(inquiry), {"action": "withdraw"}, follow=True)
    assert "You have withdrawn your inquiry" in page.content.decode()
    assert len(told("staff_alert")) == 3


def test_the_link_is_for_the_reader_of_its_mail(show: Show, client: Client):
    client.post(address(show), wish(show))
    path = inquiry_path(Inquiry.objects.get())
    assert client.get(path.replace("~", "~x")).status_code == 404
    Inquiry.objects.update(email="corrected@example.com")
    assert client.get(path).status_code == 404
