"""The toolbar of a row's page leaves room for its title and the way back."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.urls import reverse

from console.scoped import MAX_ACTION_BUTTONS
from testing.console import base, fill, rows_of, signed_in

pytestmark = [pytest.mark.django_db]


@pytest.mark.slow
def test_no_page_has_more_buttons_than_fit(theater, platform_admin):
    fill(theater, "Mine")
    client = signed_in(platform_admin)
    counts = {}
    for model, row in rows_of(theater).items():
        if getattr(admin.site._registry[model], "actions_detail", ()):
            page = client.get(reverse(f"{base(model)}_change", args=[row.pk]))
            counts[model] = len((page.context or {}).get("actions_detail") or [])
    assert len(counts) > 4
    assert max(counts.values()) == MAX_ACTION_BUTTONS


@pytest.mark.browser
@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_show_keeps_its_title_and_way_back(theater, manager, page, live_server, sign_in):
    show = fill(theater, "An opera of a long name").shows[0]
    page.set_viewport_size({"width": 1280, "height": 800})
    sign_in(manager)
    page.goto(f"{live_server.url}{reverse('admin:events_show_change', args=[show.pk])}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    for text in ("Prices", "More"):
        box = page.locator("ul li > a", has_text=text).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 1280, text
    page.locator("ul li > a", has_text="More").first.press("Enter")
    page.get_by_text("Cancel the show").first.wait_for()
