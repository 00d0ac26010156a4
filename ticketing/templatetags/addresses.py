"""The addresses by which a page may be found: its own, and those of it in each language."""

from typing import Any
from urllib.parse import urlsplit

from django import template

from events.catalogue.link_pictures import picture_of_site
from lib.shared_pages import LANGUAGE_PARAMETER

register = template.Library()


@register.inclusion_tag("partials/_addresses.html", takes_context=True)
def page_addresses(context: dict[str, Any]) -> dict[str, Any]:
    """Write the `canonical_url` of the context, the page's address in each language, and the picture to share it with.

    A page without `canonical_url` asks search engines to leave it out. The address without a language is the one for
    people whose language is not known; each other one stands for itself.
    """
    url = context.get("canonical_url", "")
    if not url:
        return {"url": ""}
    offered = context["offered_languages"]
    named, current = context["request"].GET.get(LANGUAGE_PARAMETER), context["LANGUAGE_CODE"]
    is_named = len(offered) > 1 and named == current
    return {
        "url": in_language(url, named) if is_named else url,
        "plain_url": url,
        "picture": context.get("link_picture") or picture_of_site(),
        "languages": [(code, in_language(url, code)) for code in offered] if len(offered) > 1 else [],
    }


@register.filter
def in_language(url: str, language: str) -> str:
    """Return the address of a page in a language."""
    return f"{url}{'&' if urlsplit(url).query else '?'}{LANGUAGE_PARAMETER}={language}"
