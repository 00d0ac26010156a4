"""Photos of the view from a hall's sections, in the console and for customers."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.actions import Action
from accounts.models import AuditEntry, User
from testing.builders import make_show
from testing.seat_maps import make_listed_hall
from theaters.models import Hall, SectionPhoto, Theater
from theaters.section_photos import save_section_photo

pytestmark = pytest.mark.django_db
CSV = "section,row,number,category\nStalls,A,1-3,c1\nBalcony,B,1-2,c1\n"


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def hall(theater: Theater) -> Hall:
    return make_listed_hall(CSV, theater=theater)


def page_of(hall: Hall) -> str:
    return reverse("admin:theaters_seatmap_photos", args=[hall.seat_maps.get().pk])


def make_photo(color: str = "navy") -> SimpleUploadedFile:
    picture = io.BytesIO()
    Image.new("RGB", (900, 600), color).save(picture, "PNG")
    return SimpleUploadedFile("view.png", picture.getvalue(), "image/png")


def read_photos(client: Client, hall: Hall) -> Any:
    return client.get(reverse("bookings:photos", args=[make_show(hall=hall).code])).json()


def test_a_photo_is_saved_and_customers_get_it(client: Client, manager: User, hall: Hall):
    client.force_login(manager)
    sent = {"section": "Balcony", "photo": make_photo(), "alt": "The whole stage"}
    response = client.post(page_of(hall), sent, follow=True)
    assert "The photo is saved." in response.content.decode()
    assert 'alt="The whole stage"' in response.content.decode()

    ((name, photo),) = read_photos(Client(), hall).items()
    assert name == "Balcony"
    assert photo["alt"] == "The whole stage"
    assert photo["src"].endswith("-480.webp")
    assert Client().get(photo["src"]).status_code == 200
    assert [part.split()[1] for part in photo["srcset"].split(", ")] == ["480w", "960w", "1600w"]
    assert AuditEntry.objects.get(action=Action.SAVE_SECTION_PHOTO).theater_id == hall.theater_id


def test_a_section_has_one_photo_which_can_be_replaced_described_anew_and_taken_away(
    client: Client, manager: User, hall: Hall
):
    client.force_login(manager)
    client.post(page_of(hall), {"section": "Stalls", "photo": make_photo(), "alt": "First"})
    first = SectionPhoto.objects.get()
    client.post(page_of(hall), {"section": "Stalls", "photo": make_photo("red"), "alt": "Second"})
    second = SectionPhoto.objects.get()
    assert second.pk == first.pk
    assert second.photo.name != first.photo.name
    client.post(page_of(hall), {"section": "Stalls", "alt": "Third"})
    third = SectionPhoto.objects.get()
    assert (third.alt, third.photo.name) == ("Third", second.photo.name)

    for _again in range(2):
        response = client.post(page_of(hall), {"remove": third.pk}, follow=True)
        assert response.status_code == 200
    assert not SectionPhoto.objects.exists()
    assert AuditEntry.objects.filter(action=Action.REMOVE_SECTION_PHOTO).count() == 1


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"photo": SimpleUploadedFile("view.png", b"no picture")}, "Upload a valid image."),
        ({"photo": ""}, "This field is required."),
        ({"alt": ""}, "This field is required."),
        ({"alt": "x" * 201}, "at most 200"),
        ({"section": "Gallery"}, "is not one of the available choices"),
    ],
)
def test_bad_input_gets_an_error_and_saves_nothing(
    client: Client, manager: User, hall: Hall, change: dict[str, Any], error: str
):
    client.force_login(manager)
    response = client.post(page_of(hall), {"section": "Stalls", "photo": make_photo(), "alt": "A view", **change})
    assert response.status_code == 200
    assert error in response.content.decode()
    assert not SectionPhoto.objects.exists()


@pytest.mark.parametrize("number", ["x", "", "9" * 30, "0"])
def test_taking_away_what_is_not_there_is_harmless(client: Client, manager: User, hall: Hall, number: str):
    client.force_login(manager)
    assert client.post(page_of(hall), {"remove": number}).status_code in (200, 302)


def test_others_may_not(client: Client, door_staff: User, other_manager: User, manager: User, hall: Hall):
    photo = save_section_photo(hall=hall, section="Stalls", photo=make_photo(), alt="A view", by=manager)
    sent = {"section": "Balcony", "photo": make_photo(), "alt": "A view"}
    for person in (door_staff, other_manager):
        client.force_login(person)
        assert client.get(page_of(hall)).status_code == 403
        assert client.post(page_of(hall), sent).status_code == 403
        assert client.post(page_of(hall), {"remove": photo.pk}).status_code == 403
    assert SectionPhoto.objects.get() == photo


def test_a_photo_of_another_hall_is_not_taken_away(client: Client, manager: User, other_manager: User, hall: Hall):
    other = make_listed_hall(CSV, theater=other_manager.staff_memberships.get().theater)
    photo = save_section_photo(hall=other, section="Stalls", photo=make_photo(), alt="A view", by=other_manager)
    client.force_login(manager)
    client.post(page_of(hall), {"remove": photo.pk})
    assert SectionPhoto.objects.get() == photo


def test_a_photo_stays_with_the_next_version_and_says_when_its_section_is_gone(
    client: Client, manager: User, hall: Hall
):
    save_section_photo(hall=hall, section="Boxes", photo=make_photo(), alt="A view", by=manager)
    client.force_login(manager)
    assert "This seat map has no such section" in client.get(page_of(hall)).content.decode()
