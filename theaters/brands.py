"""The brand that a page, mail or paper bears: ask `brand_of`. Costs no query on a warm page (`directory.py`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from theaters.directory import BrandItem, read_directory
from theaters.models import Theater
from theaters.shown import shown_brand


def brand_of(theater: Theater | int | None) -> BrandItem:
    """Return the brand of a theater, given as such or by its pk; the site's own for a theater without one."""
    directory = read_directory()
    key = theater.pk if isinstance(theater, Theater) else theater
    entry = directory.theaters.get(key) if key is not None else None
    return (entry.brand if entry else None) or directory.site


def brand_of_host(host: str) -> BrandItem | None:
    """Return the brand whose confirmed domain this is, with or without a port, or None."""
    return read_directory().by_domain.get(host.partition(":")[0].lower())


def find_brand(slug: str) -> BrandItem | None:
    """Return the brand of this slug if a theater bears it."""
    entries = read_directory().theaters.values()
    return next((entry.brand for entry in entries if entry.brand and entry.brand.slug == slug), None)


def site_brand() -> BrandItem:
    """Return the brand of pages that belong to no theater: of a site with one theater, or one brand, it is theirs."""
    return read_directory().site


def address_of(*theater_slugs: str) -> str:
    """Return the start of addresses of pages about these theaters: their common brand's domain, or the site's."""
    return brand_of_page(find_common_theater(theater_slugs)).brand.address


def site_address() -> str:
    """Return the start of addresses of pages that belong to no theater: the domain of this request, or the site's."""
    return (shown_brand() or site_brand()).address


@dataclass(frozen=True, slots=True)
class PageBrand:
    """What a page bears, and where its name leads.

    `is_whole` says that all pages at this address bear it: on a domain of its own, or on the shared site its own.
    `only_theater` is the path of the only theater that they show, or "".
    """

    brand: BrandItem
    is_whole: bool
    home: str
    only_theater: str = ""

    @property
    def key(self) -> str:
        """What a part of the page depends on, for caches."""
        return f"{self.brand.version} {self.is_whole} {self.home} {self.only_theater}"


def brand_of_page(theater_id: int | None) -> PageBrand:
    """Decide what a page bears: the brand of the request's domain, or else of the theater that the page is about."""
    directory = read_directory()
    host = shown_brand() or directory.site
    brand = shown_brand() or brand_of(theater_id)
    published = [entry for entry in directory.theaters.values() if entry.is_published]
    if brand == host:
        own = [entry for entry in published if entry.pk in host.theater_ids]
        only = own[0].path if len(own) == 1 else ""
        return PageBrand(brand, is_whole=True, home=reverse("events:home"), only_theater=only)
    home = directory.theaters[theater_id].path if theater_id is not None else reverse("events:home")
    return PageBrand(brand, is_whole=False, home=home)


def find_common_theater(slugs: Iterable[str]) -> int | None:
    """Return the pk of one of these theaters if all of them bear the same brand, or None."""
    by_slug = read_directory().by_slug
    found = [by_slug[slug] for slug in slugs if slug in by_slug]
    return found[0].pk if found and len({entry.brand for entry in found}) == 1 else None
