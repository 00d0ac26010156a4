"""The opening of a sale as an entry for calendars (RFC 5545)."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext
from icalendar import Alarm, Calendar, Event

from events.models import Show
from theaters.brands import brand_of

# How long the entry fills the calendar, and how long before it the alarm rings.
ENTRY_LENGTH, ALARM_LEAD = timedelta(minutes=15), timedelta(minutes=1)


def write_opening(show: Show) -> bytes:
    """Return a calendar with the moment in which the show's sale opens, and an alarm a minute before."""
    title = gettext("On sale: %(title)s") % {"title": show.event.title}
    entry = Event()
    entry.add("uid", f"{show.code}-opening@{urlsplit(settings.SITE_URL).hostname or 'localhost'}")
    entry.add("dtstamp", timezone.now().replace(microsecond=0))
    entry.add("dtstart", show.sales_open_at)
    entry.add("duration", ENTRY_LENGTH)
    entry.add("summary", title)
    entry.add("url", f"{brand_of(show.hall.theater_id).address}{show.get_absolute_url()}")
    entry.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -ALARM_LEAD)
    entry.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", f"-//{brand_of(show.hall.theater_id).name}//Opening//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    return bytes(calendar.to_ical())
