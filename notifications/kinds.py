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
    # About an address or a sign-in: it goes to the address it was written to, not to the account's current one.
    is_for_address: bool = False


# As long as allauth accepts a code: ACCOUNT_…_TIMEOUT in the settings.
CODE_LIFETIME = timedelta(minutes=15)

_RULES = {
    Notification.Kind.PAYMENT_FAILED: Rules(useful_for=timedelta(minutes=15)),
    # By then the offer is over.
    Notification.Kind.WAITING_LIST_OFFER: Rules(useful_for=timedelta(hours=12)),
    Notification.Kind.HOLD_LAPSING: Rules(
        useful_for=timedelta(minutes=5),
        choice=Choice(_("When the seats that I am booking are about to be released"), is_default=False),
    ),
    Notification.Kind.SHOW_REMINDER: Rules(
        useful_for=timedelta(hours=12),
        choice=Choice(_("A reminder before a show that I have booked, with how to get there"), is_default=True),
    ),
    Notification.Kind.REVIEW_ASK: Rules(
        useful_for=timedelta(days=3),
        choice=Choice(_("The morning after a show: how was it?"), is_default=True, is_marketing=True),
    ),
    Notification.Kind.DIGEST: Rules(
        useful_for=timedelta(hours=12),
        choice=Choice(
            _("In the evening: what is new in my city, if I have not been here for a while"),
            is_default=False,
            is_marketing=True,
            channels=(Channel.EMAIL, Channel.CHAT),
        ),
    ),
    Notification.Kind.MONTHLY_REPORT: Rules(
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


def choice_of(kind: str) -> Choice | None:
    return KINDS[kind].choice if kind in KINDS else None
