"""A small room, drawn in the seat-map editor by keyboard and pointer, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from testing.fixtures.browser import DESKTOP, PHONE
from testing.seat_maps import import_seat_map
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CSV = b"section,row,number,category\nStalls,A,1-4,Front\nStalls,B,1-4,Front\n"
# Too wide for the seats to be seen on a phone.
WIDE = b"section,row,number,category\nStalls,A,1-60,Front\nBalcony,B,1-60,Front\n"

# What reaches beyond the window, outside of the tools, which scroll.
BEYOND = """() => [...document.querySelectorAll(".se *:not(.se-tools, .se-tools *, .visually-hidden)")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => node.outerHTML.slice(0, 80))"""


@pytest.fixture
def plan() -> bytes:
    return CSV


@pytest.fixture
def draft(theater: Theater, manager: User, plan: bytes) -> SeatMap:
    hall = Hall.objects.create(theater=theater, name="Main")
    return import_seat_map(hall=hall, file_name="main.csv", content=plan, by=manager)


@pytest.fixture
def editor(live_server: Any, page: Page, manager: User, sign_in: Callable[[User], None], draft: SeatMap) -> Page:
    sign_in(manager)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(live_server.url + reverse("admin:theaters_seatmap_edit_drawing", args=[draft.pk]))
    page.wait_for_selector("[data-seat-editor=ready]")
    return page


def says(page: Page, text: str) -> None:
    expect(page.locator("#se-live")).to_have_text(text)


def press(page: Page, *keys: str) -> None:
    page.locator("#se-frame").focus()
    for key in keys:
        page.keyboard.press(key)


def test_a_room_is_drawn_without_a_mouse(editor: Page, draft: SeatMap):
    page = editor
    press(page, "2")
    page.get_by_label("Rows", exact=True).fill("3")
    page.get_by_label("Seats in a row").fill("5+5")
    page.get_by_role("button", name="Add to the drawing").press("Enter")
    says(page, "Block added")
    press(page, "Escape", "Shift+ArrowDown")
    says(page, "30 moved")
    press(page, "Control+z", "Control+z")
    says(page, "Undone: Block added")
    press(page, "Control+Shift+z")
    page.get_by_role("tab", name="Categories").press("Enter")
    page.get_by_placeholder("New category").fill("Rear")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Properties").press("Enter")
    page.locator("#se-selected").get_by_label("Category").select_option("Rear")
    says(page, "Category Rear")
    page.get_by_role("tab", name="Contents").press("Enter")
    page.locator("summary", has_text="Stalls").press("Enter")
    page.locator("summary", has_text="row E").press("Enter")
    page.get_by_role("button", name="Stalls, row E, seat 1, Rear").press("Enter")
    page.get_by_role("tab", name="Properties").press("Enter")
    page.get_by_label("wheelchair place").check()
    says(page, "1 marked: wheelchair place")
    seats = page.get_by_label("Seats in the row or at the table")
    expect(seats).to_have_value("10")
    seats.fill("12")
    seats.press("Enter")
    says(page, "Now 12 seats")
    page.get_by_role("tab", name="Check").press("Enter")
    expect(page.locator("#se-problems")).to_contain_text("This wheelchair place has no companion seat beside it")
    expect(page.locator("#se-state")).to_have_text("Saved")
    draft.refresh_from_db()
    rows = draft.layout["zones"][0]["rows"]
    assert [(row["row_number"], len(row["seats"])) for row in rows] == [*zip("ABCDE", [4, 4, 10, 10, 12], strict=True)]
    assert rows[4]["seats"][0]["marquee"]["accessible"] is True
    assert draft.layout["categories"][1]["name"] == "Rear"


def test_the_corners_of_an_area_are_a_list(editor: Page, draft: SeatMap, assert_accessible: Callable[..., None]):
    page = editor
    press(page, "8")
    page.locator("#se-new").get_by_label("Standing places").fill("40")
    page.keyboard.press("Enter")
    page.locator("summary", has_text="Corners").press("Enter")
    second, third = (page.get_by_role("group", name=f"Corner {number}") for number in (2, 3))
    second.get_by_label("X").fill("400")
    page.keyboard.press("Tab")
    says(page, "Form changed")
    expect(second.get_by_label("Y")).to_be_focused()
    page.keyboard.type("-30")
    second.get_by_role("button", name="Corner after this one").press("Enter")
    says(page, "Corner added")
    expect(third.get_by_label("X")).to_be_focused()
    assert_accessible(page, inside=".se-panel")
    page.get_by_role("group", name="Corner 1").get_by_role("button", name="Remove this corner").press("Enter")
    says(page, "Corner removed")
    third.get_by_role("button", name="Remove this corner").press("Enter")
    expect(third.get_by_role("button", name="Remove this corner")).to_be_disabled()
    expect(third.get_by_label("X")).to_be_focused()
    expect(page.locator("#se-state")).to_have_text("Saved")
    draft.refresh_from_db()
    zone = next(zone for zone in draft.layout["zones"] if zone.get("areas"))
    area = zone["areas"][0]
    corners = area["polygon"]["points"]
    assert len(corners) == 3
    first = {axis: sum(point[axis] for point in (zone["position"], area["position"], corners[0])) for axis in "xy"}
    assert first == {"x": 400, "y": -30}


def test_a_row_is_drawn_and_moved_with_the_pointer(editor: Page):
    page = editor
    box = page.locator("#se-frame").bounding_box()
    assert box
    left, bottom = box["x"], box["y"] + box["height"]
    page.get_by_role("button", name="Row", exact=True).click()
    page.mouse.move(left + 60, bottom - 60)
    page.mouse.down()
    page.mouse.move(left + 400, bottom - 60, steps=3)
    page.mouse.up()
    says(page, "Row added")
    page.get_by_role("button", name="Select", exact=True).click()
    page.mouse.dblclick(left + 60, bottom - 60)
    expect(page.locator("#se-selection")).to_contain_text("Stalls, C")
    page.mouse.move(left + 60, bottom - 60)
    page.mouse.down()
    page.mouse.move(left + 90, bottom - 160, steps=3)
    page.mouse.up()
    expect(page.locator("#se-live")).to_contain_text("moved")
    page.get_by_role("button", name="As customers see it").click()
    expect(page.get_by_role("dialog").locator(".seat").nth(8)).to_be_visible()


@pytest.mark.parametrize("plan", [WIDE], ids=["wide"])
def test_a_section_opens_as_for_customers(editor: Page, assert_accessible: Callable[..., None]):
    page = editor
    page.get_by_role("button", name="As customers see it").press("Enter")
    page.get_by_role("button", name="Phone").press("Enter")
    dialog = page.get_by_role("dialog", name="As customers see it")
    balcony = dialog.get_by_role("group", name="Sections.").get_by_role("button", name="Balcony, 60 left")
    balcony.press("Enter")
    first = dialog.get_by_role("gridcell", name="Balcony, row B, seat 1,")
    expect(first).to_be_focused()
    expect(dialog.locator("#section-bar")).to_contain_text("Balcony 60 left")
    assert_accessible(page, inside="#se-preview")
    # As for customers, Escape leads back to the sections, and only then out.
    page.keyboard.press("Escape")
    expect(balcony).to_be_focused()
    balcony.click()
    expect(first).to_be_visible()
    dialog.get_by_role("button", name="All sections").click()
    expect(first).to_be_hidden()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_a_phone_is_told_once_and_shows_all_of_its_page(editor: Page):
    page = editor
    notice = page.get_by_role("region", name="Small screen")
    expect(notice).to_be_hidden()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    expect(notice).to_be_visible()
    press(page, "Control+a")
    for name in ("Properties", "Categories", "Check", "Contents", "Room"):
        page.get_by_role("tab", name=name).click()
        assert page.evaluate(BEYOND) == []
    press(page, "2")
    assert page.evaluate(BEYOND) == []
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_be_hidden()
    page.reload()
    page.wait_for_selector("[data-seat-editor=ready]")
    expect(notice).to_be_hidden()


def test_it_can_be_used_by_all(
    editor: Page, assert_accessible: Callable[..., None], assert_accessible_everywhere: Callable[[Page], None]
):
    page = editor
    press(page, "Control+a")
    assert_accessible_everywhere(page)
    for name in ("Categories", "Check", "Contents", "Room"):
        page.get_by_role("tab", name=name).click()
        assert_accessible(page, inside=".se-panel")
