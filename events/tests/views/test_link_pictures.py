"""The picture that is shown where an address is shared: one for each event, theater and language, drawn once."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils.translation import override
from PIL import Image

from demo.pictures import POSTERS
from events.catalogue.link_pictures import LinkPicture
from events.models import Event, Show
from testing.builders import make_event, make_hall, make_show, make_theater
from testing.caches import forget_pages
from theaters.directory import forget_directory
from theaters.models import Brand, Theater

pytestmark = pytest.mark.django_db

NAMED = re.compile(r'<meta (?:property|name)="((?:og|twitter):[\w:]+)" content="([^"]*)">')


def tags(path: str, **headers: str) -> dict[str, str]:
    return dict(NAMED.findall(Client().get(path, headers=headers).content.decode()))


def load(url: str, **headers: str) -> Image.Image:
    response = Client(headers=headers).get("/" + url.split("/", 3)[3])
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in response["Cache-Control"]
    assert not response.cookies
    return Image.open(BytesIO(response.content))


def test_an_event_is_shared_with_a_picture_of_its_poster(theater: Theater, monkeypatch):
    event = make_event("東京物語 <&> ألف", kind=Event.Kind.FILM)
    event.poster.save("hamlet.webp", ContentFile(POSTERS["hamlet"].read_bytes()))
    show = make_show(hall=make_hall(theater=theater), event=event)
    make_show(hall=show.hall, event=event, in_hours=24 * 20)
    drawn: list[str] = []
    draw = LinkPicture.draw
    monkeypatch.setattr(LinkPicture, "draw", lambda self: (drawn.append(self.language), draw(self))[1])

    found = tags(event.get_absolute_url())

    assert (found["og:image:width"], found["og:image:height"], found["twitter:card"]) == (
        "1200",
        "630",
        "summary_large_image",
    )
    assert found["og:image:alt"].startswith("東京物語 &lt;&amp;&gt; ألف. ")
    assert theater.name in found["og:image:alt"]
    assert found["og:image"].startswith("http://localhost:8000/pictures/events/")
    picture = load(found["og:image"])
    assert picture.size == (1200, 630)
    poster = Image.open(default_storage.open(event.poster.name)).convert("RGB")
    # The middle of the poster, and the paper beside it.
    assert near(picture.getpixel((780 + 210, 315)), poster.getpixel((poster.width // 2, poster.height // 2)))
    assert near(picture.getpixel((740, 20)), (0xF6, 0xF1, 0xE7))
    load(found["og:image"])
    german = tags(f"{event.get_absolute_url()}?lang=de")["og:image"]
    assert german != found["og:image"]
    load(german, **{"accept-language": "hi"})
    assert drawn == ["en", "de"]


def near(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    return all(abs(a - b) <= 12 for a, b in zip(one, other, strict=True))


def test_an_address_of_what_was_on_it_leads_to_what_is(client: Client, theater: Theater):
    show = make_show(hall=make_hall(theater=theater))
    before = tags(show.event.get_absolute_url())["og:image"]
    later = {name: getattr(show, name) + timedelta(days=3) for name in ("starts_at", "ends_at", "cleared_at")}
    Show.objects.filter(pk=show.pk).update(**later)
    forget_pages()
    after = tags(show.event.get_absolute_url())["og:image"]
    assert before != after
    for address in (before, tags(show.get_absolute_url())["og:image"]):
        response = client.get("/" + address.split("/", 3)[3])
        assert (response.status_code, response["Location"]) == (302, "/" + after.split("/", 3)[3])
    path = "/" + after.split("/", 3)[3]
    for missing in (path.replace(show.event.slug, "no-such-event"), path.replace("/en/", "/xx/")):
        assert client.get(missing).status_code == 404
    Event.objects.update(is_published=False)
    forget_pages()
    assert client.get(path).status_code == 404


def test_a_theaters_pictures_bear_its_color_at_its_domain(theater: Theater):
    show = make_show(hall=make_hall(theater=theater), event=make_event(theater=theater))
    make_show(hall=make_hall(theater=make_theater("Elsewhere")))
    theater.brand = Brand.objects.create(
        name="Alpha", slug="alpha", color="#0a5c8f", domain="alpha.example", is_domain_confirmed=True
    )
    theater.save()
    forget_directory()
    forget_pages()
    for path in (theater.get_absolute_url(), show.event.get_absolute_url()):
        url = tags(path)["og:image"]
        assert url.startswith("http://alpha.example/pictures/")
        # Without a photo or a poster, it is all of its color.
        assert near(load(url).getpixel((1180, 20)), (0x0A, 0x5C, 0x8F))
        at_home = Client(headers={"host": "alpha.example"})
        assert at_home.get("/" + url.split("/", 3)[3]).status_code == 200
    assert near(load(tags("/events/")["og:image"]).getpixel((1180, 20)), (0xC2, 0x2E, 0x12))
    others = tags(make_show().event.get_absolute_url())["og:image"]
    assert Client(headers={"host": "alpha.example"}).get("/" + others.split("/", 3)[3]).status_code == 404


def test_a_broken_poster_leaves_the_words(theater: Theater):
    event = make_event()
    Event.objects.filter(pk=event.pk).update(poster="posters/gone-800.webp")
    make_show(hall=make_hall(theater=theater), event=event)
    with override("en"):
        assert load(tags(event.get_absolute_url())["og:image"]).size == (1200, 630)
