"""Uploaded pictures, and nothing else of the media folder."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MEDIA_ROOT.mkdir()
    (tmp_path / "secret.webp").write_text("secret")
    return settings.MEDIA_ROOT


def test_it_serves_a_poster_for_ever(client, media):
    default_storage.save("posters/0123abcd-800.webp", ContentFile(b"RIFF"))
    answer = client.get("/media/posters/0123abcd-800.webp")
    assert b"".join(answer) == b"RIFF"
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "name",
    [
        "exports/bookings.webp",
        "posters/page.html",
        "posters/drawing.svg",
        "posters/../exports/bookings.webp",
        "../secret.webp",
        "posters/%2e%2e/%2e%2e/secret.webp",
        "posters/nothing-800.webp",
        "posters/",
        "",
    ],
)
def test_it_serves_nothing_else(client, db, media, name):
    for folder in ("exports", "posters"):
        (media / folder).mkdir(exist_ok=True)
    (media / "exports" / "bookings.webp").write_text("secret")
    (media / "posters" / "page.html").write_text("<script>")
    (media / "posters" / "drawing.svg").write_text("<svg>")
    assert client.get(f"/media/{name}").status_code == 404
