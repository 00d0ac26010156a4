"""Shapes of what customers send on the way of a booking. They write nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from bookings.models import Booking, Ticket, Voucher
from bookings.services.hold_seats import AreaChoice, SeatChoice
from events.models import Review
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.forms import Form

_AREA = re.compile(r"area-(\d{1,18})(?:-(\d{1,18}))?")
# Nobody is asked to pay for more at once; it bounds what a hostile address can make the server do.
MOST_PLACES = MAX_TICKETS_OF_CUSTOMER


@dataclass(frozen=True)
class Chosen:
    """Places as a form or an address names them, alike for both:

    `seat=12` for each seat with `type-12=3` where it has a ticket type, and `area-5-3=2` for two
    places of area 5 with ticket type 3.
    """

    seats: list[SeatChoice] = field(default_factory=list)
    areas: list[AreaChoice] = field(default_factory=list)
    is_readable: bool = True

    @classmethod
    def read(cls, data: QueryDict) -> Chosen:
        """Read what is there; `is_readable` is false when a part of it makes no sense."""
        seats: dict[int, SeatChoice] = {}
        areas: list[AreaChoice] = []
        is_readable = True
        for text in data.getlist("seat")[:MOST_PLACES]:
            seat_id = _number(text)
            if seat_id is None:
                is_readable = False
                continue
            seats[seat_id] = SeatChoice(seat_id, _number(data.get(f"type-{seat_id}", "")))
        for name in data:
            if match := _AREA.fullmatch(name):
                quantity = _number(data.get(name) or "0")
                if quantity is None:
                    is_readable = False
                elif quantity:
                    areas.append(
                        AreaChoice(int(match[1]), min(quantity, MOST_PLACES), int(match[2]) if match[2] else None)
                    )
        return cls(list(seats.values()), areas, is_readable)

    @classmethod
    def of(cls, tickets: Iterable[Ticket]) -> Chosen:
        """Choose again what these tickets are for."""
        seats: list[SeatChoice] = []
        areas: dict[tuple[int, int], int] = {}
        for ticket in tickets:
            if ticket.seat_id is not None:
                seats.append(SeatChoice(ticket.seat_id, ticket.ticket_type_id))
            elif ticket.area_id is not None:
                key = ticket.area_id, ticket.ticket_type_id
                areas[key] = areas.get(key, 0) + 1
        return cls(seats, [AreaChoice(area, quantity, type_id) for (area, type_id), quantity in areas.items()])

    @property
    def is_empty(self) -> bool:
        return not self.seats and not self.areas

    @property
    def seat_ids(self) -> set[int]:
        return {choice.seat_id for choice in self.seats}

    @property
    def count(self) -> int:
        return len(self.seats) + sum(choice.quantity for choice in self.areas)

    def without(self, *, seats: Iterable[int] = (), areas: Iterable[int] = ()) -> Chosen:
        lost, full = set(seats), set(areas)
        return Chosen(
            [choice for choice in self.seats if choice.seat_id not in lost],
            [choice for choice in self.areas if choice.area_id not in full],
        )

    def is_same_as(self, other: Chosen) -> bool:
        """Say whether both name the same places with the same ticket types."""
        return set(self.seats) == set(other.seats) and set(self.areas) == set(other.areas)

    def query(self) -> str:
        """Write it as the query of an address, which `read` understands."""
        pairs: list[tuple[str, int]] = []
        for seat in self.seats:
            pairs.append(("seat", seat.seat_id))
            if seat.ticket_type_id is not None:
                pairs.append((f"type-{seat.seat_id}", seat.ticket_type_id))
        for area in self.areas:
            kind = f"-{area.ticket_type_id}" if area.ticket_type_id is not None else ""
            pairs.append((f"area-{area.area_id}{kind}", area.quantity))
        return urlencode(pairs)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else None  # noqa: PLR2004 (fits 64 bits)


class BestSeatsForm(Form):
    """Who wants to sit side by side, and where."""

    quantity = forms.TypedChoiceField(label=_("People"), coerce=int)
    category = forms.TypedChoiceField(label=_("Category"), coerce=int, required=False, empty_value=None)
    accessible = forms.BooleanField(label=_("with a wheelchair place"), required=False)

    def __init__(self, categories: Sequence[dict[str, Any]], limit: int, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sizes = cast("forms.ChoiceField", self.fields["quantity"])
        sizes.choices = [(size, str(size)) for size in range(1, limit + 1)]
        sizes.initial = min(2, limit)
        names = cast("forms.ChoiceField", self.fields["category"])
        names.choices = [("", _("Any category")), *((category["id"], category["name"]) for category in categories)]

    @property
    def wish(self) -> dict[str, Any]:
        """Return what is asked for, as `find_best_seats` and `hold_best_seats` take it."""
        cleaned = self.cleaned_data
        return {
            "quantity": cleaned["quantity"],
            "category_id": cleaned["category"],
            "accessible": cleaned["accessible"],
        }

    @staticmethod
    def data_of(wish: dict[str, Any]) -> dict[str, str]:
        """Return the data of a form that asks for `wish`."""
        data = {"quantity": str(wish["quantity"])}
        if wish["category_id"] is not None:
            data["category"] = str(wish["category_id"])
        if wish["accessible"]:
            data["accessible"] = "on"
        return data


class DetailsForm(Form):
    """Whom a booking is for, and the names on its tickets where the event asks for them."""

    name = forms.CharField(
        label=_("Name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"})
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("Your tickets go there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        help_text=_("Only if the show changes at short notice."),
        widget=forms.TextInput(attrs={"autocomplete": "tel", "type": "tel"}),
    )

    def __init__(self, booking: Booking, tickets: Sequence[Ticket], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if booking.customer_id is not None:
            # An account's mail goes to the account's address.
            del self.fields["email"]
        self.tickets = tickets if booking.show.event.asks_attendee_names else []
        for ticket in self.tickets:
            self.fields[f"attendee-{ticket.pk}"] = forms.CharField(
                label=capfirst(ticket.label),
                max_length=150,
                initial=ticket.attendee_name,
                widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
            )

    @property
    def attendee_fields(self) -> list[forms.BoundField]:
        return [self[f"attendee-{ticket.pk}"] for ticket in self.tickets]

    @property
    def attendee_names(self) -> dict[int, str]:
        return {ticket.pk: self.cleaned_data[f"attendee-{ticket.pk}"] for ticket in self.tickets}


class VoucherForm(Form):
    """A voucher's code, sent with another form of the same page, which goes without one too."""

    use_required_attribute = False

    code = forms.CharField(
        label=_("Voucher code"),
        max_length=Voucher._meta.get_field("code").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class LinkForm(Form):
    """Where to send the links of a guest's bookings."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))


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
