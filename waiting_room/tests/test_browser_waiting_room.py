"""A visitor waits in line in a real browser, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from events.models import Show
from testing.builders import make_hall, make_show
from waiting_room import shared
from waiting_room.models import WaitingRoom
from waiting_room.rooms import find_room, forget_rooms

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def show(db: None) -> Show:
    """Three people are in line already, and nobody enters."""
    show = make_show(hall=make_hall(rows=2, seats=6))
    WaitingRoom.objects.create(
        theater=show.hall.theater, event=show.event, is_paused=True, per_minute=100_000, message="Back at eight."
    )
    found = find_room(show.code)
    assert found is not None
    for _number in range(3):
        shared.give_number(found.line)
    return show


def open_the_line() -> None:
    WaitingRoom.objects.update(is_paused=False)
    forget_rooms()


def test_the_page_goes_on_to_the_seats_by_itself(
    live_server: Any, page: Page, show: Show, assert_accessible_everywhere: Callable[[Page], None]
) -> None:
    page.goto(f"{live_server}{show.get_absolute_url()}")
    expect(page.get_by_text("3 people are ahead of you.")).to_be_visible()
    expect(page.get_by_text("The line is paused for the moment.")).to_be_visible()
    expect(page.get_by_text("Back at eight.")).to_be_visible()
    expect(page).to_have_title("3 people are ahead of you. – Waiting room for Hamlet – Riverside")
    assert_accessible_everywhere(page)

    # Another tab has the same place.
    tab = page.context.new_page()
    tab.goto(f"{live_server}{show.get_absolute_url()}")
    expect(tab.get_by_text("3 people are ahead of you.")).to_be_visible()
    tab.close()

    open_the_line()
    page.wait_for_url(f"{live_server}{show.get_absolute_url()}", timeout=30_000)
    expect(page.get_by_text("Back at eight.")).to_have_count(0)


def test_it_works_without_scripts(live_server: Any, browser: Browser, show: Show) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server}{show.get_absolute_url()}")
    expect(page.get_by_text("3 people are ahead of you.")).to_be_visible()
    assert page.url == f"{live_server}{reverse('waiting_room:line', args=[show.code])}?plain"
    open_the_line()
    page.wait_for_url(f"{live_server}{show.get_absolute_url()}", timeout=60_000)
    context.close()
