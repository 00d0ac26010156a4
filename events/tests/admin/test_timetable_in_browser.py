"""The timetable as staff use it: by click, by mouse, by touch and by keyboard."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import CDPSession, Page, expect

from accounts.models import User
from events.models import Show
from lib.moments import to_moment
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater


def wall(show: Show) -> str:
    show.refresh_from_db()
    return f"{timezone.localtime(show.starts_at, show.hall.theater.tz):%H:%M}"


def touch(finger: CDPSession, kind: str, *at: float) -> None:
    points = [{"x": at[0], "y": at[1]}] if at else []
    finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


@pytest.mark.provokes("status of 409")
def test_shows_are_created_moved_refused_and_undone(  # noqa: PLR0915 one journey
    live_server: Any, page: Page, sign_in: Any, manager: User, assert_accessible: Any
):
    theater = Theater.objects.get(staff_memberships__user=manager)
    great, small = (make_hall(theater=theater, name=name) for name in ("Great", "Small"))
    hamlet = make_event("Hamlet", theater=theater, running_minutes=100, interval_minutes=20)
    day = timezone.localdate() + timedelta(days=14)
    start = to_moment(datetime.combine(day, time(14)), theater.tz)
    show = make_show(hall=great, event=hamlet, starts_at=start)
    sign_in(manager)
    page.goto(f"{live_server.url}{reverse('admin:timetable')}?theater={theater.slug}&day={day}&view=day")

    # A click at 20:00 in the great hall opens the form with hall and time filled in.
    track = page.locator(f'.tt-row[data-hall="{great.pk}"] .tt-track')
    box = track.bounding_box()
    assert box is not None
    track.click(position={"x": box["width"] * (20.05 - 9) / 15, "y": 10})
    dialog = page.get_by_role("dialog", name="New show")
    expect(dialog.get_by_label("hall")).to_have_value(str(great.pk))
    expect(dialog.get_by_label("time")).to_have_value("20:00")
    dialog.get_by_label("event").select_option(label="Hamlet")
    assert_accessible(page, inside="#tt-dialog")
    dialog.get_by_role("button", name="Create this show").click()
    expect(page.get_by_text("1 show is created.")).to_be_visible()
    evening = Show.objects.exclude(pk=show.pk).get()
    assert (wall(evening), evening.hall, evening.prices.count()) == ("20:00", great, 1)

    # By keyboard: an hour and five minutes later, then canceled.
    block = page.locator(f'.tt-block[data-pk="{show.pk}"]')
    block.get_by_role("link", name="Hamlet").focus()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("status")).to_contain_text("15:05, Great")
    page.keyboard.press("Escape")
    expect(page.get_by_role("status")).to_contain_text("Not moved")
    assert wall(show) == "14:00"

    # The evening show is in the way, cleaning included: refused, and highlighted.
    for _hour in range(4):
        page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("from 20:00, cleared at 22:20")
    expect(page.locator(".tt-block--clash")).to_have_attribute("data-pk", str(evening.pk))
    assert wall(show) == "14:00"

    # Down into the small hall it fits.
    for key in ("Shift+ArrowRight", "ArrowRight", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_contain_text("is moved")
    expect(page.locator(f'.tt-row[data-hall="{small.pk}"] .tt-block')).to_have_count(1)
    assert (wall(show), show.hall) == ("15:05", small)

    # By mouse back up, an hour earlier.
    box = block.bounding_box()
    assert box is not None
    hour = page.locator(".tt-track").first.bounding_box()["width"] / 15
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + 10 - hour, box["y"] - 10, steps=4)
    expect(page.get_by_role("status")).to_contain_text("14:05, Great")
    page.mouse.up()
    expect(page.get_by_role("status")).to_contain_text("is moved")
    assert (wall(show), show.hall) == ("14:05", great)

    # Other actions are in its menu.
    block.get_by_role("button", name="More about “Hamlet”").focus()
    page.keyboard.press("Enter")
    menu = page.get_by_role("dialog", name="Hamlet")
    expect(menu.get_by_role("link", name="Open")).to_be_focused()
    for text, name in (("Stop selling", "stop_sale"), ("Move the show", "reschedule"), ("Cancel the show", "cancel")):
        link = menu.get_by_role("link", name=text)
        expect(link).to_have_attribute("href", reverse(f"admin:events_show_{name}", args=[show.pk]))
    expect(menu.get_by_role("link", name="Put on sale")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(block.get_by_role("button", name="More about “Hamlet”")).to_be_focused()

    # By touch, a long press drags the show, an hour later.
    finger = page.context.new_cdp_session(page)
    box = block.bounding_box()
    assert box is not None
    touch(finger, "touchStart", box["x"] + 10, box["y"] + 10)
    expect(block).to_have_class(re.compile("tt-block--moving"))
    touch(finger, "touchMove", box["x"] + 10 + hour, box["y"] + 10)
    expect(page.get_by_role("status")).to_contain_text("15:05, Great")
    touch(finger, "touchEnd")
    expect(page.get_by_role("status")).to_contain_text("is moved")
    assert (wall(show), show.hall) == ("15:05", great)

    # Moving at once scrolls. Until that has ended no touch could drag, so this comes last.
    box = block.bounding_box()
    assert box is not None
    touch(finger, "touchStart", box["x"] + 10, box["y"] + 10)
    touch(finger, "touchMove", box["x"] + 10 - hour, box["y"] + 10)
    touch(finger, "touchEnd")

    # What was moved, and no more, is undone.
    for text in ("Undo: a show moved", "Undo: a show moved", "Undo: a show moved", "Undo: 1 show created"):
        page.get_by_role("button", name=text).click()
        expect(page.get_by_text("Undone.")).to_be_visible()
    assert (wall(show), Show.objects.count()) == ("14:00", 1)
    assert_accessible(page, inside=".tt-page")
