"""The camera of a gate sees a printed ticket."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from door.models import CheckIn
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.camera import hold_before_camera
from theaters.models import Theater


@pytest.mark.django_db(transaction=True)
def test_it_reads_the_code_of_a_printed_ticket(
    phone_page: Page, live_server: Any, sign_in: Any, theater: Theater, door_staff: Any
):
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    booking = make_paid(show, 0, email="asha@example.com")
    sign_in(door_staff)
    page = phone_page
    hold_before_camera(page, booking)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{live_server.url}{reverse('door:gate')}?show={show.code}")
    assert not [url for url in loaded if "zxing" in url]

    page.get_by_role("button", name="Camera").click()
    expect(page.locator(".door-answer__head")).to_have_text("Admitted")
    expect(page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "true")
    assert [found.result for found in CheckIn.objects.all()] == ["admitted"]
    light = page.get_by_role("button", name="Light")
    for is_lit in (True, False):
        light.click()
        expect(light).to_have_attribute("aria-pressed", str(is_lit).lower())
        assert page.evaluate("window.isLit") is is_lit
    page.get_by_role("button", name="Camera").click()
    expect(page.locator("video")).to_be_hidden()
    expect(light).to_be_hidden()


@pytest.mark.django_db(transaction=True)
def test_without_a_camera_staff_can_type(
    phone_page: Page, live_server: Any, sign_in: Any, theater: Theater, door_staff: Any
):
    show = make_show(hall=make_hall(theater=theater), in_hours=1)
    sign_in(door_staff)
    phone_page.goto(f"{live_server.url}{reverse('door:gate')}?show={show.code}")
    phone_page.get_by_role("button", name="Camera").click()
    expect(phone_page.get_by_text("The camera cannot be used.")).to_be_visible()
    expect(phone_page.locator("video")).to_be_hidden()
    expect(phone_page.get_by_role("button", name="Camera")).to_have_attribute("aria-pressed", "false")
