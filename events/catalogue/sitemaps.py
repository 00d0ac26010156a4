"""Sitemaps of the catalogue's pages."""

from __future__ import annotations

from datetime import datetime

from django.contrib.sitemaps import Sitemap
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.urls import reverse

from events.catalogue.cards import only_shown
from events.models import Event, Show
from theaters.brands import site_address
from theaters.models import Theater
from theaters.shown import shown_theaters


class CatalogueSitemap(Sitemap):  # type: ignore[type-arg]
    # Half of what the protocol allows in one file, so that none takes long to build.
    limit = 25_000

    def get_domain(self, site: object = None) -> str:
        return site_address().partition("://")[2]

    def get_protocol(self, protocol: str | None = None) -> str:
        return site_address().partition("://")[0]


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
        return _shown_events().only("slug", "created_at").order_by("pk")

    def lastmod(self, item: Event) -> datetime:
        return item.created_at

    def get_latest_lastmod(self) -> datetime | None:
        """Ask the database; Django would read every event."""
        newest: datetime | None = _shown_events().aggregate(newest=Max("created_at"))["newest"]
        return newest


class TheaterSitemap(CatalogueSitemap):
    priority = 0.7

    def items(self) -> QuerySet[Theater]:
        theaters = Theater.objects.published().only("slug").order_by("pk")
        own = shown_theaters()
        return theaters if own is None else theaters.filter(pk__in=own)


def _shown_events() -> QuerySet[Event]:
    """Return the published events; of a brand's domain, those with a show in its theaters."""
    events = Event.objects.published()
    own = shown_theaters()
    if own is None:
        return events
    return events.filter(Exists(only_shown(Show.objects.public()).filter(event=OuterRef("pk"))))


SITEMAPS: dict[str, type[CatalogueSitemap]] = {"pages": PageSitemap, "events": EventSitemap, "theaters": TheaterSitemap}
