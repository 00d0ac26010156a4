"""All theaters with their cities and brands, as every page needs them: one query of this process each minute.

`cities.py` and `brands.py` say what pages see of it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import sha256
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError
from django.urls import reverse

from lib.outages import find_outage
from lib.process_memory import Memory
from theaters.models import Brand, City, Theater
from theaters.models.brands import Typeface
from theaters.sending_domains.records import dkim_records

DIRECTORY_CACHE_SECONDS = 60
LAST_DIRECTORY_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class CityItem:
    pk: int
    slug: str
    name: str
    country: str
    time_zone: str
    theater_count: int

    @property
    def tz(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class BrandItem:
    """What customers see of a theater's brand, or of the site's own, whose `slug` is empty.

    Pictures are names of stored files, each in the widths of its field, or "". Colors are "#rrggbb", or "" for the
    site's own.
    """

    slug: str
    name: str
    logo: str = ""
    logo_dark: str = ""
    favicon: str = ""
    photo: str = ""
    color: str = ""
    color_dark: str = ""
    typeface: str = Typeface.GLOOCK
    sender_name: str = ""
    # Confirmed, or "".
    sender_address: str = ""
    reply_address: str = ""
    social_links: tuple[str, ...] = ()
    # Confirmed, or "".
    domain: str = ""
    names_marquee: bool = True
    theater_ids: tuple[int, ...] = ()
    # Of everything above, for cache keys and addresses of files.
    version: str = ""

    @property
    def is_site(self) -> bool:
        return not self.slug

    @property
    def typeface_sheet(self) -> str:
        """The style sheet of the titles' typeface, or "" for the site's own."""
        return "" if self.typeface == Typeface.GLOOCK else f"css/typefaces/{self.typeface}.css"

    @property
    def address(self) -> str:
        """The start of addresses of this brand's pages, without a slash at its end."""
        return f"{urlsplit(settings.SITE_URL).scheme}://{self.domain}" if self.domain else settings.SITE_URL


@dataclass(frozen=True, slots=True)
class TheaterEntry:
    pk: int
    slug: str
    name: str
    city: CityItem
    is_published: bool
    brand: BrandItem | None
    has_seller: bool
    asks_terms_box: bool

    @property
    def path(self) -> str:
        return reverse("events:theater", args=[self.slug])


@dataclass(frozen=True, slots=True)
class Directory:
    """`site` is the brand of pages that belong to no theater."""

    theaters: dict[int, TheaterEntry]
    cities: tuple[CityItem, ...]
    site: BrandItem
    by_slug: dict[str, TheaterEntry]
    by_domain: dict[str, BrandItem]

    def cities_of(self, theater_ids: tuple[int, ...]) -> tuple[CityItem, ...]:
        """Return the cities that have one of these theaters published, by name."""
        counts = Counter(entry.city.pk for pk in theater_ids if (entry := self.theaters.get(pk)) and entry.is_published)
        return tuple(_count(city, counts[city.pk]) for city in self.cities if city.pk in counts)


_directory: Memory[Directory] = Memory(2)


def read_directory() -> Directory:
    """Return the directory; while the database is down, the last one that this process read."""
    found = _directory.get("directory")
    if found is None:
        try:
            found = _read()
        except DatabaseError as error:
            last = _directory.get("last")
            if last is None or find_outage(error) is None:
                raise
            return last
        _directory.set("directory", found, DIRECTORY_CACHE_SECONDS)
        _directory.set("last", found, LAST_DIRECTORY_SECONDS)
    return found


def forget_directory() -> None:
    """Read it again; other processes do so within `DIRECTORY_CACHE_SECONDS`."""
    _directory.clear()


def _read() -> Directory:
    rows = list(
        Theater.objects.select_related("city", "brand__sending_domain").order_by("city__name", "city_id", "name", "pk")
    )
    brands: dict[int, BrandItem] = {}
    for row in rows:
        if row.brand is not None and row.brand.pk not in brands:
            own = tuple(sorted(one.pk for one in rows if one.brand_id == row.brand.pk))
            brands[row.brand.pk] = describe_brand(row.brand, own)
    counts = Counter(row.city_id for row in rows if row.is_published)
    cities = {row.city_id: _describe_city(row.city, counts[row.city_id]) for row in rows}
    theaters = {
        row.pk: TheaterEntry(
            pk=row.pk,
            slug=row.slug,
            name=row.name,
            city=cities[row.city_id],
            is_published=row.is_published,
            brand=brands[row.brand_id] if row.brand_id is not None else None,
            has_seller=row.seller_id is not None,
            asks_terms_box=row.asks_terms_box,
        )
        for row in rows
    }
    return Directory(
        theaters=theaters,
        cities=tuple(city for city in cities.values() if city.theater_count),
        site=_describe_site([row for row in rows if row.is_published], brands),
        by_slug={entry.slug: entry for entry in theaters.values()},
        by_domain={brand.domain: brand for brand in brands.values() if brand.domain},
    )


def _describe_site(published: list[Theater], brands: dict[int, BrandItem]) -> BrandItem:
    """Return the only brand of the site's theaters, or the name of the only theater; else the site's own."""
    found = {row.brand_id for row in published}
    if len(found) == 1 and (brand_id := found.pop()) is not None:
        return brands[brand_id]
    if len(published) == 1:
        [only] = published
        return describe_brand(Brand(name=only.name, photo=only.photo.name), (only.pk,))
    return BrandItem(slug="", name=settings.SITE_NAME, names_marquee=settings.NAMES_MARQUEE)


def describe_brand(brand: Brand, theater_ids: tuple[int, ...]) -> BrandItem:
    item = BrandItem(
        slug=brand.slug,
        name=brand.name,
        logo=brand.logo.name or "",
        logo_dark=brand.logo_dark.name or "",
        favicon=brand.favicon.name or "",
        photo=brand.photo.name or "",
        color=brand.color.lower(),
        color_dark=brand.color_dark.lower(),
        typeface=brand.typeface,
        sender_name=brand.sender_name or brand.name,
        sender_address=_find_sender(brand),
        reply_address=brand.reply_address,
        social_links=tuple(brand.social_links.split()),
        domain=brand.domain if brand.is_domain_confirmed else "",
        names_marquee=brand.names_marquee and settings.NAMES_MARQUEE,
        theater_ids=theater_ids,
    )
    return replace(item, version=sha256(repr(item).encode()).hexdigest()[:12])


def _find_sender(brand: Brand) -> str:
    """Return the brand's own address if its domain is confirmed and mails can be signed for it, or ""."""
    sending = getattr(brand, "sending_domain", None)
    return sending.address if sending and sending.is_verified and dkim_records(sending.domain) else ""


def _describe_city(city: City, theater_count: int) -> CityItem:
    return CityItem(city.pk, city.slug, city.name, city.country, city.time_zone, theater_count)


def _count(city: CityItem, theater_count: int) -> CityItem:
    return replace(city, theater_count=theater_count)
