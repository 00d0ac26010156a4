"""Sitemaps of the catalogue's pages."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Max, QuerySet
from django.urls import reverse

from events.models import Event
from theaters.models import Theater


class CatalogueSitemap(Sitemap):  # type: ignore[type-arg]
    # Half of what the protocol allows in one file, so that none takes long to build.
    limit = 25_000

    def get_domain(self, site: object = None) -> str:
        return str(settings.SITE_URL).partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:
        return str(settings.SITE_URL).partition("://")[0]


class PageSitemap(CatalogueSitemap):
    priority = 0.6
    changefreq = "daily"

    def items(self) -> list[str]:
        return ["events:home", "events:list", "events:theaters"]

    def location(self, item: str) -> str:
        return reverse(item)


class EventSitemap(CatalogueSitemap):
    priority = 0.8

    def items(self) -> QuerySet[Event]:
        return Event.objects.published().only("slug", "created_at").order_by("pk")

    def lastmod(self, item: Event) -> datetime:
        return item.created_at

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database; Django would read every event."""
        newest: datetime | None = Event.objects.published().aggregate(newest=Max("created_at"))["newest"]
        return newest


class TheaterSitemap(CatalogueSitemap):
    priority = 0.7

    def items(self) -> QuerySet[Theater]:
        return Theater.objects.published().only("slug").order_by("pk")


SITEMAPS: dict[str, type[CatalogueSitemap]] = {"pages": PageSitemap, "events": EventSitemap, "theaters": TheaterSitemap}
