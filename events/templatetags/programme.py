"""What templates say of events and their shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from events.selectors import EventCard
    from theaters.cities import CityItem

register = template.Library()

MAX_PLACES = 2


@register.filter
def places(card: EventCard, city: CityItem | None) -> SafeString:
    """Name the theaters of the card's next shows, with their cities unless the reader has chosen one."""
    found = list(dict.fromkeys((show.theater_name, show.city_name) for show in card.next_shows))
    names = [
        format_html("<bdi>{}</bdi>", theater)
        if city
        else format_html("<span><bdi>{}</bdi>, <bdi>{}</bdi></span>", theater, city_name)
        for theater, city_name in found[:MAX_PLACES]
    ]
    return format_html_join("", "<span>{}</span>", ((name,) for name in names))
