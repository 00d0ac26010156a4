"""Trailers that can play in the page: those of hosts that our content policy allows in a frame."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

_YOUTUBE_ID = re.compile(r"[\w-]{6,20}", re.ASCII)
_VIMEO_ID = re.compile(r"\d{5,12}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trailer:
    embed_url: str
    host: str


def find_trailer(address: str) -> Trailer | None:
    """Return how to embed the video at `address` without cookies, or None for a host that we don't embed."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    path = [part for part in parts.path.split("/") if part]
    if host in {"youtube.com", "youtube-nocookie.com"}:
        video = path[1] if len(path) > 1 and path[0] in {"embed", "shorts"} else parse_qs(parts.query).get("v", [""])[0]
    elif host == "youtu.be":
        video = path[0] if path else ""
    elif host in {"vimeo.com", "player.vimeo.com"}:
        video = path[-1] if path else ""
        if _VIMEO_ID.fullmatch(video):
            return Trailer(f"https://player.vimeo.com/video/{video}?dnt=1&autoplay=1", "Vimeo")
        return None
    else:
        return None
    if _YOUTUBE_ID.fullmatch(video):
        return Trailer(f"https://www.youtube-nocookie.com/embed/{video}?autoplay=1", "YouTube")
    return None
