"""A hall too large for its window, in a real browser: its sections first, then the seats of one."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from events.models import Show
from testing.bookings import make_hold, seats_of
from testing.builders import make_show
from testing.seat_maps import make_listed_hall

pytestmark = pytest.mark.django_db(transaction=True)

SEATS = 30


@pytest.fixture
def show(db: None) -> Show:
    """Two sections that 390 pixels show with less than 12 pixels for a seat; the balcony has a row of its own price."""
    table = "section,row,number,category,x,y\n" + "".join(
        f"{section},{row},{number},{section},{20 * number},{top + 24 * row}\n"
        for section, top in (("Stalls", 0), ("Balcony", 300))
        for row in range(1, 7)
        for number in range(1, SEATS + 1)
    )
    return make_show(hall=make_listed_hall(table))


@pytest.fixture
def page(phone_page: Page, live_server: Any, show: Show) -> Page:
    open_map(phone_page, live_server.url + show.get_absolute_url())
    return phone_page


def open_map(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("html[data-seat-map=ready]")


def section(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Sections.").get_by_role("button", name=re.compile(f"^{name}"))


def test_sections_come_first_and_open_and_close_by_keys(page: Page, live_server: Any, show: Show):
    expect(page.locator(".seat")).to_have_count(0)
    stalls = section(page, "Stalls")
    expect(stalls).to_have_accessible_name(f"Stalls, from €20.00, {6 * SEATS} left")
    stalls.focus()
    page.keyboard.press("ArrowDown")
    expect(section(page, "Balcony")).to_be_focused()

    page.keyboard.press("Enter")
    expect(page.get_by_role("gridcell", name="Balcony, row 1, seat 1,")).to_be_focused()
    expect(page.locator("#section-bar")).to_contain_text(f"Balcony from €20.00 · {6 * SEATS} left")
    expect(page).to_have_url(re.compile(r"#section-2$"))
    view = page.get_by_role("region", name="View from the seat: Balcony, row 1, seat 1")
    words = "About 12 meters away, 43° from the left, first row, where a rail may be in front"
    expect(view).to_contain_text(words)
    expect(page.get_by_role("gridcell", name="Balcony, row 1, seat 1,")).to_have_accessible_description(words)
    page.keyboard.press("Enter")
    expect(page.locator(".seat.is-chosen")).to_have_count(1)
    # Its address keeps the choice and the section.
    assert re.search(r"\?seat=\d+#section-2$", page.url)

    page.keyboard.press("Escape")
    expect(section(page, "Balcony")).to_be_focused()
    expect(section(page, "Balcony")).to_have_accessible_name(f"Balcony, from €20.00, {6 * SEATS - 1} left, 1 chosen")
    expect(page.locator(".hall__pin")).to_have_count(1)
    page.go_forward()
    expect(page.locator("#section-bar")).to_contain_text("Balcony")
    page.go_back()
    expect(page.locator("#section-bar")).to_contain_text("Choose a section")


def test_the_address_opens_a_section_with_the_choice(page: Page, live_server: Any, show: Show):
    seat = seats_of(show)[6 * SEATS]
    # From another page, because the same one would not be loaded again.
    page.goto("about:blank")
    open_map(page, f"{live_server.url}{show.get_absolute_url()}?seat={seat.pk}#section-2")
    expect(page.locator(".seat.is-chosen")).to_be_visible()
    page.get_by_role("button", name="All sections").click()
    expect(page.locator(".seat:visible")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("#"))


def test_a_click_opens_a_section_one_on_a_small_seat_comes_closer_and_the_next_chooses(page: Page):
    section(page, "Stalls").click()
    expect(page.locator("#section-bar")).to_contain_text("Stalls")
    seat = page.locator(".seat.is-free").nth(SEATS * 2 + SEATS // 2)
    press(page, seat)
    expect(page.locator(".seat-tip")).to_contain_text("too small to press")
    expect(page.locator(".seat.is-chosen")).to_have_count(0)
    press(page, seat)
    expect(page.locator(".seat.is-chosen")).to_have_count(1)


def press(page: Page, seat: Locator) -> None:
    """Press the middle of a seat once the map is at rest."""
    expect(page.locator("#hall")).not_to_have_class(re.compile("is-gliding|is-moving"))
    box = seat.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_what_others_take_is_counted_down(page: Page, show: Show):
    make_hold(show, *range(4))
    expect(section(page, "Stalls")).to_have_accessible_name(re.compile(f"{6 * SEATS - 4} left"), timeout=15_000)


def test_the_best_seats_together_are_shown_in_their_section(page: Page):
    page.locator(".best > summary").click()
    page.get_by_role("button", name="Find seats").click()
    expect(page.locator(".seat.is-chosen:visible")).to_have_count(2)
    expect(page.get_by_role("button", name="All sections")).to_be_visible()


def test_no_barrier_in_either_view(
    page: Page, assert_accessible: Callable[..., None], assert_accessible_everywhere: Callable[[Page], None]
):
    assert_accessible_everywhere(page)
    assert_accessible(page, rules=["target-size"])
    section(page, "Balcony").click()
    expect(page.locator("#section-bar")).to_contain_text("Balcony")
    assert_accessible_everywhere(page)
