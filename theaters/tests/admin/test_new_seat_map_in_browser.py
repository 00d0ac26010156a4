"""A studio of 60 seats, from the list of seat maps to its publication, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from testing.fixtures.browser import DESKTOP
from theaters.models import Hall, SeatMap, Theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
MOST_CLICKS = 20


@pytest.fixture
def managed(page: Page, manager: User, sign_in: Callable[[User], None]) -> Page:
    sign_in(manager)
    return page


def test_a_studio_of_60_seats_takes_few_clicks(
    live_server: object, managed: Page, theater: Theater, assert_accessible_everywhere: Callable[[Page], None]
):
    hall, page = Hall.objects.create(theater=theater, name="Studio"), managed
    clicks = 0

    def click(target: Locator) -> None:
        nonlocal clicks
        target.click()
        clicks += 1

    page.goto(f"{live_server.url}{reverse('admin:theaters_seatmap_changelist')}")
    click(page.get_by_role("link", name="New map"))
    assert_accessible_everywhere(page)
    # Opening a list and choosing from it are two clicks.
    page.locator("#id_hall").select_option(str(hall.pk))
    clicks += 2
    click(page.get_by_role("button", name="Studio"))
    drawing = page.get_by_role("region", name="Drawing")
    expect(drawing.get_by_role("status")).to_have_text("60 seats, room for 60 people")
    # The drawing follows what is typed, and other kinds of parts have other fields.
    click(page.get_by_label("Seats in a row"))
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("4+4+4")
    expect(drawing.locator("svg .map-row text")).to_have_count(10)
    page.get_by_label("What is there").select_option("standing")
    clicks += 2
    expect(page.get_by_label("Seats in a row")).to_be_hidden()
    expect(drawing).to_contain_text("Standing room needs a name")
    expect(drawing.get_by_role("status")).to_have_text("This can’t be drawn yet:")
    page.get_by_label("What is there").select_option("rows")
    clicks += 2
    expect(drawing.get_by_role("status")).to_have_text("60 seats, room for 60 people")
    assert_accessible_everywhere(page)
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    click(drawing.get_by_role("button", name="Save as draft"))
    click(page.get_by_role("link", name="Publish"))
    click(page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("new shows get its 60 places")).to_be_visible()
    assert clicks <= MOST_CLICKS
    seat_map = SeatMap.objects.get(state=SeatMap.State.PUBLISHED)
    assert seat_map.seats.count() == 60
    assert len(set(seat_map.seats.values_list("run", flat=True))) == 15
