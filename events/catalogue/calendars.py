"""Coming shows as an iCalendar feed (RFC 5545) that calendar programs subscribe to."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from icalendar import Calendar, Event

from events.catalogue import Showtime
from theaters.brands import address_of

REFRESH_INTERVAL = timedelta(hours=1)


def write_calendar(name: str, shows: Iterable[Showtime]) -> bytes:
    """Return the feed of this name. Times are in UTC, which programs show in the reader's own zone."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{name}//Programme//EN")
    calendar.add("version", "2.0")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH_INTERVAL, parameters={"VALUE": "DURATION"})
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    stamp = timezone.now().replace(microsecond=0)
    for show in shows:
        entry = Event()
        is_canceled = show.state == "canceled"
        entry.add("uid", f"{show.code}@{host}")
        entry.add("dtstamp", stamp)
        entry.add("dtstart", show.starts_at)
        entry.add("dtend", show.ends_at)
        entry.add(
            "summary", gettext("Canceled: %(title)s") % {"title": show.event_title} if is_canceled else show.event_title
        )
        entry.add("location", f"{show.hall_name}, {show.theater_name}, {show.theater_place}, {show.city_name}")
        entry.add("url", f"{address_of(show.theater_slug)}{reverse('events:detail', args=[show.event_slug])}")
        entry.add("status", "CANCELLED" if is_canceled else "CONFIRMED")
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
