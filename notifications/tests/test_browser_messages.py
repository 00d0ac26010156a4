"""A person chooses messages in a real browser, by keyboard, and stops them by the link."""

from django.urls import reverse
from playwright.sync_api import expect

from notifications.models import Notification
from notifications.preferences import is_wanted, make_token


def test_wishes_are_chosen_by_keyboard_and_stopped_by_the_link(page, live_server, sign_in, assert_accessible, customer):
    sign_in(customer)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + reverse("notifications:preferences"))
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    box = page.get_by_label("In the evening: what is new in my city", exact=False).first
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your preferences are saved.")).to_be_visible()
    assert is_wanted(customer, "digest", "email")

    page.context.clear_cookies()
    token = make_token(Notification(user=customer, kind="digest", channel="email", recipient=customer.email))
    page.goto(live_server.url + reverse("notifications:unsubscribe", args=[token]))
    assert_accessible(page)
    page.get_by_role("button", name="Stop them").click()
    expect(page.get_by_role("heading", name="You will get no more of these")).to_be_visible()
    assert not is_wanted(customer, "digest", "email")
