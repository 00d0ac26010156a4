"""The whole path of a booking in a real browser: on the map, from the list without scripts, by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from accounts.models import User
from bookings.models import Booking, Ticket
from door.check_in import check_in
from events.models import Price, Show, TicketType
from payments.models import SandboxAnswer
from testing.bookings import make_hold, seats_of
from testing.builders import make_event, make_hall, make_show

pytestmark = pytest.mark.django_db(transaction=True)
# Of its light a tenth is left; a camera would make up for some of that.
LOWEST_BRIGHTNESS = 0.1


@pytest.fixture
def show(db: None) -> Show:
    show = make_show(hall=make_hall(rows=6, seats=10))
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", who="under 14", order=2)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount="8.00")
    return show


def open_map(page: Page, live_server: Any, show: Show) -> None:
    page.goto(live_server.url + show.get_absolute_url())
    page.wait_for_selector("html[data-seat-map=ready]")


def seat_at(page: Page, show: Show, index: int) -> Any:
    return page.locator(f'[data-seat="{seats_of(show)[index].pk}"].seat')


def press(page: Page, show: Show, index: int) -> None:
    """Press a seat on the map with the mouse, where it is drawn."""
    box = seat_at(page, show, index).bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def give_details(page: Page, name: str = "Asha Guest") -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail").fill("asha@example.com")


def read_codes(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    pages = [document[at].render(scale=3).to_pil() for at in range(len(document))]
    return [zxingcpp.read_barcodes(page)[0].text for page in pages]


def test_a_seat_is_chosen_on_the_map_paid_and_scanned(
    page: Page, live_server: Any, viewport: str, show: Show, box_office: User
):
    page.goto(live_server.url)
    page.get_by_role("link", name=show.event.title).first.click()
    page.locator(f'a[href^="{show.get_absolute_url()}"]').first.click()
    page.wait_for_selector("html[data-seat-map=ready]")
    press(page, show, 23)
    press(page, show, 24)

    expect(page.locator("[data-total]")).to_have_text("€40.00")
    if viewport == "phone":
        page.locator("[data-expand]").click()
    page.locator("[data-lines] select").nth(1).select_option(label="Child, €8.00 (under 14)")
    expect(page.locator("[data-total]")).to_have_text("€28.00")
    page.get_by_role("button", name="Hold seats").click()
    give_details(page)
    page.get_by_role("button", name="Pay €28.00").click()
    page.get_by_role("button", name="Approve").click()

    page.wait_for_url(re.compile(r"/bookings/[A-Z0-9]+/payment/$"))
    booking = Booking.objects.get()
    assert booking.state == Booking.State.CONFIRMED
    tickets = {ticket.code: ticket for ticket in booking.tickets.all()}
    # What the page shows at the door, and what the PDF prints, both name these tickets.
    page.set_viewport_size({"width": 360, "height": 740})
    shown = [zxingcpp.read_barcodes(_picture(code.screenshot()))[0].text for code in page.locator(".ticket__qr").all()]
    address = page.get_by_role("link", name="Tickets as PDF").get_attribute("href")
    printed = read_codes(page.request.get(live_server.url + str(address)).body())
    assert sorted(shown) == sorted(printed)
    assert {text.split(".")[2] for text in printed} == set(tickets)
    # A phone in the dark, with its screen at the lowest.
    page.emulate_media(color_scheme="dark")
    for code in page.locator(".stub").all():
        dim = _picture(code.screenshot()).point(lambda light: light * LOWEST_BRIGHTNESS)
        assert zxingcpp.read_barcodes(dim)[0].text in shown

    box_office.staff_memberships.update(theater=show.hall.theater)
    Show.objects.filter(pk=show.pk).update(doors_at=timezone.now())
    result = check_in(qr=shown[0], gate="Main", by=box_office)
    assert result.result == "admitted"
    assert result.ticket.code == shown[0].split(".")[2]


def _picture(png: bytes) -> Any:
    return Image.open(BytesIO(png)).convert("L")


def test_without_scripts_the_list_books(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, show: Show
):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto(live_server.url + show.get_absolute_url())

    seats = seats_of(show)
    page.locator(f'label:has(input[value="{seats[3].pk}"])').click()
    page.locator(f'label:has(input[value="{seats[4].pk}"])').click()
    page.get_by_role("button", name="Add to the basket").click()
    page.get_by_label("Ticket type for Stalls, row A, seat 5").select_option(label="Child, €8.00 (under 14)")
    page.get_by_role("button", name="Hold seats").click()
    give_details(page)
    page.get_by_role("button", name="Pay €28.00").click()
    page.get_by_role("button", name="Answer later").click()
    expect(page.get_by_role("heading", name="One moment, please")).to_be_visible()
    SandboxAnswer.objects.update(answers_at=Booking.objects.get().created_at)
    # The page reloads itself, and finds the answer.
    expect(page.get_by_role("link", name="Tickets as PDF")).to_be_visible(timeout=20_000)
    assert sorted(Ticket.objects.issued().values_list("seat_id", "ticket_type__name")) == [
        (seats[3].pk, "Adult"),
        (seats[4].pk, "Child"),
    ]
    context.close()


def test_without_scripts_a_lost_proposal_is_held_elsewhere(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any, show: Show
):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto(live_server.url + show.get_absolute_url())
    page.get_by_text("Best seats together", exact=True).click()
    page.get_by_role("button", name="Find seats").click()
    proposed = {int(value) for value in re.findall(r"seat=(\d+)", page.url.partition("proposal")[0])}
    assert len(proposed) == 2
    make_hold(show, *[at for at, seat in enumerate(seats_of(show)) if seat.pk in proposed])

    page.get_by_role("button", name="Hold seats").click()

    page.wait_for_url(re.compile("/checkout/"))
    expect(page.get_by_text("Others were faster")).to_be_visible()
    held = Booking.objects.latest("pk").tickets.values_list("seat_id", flat=True)
    assert len(held) == 2
    assert not proposed & set(held)
    context.close()


def test_a_large_hall_books_without_scripts_section_by_section(
    browser: Browser, browser_context_args: dict[str, Any], live_server: Any
):
    show = make_show(hall=make_hall(rows=12, seats=10))
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    page.goto(live_server.url + show.get_absolute_url())
    expect(page.locator(".seat-chip")).to_have_count(0)
    page.get_by_role("link", name=re.compile("Stalls")).click()
    page.locator(".seat-chip").nth(7).click()
    page.get_by_role("button", name="Add to the basket").click()
    expect(page.locator(".basket__place")).to_have_text("Stalls, row A, seat 8")
    page.get_by_role("link", name="Remove Stalls, row A, seat 8").click()
    expect(page.locator(".basket__place")).to_have_count(0)
    context.close()


def test_keys_alone_choose_and_book(page: Page, live_server: Any, show: Show):
    make_hold(show, 2)
    open_map(page, live_server, show)
    seat_at(page, show, 0).focus()
    assert "Stalls, row A, seat 1, Parkett, €20.00, free" in focused(page)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert focused(page) == "Stalls, row A, seat 3, Parkett, €20.00, taken"
    page.keyboard.press("Enter")
    expect(page.locator("#seat-status")).to_have_text("Stalls, row A, seat 3 is taken.")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert focused(page) == "Stalls, row B, seat 3, Parkett, €20.00, chosen"
    expect(page.locator("#seat-status")).to_contain_text("Stalls, row B, seat 3 chosen. 1 ticket, €20.00.")
    page.keyboard.press("End")
    page.keyboard.press(" ")
    assert focused(page) == "Stalls, row B, seat 10, Parkett, €20.00, chosen"
    page.keyboard.press("Control+Home")
    assert "row A, seat 1," in focused(page)
    page.keyboard.press("+")
    expect(page.locator("#hall")).to_have_attribute("style", re.compile(r"scale\(1\.6"))
    page.keyboard.press("0")
    expect(page.locator("#hall")).to_have_attribute("style", re.compile(r"scale\(1\)"))

    page.get_by_role("button", name="Hold seats").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/checkout/"))
    page.get_by_label("Name", exact=True).focus()
    page.keyboard.type("Asha")
    page.keyboard.press("Tab")
    page.keyboard.type("asha@example.com")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Tickets as PDF")).to_be_visible()


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('aria-label')"))


def test_declined_and_then_approved(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    press(page, show, 5)
    page.get_by_role("button", name="Hold seats").click()
    give_details(page)
    page.get_by_role("button", name="Pay €20.00").click()
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", name="The payment was declined")).to_be_visible()
    expect(page.locator(".countdown time")).to_contain_text("left")
    page.get_by_role("button", name="Pay €20.00").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("link", name="Tickets as PDF")).to_be_visible()


def test_a_later_answer_is_shown_without_a_reload(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    press(page, show, 5)
    page.get_by_role("button", name="Hold seats").click()
    give_details(page)
    page.get_by_role("button", name="Pay €20.00").click()
    page.get_by_role("button", name="Answer later").click()
    expect(page.get_by_role("heading", name="One moment, please")).to_be_visible()
    SandboxAnswer.objects.update(answers_at=Booking.objects.get().created_at)
    expect(page.get_by_role("link", name="Tickets as PDF")).to_be_visible(timeout=20_000)


def test_a_returning_visitor_finds_the_hold_and_may_change_it(
    page: Page, live_server: Any, show: Show, sign_in: Callable[[User], None], customer: User
):
    sign_in(customer)
    open_map(page, live_server, show)
    press(page, show, 12)
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))

    open_map(page, live_server, show)
    expect(page.locator(".seats__hold")).to_contain_text("You are holding 1 ticket")
    expect(page.locator("[data-total]")).to_have_text("€20.00")
    press(page, show, 13)
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))
    hold = Booking.objects.get(state=Booking.State.HELD)
    assert hold.tickets.count() == 2
    # Back by the browser's own button, the page knows of the hold.
    page.go_back()
    page.wait_for_selector("html[data-seat-map=ready]")
    expect(page.locator(".seats__hold")).to_contain_text("You are holding 2 tickets")


def test_the_countdown_warns_and_its_end_is_explained(page: Page, live_server: Any, show: Show):
    open_map(page, live_server, show)
    press(page, show, 12)
    page.get_by_role("button", name="Hold seats").click()
    page.wait_for_url(re.compile("/checkout/"))
    page.clock.install()
    page.reload()
    expect(page.locator(".countdown time")).to_contain_text(":")
    page.clock.fast_forward("08:30")
    expect(page.locator(".countdown [role=status]")).to_have_text("2 minutes left to complete your booking.")
    page.clock.fast_forward("00:45")
    expect(page.locator(".countdown [role=status]")).to_have_text("One minute left to complete your booking.")
    Booking.objects.update(expires_at=Booking.objects.get().created_at)
    page.clock.fast_forward("02:00")
    expect(page.get_by_role("heading", name="Your seats are no longer held")).to_be_visible()


def test_names_on_tickets_are_asked_for(page: Page, live_server: Any):
    show = make_show(event=make_event(asks_attendee_names=True))
    open_map(page, live_server, show)
    press(page, show, 1)
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_label("Stalls, row A, seat 2").fill("Asha")
    give_details(page)
    page.get_by_role("button", name="Pay €20.00").click()
    expect(page.get_by_role("button", name="Approve")).to_be_visible()
    assert Ticket.objects.get().attendee_name == "Asha"
