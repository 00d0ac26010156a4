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
from lib.languages import without_region, written_languages
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


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A published version of a page, without its texts."""

    pk: int
    theater_id: int | None
    kind: str
    number: int
    holds_from: date

    @classmethod
    def of(cls, version: LegalVersion) -> PublishedVersion:
        assert version.holds_from is not None  # noqa: S101 the database sees to it
        return cls(version.pk, version.theater_id, version.kind, version.number, version.holds_from)

    @property
    def title(self) -> str:
        return str(Kind(self.kind).label)

    @property
    def url(self) -> str:
        """The address of exactly this version."""
        entry = read_directory().theaters.get(self.theater_id) if self.theater_id is not None else None
        if entry is None:
            return reverse("legal:site-version", args=[self.kind, self.number])
        return reverse("legal:version", args=[entry.slug, self.kind, self.number])


def read_in_force(theater_id: int | None = None) -> dict[str, PublishedVersion]:
    """Return what holds today at a theater by kind: its own, or else the site's.

    One query of this process at most each minute for the whole site, beside that of the directory of theaters.
    """
    entry = read_directory().theaters.get(theater_id) if theater_id is not None else None
    today = timezone.now().astimezone(entry.city.tz if entry else UTC).date()
    owners = {None, entry.pk} if entry else {None}
    held = [one for one in _read_published() if one.theater_id in owners and one.holds_from <= today]
    # The latest comes last, and a theater's own after the site's.
    held.sort(key=lambda one: (one.theater_id is not None, one.holds_from, one.number))
    return {one.kind: one for one in held}


def read_current(theater_id: int) -> list[PublishedVersion]:
    """Return what customers of a theater agree to, or are told of, when they book today. No query when warm."""
    in_force = read_in_force(theater_id)
    return [in_force[kind] for kind in LegalVersion.AT_CHECKOUT if kind in in_force]


def read_links(theater_id: int | None = None) -> tuple[LegalLink, ...]:
    """Return the pages to link from a page of a theater, or of the site itself. No query when warm."""
    entry = read_directory().theaters.get(theater_id) if theater_id is not None else None
    kinds: set[str] = set(read_in_force(theater_id))
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


def _read_published() -> tuple[PublishedVersion, ...]:
    found = _published.get("published")
    if found is None:
        rows = (
            LegalVersion.objects.published().order_by().values_list("pk", "theater_id", "kind", "number", "holds_from")
        )
        found = tuple(
            PublishedVersion(pk, of, kind, number, day) for pk, of, kind, number, day in rows if day is not None
        )
        _published.set("published", found, LINKS_SECONDS)
    return found


_published: Memory[tuple[PublishedVersion, ...]] = Memory(1)


def forget_links() -> None:
    """Read the links again, in this process; others follow within a minute."""
    _published.clear()


def language_names() -> dict[str, str]:
    return dict(written_languages())


def current_language() -> str:
    """Return the language in which this visitor reads what staff have written."""
    return without_region(get_language() or settings.LANGUAGE_CODE)
