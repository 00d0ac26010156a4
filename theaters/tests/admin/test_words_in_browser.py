"""A theater writes its own words in a real browser: the preview follows, and nothing typed is lost unasked."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from accounts.models import User
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater, Wording

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# Chromium may say that nothing runs in a preview, when the test looks into it.
@pytest.mark.provokes("Blocked script execution in 'about:srcdoc'")
def test_words_are_typed_previewed_and_saved(
    live_server: Any, phone_page: Page, manager: User, sign_in: Callable[..., None], assert_accessible: Any
):
    page = phone_page
    make_show(hall=make_hall(theater=Theater.objects.get()), event=make_event("Hamlet"))
    sign_in(manager)
    page.goto(live_server.url + reverse("admin:words"))
    assert_accessible(page, inside="#main")
    page.get_by_role("link", name="Booking confirmed").click()
    # What follows the typing is a script.
    page.wait_for_load_state()
    page.get_by_label("At the end").fill("See **{event}** with us, {first_name}.")
    preview = page.frame_locator("iframe")
    expect(preview.locator("body")).to_contain_text("See Hamlet with us, Asha.")
    assert_accessible(page, inside="#main")
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.get_by_role("link", name="German").click()
    expect(page.get_by_label("At the end")).to_have_value("See **{event}** with us, {first_name}.")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Customers read it from now on.")
    assert Wording.objects.get().text == "See **{event}** with us, {first_name}."
