"""Builders of legal pages."""

from __future__ import annotations

from datetime import date

from django.db.models import Max
from django.utils import timezone

from legal.models import LegalText, LegalVersion
from legal.texts import forget_links
from theaters.models import Theater


def make_page(
    theater: Theater | None, kind: str, *, holds_from: date = date(2026, 1, 1), change_note: str = "", **texts: str
) -> LegalVersion:
    """Make a published version with a text by language: `make_page(theater, "terms", en="…")`."""
    last = LegalVersion.objects.of(theater, kind).aggregate(last=Max("number"))["last"] or 0
    version = LegalVersion.objects.create(
        theater=theater, kind=kind, number=last + 1, holds_from=holds_from, change_note=change_note
    )
    LegalText.objects.bulk_create(LegalText(version=version, language=name, body=body) for name, body in texts.items())
    version.published_at = timezone.now()
    version.save()
    forget_links()
    return version
