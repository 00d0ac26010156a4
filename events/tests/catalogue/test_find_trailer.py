"""Trailers that may be played in the page."""

import pytest

from events.catalogue.trailers import find_trailer


@pytest.mark.once
@pytest.mark.parametrize(
    ("address", "embed"),
    [
        (
            "https://www.youtube.com/watch?v=abcDEF12345&t=3",
            "https://www.youtube-nocookie.com/embed/abcDEF12345?autoplay=1",
        ),
        ("https://youtu.be/abcDEF12345?si=x", "https://www.youtube-nocookie.com/embed/abcDEF12345?autoplay=1"),
        ("https://m.youtube.com/shorts/abcDEF12345", "https://www.youtube-nocookie.com/embed/abcDEF12345?autoplay=1"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
        ("https://player.vimeo.com/video/76979871", "https://player.vimeo.com/video/76979871?dnt=1&autoplay=1"),
    ],
)
def test_it_embeds_without_cookies(address: str, embed: str) -> None:
    trailer = find_trailer(address)

    assert trailer is not None
    assert trailer.embed_url == embed


@pytest.mark.once
@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://example.com/watch?v=abcDEF12345",
        "https://youtube.com.evil.example/watch?v=abcDEF12345",
        "https://www.youtube.com/watch",
        "https://www.youtube.com/watch?v=%22%3E%3Cscript%3E",
        "https://youtu.be/",
        "https://vimeo.com/channels/staffpicks",
    ],
)
def test_it_leaves_other_addresses_alone(address: str) -> None:
    assert find_trailer(address) is None
