"""Photos of an event and portraits of its people, from the console to the page."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.actions import Action
from accounts.models import AuditEntry, User
from events.catalogue import read_event
from events.models import Event, EventPhoto, Portrait
from testing.builders import make_event
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def event(theater: Theater) -> Event:
    cast = [{"name": "Asta Nielsen", "role": "Hamlet"}, {"name": "Eduard von Winterstein", "role": "Claudius"}]
    return make_event("Hamlet", theater=theater, cast=cast)


def draw(name: str = "photo.png") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), "navy").save(picture, "PNG")
    return SimpleUploadedFile(name, picture.getvalue(), "image/png")


def form(event: Event, **photo: Any) -> dict[str, Any]:
    return {
        "title": event.title, "slug": event.slug, "kind": event.kind, "theater": event.theater_id,
        "is_published": "on", "running_minutes": 120, "interval_minutes": 0,
        "cast": "Asta Nielsen, Hamlet\nEduard von Winterstein, Claudius",
        "photos-TOTAL_FORMS": 1, "photos-INITIAL_FORMS": 0,
        **{f"photos-0-{name}": value for name, value in photo.items()},
    }  # fmt: skip


def test_customers_see_photos_and_the_faces_of_the_cast(client: Client, programmer: User, event: Event) -> None:
    client.force_login(programmer)
    sent = form(event, photo=draw(), alt="A prince & a ghost", credit="I. Malik", order=0)
    client.post(reverse("admin:events_event_change", args=[event.pk]), sent)
    portrait = {"name": "ASTA Nielsén", "theater": event.theater_id, "photo": draw(), "credit": "Studio Blau"}
    client.post(reverse("admin:events_portrait_add"), portrait)

    html = Client().get(event.get_absolute_url()).content.decode()

    photo = EventPhoto.objects.get()
    assert f'href="/media/{photo.photo.name}"' in html
    assert 'alt="A prince &amp; a ghost"' in html
    assert "Photo: <bdi>I. Malik</bdi>" in html
    [[face]] = [re.findall(r'<img class="people__portrait" src="([^"]+)"', html)]
    assert Client().get(face).status_code == 200
    assert "Photo: <bdi>Studio Blau</bdi>" in html
    entry = AuditEntry.objects.get(action=Action.CHANGE_EVENT_PHOTOS)
    assert (entry.by, entry.theater_id, entry.after) == (
        programmer,
        event.theater_id,
        {"photos": ["A prince & a ghost"]},
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"photo": SimpleUploadedFile("photo.png", b"no picture")}, "Upload a valid image."),
        ({"photo": ""}, "This field is required."),
        ({"alt": ""}, "This field is required."),
    ],
)
def test_a_bad_photo_is_refused_at_its_field(
    client: Client, programmer: User, event: Event, change: dict[str, Any], error: str
) -> None:
    client.force_login(programmer)
    sent = form(event, **{"photo": draw(), "alt": "A ghost", "order": 0, **change})
    response = client.post(reverse("admin:events_event_change", args=[event.pk]), sent)
    assert response.status_code == 200
    assert error in response.content.decode()
    assert not EventPhoto.objects.exists()


def test_a_theater_has_one_portrait_of_a_person(client: Client, programmer: User, theater: Theater) -> None:
    Portrait.objects.create(theater=theater, name="Asta Nielsen", photo="portraits/a-320.webp")
    client.force_login(programmer)
    again = {"name": "asta nielsen", "theater": theater.pk, "photo": draw()}
    response = client.post(reverse("admin:events_portrait_add"), again)
    assert "already has a portrait of this person" in response.content.decode()
    assert Portrait.objects.count() == 1


def test_a_face_is_the_theaters_own_or_a_shared_one(theater: Theater, other_theater: Theater, event: Event) -> None:
    for owner, name, photo in (
        (theater, "Asta Nielsen", "own"),
        (None, "Asta Nielsen", "shared"),
        (None, "Eduard von Winterstein", "shared"),
        (other_theater, "Eduard von Winterstein", "another theater's"),
    ):
        Portrait.objects.create(theater=owner, name=name, photo=photo)
    detail = read_event(event.slug)
    assert [one.portrait for one in detail.cast] == ["own", "shared"]
    film = make_event(cast=[{"name": "Asta Nielsen"}])
    assert [one.portrait for one in read_event(film.slug).cast] == ["shared"]
