"""Money in the console: what is put right by a click, and who may click."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Payment, Refund
from bookings.tests.test_remedy import let_go, make_orphan
from conftest import make_hall, make_show
from events.models import Show
from theaters.models import Theater
from ticketing.tests.test_console import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def orphan(show: Show, customer: User, rival: User) -> Payment:
    return make_orphan(show, customer, 0, 1, taken_by=rival)


def address(payment: Payment) -> str:
    return reverse("admin:bookings_payment_remedy", args=[payment.pk])


def test_from_today_to_the_remedy(orphan: Payment, show: Show, rival: User, manager: User):
    client = signed_in(manager)
    [concern] = client.get(reverse("admin:index")).context["concerns"]
    listed = client.get(concern.url).context["cl"].result_list
    assert list(listed) == [orphan]
    [(_name, url)] = concern.named
    assert url == address(orphan)
    assert "The best of the same category" in client.get(url).content.decode()
    lost = client.post(url, {"remedy": "same", "reason": "Called"})
    assert "no longer free" in lost.content.decode()
    assert client.post(url, {"remedy": "equal", "reason": " "}).context["form"].errors["reason"]
    let_go(show, rival)
    assert "Their places are free again" in client.get(url).content.decode()
    for _ in range(2):
        assert client.post(url, {"remedy": "same", "reason": "Called"}).status_code == 302
    orphan.booking.refresh_from_db()
    assert orphan.booking.state == "confirmed"
    assert AuditEntry.objects.filter(action="seat late payment", by=manager).count() == 1


def test_a_failed_refund_is_paid_outside_or_by_the_gateway(orphan: Payment, manager: User):
    client = signed_in(manager)
    failed = orphan.refunds.get()
    page = reverse("admin:bookings_refund_put_right", args=[failed.pk])
    assert client.get(page)["Location"] == address(orphan)
    assert list(
        client.get(reverse("admin:bookings_refund_changelist"), {"needs": "remedy"}).context["cl"].result_list
    ) == [failed]
    sent = {"remedy": "gateway", "failed": failed.pk, "reason": "Card works again"}
    assert client.post(address(orphan), sent).status_code == 302
    assert sorted(orphan.refunds.values_list("state", flat=True)) == ["failed", "pending"]
    client.post(address(orphan), {**sent, "remedy": "outside"})
    assert orphan.refunds.count() == 2
    assert client.get(reverse("admin:index")).context["concerns"] == []


@pytest.mark.parametrize(
    "role",
    ["accountant", "box_office", "programmer", "door_staff", "other_manager"],
)
def test_who_may_not_put_right(role: str, orphan: Payment, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    sent = {"remedy": "outside", "failed": orphan.refunds.get().pk, "reason": "Mine now"}
    for response in (client.get(address(orphan)), client.post(address(orphan), sent)):
        assert response.status_code in (403, 404)
    assert Refund.objects.count() == 1
