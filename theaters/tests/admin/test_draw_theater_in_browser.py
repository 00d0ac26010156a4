"""A theater of 1,100 seats, drawn from nothing by the editor's own controls, published and sold on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings.models import Ticket
from testing.builders import make_show
from testing.fixtures.browser import DESKTOP
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Drawing:
    """The editor, in the hands of someone who draws."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    def add(self, tool: str, **fields: str) -> None:
        """Choose a tool, fill in what it asks for, and add what it makes."""
        self.page.get_by_role("button", name=tool, exact=True).click()
        form = self.page.locator("#se-new")
        for name, value in fields.items():
            field = form.locator(f"[name={name}]")
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        form.get_by_role("button", name="Add to the drawing").click()
        expect(self.page.locator("#se-live")).to_contain_text("added")

    def set(self, label: str, value: str) -> None:
        """Set a property of what is selected."""
        field = self.page.locator("#se-selected").get_by_label(label, exact=True)
        field.fill(value)
        field.press("Enter")

    def place(self) -> tuple[float, float]:
        """Return where the upper left corner of what is selected is."""
        form = self.page.locator("#se-selected")
        return tuple(float(form.locator(f"[name={axis}]").input_value()) for axis in "xy")  # type: ignore[return-value]

    def command(self, name: str) -> None:
        self.page.locator("#se-selected").get_by_role("button", name=name, exact=True).click()

    def choose_seat(self, section: str, row: str, seat: str) -> None:
        self.tab("Contents")
        for words in (section, f"row {row}"):
            summary = self.page.locator("summary:visible", has_text=f"{words} ·").first
            if not summary.evaluate("summary => summary.parentElement.open"):
                summary.click()
        self.page.get_by_role("button", name=re.compile(rf"^{section}, row {row}, seat {seat},")).click()
        self.tab("Properties")


@pytest.fixture
def drawing(live_server: Any, page: Page, theater: Theater, manager: User, sign_in: Callable[[User], None]) -> Drawing:
    """Open the editor with an empty sheet for a new hall."""
    hall = Hall.objects.create(theater=theater, name="Main")
    sign_in(manager)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.goto(live_server.url + reverse("admin:theaters_seatmap_new_map"))
    page.locator("#empty_hall").select_option(str(hall.pk))
    page.get_by_role("button", name="Draw", exact=True).click()
    page.wait_for_selector("[data-seat-editor=ready]")
    return Drawing(page)


def draw_theater(draw: Drawing) -> None:
    """Draw stalls with odd and even sides, a curved circle and balcony, boxes, and a wheelchair place."""
    page = draw.page
    draw.tab("Categories")
    for name in ("Circle", "Balcony", "Boxes"):
        page.get_by_placeholder("New category").fill(name)
        page.keyboard.press("Enter")
    draw.add("Stage", text="Stage")
    rows = {"label": "A", "numbering": "odd-left", "radius": "600"}
    draw.add("Block of rows", rows="18", blocks="14+14", section="Stalls", category="Standard", **rows)
    left, top = draw.place()
    rows = {"label": "A", "numbering": "odd-right", "radius": "1100"}
    draw.add("Block of rows", rows="8", blocks="10+16+10", section="Circle", category="Circle", **rows)
    draw.tab("Room")
    page.get_by_placeholder("New floor").fill("Upstairs")
    page.keyboard.press("Enter")
    rows = {"label": "A", "numbering": "left", "radius": "1400"}
    draw.add("Block of rows", rows="7", blocks="10+18+10", section="Balcony", category="Balcony", **rows)
    # Seven boxes along the left side of the stalls, and their mirror image along the right one.
    boxes = {"label": "1", "numbering": "left", "radius": "0", "rowPitch": "60"}
    draw.add("Block of rows", rows="7", blocks="3", section="Boxes left", category="Boxes", **boxes)
    center = draw.place()[0] + 20
    draw.set("X", str(left - 120))
    draw.set("Y", str(top))
    draw.command("Duplicate")
    draw.command("Mirror left and right")
    draw.set("Section", "Boxes right")
    draw.set("X", str(2 * center - left + 80))
    draw.set("Y", str(top))
    page.locator("#se-floor-shown").select_option(label="All floors")
    draw.choose_seat("Stalls", "T", "27")
    page.locator("#se-selected [name=accessible]").check()
    draw.choose_seat("Stalls", "T", "25")
    page.locator("#se-selected [name=companion]").check()
    draw.tab("Check")
    expect(page.locator("#se-problems li")).to_have_count(0)


def test_a_theater_is_drawn_published_and_sold(
    live_server: Any, drawing: Drawing, customer: User, sign_in: Callable[[User], None]
):
    page = drawing.page
    draw_theater(drawing)
    expect(page.locator("#se-state")).to_have_text("Saved")
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("new shows get its 1100 places")).to_be_visible()

    seat_map = SeatMap.objects.get(state=SeatMap.State.PUBLISHED)
    sections = Counter(seat_map.seats.values_list("section", flat=True))
    assert sections == {"Stalls": 504, "Circle": 288, "Balcony": 266, "Boxes left": 21, "Boxes right": 21}
    place, companion = (seat_map.seats.get(section="Stalls", row="T", number=number) for number in ("27", "25"))
    assert (place.is_accessible, companion.is_companion) == (True, True)
    # Odd numbers on one side of the aisle, even ones on the other.
    row = list(seat_map.seats.filter(section="Stalls", row="A").order_by("x").values_list("number", flat=True))
    assert row == [*map(str, range(27, 0, -2)), *map(str, range(2, 29, 2))]

    show = make_show(hall=seat_map.hall)
    sign_in(customer)
    page.goto(live_server.url + show.get_absolute_url())
    page.wait_for_selector("html[data-seat-map=ready]")
    # Too large for its window: its sections first.
    page.get_by_role("button", name=re.compile("^Balcony, from €20.00, 266 left")).press("Enter")
    expect(page.get_by_role("gridcell", name="Balcony, row A, seat 1,")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-lines] > li")).to_have_count(1)
    page.get_by_role("button", name="Hold seats").click()
    expect(page.locator(".checkout")).to_contain_text("Balcony, row A, seat 1")
    assert Ticket.objects.get().seat == seat_map.seats.get(section="Balcony", row="A", number="1")
