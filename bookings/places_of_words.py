"""Where a theater may say something of its own around a booking, and how the console previews it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from bookings.messages.customers import describe_show, describe_theater
from bookings.own_words import write_line
from events.models import Show
from notifications.looks import find_look, show_logo
from notifications.rendering import render
from notifications.samples import sample_context
from notifications.wordings import Words, fill_words, values_of
from theaters.models import Theater
from theaters.wordings.places import Group, Place, Preview, register, register_mail_preview

PAGES, DOCUMENTS = _("Pages"), _("Documents")
NOTE = _("Note")
# A line or two on paper.
TICKET_LENGTH = 160
# What a ticket says holds for everyone who has it.
_OF_A_SHOW = ("event", "show_starts", "show_day", "show_time", "doors", "hall", "theater", "city", "booking")


def register_places() -> None:
    for name, label in [
        ("checkout", _("Checkout")),
        ("confirmation", _("Booking, once it is confirmed")),
        ("ticket_page", _("Ticket that was passed on")),
    ]:
        register(Group(name, label, PAGES, (Place(name, "note", NOTE, 600),), _preview_page))
    on_ticket = Place("ticket", "note", NOTE, TICKET_LENGTH, placeholders=_OF_A_SHOW)
    register(Group("ticket", _("Ticket, as a PDF and printed"), DOCUMENTS, (on_ticket,), _preview_ticket))
    register_mail_preview(_preview_mail)


def describe_sample(theater: Theater, kind: str) -> dict[str, Any]:
    """Return a kind's sample context as this theater's, with its next show, or else its latest. One query."""
    context = sample_context(kind) | {"theater": describe_theater(theater), "reply_to": theater.email}
    shows = Show.objects.filter(hall__theater=theater).select_related("event", "hall__theater__city")
    coming = shows.filter(starts_at__gt=timezone.now(), state=Show.State.ON_SALE).order_by("starts_at")
    show = coming.first() or shows.exclude(state=Show.State.DRAFT).order_by("-starts_at").first()
    if show is not None and "show" in context:
        # As much of it as this kind tells.
        told = describe_show(show)
        context["show"] = {name: told.get(name, sample) for name, sample in context["show"].items()}
    return context


def fill_sample(theater: Theater, words: Mapping[str, Mapping[str, str]], language: str) -> dict[str, Words]:
    """Fill the texts with sample values of this theater. One query."""
    context = describe_sample(theater, "booking_confirmed")
    with translation.override(language):
        return fill_words(words, values_of(context), language)


def _preview_mail(theater: Theater, kind: str, words: Mapping[str, Mapping[str, str]], language: str) -> Preview:
    context = describe_sample(theater, kind) | {"words": words}
    look = find_look(theater.pk)
    rendered = render(kind, context, language, look)
    html = show_logo(rendered.html, look.logo.content if look.logo else b"")
    return Preview(html=html, text=rendered.text, subject=rendered.subject)


def _preview_page(theater: Theater, words: Mapping[str, Mapping[str, str]], language: str) -> Preview:
    return Preview(part="".join(one.html for one in fill_sample(theater, words, language).values()))


def _preview_ticket(theater: Theater, words: Mapping[str, Mapping[str, str]], language: str) -> Preview:
    from bookings.tickets.paper import sample_picture  # noqa: PLC0415 the typesetter is large, and few requests need it

    line = write_line(fill_sample(theater, words, language))
    with translation.override(language):
        return Preview(picture=b64encode(sample_picture(theater, words=line)).decode())
