"""Pictures that people upload."""

from base64 import b64decode
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from events.models import Event
from lib import pictures
from lib.templatetags.pictures import picture, srcset
from testing.builders import make_event


def draw(width: int = 1000, height: int = 1500, mode: str = "RGB", form: str = "PNG", **options: object) -> ContentFile:
    buffer = BytesIO()
    Image.new(mode, (width, height), "red" if mode == "RGB" else 0).save(buffer, form, **options)
    return ContentFile(buffer.getvalue(), name=f"poster.{form.lower()}")


def read(name: str) -> Image.Image:
    with default_storage.open(name) as file:
        picture = Image.open(file)
        picture.load()
        return picture


@pytest.fixture
def event(db: None, settings, tmp_path) -> Event:
    settings.MEDIA_ROOT = tmp_path
    return make_event()


# 64 × 32 pixels, red on the left and blue on the right, as an iPhone stores photos.
HEIC = (
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJpbG9jAAAA"
    "AERAAAEAAQAAAAABoQABAAAAAAAAACUAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADd"
    "aXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAA"
    "AwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh"
    "cAAAAEAAAAABAAAAIAAAAAEAAAAAAAAAAv///+AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAC1tZGF0AAAA"
    "ISgBrxmA70mlv//ihh/5rWv+v7IX//LxJ34ken/W5ENtbw=="
)


@pytest.mark.slow
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "AVIF"])
def test_it_stores_a_poster_in_the_widths_of_pages(event: Event, form: str) -> None:
    event.poster.save("anything.exe", draw(form=form))

    event.refresh_from_db()
    assert event.poster.name.startswith("posters/")
    for width, height in ((400, 600), (800, 1200)):
        stored = read(pictures.rendition_name(event.poster.name, width))
        assert (stored.format, stored.size) == ("WEBP", (width, height))
    assert srcset(event.poster.name, "400 800").endswith("-800.webp 800w")
    assert picture(event.poster.name, 400).endswith("-400.webp")


def test_it_enlarges_nothing(event: Event) -> None:
    event.poster.save("small.png", draw(200, 300))

    assert read(event.poster.name).size == (200, 300)


def test_it_stands_upright_and_forgets_where_it_was_taken(event: Event) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90°
    exif[0x010F] = "Somebody's camera"
    event.poster.save("photo.jpg", draw(300, 200, form="JPEG", exif=exif))

    stored = read(event.poster.name)
    assert stored.size == (200, 300)
    assert not stored.getexif()


def test_transparent_parts_become_white(event: Event) -> None:
    event.poster.save("hole.png", draw(10, 10, mode="RGBA"))

    assert all(value > 250 for value in read(event.poster.name).convert("RGB").getpixel((5, 5)))


# In each mode that these formats have, a gray of one half.
GRAY = {
    "1": 0, "L": 128, "LA": (128, 255), "I": 32_896, "I;16": 32_896, "P": 128, "RGB": (128,) * 3,
    "RGBA": (128, 128, 128, 255), "CMYK": (0, 0, 0, 127),
}  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize("form", [form for form in pictures.FORMATS if form != "HEIF"])
@pytest.mark.parametrize("mode", GRAY)
def test_a_picture_of_every_depth_keeps_its_tones(form: str, mode: str) -> None:
    if mode.startswith("I") and form != "PNG":
        pytest.skip("Only PNG has gray of 16 bits.")
    drawn = Image.new(mode, (8, 8), GRAY[mode])
    if mode == "P":
        drawn.putpalette([tone for tone in range(256) for _channel in "RGB"])
    buffer = BytesIO()
    try:
        drawn.save(buffer, form)
    except (OSError, KeyError, ValueError):
        pytest.skip(f"{form} has no {mode}")
    picture = pictures.open_picture(ContentFile(buffer.getvalue(), name="gray"))
    assert picture.mode == "RGB"
    wanted = 0 if mode == "1" else 128
    assert all(abs(tone - wanted) <= 3 for tone in picture.getpixel((4, 4)))


@pytest.mark.once
def test_a_photo_of_an_iphone_is_taken_by_the_form_and_the_model() -> None:
    photo = b64decode(HEIC)
    form = Event._meta.get_field("poster").formfield()
    assert form.clean(SimpleUploadedFile("IMG_1.HEIC", photo)).image.size == (64, 32)
    picture = pictures.open_picture(ContentFile(photo, name="x"))
    assert picture.getpixel((5, 5))[0] > 250
    assert picture.getpixel((60, 5))[2] > 250


@pytest.mark.slow
def test_the_same_picture_is_stored_once(event: Event) -> None:
    event.poster.save("a.png", draw())
    other = make_event()
    other.poster.save("b.png", draw())

    assert other.poster.name == event.poster.name
    assert len(default_storage.listdir("posters")[1]) == 2


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "unreadable"),
        (b"GIF89a" + b"\0" * 100, "unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "unreadable"),
        (b"", "unreadable"),
        (b"\0" * (pictures.MAX_BYTES + 1), "too-large"),
    ],
)
def test_it_refuses_other_files(event: Event, content: bytes, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        event.poster.save("poster.png", ContentFile(content))

    assert refused.value.code == code
    assert not default_storage.exists("posters")
    event.refresh_from_db()
    assert not event.poster


@pytest.mark.slow
def test_it_refuses_a_picture_that_would_fill_the_memory(event: Event) -> None:
    with pytest.raises(ValidationError) as refused:
        event.poster.save("bomb.png", draw(20_000, 2_001))

    assert refused.value.code == "too-many-pixels"


def test_a_form_reports_errors_before_anything_is_stored(event: Event) -> None:
    event.poster = ContentFile(b"no picture", name="poster.png")

    with pytest.raises(ValidationError) as refused:
        event.full_clean()

    assert set(refused.value.error_dict) == {"poster"}
