"""The calendar of an event's dates in use: by mouse, by keyboard, on a small phone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from testing.builders import make_city, make_event, make_hall, make_show, make_theater

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_days_change_in_place_by_keyboard_and_go_back(
    live_server,
    phone_page: Page,
    assert_accessible: Callable[..., None],
    assert_accessible_everywhere: Callable[[Page], None],
) -> None:
    page, event = phone_page, make_event("Hamlet", slug="hamlet")
    halls = [make_hall(), make_hall(theater=make_theater("كاموغاوا", city=make_city("Kyoto", "Asia/Tokyo")))]
    noon = timezone.localtime(timezone.now(), halls[0].theater.tz).replace(hour=12, minute=0, second=0, microsecond=0)
    days = [(noon + timedelta(days=number)).date().isoformat() for number in range(41)]
    for number in range(1, 41):
        price, language = ("1118.50", "de") if number % 3 else ("18", "en")
        starts_at = noon + timedelta(days=number)
        make_show(event=event, hall=halls[number % 2], starts_at=starts_at, price=price, language=language)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{live_server.url}/events/hamlet/")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    expect(page.locator(f"#day-{days[1]}")).to_have_attribute("aria-current", "date")

    page.locator(f"#day-{days[2]}").press("Enter")

    expect(page.locator(f"#day-{days[2]}")).to_have_attribute("aria-current", "date")
    expect(page.locator(f"#day-{days[2]}")).to_be_focused()
    expect(page).to_have_url(f"{live_server.url}/events/hamlet/?day={days[2]}")
    expect(page.locator("#dates-status")).to_contain_text(": one date")
    assert_accessible_everywhere(page)
    assert_accessible(page, rules=["target-size"])

    page.locator("#month-later").press("Enter")

    expect(page.locator("#month-earlier")).to_have_attribute("href", f"/events/hamlet/?day={days[1]}#dates")
    expect(page.locator("#month-later")).to_be_focused()
    page.get_by_role("navigation", name="Language").get_by_role("link", name="English").click()
    expect(page.locator(".narrow [aria-current]", has_text="English")).to_be_visible()
    page.go_back()
    expect(page.locator(".narrow [aria-current]", has_text="All languages")).to_be_visible()
    page.go_back()
    expect(page.locator(f"#day-{days[2]}")).to_have_attribute("aria-current", "date")
    expect(page.locator("#event-title")).to_have_text("Hamlet")
