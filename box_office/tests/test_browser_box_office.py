"""A seller's day in a real browser, by keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from bookings.models import Booking, Reservation
from events.models import Show
from payments.models import Drawer
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=4, seats=8), event=make_event("Faust"), in_hours=1)


@pytest.mark.provokes("status of 422")
def test_a_day_by_keyboard(page: Page, live_server: Any, show: Show, box_office: User, request: pytest.FixtureRequest):
    request.getfixturevalue("sign_in")(box_office)
    assert_accessible = request.getfixturevalue("assert_accessible")
    home = f"{live_server.url}/admin/box-office/"
    open_drawer(page, home)
    page.goto(home)
    assert_accessible(page, inside=".bo")
    page.keyboard.press("1")
    sell_for_cash(page)
    assert_accessible(page, inside=".bo")
    give_to_the_press(page)
    choose_from_the_list(page)
    assert_accessible(page, inside=".bo")
    reserve_and_collect(page, home)
    leave(page, home)
    close_drawer(page)
    page.goto(f"{home}day-end/")
    expect(page.get_by_text("Balances with the bookings.")).to_be_visible()
    assert_accessible(page, inside=".bo")


def test_two_shows_by_keyboard(  # noqa: PLR0917
    page: Page, live_server: Any, show: Show, theater: Theater, box_office: User, request: pytest.FixtureRequest
):
    """The cart stays on the way to the other show, and is held while the seller looks for it."""
    # At the same time, so that both are today's at any time of the day.
    hall = make_hall(theater=theater, rows=4, seats=8)
    make_show(hall=hall, event=make_event("Hamlet"), starts_at=show.starts_at)
    request.getfixturevalue("sign_in")(box_office)
    assert_accessible = request.getfixturevalue("assert_accessible")
    page.goto(f"{live_server.url}/admin/box-office/")
    page.wait_for_load_state("load")
    page.keyboard.press("1")
    hold_one(page)
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Another show for the same sale")).to_be_visible()
    assert_accessible(page, inside=".bo")
    page.wait_for_load_state("load")
    page.keyboard.press("2")
    expect(page.locator("#bo-best input[type=number]")).to_be_focused()
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect_total(page, "€60.00")
    assert_accessible(page, inside=".bo")
    cart = Booking.objects.get()
    assert cart.expires_at > timezone.now() + timedelta(minutes=5)
    page.get_by_role("button", name="Without Faust").press("Enter")
    expect_total(page, "€40.00")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sold: 2 tickets, €40.00")).to_be_visible()
    assert Booking.objects.get().tickets.issued().count() == 2


def test_a_box_of_seats_is_kept_for_the_house(
    page: Page, live_server: Any, show: Show, box_office: User, request: pytest.FixtureRequest
):
    """By mouse, a row by keys, and by two corners; Ctrl+A chooses nothing."""
    request.getfixturevalue("sign_in")(box_office)
    page.goto(f"{live_server.url}{reverse('admin:box_office_sale', args=[show.code])}?map")
    expect(page.locator("html[data-seat-map=ready]")).to_be_attached()
    page.wait_for_load_state("load")
    lines, status = page.locator("[data-lines] > li"), page.locator("#seat-status")
    drag_with_shift(page, "row B, seat 3", "row C, seat 5")
    expect(status).to_have_text("6 seats added. 6 tickets, €120.00.")
    drag_with_shift(page, "row B, seat 3", "row C, seat 5")
    expect(status).to_have_text("6 seats removed. 0 tickets, €0.00.")
    find_seat(page, "row A, seat 1").focus()
    page.keyboard.press("Control+a")
    expect(lines).to_have_count(0)
    page.keyboard.press("Shift+Enter")
    expect(status).to_have_text("8 seats added. 8 tickets, €160.00.")
    # A chosen seat is a ring; the map finds it by its place.
    find_seat(page, "row A, seat 2").dblclick(force=True)
    expect(lines).to_have_count(0)
    page.get_by_role("button", name="Choose a box").press("Enter")
    find_seat(page, "row B, seat 2").press("Enter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    request.getfixturevalue("assert_accessible")(page, inside=".bo")
    page.keyboard.press("Enter")
    expect(status).to_have_text("4 seats added. 4 tickets, €80.00.")
    page.get_by_role("button", name="Hold these").press("Enter")
    expect_total(page, "€80.00")
    page.keyboard.press("h")
    page.keyboard.type("school")
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="Kept aside for this show")).to_contain_text("row C, seat 3")
    kept = Booking.objects.get(kind=Booking.Kind.HOUSE)
    assert sorted((ticket.seat.row, ticket.seat.number) for ticket in kept.tickets.select_related("seat")) == [
        ("B", "2"),
        ("B", "3"),
        ("C", "2"),
        ("C", "3"),
    ]


def find_seat(page: Page, name: str) -> Locator:
    return page.locator(f"#hall [aria-label*='{name},']")


def drag_with_shift(page: Page, first: str, last: str) -> None:
    """From beside one seat to beside another, over both of them."""
    start, end = find_seat(page, first).bounding_box(), find_seat(page, last).bounding_box()
    assert start
    assert end
    page.keyboard.down("Shift")
    page.mouse.move(start["x"], start["y"])
    page.mouse.down()
    page.mouse.move(end["x"] + end["width"], end["y"] + end["height"], steps=2)
    page.mouse.up()
    page.keyboard.up("Shift")


def open_drawer(page: Page, home: str) -> None:
    page.goto(f"{home}drawer/")
    expect(page.locator("#bo-float")).to_be_focused()
    page.keyboard.type("100")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your drawer is open.")).to_be_visible()


def expect_total(page: Page, total: str) -> None:
    """Wait for the page with the held places, and for its scripts, which don't hear keys before."""
    expect(page.locator("#bo-total")).to_have_text(total)
    page.wait_for_load_state("load")


