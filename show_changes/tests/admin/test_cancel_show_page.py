"""Cancel a show in the console: look first, type the code, follow it, and see to what is left."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings.models import Booking
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.refund import settle_refund
from events.models import Show
from payments.drawers import open_drawer
from payments.models import Refund, SandboxAnswer
from show_changes.cancel import cancel_show, carry_on
from show_changes.models import CanceledBooking, ShowCancellation
from testing.bookings import make_hold, make_paid
from testing.builders import make_hall, make_show, make_user
from theaters.models import Theater

D = Decimal


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), price="12.50")


def sell_for_cash(show: Show, seat: int, seller: User, name: str) -> Booking:
    open_drawer(theater=show.hall.theater, person=seller, opening_float=D(50))
    hold = make_hold(show, seat, channel=Booking.Channel.BOX_OFFICE, made_by=seller)
    Booking.objects.filter(pk=hold.pk).update(name=name, phone="0660 1")
    payment = start_payment(booking=hold, gateway="cash", return_url="/", made_by=seller).payment
    return confirm_payment(payment=payment, by=seller)


def settle_all() -> None:
    for refund in Refund.objects.filter(state=Refund.State.PENDING):
        settle_refund(refund.pk)


def address(name: str, *arguments: Any) -> str:
    return reverse(f"admin:{name}", args=arguments)


@pytest.fixture
def as_manager(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


@pytest.mark.django_db
def test_it_shows_who_gets_what_and_changes_nothing(
    as_manager: Client, show: Show, customer, box_office, django_assert_max_num_queries
):
    make_paid(show, 0, 1, customer=customer)
    sell_for_cash(show, 2, box_office, "Ada Without")
    make_hold(show, 3)
    with django_assert_max_num_queries(16):
        page = as_manager.get(address("events_show_cancel", show.pk))
    preview = page.context["preview"]
    assert (preview.bookings, preview.tickets, preview.holds) == (2, 3, 1)
    money = [(str(line.gateway), line.bookings, line.amount, line.is_by_hand) for line in preview.money]
    assert money == [("Test payment", 1, D("25.00"), False), ("Cash", 1, D("12.50"), True)]
    assert preview.mails == [("English", 1)]
    assert [booking.name for booking in preview.without_address] == ["Ada Without"]
    assert "€25.00" in page.content.decode()
    show.refresh_from_db()
    assert show.state == Show.State.ON_SALE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sent", "field"), [({"code": "WRONG", "reason": "Ill"}, "code"), ({"code": "", "reason": ""}, "reason")]
)
def test_nothing_happens_without_a_reason_and_the_code(sent: dict, field: str, as_manager: Client, show: Show):
    page = as_manager.post(address("events_show_cancel", show.pk), sent)
    assert field in page.context["form"].errors
    assert not ShowCancellation.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db
def test_all_is_seen_to_from_the_page(as_manager: Client, show: Show, customer, box_office):
    make_paid(show, 0, customer=customer)
    refused = make_paid(show, 1, customer=customer)
    SandboxAnswer.objects.filter(payment__booking=refused).update(refuses_refunds=True)
    cash = sell_for_cash(show, 2, box_office, "Ada Without")
    sent = {"code": show.code.lower(), "reason": "Ill", "message": "Sorry"}
    for _ in range(2):
        response = as_manager.post(address("events_show_cancel", show.pk), sent)
        cancellation = ShowCancellation.objects.get()
        page = address("show_changes_showcancellation_change", cancellation.pk)
        assert response["Location"] == page
    assert as_manager.get(page).context["progress"].waiting.bookings == 3
    carry_on(cancellation.pk)
    settle_all()
    context = as_manager.get(page).context
    progress = context["progress"]
    assert (progress.refunded.bookings, progress.failed.bookings, progress.pay_out.bookings) == (1, 1, 1)
    assert [row.booking for row in context["failed"]] == [refused]
    assert [(row.booking, amount) for row, amount in context["pay_outs"]] == [(cash, D("12.50"))]
    assert [row.booking for row in context["untold"]] == [cash]
    part = as_manager.get(page, {"part": "progress"})
    assert part["HX-Refresh"] == "true"
    SandboxAnswer.objects.update(refuses_refunds=False)
    as_manager.post(address("show_changes_showcancellation_retry", cancellation.pk))
    settle_all()
    assert as_manager.get(page).context["progress"].refunded.bookings == 2
    # The manager has no drawer, and is told so; the box office has one.
    row = {"row": CanceledBooking.objects.get(booking=cash).pk}
    response = as_manager.post(address("show_changes_showcancellation_pay_out", cancellation.pk), row, follow=True)
    assert "open drawer" in response.content.decode()
    as_manager.force_login(box_office)
    as_manager.post(address("show_changes_showcancellation_pay_out", cancellation.pk), row)
    progress = as_manager.get(page).context["progress"]
    assert (progress.refunded.bookings, progress.refunded.amount, progress.pay_out.bookings) == (3, D("37.50"), 0)
    assert "3 of 3" in as_manager.get(address("show_changes_showcancellation_changelist")).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["programmer", "box_office", "door_staff", "accountant", "other_manager"])
def test_only_a_manager_of_the_theater_cancels(role: str, client: Client, show: Show, request):
    client.force_login(request.getfixturevalue(role))
    sent = {"code": show.code, "reason": "Ill"}
    for response in (
        client.get(address("events_show_cancel", show.pk)),
        client.post(address("events_show_cancel", show.pk), sent),
    ):
        assert response.status_code in (403, 404)
    show.refresh_from_db()
    assert show.state == Show.State.ON_SALE


@pytest.mark.django_db
def test_another_theater_may_not_settle_the_rest(client: Client, show: Show, box_office, manager, other_manager):
    cash = sell_for_cash(show, 0, box_office, "Ada")
    cancellation = cancel_show(show=show, by=manager, reason="Ill")
    carry_on(cancellation.pk)
    row = {"row": CanceledBooking.objects.get(booking=cash).pk}
    client.force_login(other_manager)
    for name in ("retry", "pay_out"):
        assert client.post(address(f"show_changes_showcancellation_{name}", cancellation.pk), row).status_code == 404
    assert not Refund.objects.exists()


@pytest.fixture
def show_page(page: Page, live_server: Any, show: Show, sign_in: Callable, manager: User) -> Page:
    make_paid(show, 0, customer=make_user("browser@example.com"))
    sign_in(manager)
    page.goto(live_server.url + address("events_show_change", show.pk))
    return page


@pytest.mark.django_db(transaction=True)
def test_in_a_browser_by_keyboard(show_page: Page, show: Show, assert_accessible: Callable):
    page = show_page
    page.locator("ul li > a", has_text="More").first.press("Enter")
    page.get_by_role("link", name="Cancel the show").press("Enter")
    expect(page.get_by_role("heading", name="Who gets what")).to_be_visible()
    assert_accessible(page, inside="#content")
    page.get_by_label("Reason").fill("The lead is ill.")
    page.keyboard.press("Tab")
    page.keyboard.type("We are sorry.")
    page.keyboard.press("Tab")
    page.keyboard.type(show.code)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="0 of 1 bookings done")).to_be_visible()
    carry_on(ShowCancellation.objects.get().pk)
    settle_all()
    # The page asks by itself.
    expect(page.get_by_role("status").filter(has_text="All tickets are canceled.")).to_be_visible()
    expect(page.locator(".outcome-figures")).to_contain_text("€12.50")
    assert_accessible(page, inside="#content")
