"""A studio of 60 seats, drawn from an empty sheet and published by keyboard alone, in a real browser."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from testing.fixtures.browser import DESKTOP
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_STOPS = 120
# Counts what a mouse, a pen or a finger would do; a click by Enter or Space has none of it.
# The browser itself sends moves when what lies under a resting pointer changes: they prove nothing.
COUNT_POINTERS = """for (const name of ["pointerdown", "mousedown", "touchstart", "wheel"]) {
  addEventListener(name, () => sessionStorage.setItem("pointers", name), true);
}"""


class Keys:
    """Someone who has a keyboard, and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, text: str) -> None:
        self.page.keyboard.type(text)

    def go(self, to: Locator, by: str = "Tab") -> None:
        """Press Tab until the focus is there."""
        wanted = to.element_handle()
        for _ in range(MOST_STOPS):
            if wanted.evaluate("node => node === document.activeElement"):
                return
            self.press(by)
        raise AssertionError(f"{to} can't be reached by {by}.")

    def back(self, to: Locator) -> None:
        self.go(to, by="Shift+Tab")

    def hears(self, text: str) -> None:
        expect(self.page.locator("#se-live")).to_have_text(text)


@pytest.fixture
def keys(live_server: Any, page: Page, theater: Theater, manager: User, sign_in: Callable[[User], None]) -> Keys:
    Hall.objects.create(theater=theater, name="Studio")
    sign_in(manager)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.add_init_script(COUNT_POINTERS)
    page.goto(live_server.url + reverse("admin:theaters_seatmap_new_map"))
    return Keys(page)


def begin(keys: Keys) -> None:
    """Open the editor with an empty sheet, and go past its bar."""
    page = keys.page
    keys.go(page.locator("#empty_hall"))
    keys.type("Studio")
    keys.go(page.get_by_role("button", name="Draw", exact=True))
    keys.press("Enter")
    page.wait_for_selector("[data-seat-editor=ready]")
    keys.go(page.get_by_role("link", name="Skip to the drawing"))
    keys.press("Enter")
    expect(page.locator("#se-frame")).to_be_focused()


def draw(keys: Keys) -> None:
    """Draw a stage, and three rows of each category."""
    page = keys.page
    frame, form = page.locator("#se-frame"), page.locator("#se-new")
    keys.press("9")
    keys.go(form.get_by_label("Words"))
    keys.press("Enter")
    keys.hears("Stage added")
    keys.back(page.get_by_role("tab", name="Properties"))
    keys.press("ArrowRight")
    keys.go(page.get_by_placeholder("New category"))
    keys.type("Premium")
    keys.press("Enter")
    keys.hears("Category Premium added")
    for category in ("Premium", "Standard"):
        keys.back(frame)
        keys.press("2")
        keys.go(form.get_by_label("Rows", exact=True))
        keys.type("3")
        keys.go(form.get_by_label("Seats in a row"))
        keys.type("5+5")
        keys.go(form.get_by_label("Category"))
        keys.type(category)
        keys.go(form.get_by_role("button", name="Add to the drawing"))
        keys.press("Enter")
        keys.hears("Block added")
        expect(page.locator("#se-selection")).to_contain_text("30 seats selected")


def mark_seat(keys: Keys, seat: str, flag: str) -> None:
    """Select the seat that the walk has come to, and mark it."""
    keys.hears(seat)
    keys.press("Space")
    keys.go(keys.page.get_by_label(flag))
    keys.press("Space")
    keys.hears(f"1 marked: {flag}")
    keys.back(keys.page.locator("#se-frame"))


def test_a_studio_is_drawn_and_published_by_keyboard_alone(keys: Keys):
    page = keys.page
    begin(keys)
    draw(keys)
    keys.back(page.locator("#se-frame"))
    keys.press("Escape", "Escape", "ArrowRight")
    mark_seat(keys, "row A, seat 1, Premium", "wheelchair place")
    keys.press("Control+ArrowRight", "Control+ArrowRight")
    mark_seat(keys, "row A, seat 2, Premium", "companion seat")
    keys.go(page.get_by_role("tab", name="Properties"))
    keys.press("ArrowRight", "ArrowRight")
    expect(page.locator("#se-problems-summary")).to_be_visible()
    expect(page.locator("#se-problems li")).to_have_count(0)
    keys.press("Control+s")
    keys.hears("Saved")
    keys.back(page.get_by_role("link", name="Publish"))
    keys.press("Enter")
    page.wait_for_url("**/publish/**")
    keys.go(page.get_by_role("button", name="Publish"))
    keys.press("Enter")
    expect(page.get_by_text("new shows get its 60 places")).to_be_visible()

    seats = SeatMap.objects.get(state=SeatMap.State.PUBLISHED).seats.all()
    assert Counter(seat.category.name for seat in seats) == {"Premium": 30, "Standard": 30}
    assert Counter(seat.row for seat in seats) == dict.fromkeys("ABCDEF", 10)
    assert [(seat.row, seat.number) for seat in seats if seat.is_accessible] == [("A", "1")]
    assert [(seat.row, seat.number) for seat in seats if seat.is_companion] == [("A", "2")]
    assert page.evaluate("sessionStorage.getItem('pointers')") is None
