"""The brand that a page, mail or paper bears: ask `brand_of`, and for a request `brand_of_host`.

Brands are read in one query of this process at most each minute, so that a warm page costs none.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from urllib.parse import urlsplit

from django.conf import settings

from lib.pictures import picture_url
from lib.process_memory import Memory
from theaters.models import Brand, Theater
from theaters.models.brands import Typeface

BRANDS_CACHE_SECONDS = 60


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
    reply_address: str = ""
    social_links: tuple[str, ...] = ()
    # Confirmed, or "".
    domain: str = ""
    names_marquee: bool = True
    theater_ids: frozenset[int] = frozenset()
    # Of everything above, for cache keys and addresses of files.
    version: str = ""

    @property
    def is_site(self) -> bool:
        return not self.slug

    @property
    def address(self) -> str:
        """The start of addresses of this brand's pages, without a slash at its end."""
        return f"{urlsplit(settings.SITE_URL).scheme}://{self.domain}" if self.domain else settings.SITE_URL

    @property
    def logo_url(self) -> str:
        """The address of the logo in its greatest width, with its host; "" without one."""
        return f"{settings.SITE_URL}{picture_url(self.logo)}" if self.logo else ""


@dataclass(frozen=True, slots=True)
class _Brands:
    of_theaters: dict[int, BrandItem]
    of_domains: dict[str, BrandItem]
    by_slug: dict[str, BrandItem]


_brands: Memory[_Brands] = Memory(1)


def brand_of(theater: Theater | int | None) -> BrandItem:
    """Return the brand of a theater, given as such or by its pk; the site's own for a theater without one."""
    key = theater.pk if isinstance(theater, Theater) else theater
    return site_brand() if key is None else _read().of_theaters.get(key) or site_brand()


def brand_of_host(host: str) -> BrandItem | None:
    """Return the brand whose confirmed domain this is, with or without a port, or None."""
    return _read().of_domains.get(host.partition(":")[0].lower())


def find_brand(slug: str) -> BrandItem | None:
    return _read().by_slug.get(slug)


def site_brand() -> BrandItem:
    return BrandItem(slug="", name=settings.SITE_NAME, names_marquee=settings.NAMES_MARQUEE)


def forget_brands() -> None:
    """Read brands again; other processes do so within `BRANDS_CACHE_SECONDS`."""
    _brands.clear()


def _read() -> _Brands:
    found = _brands.get("brands")
    if found is None:
        found = _collect()
        _brands.set("brands", found, BRANDS_CACHE_SECONDS)
    return found


def _collect() -> _Brands:
    theaters: dict[int, list[int]] = {}
    for pk, brand_id in Theater.objects.exclude(brand=None).order_by("pk").values_list("pk", "brand_id"):
        theaters.setdefault(brand_id, []).append(pk)
    items = [describe(brand, theaters.get(brand.pk, [])) for brand in Brand.objects.order_by("pk")]
    return _Brands(
        of_theaters={pk: item for item in items for pk in item.theater_ids},
        of_domains={item.domain: item for item in items if item.domain},
        by_slug={item.slug: item for item in items},
    )


def describe(brand: Brand, theater_ids: list[int]) -> BrandItem:
    fields = {
        "slug": brand.slug,
        "name": brand.name,
        "logo": brand.logo.name or "",
        "logo_dark": brand.logo_dark.name or "",
        "favicon": brand.favicon.name or "",
        "photo": brand.photo.name or "",
        "color": brand.color.lower(),
        "color_dark": brand.color_dark.lower(),
        "typeface": brand.typeface,
        "sender_name": brand.sender_name or brand.name,
        "reply_address": brand.reply_address,
        "social_links": tuple(brand.social_links.split()),
        "domain": brand.domain if brand.is_domain_confirmed else "",
        "names_marquee": brand.names_marquee and settings.NAMES_MARQUEE,
        "theater_ids": frozenset(theater_ids),
    }
    version = sha256(repr({**fields, "theater_ids": sorted(theater_ids)}).encode()).hexdigest()[:12]
    return BrandItem(**fields, version=version)
