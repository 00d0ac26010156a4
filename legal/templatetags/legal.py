"""Links to legal pages, for the templates that all pages extend."""

from __future__ import annotations

from typing import Any

from django import template

from legal.texts import LegalLink, read_links, site_theater
from theaters.brands import brand_of

register = template.Library()


@register.simple_tag(takes_context=True)
def legal_links(context: dict[str, Any]) -> tuple[LegalLink, ...]:
    """Return the links of the theater that a page is about: a theater, what the catalogue says of one, or its pk.

    A page about none links those of the theater to which the whole site, or its domain, belongs.
    """
    theater = context.get("theater")
    return read_links(getattr(theater, "pk", theater or site_theater()))


@register.simple_tag
def mail_legal_links(theater_id: int | None) -> list[tuple[str, str]]:
    """Return titles and addresses of a theater's pages for the foot of a mail about it; none where it names none."""
    if not isinstance(theater_id, int):
        return []
    address = brand_of(theater_id).address
    return [(one.title, f"{address}{one.url}") for one in read_links(theater_id)]
