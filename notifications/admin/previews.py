"""Previews of every kind of message: with sample data, in each language, on phone and desktop."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.roles import Capability
from console.people import may_at
from console.site import add_page
from notifications.kinds import KINDS
from notifications.models import Channel, Notification
from notifications.rendering import render, render_chat
from notifications.samples import sample_context

FRAMES = {"phone": _("Phone"), "desktop": _("Desktop")}
SCHEMES = {"light": _("Light"), "dark": _("Dark")}
# Gmail clips longer messages.
CLIP_KB = 102


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """Show a kind of message in a frame, and its text twin. Nothing is sent, and no customer's data is read."""
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
    rendered = render(kind, context, language)
    choice = KINDS[kind].choice
    has_chat = choice is not None and Channel.CHAT in choice.channels
    return TemplateResponse(
        request,
        "admin/notifications/preview.html",
        {
            **admin.site.each_context(request),
            "title": _("Messages as they look"),
            "subject": rendered.subject,
            "text": rendered.text,
            "html": rendered.html,
            "chat": render_chat(kind, context, language) if has_chat else "",
            "size": -(-len(rendered.html.encode()) // 1024),
            "clip": CLIP_KB,
            "choice": choice,
            "kinds": Notification.Kind.choices,
            "bars": [
                ("language", _("Language"), languages.items()),
                ("frame", _("Frame"), FRAMES.items()),
                ("scheme", _("Colors"), SCHEMES.items()),
            ],
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
