"""Suggestions while somebody types into the search field, by keyboard and by pointer."""

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from events.catalogue.search import index_events
from events.models import Event
from testing.builders import make_event, make_show

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_suggestions_lead_on_by_keyboard_and_pointer(
    live_server: object, page: Page, assert_accessible: Callable[..., None]
):
    make_show(event=make_event("Moonrise", cast=[{"name": "<i>Sarah</i> Moon", "role": "Luna"}]))
    make_event("Moonset")
    index_events(Event.objects.all())
    page.goto(live_server.url + reverse("events:theaters"))
    field = page.get_by_role("combobox", name="Search events")
    field.press_sequentially("moon")
    options = page.get_by_role("option")
    expect(options).to_have_text(
        [re.compile("Moonrise"), re.compile("Moonset"), re.compile("<i>Sarah"), re.compile("moon")]
    )
    expect(field).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)

    # The last option is what was typed; Escape keeps it in the field.
    field.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    field.press("Escape")
    expect(options.first).to_be_hidden()
    expect(field).to_have_value("moon")
    field.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    page.wait_for_url("**/events/event-*/")

    page.get_by_role("combobox", name="Search events").press_sequentially("sarah")
    expect(options.last).to_contain_text("sarah")
    options.filter(has_text="Luna").click()
    page.wait_for_url(re.compile(r"/events/\?person="))
    expect(page.get_by_role("link", name="Moonrise", exact=True)).to_be_visible()

    # Enter without a choice searches.
    page.goto(live_server.url + reverse("events:theaters"))
    field.fill("moonset")
    field.press("Enter")
    page.wait_for_url(re.compile(r"/events/\?q=moonset"))
    expect(page.locator("#results-title")).to_contain_text("moonset")
