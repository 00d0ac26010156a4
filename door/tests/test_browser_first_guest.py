"""From the mail of an invitation to the first guest, by someone who has never seen the door."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from accounts.roles import Role
from door.models import CheckIn
from testing.bookings import make_paid
from testing.builders import make_hall, make_show
from testing.camera import hold_before_camera
from theaters.invitations import invite, link_to
from theaters.models import Theater

# Two fields and a button of the invitation, the show of tonight, start, camera.
MOST_TAPS = 5


@pytest.mark.django_db(transaction=True)
def test_new_door_staff_admit_their_first_guest_in_a_few_taps(
    phone_page: Page, live_server: Any, theater: Theater, manager: User
):
    page, taps = phone_page, []

    def tap(target: Locator) -> None:
        target.click()
        taps.append(target)

    booking = make_paid(make_show(hall=make_hall(theater=theater), in_hours=1), 0, email="asha@example.com")
    invitation = invite(theater=theater, email="nia@example.com", role=Role.DOOR, by=manager)
    hold_before_camera(page, booking)
    page.goto(live_server.url + "/" + link_to(invitation).split("/", 3)[3])
    tap(page.get_by_label("Name"))
    page.keyboard.type("Nia New")
    # The keyboard of a phone leads to the next field.
    page.keyboard.press("Tab")
    page.keyboard.type("seventy-seven sparrows")
    tap(page.get_by_role("button", name="Join the team"))
    tap(page.get_by_role("button", name="Start"))
    tap(page.get_by_role("button", name="Camera"))
    expect(page.locator(".door-answer__head")).to_have_text("Admitted")
    assert CheckIn.objects.get().by == User.objects.get(email="nia@example.com")
    assert len(taps) <= MOST_TAPS
