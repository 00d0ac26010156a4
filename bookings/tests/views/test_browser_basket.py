"""A family books Friday's play and Sunday's matinee in one go, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bookings.models import Booking
from events.models import Show
from testing.bookings import seats_of
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=4, seats=8), in_hours=48)


@pytest.fixture
def sunday(friday: Show) -> Show:
    event = make_event("Matinee", asks_attendee_names=True)
    return make_show(hall=friday.hall, event=event, in_hours=96, price="15.00")


def press(page: Page, show: Show, *indices: int) -> None:
    """Press seats on the map, where they are drawn."""
    page.wait_for_selector("html[data-seat-map=ready]")
    for index in indices:
        box = page.locator(f'[data-seat="{seats_of(show)[index].pk}"].seat').bounding_box()
        assert box
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def assert_booked(friday: Show, sunday: Show) -> None:
    booking = Booking.objects.get()
    assert booking.state == Booking.State.CONFIRMED
    seats = seats_of(friday)
    assert set(booking.tickets.values_list("show", "seat")) == {
        (friday.pk, seats[10].pk),
        (friday.pk, seats[11].pk),
        (sunday.pk, seats[12].pk),
    }


def test_on_a_phone(
    phone_page: Page,
    live_server: Any,
    friday: Show,
    sunday: Show,
    assert_accessible_everywhere: Callable[[Page], None],
):
    page = phone_page
    page.goto(live_server.url + friday.get_absolute_url())
    press(page, friday, 10, 11)
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Choose another show").click()
    page.wait_for_url(re.compile("/theaters/"))
    expect(page.get_by_role("navigation", name="Your basket")).to_contain_text("2 tickets")
    assert_accessible_everywhere(page)

    page.locator(f'a[href^="{sunday.get_absolute_url()}"]').first.click()
    press(page, sunday, 12)
    expect(page.locator("[data-total]")).to_have_text("€15.00")
    expect(page.get_by_role("navigation", name="Your basket")).to_contain_text("2 tickets")
    assert_accessible_everywhere(page)
    page.get_by_role("button", name="Hold seats").click()

    page.wait_for_url(re.compile("/checkout/"))
    expect(page.get_by_role("navigation", name="Your basket")).to_have_count(0)
    expect(page.locator(".summary__show")).to_have_count(2)
    expect(page.locator(".summary__total")).to_contain_text("€55.00")
    expect(page.locator(".countdown time")).to_have_count(1)
    assert_accessible_everywhere(page)
    page.get_by_label("Name", exact=True).fill("Asha Guest")
    page.get_by_label("E-mail").fill("asha@example.com")
    page.get_by_role("group", name="Matinee").get_by_role("textbox").fill("Ben")
    page.get_by_role("button", name="Pay €55.00").click()
    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(re.compile(r"/bookings/[A-Z0-9]+/payment/$"))
    assert_booked(friday, sunday)


def test_without_scripts_a_show_is_changed_and_removed(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, friday: Show, sunday: Show
):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    seats = seats_of(friday)
    for show, at in ((friday, 3), (sunday, 4)):
        page.goto(live_server.url + show.get_absolute_url())
        page.locator(f'label:has(input[value="{seats[at].pk}"])').click()
        page.get_by_role("button", name="Add to the basket").click()
        page.get_by_role("button", name="Hold seats").click()
        page.wait_for_url(re.compile("/checkout/"))
    page.get_by_role("link", name=re.compile("Change.*Hamlet")).click()
    expect(page.locator(".basket__place")).to_have_text("Stalls, row A, seat 4")
    page.locator(f'label:has(input[value="{seats[5].pk}"])').click()
    page.get_by_role("button", name="Add to the basket").click()
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))
    expect(page.locator(".summary__lines li")).to_have_count(3)
    page.get_by_role("button", name=re.compile("Remove.*Matinee")).click()
    expect(page.get_by_text("Your seats are free again.")).to_be_visible()
    expect(page.locator(".summary__lines li")).to_have_count(2)
    page.get_by_role("button", name="I don’t want these seats: release them").click()
    expect(page.get_by_role("navigation", name="Your basket")).to_have_count(0)
    context.close()


def test_keys_alone_book_two_shows(page: Page, live_server: Any, friday: Show, sunday: Show):
    def choose(show: Show, *indices: int) -> None:
        page.wait_for_selector("html[data-seat-map=ready]")
        for index in indices:
            page.locator(f'[data-seat="{seats_of(show)[index].pk}"].seat').focus()
            page.keyboard.press("Enter")
        page.get_by_role("button", name="Hold seats").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile("/checkout/"))

    page.goto(live_server.url + friday.get_absolute_url())
    choose(friday, 10, 11)
    page.get_by_role("link", name="Choose another show").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/theaters/"))
    # The basket is the first thing after the header.
    page.get_by_role("navigation", name="Your basket").get_by_role("link").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/checkout/"))
    page.goto(live_server.url + sunday.get_absolute_url())
    choose(sunday, 12)
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Asha")
    page.keyboard.press("Tab")
    page.keyboard.type("asha@example.com")
    page.get_by_role("group", name="Matinee").get_by_role("textbox").focus()
    page.keyboard.type("Ben")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Tickets as PDF")).to_be_visible()
    assert_booked(friday, sunday)
