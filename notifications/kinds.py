"""Every kind of message, with what sending must know about it.

A kind's text is in `templates/emails/<kind>.subject.txt`, `.txt` and `.mjml`, and for chats in `.chat.txt`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from notifications.models import Channel

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
class Kind:
    name: Translated
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

KINDS: dict[str, Kind] = {
    "booking_confirmed": Kind(_("booking confirmed")),
    "booking_canceled": Kind(_("booking canceled")),
    "booking_refunded": Kind(_("refund made")),
    "money_returned": Kind(_("payment returned")),
    "payment_failed": Kind(_("payment failed"), useful_for=timedelta(minutes=15)),
    "show_moved": Kind(_("show moved")),
    "show_canceled": Kind(_("show canceled")),
    "booking_link": Kind(_("link to a booking")),
    "exchange_surcharge": Kind(_("difference to pay for an exchange")),
    "waiting_list_joined": Kind(_("on the waiting list")),
    # By then the offer is over.
    "waiting_list_offer": Kind(_("places for the waiting list"), useful_for=timedelta(hours=12)),
    "waiting_list_closed": Kind(_("waiting list closed")),
    "hold_lapsing": Kind(
        _("seats about to go"),
        useful_for=timedelta(minutes=5),
        choice=Choice(_("When the seats that I am booking are about to be released"), is_default=False),
    ),
    "show_reminder": Kind(
        _("reminder of a show"),
        useful_for=timedelta(hours=12),
        choice=Choice(_("A reminder before a show that I have booked, with how to get there"), is_default=True),
    ),
    "review_ask": Kind(
        _("how was it?"),
        useful_for=timedelta(days=3),
        choice=Choice(_("The morning after a show: how was it?"), is_default=True, is_marketing=True),
    ),
    "digest": Kind(
        _("evening reminder"),
        useful_for=timedelta(hours=12),
        choice=Choice(
            _("In the evening: what is new in my city, if I have not been here for a while"),
            is_default=False,
            is_marketing=True,
            channels=(Channel.EMAIL, Channel.CHAT),
        ),
    ),
    "monthly_report": Kind(
        _("monthly report"),
        choice=Choice(
            _("On the first of the month: what I saw, rated and spent, and what is coming"),
            is_default=False,
            is_marketing=True,
        ),
    ),
    "staff_alert": Kind(
        _("alert for staff"),
        choice=Choice(
            _("What needs attention at my theater, such as a refund that failed"),
            is_default=True,
            channels=(Channel.EMAIL, Channel.CHAT),
            is_for_staff=True,
        ),
    ),
    "report_delivery": Kind(_("report delivered")),
    "export_ready": Kind(_("export ready")),
    "staff_invitation": Kind(
        _("invitation to a team"), is_secret=True, useful_for=timedelta(days=7), is_for_address=True
    ),
    "email_confirmation": Kind(
        _("confirmation of an e-mail address"), is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True
    ),
    "sign_in_code": Kind(_("sign-in code"), is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True),
    "password_reset": Kind(_("password reset"), is_secret=True, useful_for=CODE_LIFETIME, is_for_address=True),
    "account_exists": Kind(_("account already exists"), is_for_address=True),
    "account_unknown": Kind(_("no account with this address"), is_for_address=True),
    "account_changed": Kind(_("change of an account"), is_for_address=True),
}


def is_secret(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].is_secret


def is_for_address(kind: str) -> bool:
    return kind in KINDS and KINDS[kind].is_for_address


def choice_of(kind: str) -> Choice | None:
    return KINDS[kind].choice if kind in KINDS else None
