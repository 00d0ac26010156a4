"""The brand of a page, for the templates that all pages extend."""

from typing import Any
from urllib.parse import urlsplit

from django import template

from theaters.brands import brand_of, brand_of_page

register = template.Library()


@register.simple_tag(takes_context=True)
def page_brand(context: dict[str, Any]) -> str:
    """Set what the page bears as `page_brand` and `brand`, and SITE_NAME to its name.

    A page is about the `theater` of its context: a theater, what the catalogue says of one, or the pk of one.
    """
    theater = context.get("theater")
    page = brand_of_page(getattr(theater, "pk", theater or None))
    context["page_brand"], context["brand"], context["SITE_NAME"] = page, page.brand, page.brand.name
    return ""


register.simple_tag(brand_of)


@register.filter
def host(address: str) -> str:
    """Return whose page an address is, and which: "example.org/anna"."""
    parts = urlsplit(address)
    return f"{parts.netloc.removeprefix('www.')}{parts.path.rstrip('/')}"
