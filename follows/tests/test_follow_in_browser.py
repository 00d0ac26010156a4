"""From the home page to being told, on a phone: by taps, and without barriers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from follows.models import Follow
from notifications.models import Notification
from testing.builders import make_event, make_hall, make_show
from testing.fixtures.browser import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_guest_is_told_of_a_show_by_three_taps_and_the_link_in_the_mail(
    page: Page, live_server: Any, assert_accessible: Callable[..., None]
):
    event = make_event("Nosferatu")
    make_show(hall=make_hall(), event=event, sales_open_at=timezone.now() + timedelta(days=1))
    page.set_viewport_size(PHONE)
    page.goto(live_server.url)
    page.get_by_role("link", name=re.compile("^Tell me.*Nosferatu")).click()
    assert_accessible(page)
    page.get_by_label("E-mail").fill("guest@example.com")
    page.get_by_role("button", name="Tell me").click()
    expect(page.get_by_text("We sent an e-mail to guest@example.com")).to_be_visible()
    confirm = Notification.objects.get(kind="follow_confirmation").context["confirm_url"]
    page.goto(live_server.url + urlsplit(confirm).path)
    assert_accessible(page)
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("heading", name="What you follow")).to_be_visible()
    assert_accessible(page)
    assert Follow.objects.get().show.event == event
    page.get_by_role("button", name=re.compile("^Stop.*Nosferatu")).click()
    expect(page.get_by_role("heading", name="You no longer follow Nosferatu")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Follow it again").click()
    expect(page.get_by_role("heading", name="Stop following Nosferatu?")).to_be_visible()
