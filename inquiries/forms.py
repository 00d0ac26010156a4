"""What groups and staff fill in. Forms write nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from bookings.models import Reservation
from bookings.seating.lines import ListedArea
from bookings.seating.page import SeatPage
from events.catalogue import Showtime
from inquiries.models import MAX_PARTY_SIZE, MESSAGE_LENGTH, Inquiry
from inquiries.reserve import Places
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.forms import Form
from lib.moment_fields import MomentField
from lib.templatetags.formats import when


class InquiryForm(Form):
    """Who wants to come with how many people, and when."""

    party_size = forms.IntegerField(
        label=_("How many people?"),
        min_value=2,
        max_value=MAX_PARTY_SIZE,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    kind = forms.ChoiceField(
        label=_("Who are you?"),
        choices=[(kind, capfirst(kind.label)) for kind in Inquiry.Kind],
        widget=forms.RadioSelect,
        initial=Inquiry.Kind.FRIENDS,
    )
    dates = forms.MultipleChoiceField(
        label=_("When would suit you?"),
        help_text=_("Choose all dates that would suit you; choose none for any."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    wishes = forms.CharField(
        label=_("Wishes"),
        help_text=_("Where you would like to sit, other dates, a drink in the interval, an invoice …"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    access_needs = forms.CharField(
        label=_("What should we know about access?"),
        help_text=_("Wheelchair places, step-free seats, a hearing loop, assistance …"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We answer there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        help_text=_("Some things are quicker to talk over."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    # People do not see it; programs that fill in every field do.
    website = forms.CharField(label=_("Leave this field empty"), required=False)

    def __init__(self, dates: Sequence[Showtime], *args: Any, asks_email: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4
        self.fields["website"].widget.attrs = {"tabindex": "-1", "autocomplete": "off"}
        choices = cast("forms.ChoiceField", self.fields["dates"])
        choices.choices = [(date.code, _describe(date)) for date in dates]
        if not dates:
            del self.fields["dates"]
        if not asks_email:
            del self.fields["email"]

    @property
    def shown(self) -> list[Any]:
        """The fields that people fill in."""
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def is_filled_by_program(self) -> bool:
        return bool(self.cleaned_data["website"])

    @property
    def wish(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name != "website"}


class MessageForm(Form):
    """What the group wants to add."""

    text = forms.CharField(
        label=_("Write to the theater"), max_length=MESSAGE_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class AnswerForm(Form):
    """What the theater answers."""

    text = forms.CharField(
        label=_("Text"), max_length=MESSAGE_LENGTH, widget=UnfoldAdminTextareaWidget(attrs={"rows": 10, "dir": "auto"})
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = uuid.uuid4


class PaidByForm(Form):
    """How a reservation is paid."""

    paid_by = forms.ChoiceField(
        label=_("Paid"),
        choices=Inquiry.PaidBy.choices,
        help_text=_("The e-mail says how. For a bank transfer, account and reference go by an e-mail of their own."),
        widget=UnfoldAdminSelectWidget,
    )


class ReservationField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Reservation) -> str:
        return f"{obj.booking.name}, {obj.booking.code}"


class AttachForm(PaidByForm):
    """Takes a reservation that was made at the box office."""

    booking = ReservationField(
        Reservation.objects.none(), label=_("Reservation of the box office"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, reservations: QuerySet[Reservation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("ReservationField", self.fields["booking"]).queryset = reservations


class ReserveForm(PaidByForm):
    """How many of each ticket type, where, until when, and how it is paid."""

    place = forms.ChoiceField(label=_("Where"), widget=UnfoldAdminSelectWidget)
    accessible = forms.IntegerField(
        label=_("Wheelchair places"), required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget
    )
    until = MomentField(label=_("Kept until"))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=UnfoldAdminTextInputWidget)

    def __init__(self, page: SeatPage, party_size: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = cast("forms.ChoiceField", self.fields["place"])
        seats = [("", _("Best seats, any category"))] if page.has_seats else []
        categories = [(f"category-{one.id}", one.name) for one in page.categories] if page.has_seats else []
        areas = [(f"area-{area.id}", _describe_area(area)) for area in page.areas]
        places.choices = [*seats, *categories, *areas]
        places.required = not page.has_seats
        if not page.has_accessible:
            del self.fields["accessible"]
        self.types = {f"quantity-{kind.id}": kind.id for kind in page.plan.ticket_types}
        for at, kind in enumerate(page.plan.ticket_types):
            self.fields[f"quantity-{kind.id}"] = forms.IntegerField(
                label=kind.name,
                help_text=kind.note,
                required=False,
                min_value=0,
                max_value=MAX_TICKETS_OF_CUSTOMER,
                initial=None if at else min(party_size, MAX_TICKETS_OF_CUSTOMER),
                widget=UnfoldAdminIntegerFieldWidget,
            )
        self.order_fields([*self.types, "place", "accessible", "until", "paid_by", "phone"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        quantities = {kind: count for name, kind in self.types.items() if (count := cleaned.get(name))}
        if not self.errors and not quantities:
            self.add_error(next(iter(self.types), None), _("Enter how many tickets."))
        if (cleaned.get("accessible") or 0) > sum(quantities.values()):
            self.add_error("accessible", _("There are more wheelchair places than people."))
        kind, _sep, number = str(cleaned.get("place", "")).partition("-")
        cleaned["places"] = Places(
            quantities,
            category_id=int(number) if kind == "category" else None,
            area_id=int(number) if kind == "area" else None,
            accessible=cleaned.get("accessible") or 0,
        )
        return cleaned

    @property
    def reservation(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("places", "until", "paid_by", "phone")}


def _describe_area(area: ListedArea) -> str:
    free = ngettext("%(count)d place left", "%(count)d places left", area.free) % {"count": area.free}
    return f"{area.name} · {free}"


def _describe(date: Showtime) -> str:
    left = ngettext("%(count)d place left", "%(count)d places left", date.left) % {"count": date.left}
    return f"{when(date.starts_at, date.time_zone)} · {date.hall_name} · {left}"
