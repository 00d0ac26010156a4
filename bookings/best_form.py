"""The form that asks for the best seats together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.errors import TooManyTickets
from bookings.seating.lines import PricedCategory
from bookings.seating.party import PartyWish
from bookings.seating.plan import PlanTicketType
from events.models import COMPANION_ALONE
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.forms import Form

MOST_WHEELCHAIR_PLACES = 4


class BestSeatsForm(Form):
    """How many people want to sit side by side, or how many tickets of which type, and where."""

    # How many tickets a party over the limit has asked for.
    too_many = 0
    quantity = forms.TypedChoiceField(label=_("People"), coerce=int, required=False, empty_value=None)
    category = forms.TypedChoiceField(label=_("Category"), coerce=int, required=False, empty_value=None)
    accessible = forms.TypedChoiceField(label=_("Wheelchair places"), coerce=int, required=False, empty_value=None)
    across_aisle = forms.BooleanField(label=_("Across an aisle, rather than in two rows"), required=False)

    def __init__(
        self,
        categories: Sequence[PricedCategory],
        ticket_types: Sequence[PlanTicketType],
        limit: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.limit = limit
        self.ticket_types = ticket_types
        sizes = cast("forms.ChoiceField", self.fields["quantity"])
        sizes.choices = [(size, str(size)) for size in range(1, limit + 1)]
        sizes.initial = min(2, limit)
        names = cast("forms.ChoiceField", self.fields["category"])
        names.choices = [("", _("Any category")), *((category.id, category.name) for category in categories)]
        places = cast("forms.ChoiceField", self.fields["accessible"])
        places.choices = [("", _("none")), *((n, str(n)) for n in range(1, min(limit, MOST_WHEELCHAIR_PLACES) + 1))]
        for kind in ticket_types:
            self.fields[_name_of(kind.id)] = forms.IntegerField(
                label=kind.name,
                help_text=kind.note,
                required=False,
                min_value=0,
                # A party over the limit is told where groups ask.
                max_value=MAX_TICKETS_OF_CUSTOMER,
                widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
            )
        if ticket_types:
            self.fields[_name_of(ticket_types[0].id)].initial = min(2, limit)

    @property
    def type_fields(self) -> list[Any]:
        """The number of tickets of each type, if there are several types."""
        return [self[_name_of(kind.id)] for kind in self.ticket_types] if len(self.ticket_types) > 1 else []

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        quantity = sum(self._types.values()) or cleaned["quantity"] or 0
        if not quantity:
            self.add_error("quantity", _("Enter how many tickets."))
        elif quantity > self.limit:
            self.too_many = quantity
            self.add_error("quantity", str(TooManyTickets(self.limit)))
        elif (cleaned["accessible"] or 0) > quantity:
            self.add_error("accessible", _("There are more wheelchair places than people."))
        elif sum(self._types.get(kind.id, 0) for kind in self.ticket_types if kind.companion) > (
            cleaned["accessible"] or 0
        ):
            self.add_error("accessible", COMPANION_ALONE)
        return cleaned | {"quantity": quantity}

    @property
    def _types(self) -> dict[int, int]:
        wanted = {kind.id: self.cleaned_data.get(_name_of(kind.id)) or 0 for kind in self.ticket_types}
        return {type_id: quantity for type_id, quantity in wanted.items() if quantity}

    @property
    def wish(self) -> PartyWish:
        cleaned = self.cleaned_data
        return PartyWish(
            cleaned["quantity"], cleaned["category"], self._types, cleaned["accessible"] or 0, cleaned["across_aisle"]
        )

    @staticmethod
    def data_of(wish: PartyWish) -> dict[str, str]:
        """Return the data of a form that asks for `wish`."""
        data = {_name_of(type_id): str(quantity) for type_id, quantity in wish.types.items()}
        if not data:
            data["quantity"] = str(wish.quantity)
        if wish.category_id is not None:
            data["category"] = str(wish.category_id)
        if wish.accessible:
            data["accessible"] = str(wish.accessible)
        if wish.across_aisle:
            data["across_aisle"] = "on"
        return data


def _name_of(type_id: int) -> str:
    # Not that of a chosen seat's type (`chosen.py`).
    return f"tickets-{type_id}"
