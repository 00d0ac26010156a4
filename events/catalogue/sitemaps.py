"""Sitemaps of the catalogue's pages, with their pictures and languages (`templates/sitemap.xml`)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from events.catalogue.cards import only_shown, upcoming_shows
from events.models import Event, Label, Show
from lib.pictures import picture_url
from theaters.brands import site_address
from theaters.cities import read_cities
from theaters.models import Theater
from theaters.shown import shown_theaters


class CatalogueSitemap(Sitemap):  # type: ignore[type-arg]
    # An entry with picture and languages has half a kilobyte; the protocol allows 50,000 of them and 50 MB in a file.
    limit = 10_000

    def get_domain(self, site: object = None) -> str:
        return site_address().partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:
        return site_address().partition("://")[0]

    def picture(self, item: Any) -> str:
        """Return the name of the stored picture on the page, or ""."""
        return ""

    def get_urls(self, page: int | str = 1, site: Any = None, protocol: str | None = None) -> list[dict[str, Any]]:
        """Add the address of each page's picture."""
        urls = super().get_urls(page, site, protocol)
        for url in urls:
            name = self.picture(url["item"])
            url["picture"] = urljoin(url["location"], picture_url(name)) if name else ""
        return urls


class PageSitemap(CatalogueSitemap):
    """Home, also of each city, the programme, also of each label with upcoming shows, and the theaters."""

    def items(self) -> list[str]:
        home, programme = reverse("events:home"), reverse("events:list")
        cities, labels = read_cities(), self._labels()
        return [
            *(home, programme, reverse("events:theaters"), reverse("legal:cookies")),
            *(f"{home}?city={city.slug}" for city in cities if len(cities) > 1),
            *(f"{programme}?label={slug}" for slug in labels),
        ]

    def location(self, item: str) -> str:
        return item

    def _labels(self) -> QuerySet[Label, str]:
        shows = upcoming_shows(timezone.now()).filter(event__is_published=True, event__labels=OuterRef("pk"))
        return Label.objects.filter(Exists(shows)).order_by("slug").values_list("slug", flat=True)


class EventSitemap(CatalogueSitemap):
    def items(self) -> QuerySet[Event]:
        return _shown_events().only("slug", "poster", "changed_at").order_by("pk")

    def lastmod(self, item: Event) -> datetime:
        return item.changed_at

    def picture(self, item: Event) -> str:
        return item.poster.name or ""

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database; Django would read every event."""
        newest: datetime | None = _shown_events().aggregate(newest=Max("changed_at"))["newest"]
        return newest


class TheaterSitemap(CatalogueSitemap):
    def items(self) -> QuerySet[Theater]:
        theaters = Theater.objects.published().only("slug", "photo").order_by("pk")
        own = shown_theaters()
        return theaters if own is None else theaters.filter(pk__in=own)

    def picture(self, item: Theater) -> str:
        return item.photo.name or ""


def _shown_events() -> QuerySet[Event]:
    """Return the published events; of a brand's domain, those with a show in its theaters."""
    events = Event.objects.published()
    own = shown_theaters()
    if own is None:
        return events
    return events.filter(Exists(only_shown(Show.objects.public()).filter(event=OuterRef("pk"))))


SITEMAPS: dict[str, type[CatalogueSitemap]] = {"pages": PageSitemap, "events": EventSitemap, "theaters": TheaterSitemap}
