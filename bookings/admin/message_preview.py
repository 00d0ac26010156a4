"""Previews of every kind of message: as a theater's, with sample data, in each language, on phone and desktop."""

from __future__ import annotations

from email.header import decode_header, make_header

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.roles import Capability
from bookings.places_of_words import describe_sample
from console.people import may_at, person_of
from console.site import add_page
from notifications.kinds import KINDS
from notifications.looks import find_look, show_logo
from notifications.models import Channel, Notification
from notifications.rendering import render, render_chat
from notifications.samples import sample_context
from notifications.wordings import read_texts
from theaters.access import theaters_for

FRAMES = {"phone": _("Phone"), "desktop": _("Desktop")}
SCHEMES = {"light": _("Light"), "dark": _("Dark")}
# Gmail clips longer messages.
CLIP_KB = 102


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Show a kind of message in a frame, and its text twin. Nothing is sent, and no customer's data is read.

    As one of the person's theaters, with its look, its own words and one of its shows. Messages about no theater are
    the site's, and those of a theater without a show have a sample's.
    """
    if not may_at(request.user, Capability.SEE_BOOKINGS):
        raise PermissionDenied
    languages = dict(settings.LANGUAGES)
    chosen = {
        "kind": _choose(request, "kind", KINDS),
        "language": _choose(request, "language", languages),
        "frame": _choose(request, "frame", FRAMES),
        "scheme": _choose(request, "scheme", SCHEMES),
    }
    kind, language = chosen["kind"], chosen["language"]
    context = sample_context(kind)
    theaters = {one.slug: one for one in theaters_for(person_of(request), Capability.SEE_BOOKINGS).order_by("name")}
    theater = theaters[_choose(request, "theater", theaters)] if theaters else None
    concerned = theater if "theater" in context else None
    if concerned is not None:
        context = describe_sample(concerned, kind) | {"words": read_texts(concerned.pk, kind, language)}
    look = find_look(concerned.pk if concerned else None)
    rendered = render(kind, context, language, look)
    choice = KINDS[kind].choice
    has_chat = choice is not None and Channel.CHAT in choice.channels
    return TemplateResponse(
        request,
        "admin/bookings/message_preview.html",
        {
            **admin.site.each_context(request),
            "title": _("Messages as they look"),
            "subject": rendered.subject,
            "text": rendered.text,
            "html": show_logo(rendered.html, look.logo.content if look.logo else b""),
            "sender": str(make_header(decode_header(look.sender))),
            "reply_to": look.reply_to or context.get("reply_to", ""),
            "chat": render_chat(kind, context, language, look) if has_chat else "",
            "size": -(-len(rendered.html.encode()) // 1024),
            "clip": CLIP_KB,
            "choice": choice,
            "kinds": Notification.Kind.choices,
            "theaters": list(theaters.values()),
            "is_of_theater": concerned is not None,
            "bars": [
                ("language", _("Language"), languages.items()),
                ("frame", _("Frame"), FRAMES.items()),
                ("scheme", _("Colors"), SCHEMES.items()),
            ],
            "theater": theater.slug if theater else "",
            **chosen,
            "chosen": chosen,
        },
    )


def _choose(request: HttpRequest, name: str, offered: object) -> str:
    """Return what the address asks for, or the first that is offered."""
    names = list(offered)  # type: ignore[call-overload]
    value = request.GET.get(name) or names[0]
    if value not in names:
        raise Http404
    return str(value)


add_page("messages/preview/", preview, name="message_preview")
