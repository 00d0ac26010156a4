"""The price grid by keyboard and from a spreadsheet, in a real browser."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from events.models import Price, PriceTemplate, Show, TicketType
from testing.builders import make_show
from testing.seat_maps import import_seat_map
from theaters.models import Hall, Theater
from theaters.seat_maps.publish import publish_seat_map

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """([cell, text]) => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def show(theater: Theater) -> Show:
    hall = Hall.objects.create(theater=theater, name="Big")
    rows = "".join(f"{name},A,{number},{name}\n" for name in ("Stalls", "Circle", "Balcony") for number in (1, 2))
    content = f"section,row,number,category\n{rows}".encode()
    publish_seat_map(seat_map=import_seat_map(hall=hall, file_name="hall.csv", content=content, by=None), by=None)
    for order, name in enumerate(("Adult", "Child"), start=1):
        TicketType.objects.create(theater=theater, name=name, order=order)
    return make_show(hall=hall, price="20", state=Show.State.DRAFT)


@pytest.fixture
def managed(page: Page, manager: User, sign_in: Callable[[User], None]) -> Page:
    sign_in(manager)
    return page


def test_prices_are_set_by_keyboard_and_paste(
    live_server: object, managed: Page, show: Show, assert_accessible: Callable[..., None]
):
    page = managed
    address = f"{live_server.url}{reverse('admin:events_show_edit_prices', args=[show.pk])}"
    page.goto(address)
    grid = page.locator("[data-price-grid]")
    stalls, child = page.get_by_label("Stalls, Adult"), page.get_by_label("Stalls, Child")
    expect(grid.get_by_text("Arrow keys move")).to_be_visible()
    stalls.focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("30,50")
    page.keyboard.press("ArrowRight")
    expect(child).to_be_focused()
    page.keyboard.type("15")
    page.keyboard.press("Control+d")
    expect(page.get_by_label("Balcony, Child")).to_have_value("15")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Balcony, Child")).to_be_focused()
    # A block from a spreadsheet; what does not fit is reported.
    circle = page.get_by_label("Circle, Adult")
    circle.focus()
    circle.evaluate("(cell, text) => (" + PASTE + ")([cell, text])", "25.00\t12.00\t9\r\n18.00\t\r\n")
    expect(page.get_by_label("Circle, Child")).to_have_value("12.00")
    expect(page.get_by_label("Balcony, Child")).to_have_value("")
    expect(grid.get_by_role("status")).to_contain_text("4. What did not fit")
    assert_accessible(page, inside="#content")
    page.get_by_label("Save this grid as a template").fill("Weekend")
    page.get_by_role("button", name="Save as template").click()
    expect(page.get_by_text("The template “Weekend” is saved")).to_be_visible()
    page.get_by_role("button", name="Set these prices", exact=True).click()
    expect(page.get_by_text("The prices are set.")).to_be_visible()
    rows = Price.objects.filter(show=show).values_list("category__name", "ticket_type__name", "amount")
    expected = {
        ("Stalls", "Adult"): Decimal("30.5"),
        ("Stalls", "Child"): Decimal(15),
        ("Circle", "Adult"): Decimal(25),
        ("Circle", "Child"): Decimal(12),
        ("Balcony", "Adult"): Decimal(18),
    }
    assert {(category, ticket_type): amount for category, ticket_type, amount in rows} == expected
    assert PriceTemplate.objects.get(name="Weekend").prices.count() == len(expected)
