"""Staff see the page of an event before customers do, saved or not, and nothing of it leaks."""

from __future__ import annotations

import html
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from events.models import Event, Label
from testing.builders import make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


def form(event: Event, **changed: Any) -> dict[str, Any]:
    return {
        "title": event.title, "slug": event.slug, "kind": event.kind, "theater": event.theater_id,
        "running_minutes": 120, "interval_minutes": 0, **changed,
    }  # fmt: skip


def page_of(response: Any) -> str:
    return str(response.context["page"])


@pytest.fixture
def draft(theater: Theater) -> Event:
    event = make_event("Hamlet", theater=theater, is_published=False, tagline="Saved words")
    make_show(hall=make_hall(theater=theater), event=event)
    return event


def test_an_unpublished_event_is_shown_as_it_will_be(client: Client, programmer: User, draft: Event):
    client.force_login(programmer)
    assert client.get(draft.get_absolute_url()).status_code == 404
    response = client.get(reverse("admin:events_event_preview", args=[draft.pk]))
    page = page_of(response)
    assert "Saved words" in page
    assert "Dates and tickets" in page
    assert draft.theater.name in page
    # It is in the frame as text, which can't break out of its attribute.
    assert f'srcdoc="{html.escape(page)[:40]}' in response.content.decode()


@pytest.mark.slow
def test_the_form_is_previewed_and_not_saved(client: Client, programmer: User, draft: Event):
    Event.objects.filter(pk=draft.pk).update(is_published=True)
    label = Label.objects.create(name="Classic", slug="classic")
    client.force_login(programmer)
    public = draft.get_absolute_url()
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(picture, "PNG")
    sent = form(
        draft,
        tagline="<script>alert(1)</script> New words",
        labels=[label.pk],
        poster=SimpleUploadedFile("poster.png", picture.getvalue(), "image/png"),
    )
    for _again in range(3):
        sent["poster"].seek(0)
        page = page_of(client.post(reverse("admin:events_event_preview", args=[draft.pk]), sent))
        assert "New words" in page
        assert "<script>alert" not in page
        assert "Classic" in page
        assert 'src="data:image/webp;base64,' in page
        # Parts of public pages are cached for all visitors: nothing of a draft may be among them.
        assert "New words" not in client.get(public).content.decode()
    draft.refresh_from_db()
    assert (draft.tagline, draft.poster.name, draft.labels.count()) == ("Saved words", "", 0)


def test_a_new_event_is_previewed_before_it_exists(client: Client, programmer: User, theater: Theater):
    client.force_login(programmer)
    address = reverse("admin:events_event_preview_new")
    assert client.get(address).status_code == 302
    sent = form(Event(title="मृच्छकटिकम्", slug="clay-cart", kind="play", theater=theater))
    assert "मृच्छकटिकम्" in page_of(client.post(address, sent))
    refused = client.post(address, {**sent, "running_minutes": ""})
    assert "filled in first" in refused.content.decode()
    assert not Event.objects.exists()


def test_others_see_no_preview(client: Client, draft: Event, other_manager: User, box_office: User):
    for person in (other_manager, box_office):
        client.force_login(person)
        address = reverse("admin:events_event_preview", args=[draft.pk])
        for response in (client.get(address), client.post(address, form(draft))):
            assert response.status_code in (403, 404)
    client.force_login(box_office)
    assert client.post(reverse("admin:events_event_preview_new"), form(draft)).status_code == 403
