"""An inquiry in words, the same for pages, e-mails and the console."""

from django.utils.translation import ngettext

from inquiries.models import Inquiry
from lib.templatetags.formats import when


def describe_party(inquiry: Inquiry) -> str:
    """Say how many people of what kind of group, in the active language."""
    people = ngettext("%(count)d person", "%(count)d people", inquiry.party_size) % {"count": inquiry.party_size}
    return f"{people} ({inquiry.get_kind_display()})"


def describe_dates(inquiry: Inquiry) -> list[str]:
    """Return the wished dates in the theater's zone, in the active language; none means any. One query."""
    zone = inquiry.theater.city.time_zone
    return [when(at, zone) for at in inquiry.shows.order_by("starts_at").values_list("starts_at", flat=True)]
