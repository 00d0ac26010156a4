"""Staff take inquiries of groups, answer and decline them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from events.models import Show
from inquiries.models import Inquiry
from notifications.models import Notification
from notifications.rendering import render
from testing.bookings import make_hold
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6))


@pytest.fixture
def inquiry(show: Show) -> Inquiry:
    inquiry = Inquiry.objects.create(
        theater=show.hall.theater,
        event=show.event,
        party_size=11,
        kind="school",
        name="Maja Lehrer",
        email="maja@example.com",
        locale="de",
    )
    inquiry.shows.add(show)
    return inquiry


def page_of(inquiry: Inquiry, action: str) -> str:
    return reverse(f"admin:inquiries_inquiry_{action}", args=[inquiry.pk])


def test_one_takes_it_and_answers_by_mail_once(inquiry: Inquiry, box_office: User):
    desk = signed_in(box_office)
    assert "1 group waits for an answer" in desk.get(reverse("admin:index")).content.decode()
    desk.post(page_of(inquiry, "take"))
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.assignee) == (Inquiry.State.IN_WORK, box_office)
    sent = {"text": "Gern.\n\nReihe 5 <em>wäre</em> frei.", "key": str(uuid4())}
    for _time in range(2):
        assert desk.post(page_of(inquiry, "answer"), sent).status_code == 302
    inquiry.refresh_from_db()
    assert inquiry.state == Inquiry.State.ANSWERED
    mail = Notification.objects.get(kind="inquiry_answered")
    assert (mail.recipient, mail.language) == ("maja@example.com", "de")
    assert mail.context["reply_to"] == inquiry.theater.email
    drawn = render(mail.kind, mail.context, mail.language)
    assert "Reihe 5 <em>wäre</em> frei." in drawn.text
    assert "<p>Reihe 5 &lt;em&gt;wäre" in drawn.html
    page = desk.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).content.decode()
    assert "Reihe 5 &lt;em&gt;wäre" in page
    assert "groups wait" not in desk.get(reverse("admin:index")).content.decode()
    assert set(AuditEntry.objects.filter(by=box_office).values_list("action", flat=True)) >= {
        "take inquiry",
        "answer inquiry",
    }


def test_who_declines_names_dates_with_room(inquiry: Inquiry, show: Show, manager: User):
    make_hold(show, 0, 1, email="early@example.com")
    later = make_show(hall=show.hall, event=show.event, in_hours=96)
    desk = signed_in(manager)
    assert "These dates have room" in desk.get(page_of(inquiry, "decline")).content.decode()
    desk.post(page_of(inquiry, "decline"), {"text": "Leider voll.", "key": str(uuid4())})
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.assignee) == (Inquiry.State.DECLINED, manager)
    [date] = Notification.objects.get(kind="inquiry_answered").context["dates"]
    assert f"/shows/{later.code}/groups/?people=11" in date["url"]


def test_others_neither_see_nor_answer_it(inquiry: Inquiry, other_manager: User, programmer: User):
    for person, seen in ((other_manager, 302), (programmer, 200)):
        desk = signed_in(person)
        assert desk.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).status_code == seen
        for action in ("take", "answer", "decline"):
            answer = desk.post(page_of(inquiry, action), {"text": "No", "key": str(uuid4())})
            assert answer.status_code in (403, 404)
    inquiry.refresh_from_db()
    assert (inquiry.state, inquiry.assignee) == (Inquiry.State.NEW, None)
    assert not Notification.objects.exists()
