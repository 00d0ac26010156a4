"""Render a message: subject, plain text and HTML.

Django renders the MJML template first, which escapes what people wrote. Compiling it then takes a fifth of
a millisecond, so it needs no cache.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from mjml import mjml2html

from lib.placeholders import fill_line
from notifications.looks import LOGO_ID, Look, site_look
from notifications.wordings import fill_words, values_of

_BLANK_LINES = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


def render(kind: str, context: dict[str, Any], language: str, look: Look | None = None) -> Rendered:
    """Render all three in `language`; the subject is one line, whatever the context holds.

    A logo is shown by its Content-ID: the message has to carry it. A page puts it there by `show_logo`.
    """
    values = _values(context, language, look)
    # What tags of one part have read, for the other part.
    values["read"] = {}
    with translation.override(language):
        own = values_of(context)
        values["words"] = fill_words(context.get("words") or {}, own, language)
        # Of a message whose subject the theater wrote.
        values["own_subject"] = fill_line(context.get("own_subject") or "", own)
        subject = " ".join(render_to_string(f"emails/{kind}.subject.txt", values).split())
        text = _BLANK_LINES.sub("\n\n", render_to_string(f"emails/{kind}.txt", values)).strip() + "\n"
        mjml = render_to_string(f"emails/{kind}.mjml", {**values, "subject": subject})
    return Rendered(subject, text, mjml2html(mjml, fonts={}))


def render_chat(kind: str, context: dict[str, Any], language: str, look: Look | None = None) -> str:
    """Render the text for a chat, with bare URLs: both services make them links."""
    values = _values(context, language, look)
    with translation.override(language):
        return _BLANK_LINES.sub("\n\n", render_to_string(f"emails/{kind}.chat.txt", values)).strip()


def _complete_links(context: dict[str, Any], start: str) -> dict[str, Any]:
    """Return the context with a start for its links: each `url` or `…_url` that is only a path.

    So a message leads to the domain that its theater has when it is sent.
    """
    return {name: _complete(name, value, start) for name, value in context.items()}


def _complete(name: str, value: Any, start: str) -> Any:
    match value:
        case dict():
            return _complete_links(value, start)
        case list():
            return [_complete(name, one, start) for one in value]
        case str() if name.endswith("url") and value.startswith("/"):
            return start + value
    return value


def _values(context: dict[str, Any], language: str, look: Look | None) -> dict[str, Any]:
    look = look or site_look()
    is_mirrored = translation.get_language_info(language)["bidi"]
    return {
        **_complete_links(context, look.address),
        "LANGUAGE": language,
        "direction": "rtl" if is_mirrored else "ltr",
        # Mail programs know sides alone.
        "start": "right" if is_mirrored else "left",
        "end": "left" if is_mirrored else "right",
        "SITE_NAME": look.name,
        "SITE_URL": look.url,
        "look": look,
        "logo_src": f"cid:{LOGO_ID}" if look.logo else "",
        "program": "Marquee" if look.names_marquee else "",
    }
