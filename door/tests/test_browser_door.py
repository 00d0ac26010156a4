"""A gate in a real browser."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from bookings.models import Booking, Ticket
from bookings.tickets.codes import sign
from door.check_in import check_in
from door.models import CheckIn
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.caches import forget_pages
from theaters.models import Theater


@pytest.fixture
def ticket(transactional_db: None, theater: Theater) -> Ticket:
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    make_show(hall=make_hall(theater=theater, name="Studio"), in_hours=2)
    booking = make_paid(show, 0, 1, email="asha@example.com")
    Booking.objects.filter(pk=booking.pk).update(name="Asha Rao")
    return booking.tickets.select_related("show", "seat").first()


@pytest.fixture
def at_the_gate(page: Page, live_server: Any, sign_in: Any, ticket: Ticket, manager: Any) -> Page:
    sign_in(manager)
    page.goto(live_server.url + "/door/")
    page.get_by_label("Hamlet").first.check()
    page.get_by_label("Name of this gate").fill("North")
    page.get_by_role("button", name="Start").click()
    # Once its scripts run.
    page.wait_for_url("**/door/gate/**")
    return page


def test_a_hand_scanner_scans_one_ticket_after_the_other(at_the_gate: Page, ticket: Ticket):
    page, field = at_the_gate, at_the_gate.get_by_label("Scan a ticket")
    expect(field).to_be_focused()
    address = page.url
    for each, head in ((ticket, "Admitted"), (ticket, "Already in"), (ticket.booking.tickets.last(), "Admitted")):
        page.keyboard.type(sign(Ticket.objects.select_related("show").get(pk=each.pk)))
        page.keyboard.press("Enter")
        expect(page.locator(".door-answer__head")).to_have_text(head)
        expect(page.get_by_role("status")).to_contain_text(head)
        expect(field).to_be_focused()
        expect(field).to_have_value("")
    assert page.url == address
    assert CheckIn.objects.filter(result="admitted", gate="North").count() == 2


def test_a_scanner_types_wherever_the_focus_is(at_the_gate: Page, ticket: Ticket):
    page = at_the_gate
    page.get_by_role("button", name="Sound").focus()
    page.keyboard.type(sign(ticket))
    page.keyboard.press("Enter")
    expect(page.locator(".door-answer__head")).to_have_text("Admitted")


def test_found_admitted_and_undone_by_keyboard(at_the_gate: Page, ticket: Ticket):
    page = at_the_gate
    page.keyboard.type("asha")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("2 tickets found")
    page.get_by_role("button", name="row A, seat 1").press("Enter")
    expect(page.locator(".door-answer__head")).to_have_text("Admitted")
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.locator(".door-answer__head")).to_have_text("Undone")
    assert CheckIn.objects.get().result == "undone"


@pytest.mark.provokes("ERR_INTERNET_DISCONNECTED")
def test_where_nothing_is_kept_nothing_is_decided_without_a_network(at_the_gate: Page, ticket: Ticket):
    page = at_the_gate
    page.add_init_script("Object.defineProperty(window, 'indexedDB', { value: undefined })")
    page.reload()
    expect(page.get_by_text("This browser keeps nothing on the device.")).to_be_visible()
    for is_offline, head in ((True, "No answer from the site"), (False, "Admitted")):
        page.context.set_offline(is_offline)
        page.keyboard.type(sign(ticket))
        page.keyboard.press("Enter")
        expect(page.locator(".door-answer__head")).to_have_text(head)
    assert CheckIn.objects.count() == 1


def test_the_counter_and_the_numbers_inside(at_the_gate: Page, ticket: Ticket, assert_accessible: Any):
    page = at_the_gate
    page.get_by_role("button", name="No ticket").press("Enter")
    page.get_by_role("button", name="Press: one in").focus()
    for number in (1, 2):
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Press: {number} inside")
        expect(page.get_by_role("button", name="Press: one in")).to_be_focused()
    page.get_by_role("button", name="Undo").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Press: 1 inside")
    assert_accessible(page)
    page.get_by_role("link", name="Inside").click()
    people = page.get_by_text("in the house, with or without a ticket")
    expect(people).to_contain_text("1 person")
    assert_accessible(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert_accessible(page)
    # While the numbers are paused, nothing changes; then they come at once.
    pause = page.get_by_role("button", name="Pause")
    pause.press("Enter")
    check_in(qr=sign(ticket), gate="South", by=User.objects.get(email="manager@example.com"))
    forget_pages()
    pause.press("Enter")
    expect(people).to_contain_text("2 people")
    expect(page.get_by_text("South")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 740})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0


def test_the_left_hand_finds_the_controls_at_the_left(at_the_gate: Page):
    page, address = at_the_gate, at_the_gate.url
    page.set_viewport_size({"width": 360, "height": 740})
    field, check = page.get_by_label("Scan a ticket"), page.get_by_role("button", name="Check")

    def is_at_the_left() -> bool:
        return check.bounding_box()["x"] < field.bounding_box()["x"]

    assert not is_at_the_left()
    page.get_by_role("link", name="Change").click()
    switch = page.get_by_role("button", name="Left hand")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "true")
    page.goto(address)
    assert is_at_the_left()


def test_no_barriers(at_the_gate: Page, live_server: Any, ticket: Ticket, assert_accessible: Any, viewport: str):
    page = at_the_gate
    assert_accessible(page)
    for text in ("asha", sign(ticket), sign(ticket), "https://example.com/", "nobody"):
        page.get_by_label("Scan a ticket").fill(text)
        page.keyboard.press("Enter")
        expect(page.locator(".door-answer--ready")).to_have_count(0)
        expect(page.get_by_label("Scan a ticket")).to_have_value("")
        assert_accessible(page)
    page.goto(live_server.url + reverse("door:choose"))
    assert_accessible(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    assert_accessible(page)
    page.get_by_label("Hamlet").first.check()
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/door/gate/**")
    assert_accessible(page)
    # Text of twice the size fits, too.
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0
