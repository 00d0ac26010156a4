"""The picture that is shown where the address of a page is shared: title, dates and poster, in the theater's look.

Drawn on request in some 30 ms and kept by its process; its address names what is on it, so that others keep it, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO

import structlog
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from PIL import Image, ImageOps

from events.catalogue.cards import ShowState, Showtime
from events.catalogue.event_page import EventDetail
from events.catalogue.theater_page import TheaterItem
from events.models import Event
from lib.templatetags.formats import day, when
from lib.typesetting import TEMPLATES, direct, rasterize
from theaters.brand_colors import LIGHT, shades_of
from theaters.brand_files import SITE_COLOR
from theaters.brands import brand_of_page, find_common_theater
from theaters.directory import BrandItem
from theaters.logos import logo_for_mail

log = structlog.get_logger(__name__)

# What Facebook, X, LinkedIn and messengers ask for.
WIDTH, HEIGHT = 1200, 630
# A poster stands, a photo lies.
_POSTER_WIDTH, _PHOTO_WIDTH = 420, 560
_LOGO_PLACE, _LOGO_HEIGHT = (78, 52), 72
# So that a point of the template is a pixel.
_DOTS_PER_INCH = 72
_QUALITY = 85
_MAX_THEATERS = 2
_TEMPLATE = "link_picture.typ"


@dataclass(frozen=True, slots=True)
class LinkPicture:
    """What is on a picture. `picture` is the name of a stored one, or ""; `place` are the arguments of its address."""

    name: str
    place: tuple[str, ...]
    title: str
    brand: BrandItem
    language: str
    kicker: str = ""
    lines: tuple[str, ...] = ()
    picture: str = ""
    picture_width: int = _POSTER_WIDTH

    @property
    def alt(self) -> str:
        """The same in words."""
        return ". ".join(part for part in (self.title, *self.lines) if part)

    @property
    def version(self) -> str:
        shown = (self.title, self.kicker, self.lines, self.picture, self.brand.version, self.brand.name, self.language)
        return sha256(f"{_template_digest()} {json.dumps(shown)}".encode()).hexdigest()[:12]

    @property
    def path(self) -> str:
        return reverse(self.name, args=[*self.place, self.language, self.version])

    @property
    def url(self) -> str:
        return f"{self.brand.address}{self.path}"

    def draw(self) -> bytes:
        """Return it as JPEG. Without its poster or photo if that is broken or gone."""
        beside = _open(self.picture)
        logo = logo_for_mail(self.brand.logo)
        shades = shades_of(self.brand.color or SITE_COLOR, LIGHT)
        content = {
            "title": direct(self.title),
            "kicker": direct(self.kicker),
            "lines": [direct(line) for line in self.lines],
            "brand": direct(self.brand.name if self.place else ""),
            "accent": shades.accent,
            "ink": shades.ink,
            "language": self.language,
            "picture_width": self.picture_width if beside else 0,
            "has_logo": logo is not None,
        }
        [words] = rasterize(_TEMPLATE, content, dots_per_inch=_DOTS_PER_INCH)
        drawn = Image.open(BytesIO(words)).convert("RGB")
        if beside:
            drawn.paste(ImageOps.fit(beside, (self.picture_width, HEIGHT)), (WIDTH - self.picture_width, 0))
        if logo:
            stamp = Image.open(BytesIO(logo.content))
            stamp.thumbnail((WIDTH // 2, _LOGO_HEIGHT), Image.Resampling.LANCZOS)
            drawn.paste(stamp, _LOGO_PLACE)
        buffer = BytesIO()
        drawn.save(buffer, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
        return buffer.getvalue()


def picture_of_event(event: EventDetail) -> LinkPicture:
    """Describe the picture of an event in the active language. No query."""
    card = event.card
    coming = [show for show in event.shows if show.state not in {ShowState.CANCELED, ShowState.PAST}]
    lines = (_dates(coming, has_more=event.has_more_shows), _places(coming) or event.theater_name)
    return LinkPicture(
        "events:event-picture",
        (card.slug,),
        card.title,
        brand_of_page(find_common_theater(event.theater_slugs)).brand,
        get_language() or "",
        kicker=card.kind_label.capitalize(),
        lines=tuple(line for line in lines if line),
        picture=card.poster,
    )


def latest_picture(event: Event, brand: BrandItem) -> dict[str, str]:
    """Return address and words of an event's picture where only the event is at hand. No query."""
    path = reverse("events:latest-event-picture", args=[event.slug, get_language()])
    return {"url": f"{brand.address}{path}", "alt": event.title}


def picture_of_theater(theater: TheaterItem) -> LinkPicture:
    """Describe the picture of a theater in the active language. No query."""
    return LinkPicture(
        "events:theater-picture",
        (theater.slug,),
        theater.name,
        brand_of_page(theater.pk).brand,
        get_language() or "",
        lines=(theater.place, *(() if theater.city_name in theater.place else (theater.city_name,))),
        picture=theater.photo,
        picture_width=_PHOTO_WIDTH,
    )


def picture_of_site() -> LinkPicture:
    """Describe the picture of pages that are about no event or theater. No query."""
    brand = brand_of_page(None).brand
    return LinkPicture(
        "events:site-picture",
        (),
        brand.name,
        brand,
        get_language() or "",
        lines=(gettext("What is on, and seats to book: theater, film, music, dance and talks."),),
        picture=brand.photo,
        picture_width=_PHOTO_WIDTH,
    )


def _dates(shows: list[Showtime], *, has_more: bool) -> str:
    if not shows:
        return ""
    first, last = shows[0], shows[-1]
    if has_more:
        return gettext("from %(day)s") % {"day": day(first.starts_at, first.time_zone)}
    if len(shows) == 1:
        return when(first.starts_at, first.time_zone)
    if first.local_day == last.local_day:
        return day(first.local_day)
    return f"{day(first.local_day)} – {day(last.local_day)}"


def _places(shows: list[Showtime]) -> str:
    places = list(dict.fromkeys((show.theater_name, show.city_name) for show in shows))
    if len(places) > _MAX_THEATERS:
        return ngettext("%(count)d theater", "%(count)d theaters", len(places)) % {"count": len(places)}
    return " · ".join(", ".join(place) for place in places)


def _open(name: str) -> Image.Image | None:
    if not name:
        return None
    try:
        with default_storage.open(name) as file:
            return Image.open(BytesIO(file.read()), formats=["WEBP"]).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        log.warning("picture_unreadable", name=name, error=str(error))
        return None


@cache
def _template_digest() -> str:
    return sha256((TEMPLATES / _TEMPLATE).read_bytes()).hexdigest()
