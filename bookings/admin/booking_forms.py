"""What staff fill in to act on a booking; each change asks for a reason."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import ValidationError as NumberError
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from bookings.models import Booking, Ticket
from bookings.services.transfer import find_sender, to_be_sent
from console.forms import ReasonForm
from lib.amounts import AmountField
from lib.forms import Form
from lib.moment_fields import MomentField, MomentWidget
from lib.money import format_money, smallest_charge
from payments.gateways import offered_gateways
from payments.models import Refund


class ActionForm(Form):
    """A form about one booking, without fields of its own."""

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        self.booking = booking
        super().__init__(*args, **kwargs)


class ActionReasonForm(ActionForm, ReasonForm):
    """Ask for the reason as the last thing."""

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


def send_again_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("Send the tickets again"), required=False, initial=True, widget=UnfoldBooleanWidget
    )


def passed_on_field() -> forms.BooleanField:
    return forms.BooleanField(
        label=_("The tickets go to another person"),
        help_text=_("They get new codes, and tickets sent or printed before stop working."),
        required=False,
        initial=True,
        widget=UnfoldBooleanWidget,
    )


class ContactForm(ActionReasonForm):
    name = forms.CharField(label=_("Name"), max_length=150, required=False, widget=UnfoldAdminTextInputWidget)
    email = forms.EmailField(label=_("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)
    is_passed_on = passed_on_field()
    send_tickets = send_again_field()

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        for name in ("name", "email", "phone"):
            self.fields[name].initial = booking.contact_email if name == "email" else getattr(booking, name)
        if booking.state != Booking.State.CONFIRMED:
            del self.fields["is_passed_on"], self.fields["send_tickets"]


class NamesForm(ActionReasonForm):
    """A field for each live ticket."""

    is_passed_on = passed_on_field()
    send_tickets = send_again_field()

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        self.tickets = list(
            booking.tickets.live().select_related("seat", "area").order_by("seat__run", "seat__position", "pk")
        )
        for ticket in self.tickets:
            self.fields[f"ticket-{ticket.pk}"] = forms.CharField(
                label=f"{ticket.label} ({ticket.code})",
                max_length=150,
                required=False,
                initial=ticket.attendee_name,
                widget=UnfoldAdminTextInputWidget,
            )
        # Naming a ticket for the first time passes it on to nobody.
        self.fields["is_passed_on"].initial = any(ticket.attendee_name for ticket in self.tickets)
        names = [f"ticket-{ticket.pk}" for ticket in self.tickets]
        self.order_fields([*names, "is_passed_on", "send_tickets", "reason"])
        if booking.state != Booking.State.CONFIRMED:
            del self.fields["is_passed_on"], self.fields["send_tickets"]

    def names(self) -> dict[int, str]:
        """Return the names as sent, by pk of ticket. After a second click, tickets may have been replaced already."""
        sent = {ticket.pk: f"ticket-{ticket.pk}" for ticket in self.tickets}
        return {pk: self.cleaned_data[name] for pk, name in sent.items() if name in self.data}


class NoteForm(ActionForm):
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=UnfoldAdminTextareaWidget)

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        self.fields["note"].initial = booking.note


class GoodwillForm(ActionReasonForm):
    """An amount of what is left of the payments. `key` makes a form that is sent twice one refund."""

    amount = AmountField(label=_("Refund"), widget=UnfoldAdminTextInputWidget)
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        field: Any = self.fields["amount"]
        field.currency, field.least = booking.currency, smallest_charge(booking.currency)


class CollectForm(ActionForm):
    """How the customer pays at the counter."""

    way = forms.ChoiceField(label=_("Way of paying"), choices=(), widget=UnfoldAdminSelectWidget)
    reference = forms.CharField(
        label=_("Reference of the card terminal"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        counter = [
            gateway for gateway in offered_gateways(booking.theater, booking.due, is_staff=True) if gateway.is_for_staff
        ]
        self.fields["way"].choices = [(gateway.name.value, gateway.name.label) for gateway in counter]  # type: ignore[attr-defined]


class TransferForm(ActionForm):
    """Until when the places wait for the money."""

    until = MomentField(label=_("Kept until"), widget=MomentWidget)

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        timezone.activate(booking.theater.tz)
        self.fields["until"].initial = booking.expires_at if booking.transfer_due_on else None


class ReceivedForm(ActionForm):
    """Who sent a transfer, and how the bank names it."""

    payer = forms.CharField(label=_("Payer"), max_length=140, required=False, widget=UnfoldAdminTextInputWidget)
    payer_iban = forms.CharField(
        label=_("IBAN of the payer"),
        max_length=42,
        required=False,
        help_text=_("Where a refund would go."),
        widget=UnfoldAdminTextInputWidget,
    )
    bank_reference = forms.CharField(
        label=_("The bank’s own reference"), max_length=255, required=False, widget=UnfoldAdminTextInputWidget
    )

    def clean_payer_iban(self) -> str:
        given = self.cleaned_data["payer_iban"]
        try:
            return str(iban.validate(given)) if given else ""
        except NumberError:
            raise forms.ValidationError(_("This is not an IBAN. Compare it with your bank's statement.")) from None


class RefundSentForm(ActionForm):
    """Which refund was sent by the bank."""

    refund = forms.ModelChoiceField(
        Refund.objects.none(), label=_("Refund"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    reference = forms.CharField(label=_("Reference of the transfer"), max_length=255, widget=UnfoldAdminTextInputWidget)

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        field: Any = self.fields["refund"]
        field.queryset = to_be_sent().filter(payment__booking=booking).select_related("payment__booking").order_by("pk")
        field.label_from_instance = _name_with_account


def _name_with_account(refund: Refund) -> str:
    """Name a refund with the account to which it goes, as far as that is known."""
    amount, sender = format_money(refund.amount, refund.currency), find_sender(refund.payment)
    if sender is None or not sender.payer_iban:
        return amount
    return " · ".join(part for part in (amount, sender.payer, iban.format(sender.payer_iban)) if part)


class CancelForm(ActionReasonForm):
    """Which tickets to cancel, what to give back, and why."""

    tickets = forms.ModelMultipleChoiceField(
        Ticket.objects.none(), label=_("Tickets"), widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
    amount = AmountField(
        label=_("Refund"),
        required=False,
        help_text=_("Leave empty to follow the show's refund policy."),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        field = self.fields["tickets"]
        field.queryset = booking.tickets.issued().select_related("seat", "area", "ticket_type")  # type: ignore[attr-defined]
        field.label_from_instance = lambda ticket: (  # type: ignore[attr-defined]
            f"{ticket.label} · {ticket.ticket_type} · {format_money(ticket.cost, booking.currency)}"
        )
        field.initial = [ticket.pk for ticket in field.queryset]  # type: ignore[attr-defined]
        self.fields["amount"].currency = booking.currency  # type: ignore[attr-defined]
