"""What staff can do with a booking: each action is a page with a form, then one call of a service.

An action declares which capability it takes and which bookings it is for. Its address refuses every
other person and booking, so nothing depends on a button being hidden.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from accounts.roles import Capability
from bookings.admin.booking_forms import (
    ActionForm,
    CancelForm,
    CollectForm,
    ContactForm,
    GoodwillForm,
    NamesForm,
    NoteForm,
    ReceivedForm,
    RefundSentForm,
    TransferForm,
)
from bookings.errors import HoldExpired, WrongState
from bookings.messages import send_tickets_again
from bookings.models import Booking
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.confirm import confirm_payment
from bookings.services.details import correct_contact, name_tickets, write_note
from bookings.services.pay import start_payment
from bookings.services.refund import find_payments, give_goodwill, waits_in_cash
from bookings.services.release_hold import release_hold
from bookings.services.transfer import ask_for_transfer, find_missing, receive_transfer, send_refund, to_be_sent
from lib.money import format_money
from payments.models import Payment
from payments.transfers import write_reference


def _say_nothing(booking: Booking) -> str:
    return ""


@dataclass(frozen=True)
class BookingAction:
    """One action: `explain` describes what will happen, and `run` does it and returns a sentence about the result."""

    slug: str
    title: str | Promise
    icon: str
    capability: Capability
    form: type[ActionForm]
    applies: Callable[[Booking, datetime], bool]
    run: Callable[[Booking, Any, User], str]
    explain: Callable[[Booking], str] = _say_nothing
    button: str | Promise = ""


def _always(booking: Booking, now: datetime) -> bool:
    return True


def _is_confirmed(booking: Booking, now: datetime) -> bool:
    return booking.state == Booking.State.CONFIRMED


def _is_held(booking: Booking, now: datetime) -> bool:
    return booking.state == Booking.State.HELD and not booking.is_lapsed(now)


def _is_alive(booking: Booking, now: datetime) -> bool:
    return _is_confirmed(booking, now) or _is_held(booking, now)


def _is_paid(booking: Booking, now: datetime) -> bool:
    return _is_confirmed(booking, now) and bool(booking.total)


def _resend(booking: Booking, form: ActionForm, person: User) -> str:
    with transaction.atomic():
        sent = send_tickets_again(booking)
        if sent is None:
            return gettext("This booking has no e-mail address.")
        audit.record(
            by=person,
            action=Action.SEND_TICKETS,
            on=booking,
            theater_id=booking.theater_id,
            after={"recipient": sent.recipient},
        )
    return gettext("The tickets are on their way to %s.") % sent.recipient


def _explain_resend(booking: Booking) -> str:
    address = booking.contact_email
    if not address:
        return gettext("This booking has no e-mail address yet. Give it one first.")
    return gettext("The tickets and the calendar entry are sent to %s again.") % address


def _contact(booking: Booking, form: ActionForm, person: User) -> str:
    given = form.cleaned_data
    correct_contact(
        booking=booking,
        name=given["name"],
        email=given["email"],
        phone=given["phone"],
        reason=given["reason"],
        is_passed_on=given.get("is_passed_on", False),
        send_tickets=given.get("send_tickets", False),
        by=person,
    )
    return gettext("Name and address were saved.")


def _explain_contact(booking: Booking) -> str:
    return gettext(
        "With another e-mail address, tickets and links that were sent before stop working, "
        "and the booking leaves its account. Customers whose address has changed should "
        "change it in their account."
    )


def _explain_release(booking: Booking) -> str:
    return gettext("Its places become free at once.")


def _names(booking: Booking, form: NamesForm, person: User) -> str:
    given = form.cleaned_data
    name_tickets(
        booking=booking,
        names=form.names(),
        reason=given["reason"],
        is_passed_on=given.get("is_passed_on", False),
        send_tickets=given.get("send_tickets", False),
        by=person,
    )
    return gettext("The names on the tickets were saved.")


def _note(booking: Booking, form: ActionForm, person: User) -> str:
    write_note(booking=booking, note=form.cleaned_data["note"], by=person)
    return gettext("The note was saved.")


def _release(booking: Booking, form: ActionForm, person: User) -> str:
    release_hold(booking=booking, by=person)
    return gettext("The places are free again.")


def _collect(booking: Booking, form: ActionForm, person: User) -> str:
    started = start_payment(booking=booking, gateway=form.cleaned_data["way"], return_url="", made_by=person)
    confirm_payment(payment=started.payment, reference=form.cleaned_data["reference"], by=person)
    if started.payment.state != Payment.State.CAPTURED:
        raise HoldExpired
    if not booking.contact_email:
        return gettext("Paid. The tickets are issued. Print them.")
    return gettext("Paid. The tickets are issued.")


def _explain_collect(booking: Booking) -> str:
    return gettext("To be paid: %s") % format_money(booking.due, booking.currency)


def _is_due(booking: Booking, now: datetime) -> bool:
    return _is_held(booking, now) and bool(booking.due)


def _ask_for_transfer(booking: Booking, form: ActionForm, person: User) -> str:
    ask_for_transfer(booking=booking, until=form.cleaned_data["until"], by=person)
    return gettext("The account and the reference are on their way to %s.") % booking.contact_email


def _explain_transfer(booking: Booking) -> str:
    return gettext(
        "The places are kept until then. The customer gets an e-mail with the account, the amount and a reference, "
        "and is asked to let the money arrive the day before."
    )


def _is_awaited(booking: Booking, now: datetime) -> bool:
    return booking.state != Booking.State.CONFIRMED and find_missing(booking) is not None


def _explain_received(booking: Booking) -> str:
    payment = find_missing(booking)
    if payment is None:
        return ""
    words = gettext("Confirm only if %(amount)s came with the reference %(reference)s. The tickets are issued.") % {
        "amount": format_money(payment.amount, payment.currency),
        "reference": write_reference(payment.reference),
    }
    if booking.state != Booking.State.EXPIRED:
        return words
    late = gettext("It came late: if the places are taken, the money is to be sent back.")
    return f"{words} {late}"


def _receive(booking: Booking, form: ActionForm, person: User) -> str:
    payment = find_missing(booking)
    if payment is None:
        raise WrongState
    receive_transfer(payment=payment, by=person, **form.cleaned_data)
    if payment.state == Payment.State.CAPTURED:
        return gettext("Paid. The tickets are issued.")
    return gettext("The money bought nothing: %s. It is to be sent back.") % payment.get_surplus_reason_display()


def _has_refund_to_send(booking: Booking, now: datetime) -> bool:
    return booking.transfer_due_on is not None and to_be_sent().filter(payment__booking=booking).exists()


def _send_refund(booking: Booking, form: ActionForm, person: User) -> str:
    refund = send_refund(refund=form.cleaned_data["refund"], by=person, reference=form.cleaned_data["reference"])
    return gettext("%s is recorded as refunded by bank transfer.") % format_money(refund.amount, refund.currency)


def _cancel(booking: Booking, form: ActionForm, person: User) -> str:
    given = form.cleaned_data
    refund = cancel_tickets(
        booking=booking, tickets=given["tickets"], amount=given["amount"], reason=given["reason"], by=person
    )
    if refund is None:
        return gettext("Canceled, without a refund.")
    return _say_where(
        booking, gettext("Canceled. %s is on its way back.") % format_money(refund.amount, booking.currency)
    )


def _explain_cancel(booking: Booking) -> str:
    quote = quote_cancellation(booking, now=timezone.now())
    if not quote.is_allowed:
        return f"{quote.reason} {gettext('You can still cancel with an amount that you set yourself.')}"
    amount = format_money(quote.amount, booking.currency)
    return gettext("By the show's policy, %s is refunded for all tickets together.") % amount


def _goodwill(booking: Booking, form: ActionForm, person: User) -> str:
    given = form.cleaned_data
    give_goodwill(booking=booking, amount=given["amount"], reason=given["reason"], key=given["key"], by=person)
    amount = format_money(given["amount"], booking.currency)
    return _say_where(booking, gettext("%s is on its way back. The tickets stay valid.") % amount)


def _say_where(booking: Booking, words: str) -> str:
    """Add where the customer gets cash, which nothing sends."""
    if not waits_in_cash(booking):
        return words
    return f"{words} {gettext('Cash waits at the box office, under Drawer, to be handed out.')}"


def _explain_goodwill(booking: Booking) -> str:
    left = sum(payment.left for payment in find_payments(booking))
    return gettext("The tickets stay valid. At most %s can be refunded.") % format_money(left, booking.currency)  # type: ignore[arg-type]


ACTIONS: dict[str, BookingAction] = {
    action.slug: action
    for action in (
        BookingAction(
            "resend", gettext_lazy("Send the tickets again"), "outgoing_mail", Capability.EDIT_BOOKINGS,
            ActionForm, _is_confirmed, _resend, _explain_resend, gettext_lazy("Send"),
        ),
        BookingAction(
            "contact", gettext_lazy("Correct name or address"), "contact_mail", Capability.EDIT_BOOKINGS,
            ContactForm, _is_alive, _contact,
            _explain_contact,
        ),
        BookingAction(
            "names", gettext_lazy("Names on tickets"), "badge", Capability.EDIT_BOOKINGS,
            NamesForm, _is_alive, _names,
        ),
        BookingAction(
            "cancel", gettext_lazy("Cancel and refund"), "undo", Capability.REFUND,
            CancelForm, _is_confirmed, _cancel, _explain_cancel, gettext_lazy("Cancel these tickets"),
        ),
        BookingAction(
            "goodwill", gettext_lazy("Refund without canceling"), "volunteer_activism", Capability.REFUND,
            GoodwillForm, _is_paid, _goodwill, _explain_goodwill, gettext_lazy("Refund"),
        ),
        BookingAction(
            "collect", gettext_lazy("Take the payment"), "point_of_sale", Capability.SELL,
            CollectForm, _is_due, _collect, _explain_collect, gettext_lazy("Paid"),
        ),
        BookingAction(
            "transfer", gettext_lazy("Ask for a bank transfer"), "account_balance", Capability.SELL,
            TransferForm, _is_due, _ask_for_transfer, _explain_transfer, gettext_lazy("Ask"),
        ),
        BookingAction(
            "received", gettext_lazy("Bank transfer received"), "price_check", Capability.BOOK_TRANSFERS,
            ReceivedForm, _is_awaited, _receive, _explain_received, gettext_lazy("It came"),
        ),
        BookingAction(
            "refund_sent", gettext_lazy("Refund sent by bank"), "send_money", Capability.BOOK_TRANSFERS,
            RefundSentForm, _has_refund_to_send, _send_refund, button=gettext_lazy("Sent"),
        ),
        BookingAction(
            "release", gettext_lazy("Give up this hold"), "timer_off", Capability.EDIT_BOOKINGS,
            ActionForm, _is_held, _release, _explain_release,
            gettext_lazy("Give up"),
        ),
        BookingAction(
            "note", gettext_lazy("Note"), "sticky_note_2", Capability.EDIT_BOOKINGS,
            NoteForm, _always, _note,
        ),
    )
}  # fmt: skip
