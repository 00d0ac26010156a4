"""Photos of an event, large and one after the other by keys alone, and its link, copied."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from playwright.sync_api import Page, expect

from events.models import EventPhoto
from testing.builders import make_event


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_photos_turn_by_keys_and_the_link_is_copied(
    live_server: Any, page: Page, settings: Any, tmp_path: Path, assert_accessible: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    event = make_event("Hamlet")
    for order, (alt, credit) in enumerate((("A ghost", "I. Malik"), ("A skull", ""), ("A duel", ""))):
        drawn = io.BytesIO()
        Image.new("RGB", (90, 60), (0, 0, 80 * order)).save(drawn, "PNG")
        picture = ContentFile(drawn.getvalue(), "photo.png")
        EventPhoto.objects.create(event=event, photo=picture, alt=alt, credit=credit, order=order)
    page.goto(f"{live_server.url}{event.get_absolute_url()}")

    first = page.get_by_role("link", name="A ghost")
    first.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_accessible_name("Photo 1 of 3")
    expect(dialog.get_by_role("img", name="A ghost")).to_be_visible()
    expect(dialog).to_contain_text("Photo: I. Malik")
    assert_accessible(page)
    for key, alt in (("ArrowRight", "A skull"), ("ArrowLeft", "A ghost"), ("ArrowLeft", "A duel")):
        page.keyboard.press(key)
        expect(dialog.get_by_role("img", name=alt)).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("link", name="A duel")).to_be_focused()

    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    assert str(page.evaluate("navigator.clipboard.readText()")).endswith(event.get_absolute_url())
