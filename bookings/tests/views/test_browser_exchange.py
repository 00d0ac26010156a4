"""Customers exchange tickets in a real browser: on a phone, by keys alone, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking
from events.models import Price, Show, TicketType
from testing.bookings import make_paid, seats_of
from testing.builders import make_hall, make_show
from testing.exchanges import issued, taken
from theaters.models import Theater

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=4, seats=8), in_hours=100)


@pytest.fixture
def other_date(show: Show) -> Show:
    return make_show(hall=show.hall, event=show.event, in_hours=200, price="35.00")


@pytest.fixture
def booking(show: Show, customer: User) -> Booking:
    booking = make_paid(show, 10, 11, customer=customer)
    Booking.objects.filter(pk=booking.pk).update(name="Asha")
    return booking


def read_qr(page: Page) -> list[str]:
    pictures = [Image.open(BytesIO(code.screenshot())).convert("L") for code in page.locator(".ticket__qr").all()]
    return [zxingcpp.read_barcodes(picture)[0].text.split(".")[2] for picture in pictures]


@pytest.fixture
def page_of_booking(page: Page, live_server: Any, sign_in: Callable[[User], None], booking: Booking) -> Page:
    assert booking.customer is not None
    sign_in(booking.customer)
    page.goto(live_server.url + booking.get_absolute_url())
    return page


def test_another_date_is_paid_on_a_phone(
    phone_page: Page,
    page_of_booking: Page,
    assert_accessible_everywhere: Callable[[Page], None],
    booking: Booking,
    other_date: Show,
):
    page = page_of_booking
    address = page.url
    old = [ticket.code for ticket in issued(booking)]
    page.get_by_role("link", name="Exchange tickets").click()
    page.locator("label", has_text="seat 3").click()
    assert_accessible_everywhere(page)
    page.get_by_role("button", name="Continue").click()
    assert_accessible_everywhere(page)
    page.locator(f'a[href*="show={other_date.code}"]').click()
    page.wait_for_selector("html[data-seat-map=ready]")
    page.locator("#seat-map").evaluate("map => map.scrollIntoView({ block: 'start', behavior: 'instant' })")
    for index in (20, 21):
        seat = page.locator(f'[data-seat="{seats_of(other_date)[index].pk}"].seat').bounding_box()
        assert seat
        page.mouse.click(seat["x"] + seat["width"] / 2, seat["y"] + seat["height"] / 2)
    expect(page.locator("#seat-alert")).to_contain_text("You give back 1 ticket.")
    expect(page.locator("[data-total]")).to_have_text("€35.00")
    assert_accessible_everywhere(page)
    page.reload()
    page.wait_for_selector("html[data-seat-map=ready]")
    expect(page.locator("[data-total]")).to_have_text("€35.00")
    page.get_by_role("button", name="See what it comes to").click()
    assert_accessible_everywhere(page)
    page.get_by_role("button", name="Continue to payment · €15.00").click()
    page.wait_for_url(re.compile("/checkout/"))
    page.goto(address)
    expect(page.get_by_role("button", name="Give up the exchange")).to_be_visible()
    assert_accessible_everywhere(page)
    page.get_by_role("link", name="Pay €15.00").click()
    page.get_by_role("button", name="Pay €15.00").click()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(re.compile(rf"/bookings/{booking.code}/$"))
    codes = [ticket.code for ticket in issued(booking)]
    assert sorted(read_qr(page)) == sorted(codes)
    assert len({*codes, *old}) == len(codes) + 1
    assert taken(other_date) == [20]


def test_keys_alone_change_seats(page_of_booking: Page, show: Show):
    page = page_of_booking

    def press(role: Any, name: str) -> None:
        page.get_by_role(role, name=name).focus()
        page.keyboard.press("Enter")

    press("link", "Exchange tickets")
    page.wait_for_url(re.compile("/exchange/"))
    for box in page.get_by_role("checkbox").all():
        box.focus()
        page.keyboard.press("Space")
    press("button", "Continue")
    press("link", "Other seats")
    page.wait_for_selector("html[data-seat-map=ready]")
    # One of their own seats, and its neighbor.
    for index in (11, 12):
        page.locator(f'[data-seat="{seats_of(show)[index].pk}"].seat').focus()
        page.keyboard.press("Enter")
    press("button", "See what it comes to")
    press("button", "Exchange now")
    expect(page.get_by_text("Here are your new tickets")).to_be_visible()
    assert taken(show) == [11, 12]


def test_without_scripts_a_ticket_gets_another_type(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, booking: Booking, client: Client
):
    show = issued(booking)[0].show
    child = TicketType.objects.create(theater=booking.theater, name="Child", order=2)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount="8.00")
    assert booking.customer is not None
    client.force_login(booking.customer)
    name = settings.SESSION_COOKIE_NAME
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("bookings:exchange", args=[booking.code]))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Choose at least one ticket.")).to_be_visible()
    page.locator("label", has_text="seat 3").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="The same seats, with another ticket type").click()
    page.get_by_label("Ticket type for Stalls, row B, seat 3").select_option(label="Child, €8.00")
    page.get_by_role("button", name="See what it comes to").click()
    expect(page.locator(".cancel__amount")).to_have_text("€12.00")
    page.get_by_role("link", name="Change seats").click()
    page.locator(f'label:has(input[value="{seats_of(show)[10].pk}"])').click()
    page.locator(f'label:has(input[value="{seats_of(show)[20].pk}"])').click()
    page.get_by_role("button", name="Add to the basket").click()
    page.get_by_label("Ticket type for Stalls, row C, seat 5").select_option(label="Child, €8.00")
    page.get_by_role("button", name="See what it comes to").click()
    page.get_by_role("button", name="Exchange now").click()
    expect(page.get_by_text("on its way back to you")).to_be_visible()
    assert taken(show) == [11, 20]
    context.close()
