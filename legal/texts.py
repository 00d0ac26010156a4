"""Which legal pages a theater has, and what they say: its own, or else the site's.

A theater without an imprint of its own has one all the same once its seller is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from legal.models import LegalVersion, today_at
from lib.process_memory import Memory
from theaters.brands import brand_of_page
from theaters.directory import read_directory
from theaters.models import Theater

LINKS_SECONDS = 60
Kind = LegalVersion.Kind


@dataclass(frozen=True, slots=True)
class LegalLink:
    """A page that there is, for a footer."""

    kind: str
    url: str

    @property
    def title(self) -> str:
        return str(Kind(self.kind).label)


def find_theater(slug: str) -> Theater | None:
    return Theater.objects.published().select_related("city", "seller").filter(slug=slug).first()


def find_version(theater: Theater | None, kind: str, *, day: date | None = None) -> LegalVersion | None:
    """Return what holds on a day, today by the theater's clock if none is named: its own, or else the site's.

    At most two queries, and one for its texts.
    """
    for owner in (theater, None) if theater is not None else (None,):
        versions = LegalVersion.objects.of(owner, kind).in_force(day or today_at(theater))
        found = versions.prefetch_related("texts").select_related("theater__city").first()
        if found is not None:
            return found
    return None


def find_history(version: LegalVersion) -> list[LegalVersion]:
    """Return all published versions of the same page, the latest to come into force first. One query."""
    versions = LegalVersion.objects.of(version.theater, version.kind).published().defer("made_by")
    return list(versions.select_related("theater__city"))


def find_current(theater: Theater) -> list[LegalVersion]:
    """Return what customers of a theater agree to, or are told of, when they book today. One query, one for texts."""
    day = today_at(theater)
    rows = LegalVersion.objects.in_force(day).filter(kind__in=LegalVersion.AT_CHECKOUT)
    own = rows.filter(theater=theater) | rows.filter(theater__isnull=True)
    found: dict[str, LegalVersion] = {}
    for version in own.select_related("theater").order_by("-holds_from", "-number"):
        known = found.get(version.kind)
        if known is None or (known.theater_id is None and version.theater_id is not None):
            found[version.kind] = version
    return [found[kind] for kind in LegalVersion.AT_CHECKOUT if kind in found]


@dataclass(frozen=True, slots=True)
class _Published:
    theater_id: int | None
    kind: str
    holds_from: date


def read_links(theater_id: int | None = None) -> tuple[LegalLink, ...]:
    """Return the pages to link from a page of a theater, or of the site itself.

    One query of this process at most each minute for the whole site, beside that of the directory of theaters.
    """
    entry = read_directory().theaters.get(theater_id) if theater_id is not None else None
    today = timezone.now().astimezone(entry.city.tz if entry else UTC).date()
    owners = {None, entry.pk} if entry else {None}
    kinds = {one.kind for one in _read_published() if one.theater_id in owners and one.holds_from <= today}
    if entry is not None and entry.has_seller:
        kinds.add(Kind.IMPRINT)
    slug = entry.slug if entry else ""
    return tuple(LegalLink(kind, page_url(slug, kind)) for kind in Kind.values if kind in kinds)


def site_theater() -> int | None:
    """Return the pk of the theater for which pages speak that are about none: of a brand's, the first; often None."""
    return next(iter(brand_of_page(None).brand.theater_ids), None)


def page_url(theater_slug: str, kind: str) -> str:
    if not theater_slug:
        return reverse("legal:site-page", args=[kind])
    return reverse("legal:page", args=[theater_slug, kind])


def _read_published() -> tuple[_Published, ...]:
    found = _published.get("published")
    if found is None:
        rows = LegalVersion.objects.published().order_by().values_list("theater_id", "kind", "holds_from").distinct()
        found = tuple(_Published(theater_id, kind, day) for theater_id, kind, day in rows if day is not None)
        _published.set("published", found, LINKS_SECONDS)
    return found


_published: Memory[tuple[_Published, ...]] = Memory(1)


def forget_links() -> None:
    """Read the links again, in this process; others follow within a minute."""
    _published.clear()


def language_names() -> dict[str, str]:
    return {code: str(name) for code, name in settings.LANGUAGES}


def current_language() -> str:
    return get_language() or settings.LANGUAGE_CODE
