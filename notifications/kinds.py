"""What sending must know about each kind of message.

A kind's text is in `templates/emails/<kind>.subject.txt`, `.txt` and `.mjml`, and for chats in `.chat.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.models import Channel, Notification

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as Translated


@dataclass(frozen=True)
class Slot:
    """A place in a message where a theater may say something of its own; see `wordings.py`."""

    name: str
    label: Translated
    max_length: int = 600
    # What stands there without the theater's own text, with placeholders.
    original: Translated | str = ""


GREETING = Slot("greeting", _("Greeting"), 120, original=_("Hello {name},"))
OPENING = Slot("opening", _("After the greeting"))
BEFORE_TICKETS = Slot("before_tickets", _("Before the tickets"))
DIRECTIONS = Slot("directions", _("How to get there"), 1200)
CLOSING = Slot("closing", _("At the end"), 1200)
# Of every letter to a customer.
LETTER = (GREETING, OPENING, CLOSING)
WITH_TICKETS = (GREETING, OPENING, BEFORE_TICKETS, CLOSING)
WITH_DIRECTIONS = (GREETING, OPENING, BEFORE_TICKETS, DIRECTIONS, CLOSING)


@dataclass(frozen=True)
class Choice:
    """How a person may choose a kind; `what` describes it on the preferences page."""

    what: Translated
    # True if it comes by e-mail to people who have not chosen. To a chat only if they ask.
    is_default: bool
    # Carries a one-click unsubscribe (RFC 8058); nothing that people need does.
    is_marketing: bool = False
    channels: tuple[str, ...] = (Channel.EMAIL,)
    is_for_staff: bool = False


@dataclass(frozen=True)
class Rules:
    # Holds a code or link that signs a person in: emptied once it is sent or given up.
    is_secret: bool = False
    # Not worth sending once older, such as an expired code.
    useful_for: timedelta | None = None
    # None: it is always sent, because it answers something that the person did.
    choice: Choice | None = None
    # Goes to many people at once: waits until what answers a single person is sent.
    is_bulk: bool = False
    # About an address or a sign-in: it goes to the address it was written to, not to the account's current one.
    is_for_address: bool = False
    # Where a theater may say something of its own.
    slots: tuple[Slot, ...] = ()


# As long as allauth accepts a code: ACCOUNT_…_TIMEOUT in the settings.
CODE_LIFETIME = timedelta(minutes=15)

_RULES = {
    Notification.Kind.BOOKING_CONFIRMED: Rules(slots=WITH_DIRECTIONS),
    Notification.Kind.BOOKING_CANCELED: Rules(slots=WITH_TICKETS),
    Notification.Kind.BOOKING_REFUNDED: Rules(slots=LETTER),
    Notification.Kind.MONEY_RETURNED: Rules(slots=LETTER),
    Notification.Kind.PAYMENT_FAILED: Rules(useful_for=timedelta(minutes=15), slots=LETTER),
    Notification.Kind.TRANSFER_ASKED: Rules(slots=LETTER),
    Notification.Kind.TRANSFER_ENDED: Rules(slots=LETTER),
    # By then the money is due.
    Notification.Kind.TRANSFER_DUE: Rules(useful_for=timedelta(days=1), slots=LETTER),
    Notification.Kind.SHOW_MOVED: Rules(slots=WITH_TICKETS),
    Notification.Kind.SHOW_CANCELED: Rules(slots=WITH_TICKETS),
    Notification.Kind.SHOW_NOTE: Rules(is_bulk=True, slots=(GREETING, CLOSING)),
    Notification.Kind.PLACES_RENAMED: Rules(slots=WITH_TICKETS),
    Notification.Kind.BOOKING_LINK: Rules(slots=WITH_TICKETS),
    Notification.Kind.TICKET_PASSED_ON: Rules(slots=WITH_TICKETS),
    Notification.Kind.TICKET_WITHDRAWN: Rules(slots=LETTER),
    Notification.Kind.EXCHANGE_SURCHARGE: Rules(slots=LETTER),
    Notification.Kind.NEWSLETTER_CONFIRMATION: Rules(useful_for=timedelta(days=7)),
    Notification.Kind.WAITING_LIST_JOINED: Rules(slots=LETTER),
    # By then the offer is over.
    Notification.Kind.WAITING_LIST_OFFER: Rules(useful_for=timedelta(hours=12), slots=WITH_TICKETS),
    Notification.Kind.WAITING_LIST_CLOSED: Rules(slots=LETTER),
    Notification.Kind.FOLLOW_CONFIRMATION: Rules(useful_for=timedelta(days=7)),
    Notification.Kind.FOLLOWED_ON_SALE: Rules(
        is_bulk=True,
        useful_for=timedelta(days=2),
        choice=Choice(_("When something that I follow goes on sale"), is_default=True, is_marketing=True),
    ),
    Notification.Kind.FOLLOWED_SEATS: Rules(
        is_bulk=True,
        useful_for=timedelta(hours=2),
        choice=Choice(_("When cheaper or better seats come that I asked for"), is_default=True, is_marketing=True),
    ),
    # Asked for by the minute, and of no use later.
    Notification.Kind.FOLLOWED_SOON: Rules(
        useful_for=timedelta(minutes=10),
        choice=Choice(
            _("A few minutes before a sale opens for which I asked that"), is_default=True, is_marketing=True
        ),
    ),
    Notification.Kind.INQUIRY_RECEIVED: Rules(slots=LETTER),
    # Staff write it whole.
    Notification.Kind.INQUIRY_ANSWERED: Rules(slots=(GREETING, CLOSING)),
    Notification.Kind.HOLD_LAPSING: Rules(
        slots=LETTER,
        useful_for=timedelta(minutes=5),
        choice=Choice(_("When the seats that I am booking are about to be released"), is_default=False),
    ),
    Notification.Kind.SHOW_REMINDER: Rules(
        is_bulk=True,
        slots=WITH_DIRECTIONS,
        useful_for=timedelta(hours=12),
        choice=Choice(_("A reminder before a show that I have booked, with how to get there"), is_default=True),
    ),
    Notification.Kind.REVIEW_ASK: Rules(
        is_bulk=True,
        slots=LETTER,
        useful_for=timedelta(days=3),
        choice=Choice(_("The morning after a show: how was it?"), is_default=True, is_marketing=True),
    ),
    Notification.Kind.DIGEST: Rules(
        is_bulk=True,
        useful_for=timedelta(hours=12),
        choice=Choice(
            _("In the evening: what is new in my city, if I have not been here for a while"),
            is_default=False,
            is_marketing=True,
            channels=(Channel.EMAIL, Channel.CHAT),
        ),
    ),
    Notification.Kind.MONTHLY_REPORT: Rules(
        is_bulk=True,
        choice=Choice(
            _("On the first of the month: what I saw, rated and spent, and what is coming"),
            is_default=False,
            is_marketing=True,
        ),
    ),
    Notification.Kind.STAFF_ALERT: Rules(
        choice=Choice(
            _("What needs attention at my theater, such as a refund that failed"),
            is_default=True,
            channels=(Channel.EMAIL, Channel.CHAT),
            is_for_staff=True,
        ),
    ),
    Notification.Kind.STAFF_INVITATION: Rules(is_secret=True, useful_for=timedelta(days=7), is_for_address=True),
    Notification.Kind.EMAIL_CONFIRMATION: Rules(is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True),
    Notification.Kind.SIGN_IN_CODE: Rules(is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True),
    Notification.Kind.PASSWORD_RESET: Rules(is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True),
    Notification.Kind.ACCOUNT_EXISTS: Rules(is_for_address=True),
    Notification.Kind.ACCOUNT_UNKNOWN: Rules(is_for_address=True),
    Notification.Kind.ACCOUNT_CHANGED: Rules(is_for_address=True),
}
KINDS: dict[str, Rules] = {kind.value: _RULES.get(kind, Rules()) for kind in Notification.Kind}


def is_secret(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].is_secret


def is_for_address(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].is_for_address


def slots_of(kind: str) -> tuple[Slot, ...]:
    return KINDS[kind].slots if kind in KINDS else ()


def choice_of(kind: str) -> Choice | None:
    return KINDS[kind].choice if kind in KINDS else None
