"""Cancel several shows together: looked at on one page, all or none, followed on one page."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.models import Booking
from bookings.services.remedy import give_back
from events.models import Show
from notifications.models import Notification
from payments.drawers import open_drawer
from payments.models import Refund, SandboxAnswer
from show_changes import cancel as canceling
from show_changes.cancel import cancel_shows, carry_on, wake_silent
from show_changes.models import ShowCancellation
from show_changes.tests.admin.test_cancel_show_page import sell_for_cash, settle_all
from testing.bookings import make_hold, make_paid
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db

PAGE = reverse("admin:cancel_shows")


@pytest.fixture
def shows(theater: Theater) -> list[Show]:
    event, hall = make_event(theater=theater), make_hall(theater=theater)
    return [make_show(event=event, hall=hall, price="12.50", in_hours=hours) for hours in (50, 60, 70)]


def wish(shows: list[Show], **changes: str) -> dict[str, str]:
    pks = ",".join(str(show.pk) for show in shows)
    sent = {"shows": pks, "reason": "Strike", "message": "Sorry", "count": str(len(shows)), "batch": str(uuid.uuid4())}
    return {**sent, **changes}


def states(shows: list[Show]) -> set[str]:
    return set(Show.objects.filter(pk__in=[show.pk for show in shows]).values_list("state", flat=True))


@dataclass(frozen=True)
class Scene:
    shows: list[Show]
    refused: Booking
    cash: Booking


@pytest.fixture
def scene(shows: list[Show], box_office: User, customer: User, rival: User) -> Scene:
    make_paid(shows[0], 0, 1, customer=customer)
    refused = make_paid(shows[1], 0, customer=rival)
    SandboxAnswer.objects.filter(payment__booking=refused).update(refuses_refunds=True)
    cash = sell_for_cash(shows[1], 1, box_office, "Ada Without")
    make_hold(shows[2], 3)
    return Scene(shows, refused, cash)


@pytest.mark.slow
def test_all_coming_shows_of_an_event_are_looked_at_and_canceled_once(
    client: Client, manager: User, scene: Scene, other_theater: Theater, django_assert_max_num_queries
):
    shows, hall = scene.shows, scene.shows[0].hall
    elsewhere = make_show(event=shows[0].event, hall=make_hall(theater=other_theater), in_hours=50)
    draft = make_show(event=shows[0].event, hall=hall, in_hours=80, state=Show.State.DRAFT)
    client.force_login(manager)
    from_event = reverse("admin:events_event_cancel_shows", args=[shows[0].event_id])
    with django_assert_max_num_queries(14):
        page = client.get(client.get(from_event)["Location"])
    assert [line.show for line in page.context["lines"]] == shows
    assert [(line.preview.bookings, line.preview.tickets, line.preview.holds) for line in page.context["lines"]] == [
        (1, 2, 0), (2, 2, 0), (0, 0, 1)
    ]  # fmt: skip
    total = page.context["preview"]
    assert [(str(line.gateway), line.bookings, line.amount) for line in total.money] == [
        ("Test payment", 2, Decimal("37.50")), ("Cash", 1, Decimal("12.50"))
    ]  # fmt: skip
    sent = wish([*shows, draft, elsewhere], count="3")
    for wrong in ({"count": "5"}, {"reason": ""}):
        assert client.post(PAGE, {**sent, **wrong}).context["form"].errors
    assert states(shows) == {"on_sale"}
    for _ in range(2):
        response = client.post(PAGE, sent)
        assert response["Location"] == reverse("admin:canceled_together", args=[sent["batch"]])
    assert (states(shows), states([draft, elsewhere])) == ({"canceled"}, {"draft", "on_sale"})
    cancellations = list(ShowCancellation.objects.order_by("show__starts_at"))
    assert [one.show for one in cancellations] == shows
    assert AuditEntry.objects.filter(action="cancel show", by=manager, reason="Strike").count() == 3


@pytest.mark.parametrize("name", ["event", "shows"])
@pytest.mark.parametrize("pk", ["", "x", "0", "9" * 18, "9" * 30, "9" * 5000])
def test_no_show_of_an_address_leads_back(client: Client, manager: User, name: str, pk: str):
    client.force_login(manager)
    page = client.get(PAGE, {name: pk}, follow=True)
    assert (page.status_code, len(page.redirect_chain) > 0) == (200, True)
    assert "None of these shows can be canceled by you." in page.content.decode()


@pytest.mark.slow
def test_they_are_followed_on_one_page_to_the_last_refund(
    client: Client, manager: User, scene: Scene, django_assert_max_num_queries
):
    batch = uuid.uuid4()
    cancellations = cancel_shows(shows=scene.shows, by=manager, reason="Strike", batch=batch)
    client.force_login(manager)
    followed = reverse("admin:canceled_together", args=[batch])
    with django_assert_max_num_queries(16):
        page = client.get(followed)
    assert (page.context["done"], page.context["total"]) == (0, 3)
    # The first worker was killed: the sweep wakes another for each show, and nobody is refunded twice.
    carry_on(cancellations[0].pk)
    assert wake_silent(now=timezone.now() + 2 * canceling.DEAD_AFTER) == 1
    for one in cancellations:
        carry_on(one.pk)
        carry_on(one.pk)
    settle_all()
    page = client.get(followed, {"part": "progress"})
    assert (page.context["done"], page.context["failed"], page.context["seconds"]) == (3, 1, 0)
    [totals] = page.context["totals"]
    assert (totals.refunded.amount, totals.pay_out.amount) == (Decimal(25), Decimal("12.50"))
    assert sorted(Refund.objects.values_list("amount", "state")) == [
        (Decimal("12.50"), "failed"), (Decimal(25), "succeeded")
    ]  # fmt: skip
    assert Notification.objects.filter(kind="show_canceled").count() == 2
    # Nobody whose refund was refused has been told that it was made.
    assert not Notification.objects.filter(kind="booking_refunded", about=scene.refused.code).exists()
    client.post(followed)
    settle_all()
    assert client.get(followed).context["failed"] == 1
    failed = Refund.objects.get(payment__booking=scene.refused, state="failed", remedy__isnull=True)
    open_drawer(theater=scene.shows[0].hall.theater, person=manager, opening_float=Decimal(50))
    give_back(payment=failed.payment, failed=failed, by=manager, reason="Card closed", way=Refund.Way.CASH)
    page = client.get(followed)
    assert (page.context["failed"], page.context["totals"][0].refunded.amount) == (0, Decimal("37.50"))
    assert not client.post(followed, follow=True).context["failed"]
    assert Refund.objects.exclude(state="failed").count() == 2
    assert scene.cash.show_cancellations.get().state == "pay_out"


def test_none_is_canceled_when_one_cannot_be(shows: list[Show], manager: User):
    Show.objects.filter(pk=shows[1].pk).update(state=Show.State.DRAFT)
    with pytest.raises(Exception, match="draft"):
        cancel_shows(shows=shows, by=manager, reason="Strike", batch=uuid.uuid4())
    assert not ShowCancellation.objects.exists()
    assert states(shows) == {"on_sale", "draft"}


@pytest.mark.parametrize("role", ["programmer", "box_office", "door_staff", "accountant", "other_manager"])
def test_people_who_may_not_cancel_are_refused(role: str, client: Client, shows: list[Show], manager: User, request):
    client.force_login(request.getfixturevalue(role))
    sent = wish(shows)
    for response in (client.get(PAGE, sent), client.post(PAGE, sent)):
        assert response.status_code == (302 if role == "other_manager" else 403)
    assert client.get(reverse("admin:events_event_cancel_shows", args=[shows[0].event_id])).status_code == 403
    assert not ShowCancellation.objects.exists()
    cancel_shows(shows=shows, by=manager, reason="Strike", batch=uuid.UUID(sent["batch"]))
    may_see = role == "box_office"
    assert client.get(reverse("admin:canceled_together", args=[sent["batch"]])).status_code == (200 if may_see else 404)
