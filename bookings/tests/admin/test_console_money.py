"""Money in the console: what is put right by a click, and by whom."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from bookings.models import Voucher
from bookings.tests.services.test_remedy import let_go, make_orphan
from events.models import Show, TicketType
from payments.drawers import open_drawer
from payments.models import Payment, Refund
from reports.today.concerns import Concern
from testing.builders import make_hall, make_show, make_user
from testing.console import signed_in
from theaters.models import StaffMembership, Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater))


@pytest.fixture
def orphan(show: Show, customer: User, rival: User) -> Payment:
    return make_orphan(show, customer, 0, 1, taken_by=rival)


def money_concerns(client: Client) -> list[Concern]:
    """Return what *Today* says of money; that many places are held is another matter."""
    return [one for one in client.get(reverse("admin:index")).context["concerns"] if one.icon == "money_off"]


def address(payment: Payment) -> str:
    return reverse("admin:payments_payment_remedy", args=[payment.pk])


@pytest.mark.slow
def test_from_today_to_the_remedy(orphan: Payment, show: Show, rival: User, manager: User):
    client = signed_in(manager)
    [concern] = money_concerns(client)
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


@pytest.mark.slow
def test_a_failed_refund_is_tried_again_by_the_gateway(orphan: Payment, manager: User):
    client = signed_in(manager)
    failed = orphan.refunds.get()
    page = reverse("admin:payments_refund_put_right", args=[failed.pk])
    assert client.get(page)["Location"] == address(orphan)
    assert list(
        client.get(reverse("admin:payments_refund_changelist"), {"needs": "remedy"}).context["cl"].result_list
    ) == [failed]
    sent = {"remedy": "as_paid", "failed": failed.pk, "reason": "Card works again"}
    assert client.post(address(orphan), sent).status_code == 302
    assert sorted(orphan.refunds.values_list("state", flat=True)) == ["failed", "pending"]
    again = client.post(address(orphan), {**sent, "remedy": "outside"}, follow=True)
    assert "Nothing is left to put right" in again.content.decode()
    assert orphan.refunds.count() == 2
    assert money_concerns(client) == []


@pytest.mark.slow
def test_the_box_office_hands_it_out_or_writes_down_a_transfer(orphan: Payment, box_office: User, theater: Theater):
    client = signed_in(box_office)
    story = reverse("admin:bookings_booking_change", args=[orphan.booking_id])
    assert f'href="{address(orphan)}"' in client.get(story).content.decode()
    sent = {"remedy": "transfer", "failed": orphan.refunds.get().pk, "reason": "The card is closed"}
    assert client.post(address(orphan), sent).context["form"].errors["reference"]
    no_drawer = client.post(address(orphan), {**sent, "remedy": "cash"}).content.decode()
    assert "needs an open drawer" in no_drawer
    assert "Hand out the cash" not in no_drawer
    open_drawer(theater=theater, person=box_office, opening_float=Decimal(100))
    assert "Hand out the cash" in client.get(address(orphan)).content.decode()
    assert orphan.refunds.count() == 1
    done = client.post(address(orphan), {**sent, "reference": "AT 0815"}, follow=True)
    assert done.redirect_chain == [(story, 302)]
    assert "AT 0815" in done.content.decode()
    assert f'href="{address(orphan)}"' not in done.content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "role",
    ["accountant", "programmer", "door_staff", "other_manager"],
)
def test_other_roles_may_not_put_it_right(role: str, orphan: Payment, request: pytest.FixtureRequest):
    client = signed_in(request.getfixturevalue(role))
    sent = {"remedy": "outside", "failed": orphan.refunds.get().pk, "reason": "Mine now"}
    for response in (client.get(address(orphan)), client.post(address(orphan), sent)):
        assert response.status_code in (403, 404)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [("manager", True), ("programmer", True), ("box_office", True), ("door", False), ("accountant", False)],
)
def test_codes_are_shown_to_those_who_sell_or_plan(theater, role, is_shown):
    Voucher.objects.create(code="SECRET", theater=theater, percent=100)
    member = make_user("member@example.com")
    StaffMembership.objects.create(user=member, theater=theater, role=role)
    response = signed_in(member).get(reverse("admin:bookings_voucher_changelist"))
    assert (response.status_code == 200 and "SECRET" in response.content.decode()) is is_shown


@pytest.mark.slow
def test_a_voucher_is_for_ticket_types_of_ones_own_theaters(client, manager, theater, other_theater):
    own = TicketType.objects.create(theater=theater, name="Adult")
    foreign = TicketType.objects.create(theater=other_theater, name="Foreign")
    client.force_login(manager)
    page = reverse("admin:bookings_voucher_add")
    text = client.get(page).content.decode()
    assert f"Adult, {theater}" in text
    assert "Foreign" not in text
    sent = {"code": "AUTUMN", "theater": theater.pk, "percent": "10", "limit": "5", "limit_per_customer": "1"}
    assert client.post(page, {**sent, "ticket_types": [foreign.pk]}).status_code == 200
    assert not Voucher.objects.exists()
    assert client.post(page, {**sent, "ticket_types": [own.pk]}).status_code == 302
    assert list(Voucher.objects.get().ticket_types.all()) == [own]
