"""The newest events of a part of the programme as an Atom feed (RFC 4287), which news readers subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from events.catalogue.cards import EventCard
from events.catalogue.subscriptions import FeedItem, Source
from lib.pictures import picture_url
from lib.shared_pages import LANGUAGE_PARAMETER
from lib.templatetags.formats import money, when
from theaters.brands import address_of

CONTENT_TYPE = "application/atom+xml; charset=utf-8"


def write_feed(source: Source, items: Iterable[FeedItem], *, language: str = "") -> str:
    """Return the feed in the active language. Its links keep to `language` if the feed's own address names one."""
    address = address_of(*filter(None, [source.theater_slug]))
    feed = Atom1Feed(
        title=gettext("New in %(name)s") % {"name": source.name},
        link=_in_language(f"{address}{source.path}", language),
        description="",
        language=get_language() or settings.LANGUAGE_CODE,
        feed_url=_in_language(f"{address}{source.feed_path}", language),
        feed_guid=f"{address}{source.feed_path}",
    )
    for item in items:
        card = item.card
        start = address_of(*{show.theater_slug for show in card.next_shows})
        url = f"{start}{reverse('events:detail', args=[card.slug])}"
        feed.add_item(
            title=card.title,
            link=_in_language(url, language),
            description=_describe(card, item.synopsis),
            unique_id=url,
            pubdate=item.created_at,
            updateddate=item.created_at,
            categories=[card.kind_label, *(label.name for label in card.labels)],
            # Its length is not known without reading the file, and may be left out or 0.
            enclosures=[Enclosure(urljoin(url, picture_url(card.poster)), "0", "image/webp")] if card.poster else [],
        )
    return feed.writeString("utf-8")


def _describe(card: EventCard, synopsis: str) -> SafeString:
    """Return the next shows, the price, and what it is about, as HTML."""
    shows = format_html_join(
        "",
        "<li>{}, {}, {}</li>",
        ((when(show.starts_at, show.time_zone), show.theater_name, show.city_name) for show in card.next_shows),
    )
    prices = ", ".join(gettext("from %(price)s") % {"price": money(one.amount, one.currency)} for one in card.prices)
    return format_html("<p>{}</p><ul>{}</ul><p>{}</p>", synopsis or card.tagline, shows, prices)


def _in_language(url: str, language: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{LANGUAGE_PARAMETER}={language}" if language else url
