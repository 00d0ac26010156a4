"""Links to legal pages, for the templates that all pages extend."""

from __future__ import annotations

from typing import Any

from django import template

from legal.models import LegalVersion
from legal.texts import LegalLink, read_links, site_theater

register = template.Library()


@register.simple_tag(takes_context=True)
def legal_links(context: dict[str, Any]) -> tuple[LegalLink, ...]:
    """Return the links of the theater that a page is about: a theater, what the catalogue says of one, or its pk.

    A page about none links those of the theater to which the whole site, or its domain, belongs.
    """
    theater = context.get("theater")
    return read_links(getattr(theater, "pk", theater or site_theater()))


@register.filter
def legal_title(kind: str) -> str:
    """Return the title of a page by its kind, in the language that is active; "" for one that is no more."""
    return str(LegalVersion.Kind(kind).label) if kind in LegalVersion.Kind.values else ""
