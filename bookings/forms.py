"""Shapes of what customers send on the way through a booking. They write nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from bookings.errors import TermsNotAccepted
from bookings.models import Acceptance, Booking, Ticket, Voucher, by_show, exchange_of
from bookings.services.accept_terms import Accepted
from events.models import Review, Show
from legal.newsletters import words_for
from legal.texts import read_current
from lib.forms import Form


class DetailsForm(Form):
    """Whom a booking is for, and the names on its tickets where the event asks for them."""

    name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send your tickets there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("We call only if the show changes at short notice."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def __init__(self, booking: Booking, tickets: Sequence[Ticket], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if exchange_of(booking) is not None:
            # An exchange is for the person of its booking.
            del self.fields["name"], self.fields["email"], self.fields["phone"]
        elif booking.customer_id is not None:
            # Mail about an account's booking goes to the account's address.
            del self.fields["email"]
        if booking.theater.offers_newsletter and exchange_of(booking) is None:
            self.fields["newsletter"] = forms.BooleanField(label=words_for(booking.theater), required=False)
        # An exchange changes what the customer has agreed to before.
        self.terms = read_current(booking.theater_id) if exchange_of(booking) is None else []
        if self.terms and booking.theater.asks_terms_box:
            self.fields["agrees"] = forms.BooleanField(
                label=_("I have read these and accept them."),
                error_messages={"required": _("Please accept the terms to book.")},
            )
        self.tickets = [ticket for ticket in tickets if ticket.show.event.asks_attendee_names]
        for ticket in self.tickets:
            self.fields[f"attendee-{ticket.pk}"] = forms.CharField(
                label=capfirst(ticket.label),
                max_length=150,
                initial=ticket.attendee_name,
                widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            )

    @property
    def shown_terms(self) -> str:
        """The versions that the page shows, which it sends along: what is accepted is what was shown."""
        return " ".join(str(one.pk) for one in self.terms)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.terms and self.data.get("terms", "") != self.shown_terms:
            self.add_error(None, str(TermsNotAccepted.message))
        return cleaned

    @property
    def accepted(self) -> Accepted | None:
        if not self.terms:
            return None
        how = Acceptance.How.BOX if "agrees" in self.fields else Acceptance.How.CHECKOUT
        return Accepted(tuple(one.pk for one in self.terms), how, get_language() or "en")

    @property
    def attendee_fields(self) -> list[tuple[Show, list[forms.BoundField]]]:
        """The fields for names, by show."""
        return [
            (show, [self[f"attendee-{ticket.pk}"] for ticket in tickets])
            for show, tickets in by_show(self.tickets).items()
        ]

    @property
    def attendee_names(self) -> dict[int, str]:
        return {ticket.pk: self.cleaned_data[f"attendee-{ticket.pk}"] for ticket in self.tickets}


class VoucherForm(Form):
    """A voucher's code, sent along with another form of the page, which also works without one."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("Voucher code"),
        max_length=Voucher._meta.get_field("code").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class LinkForm(Form):
    """Where to send the links of a guest's bookings."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


class PassOnForm(Form):
    """To whom a ticket is passed on."""

    name = forms.CharField(
        label=_("Their name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("Their e-mail"),
        help_text=_("We send the ticket there."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.booking = booking

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if email == self.booking.contact_email.lower():
            raise forms.ValidationError(_("This is the address of the booking, which has the ticket already."))
        return email


class ReviewForm(Form):
    STARS = [
        (5, pgettext_lazy("stars", "excellent")),
        (4, pgettext_lazy("stars", "good")),
        (3, pgettext_lazy("stars", "fair")),
        (2, pgettext_lazy("stars", "weak")),
        (1, pgettext_lazy("stars", "bad")),
    ]

    stars = forms.TypedChoiceField(label=_("Stars"), choices=STARS, coerce=int, widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What would you tell a friend?"),
        required=False,
        max_length=Review._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
    )


def read_quoted(data: QueryDict, name: str) -> Decimal | None:
    """Return the amount that a form sends back as its page quoted it, or None if that was changed to no number."""
    try:
        return Decimal(data.get(name, ""))
    except InvalidOperation:
        return None