def sell_for_cash(page: Page) -> None:
    """Two of the best seats in four keys; then the next customer at once, with a larger note."""
    press = page.keyboard.press
    expect(page.locator("#bo-best input[type=number]")).to_be_focused()
    press("2")
    press("Enter")
    expect_total(page, "€40.00")
    press("c")
    expect(page.locator("#bo-given")).to_be_focused()
    press("Enter")
    expect(page.get_by_role("heading", name="Sold: 2 tickets, €40.00")).to_be_visible()
    hold_one(page)
    press("c")
    page.keyboard.type("50")
    expect(page.locator("#bo-change")).to_have_text("€30.00")
    press("Enter")
    expect(page.get_by_text("Change: €30.00")).to_be_visible()
    assert Booking.objects.filter(state="confirmed").count() == 2


def hold_one(page: Page) -> None:
    expect(page.locator("#bo-best input[type=number]")).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect_total(page, "€20.00")


def give_to_the_press(page: Page) -> None:
    hold_one(page)
    page.keyboard.press("g")
    page.keyboard.type("press")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Given away: 1 ticket, €0.00")).to_be_visible()


def choose_from_the_list(page: Page) -> None:
    page.keyboard.press("m")
    expect(page.locator("html[data-seat-map=ready]")).to_be_attached()
    page.get_by_role("button", name="List").click()
    page.get_by_role("checkbox", name="Stalls, row D, seat 8,").focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-lines] > li")).to_have_count(1)


def reserve_and_collect(page: Page, home: str) -> None:
    """For a caller who comes and pays later."""
    page.get_by_role("button", name="Hold these").press("Enter")
    expect_total(page, "€20.00")
    page.keyboard.press("r")
    page.keyboard.type("Ada")
    page.keyboard.press("Tab")
    page.keyboard.type("0123")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Reserved for Ada: ")).to_be_visible()
    page.goto(f"{home}reservations/?q=ada")
    page.get_by_role("button", name="Collect").press("Enter")
    expect(page.get_by_role("heading", name="Reserved for Ada")).to_be_visible()
    page.wait_for_load_state("load")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Sold: 1 ticket, €20.00")).to_be_visible()
    assert Reservation.objects.get().booking.state == Booking.State.CONFIRMED


def leave(page: Page, home: str) -> None:
    """Leaving the page releases the seats."""
    hold_one(page)
    left = Booking.objects.get(state="held")
    page.goto(f"{home}drawer/")
    soon = timezone.now() + timedelta(minutes=1)
    # The page reports it while it unloads, and waits for no answer.
    for _each in range(50):
        expect(page.get_by_text("Your drawer is open", exact=True)).to_be_visible()
        left.refresh_from_db()
        if left.expires_at < soon:
            break
        page.reload()
    assert left.expires_at < soon


def close_drawer(page: Page) -> None:
    """100 + 40 + 20 are expected; there is less."""
    page.get_by_role("link", name="Count and close").press("Enter")
    page.get_by_label("100", exact=True).fill("1")
    page.get_by_label("50", exact=True).fill("1")
    expect(page.locator("#bo-counted")).to_have_value("150.00")
    page.get_by_role("button", name="Close the drawer").press("Enter")
    expect(page.get_by_text("Counted €150.00, expected €160.00.")).to_be_visible()
    expect(page.locator("#bo-why")).to_be_focused()
    page.keyboard.type("given out too much")
    page.keyboard.press("Enter")
    expect(page.locator("#bo-difference")).to_have_text("-€10.00")
    assert Drawer.objects.get().explanation == "given out too much"
