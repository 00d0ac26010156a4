"""How a message looks and who it comes from: the site, or the brand of the theater that it concerns.

Nothing here knows brands: the app of theaters registers how to find a theater's look. It is found when the message
is sent, so that one that waits bears the brand as it is then.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from email.utils import formataddr, parseaddr

from django.conf import settings

# As `email.py` names the picture that the message carries.
LOGO_ID = "logo@inline"
# What turns the text around it: a name must not make an address read as another.
_BIDI_CONTROLS = {*"\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}


@dataclass(frozen=True)
class Logo:
    """A PNG with a ground of its own, so that it can be seen in both schemes; shown at this size in pixels."""

    content: bytes
    width: int
    height: int


@dataclass(frozen=True)
class Colors:
    """The accent in one scheme: legible as text on the sheet, and under `on_accent` as a button's ground."""

    accent: str
    on_accent: str


@dataclass(frozen=True)
class Look:
    name: str
    # Where the name at the top leads.
    url: str
    # The start of the addresses of pages for customers, without a slash at its end.
    address: str
    light: Colors = Colors("#c22e12", "#fffaf2")
    dark: Colors = Colors("#ff7a4f", "#1b0f09")
    logo: Logo | None = None
    # Names and addresses of pages elsewhere.
    links: tuple[tuple[str, str], ...] = ()
    # The name of the sender, its own address if it may send from one, and where answers go; "" as the site has it.
    sender_name: str = ""
    sender_address: str = ""
    reply_to: str = ""
    is_site: bool = False
    # Mentions the program, small, in the footer.
    names_marquee: bool = False

    @property
    def sender(self) -> str:
        """Return the value of the From header. The name is one line and can't hold another header."""
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        return formataddr((one_line(self.sender_name) or name, self.sender_address or address), "utf-8")


# Takes a theater's pk, or None for a message about none.
Finder = Callable[[int | None], Look]
_finders: list[Finder] = []


def register_finder(finder: Finder) -> None:
    _finders[:] = [finder]


def site_look() -> Look:
    return Look(name=settings.SITE_NAME, url=settings.SITE_URL, address=settings.SITE_URL, is_site=True)


def find_look(theater_id: int | None) -> Look:
    """Return the look of messages about the theater, or about none. No query if the theater's brand is cached."""
    return _finders[0](theater_id) if _finders else site_look()


def show_logo(html: str, content: bytes) -> str:
    """Return a mail's HTML for a page, which has no message to find the logo in. `content` is its PNG, or empty."""
    return html.replace(f"cid:{LOGO_ID}", f"data:image/png;base64,{base64.b64encode(content).decode()}")


def one_line(text: str) -> str:
    """Return a name that people chose as a header may hold it: one line without control characters."""
    shown = (letter for letter in text if letter not in _BIDI_CONTROLS)
    return " ".join("".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in shown).split())
