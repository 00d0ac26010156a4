"""Template tags and filters for events and their shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from unicodedata import category

from django import template
from django.conf import settings
from django.template.base import FilterExpression, NodeList, Parser, Token
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language

from events.models import Access, write_access
from lib.process_memory import Memory
from theaters.shown import shown_theaters

if TYPE_CHECKING:
    from events.catalogue import EventCard
    from theaters.directory import CityItem

register = template.Library()

MAX_NAMED_THEATERS = 2
# The longest words that `static/css/components/programme.css` has sizes for.
TITLE_SIZES = (8, 10, 12, 14, 18, 24)
# Where a line may break: between words, after a hyphen, and around each Chinese or Japanese character.
_BREAKS = re.compile(r"[\s\-–—/]+|(?=[\u3040-\u30ff\u3400-\u9fff])")


@register.filter
def places(card: EventCard, city: CityItem | None) -> SafeString:
    """Name the theaters of the card's next shows, with their cities unless the reader has chosen one."""
    found = list(dict.fromkeys((show.theater_name, show.city_name) for show in card.next_shows))
    names = [
        format_html("<bdi>{}</bdi>", theater)
        if city
        else format_html("<span><bdi>{}</bdi>, <bdi>{}</bdi></span>", theater, city_name)
        for theater, city_name in found[:MAX_NAMED_THEATERS]
    ]
    return format_html_join("", "<span>{}</span>", ((name,) for name in names))


@register.filter
def title_size(title: str) -> str:
    """Return the class that makes a large title small enough for its longest word to fit its column."""
    # Accents and many vowel signs take no width of their own.
    longest = max(sum(category(sign) != "Mn" for sign in word) for word in _BREAKS.split(title))
    return next((f"title-{limit}" for limit in TITLE_SIZES if longest <= limit), "title-long")


@register.filter
def access_names(codes: Iterable[str]) -> str:
    """Name kinds of access, given by their codes: “Captioned, relaxed performance”."""
    return capfirst(write_access(Access(code) for code in codes))


@register.filter
def of_show(cards: dict[str, EventCard], slug: str) -> EventCard | None:
    return cards.get(slug)


# Parts of pages. One takes 20 KB at most, so all of them some megabytes.
_changing: Memory[str] = Memory(200)
_lasting: Memory[str] = Memory(200)


class CachedNode(template.Node):
    def __init__(self, nodelist: NodeList, parts: list[FilterExpression], *, is_lasting: bool) -> None:
        self.nodelist = nodelist
        self.parts = parts
        self.is_lasting = is_lasting

    def render(self, context: template.Context) -> SafeString:
        if context.get("is_preview"):
            # A preview for staff must never be cached for customers.
            return self.nodelist.render(context)
        # A broken selector must not break templates that show no events.
        from events.catalogue.cache import CACHE_SECONDS, catalogue_version  # noqa: PLC0415

        parts = (str(part.resolve(context)) for part in self.parts)
        key = (get_language(), catalogue_version(), shown_theaters(), *parts)
        memory = _lasting if self.is_lasting else _changing
        text = memory.get(key)
        if text is None:
            text = str(self.nodelist.render(context))
            memory.set(key, text, CACHE_SECONDS if self.is_lasting else settings.PAGES_STALE_SECONDS)
        return mark_safe(text)  # noqa: S308 - rendered by this engine


@register.tag
def cached(parser: Parser, token: Token) -> CachedNode:
    """Cache the content for moments, for all visitors: `{% cached "home" city.slug day %}…{% endcached %}`.

    It may depend only on the named values, the language, the catalogue, the domain and the clock.
    """
    return _parse(parser, token, is_lasting=False)


@register.tag
def lasting(parser: Parser, token: Token) -> CachedNode:
    """Cache the content as `cached` does, but for as long as selectors' answers: neither clock nor sales change it."""
    return _parse(parser, token, is_lasting=True)


def _parse(parser: Parser, token: Token, *, is_lasting: bool) -> CachedNode:
    name, *parts = token.split_contents()
    nodelist = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return CachedNode(nodelist, [parser.compile_filter(part) for part in parts], is_lasting=is_lasting)
