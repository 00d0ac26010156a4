"""axe finds no barrier in the console on a phone, in both schemes; what a mouse does, keys do too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from console.tests.test_role_tour import fill_and_find, stops
from theaters.models import Theater

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

PASSWORD = "correct horse battery"
# One of each sort: lists are made alike, and so are their forms.
LOOKED_AT = {
    "bookings_booking_change",
    "door_checkin_changelist",
    "bookings_voucher_add",
    "box_office_day_end",
    "box_office_sale",
    "events_event_change",
    "events_show_edit_prices",
    "index",
    "print_tickets",
    "report",
    "report-schedule-add",
    "theaters_theater_change",
    "timetable",
}


@pytest.fixture
def looked_at(theater: Theater, manager: User, sign_in: Callable[[User], None]) -> dict[str, str]:
    """Sign the manager of a theater with a row of everything in; return the addresses by name."""
    rows = fill_and_find(theater, "Mine")
    sign_in(manager)
    every = [*stops(rows, with_lists=True), *stops(rows, with_lists=False)]
    found = {stop.name: stop.address for stop in every if stop.name in LOOKED_AT}
    assert set(found) == LOOKED_AT
    return found


def test_signing_in_to_the_console_logs_no_error(page: Page, live_server: Any, manager: User):
    # As for people who don't mind motion; all other tests are without it.
    page.emulate_media(reduced_motion="no-preference")
    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_label("E-mail").fill(manager.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(live_server.url + reverse("admin:index"))
    page.wait_for_load_state("networkidle")
    page.emulate_media(reduced_motion="reduce")


def test_the_console_on_a_phone(
    phone_page: Page, live_server: Any, looked_at: dict[str, str], manager: User, assert_accessible: Callable[..., None]
):
    for address in looked_at.values():
        phone_page.goto(live_server.url + address)
        assert_accessible(phone_page)
        phone_page.emulate_media(color_scheme="dark")
        assert_accessible(phone_page, rules=["color-contrast"])
        phone_page.emulate_media(color_scheme="light")
        assert phone_page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{address} is too wide."

    # By keys alone: past the menu, into it, and to the filters of a list.
    phone_page.goto(live_server.url + looked_at["door_checkin_changelist"])
    phone_page.keyboard.press("Tab")
    expect(phone_page.get_by_role("link", name="Skip to the content")).to_be_focused()
    phone_page.get_by_role("button", name="Menu").focus()
    phone_page.keyboard.press("Enter")
    expect(phone_page.get_by_role("link", name="Today").first).to_be_focused()
    phone_page.get_by_role("button", name=manager.email).focus()
    phone_page.keyboard.press("Enter")
    expect(phone_page.get_by_role("button", name="Log out")).to_be_visible()
    phone_page.reload()
    phone_page.get_by_role("button", name="Filters").focus()
    phone_page.keyboard.press("Enter")
    expect(phone_page.locator("#changelist-filter")).to_be_visible()
