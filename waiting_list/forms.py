"""The form by which people join a waiting list."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from bookings.seating.lines import PricedCategory
from lib.forms import Form


class WaitingListForm(Form):
    """Who waits for which places, and where to write; each is only asked if it makes a difference."""

    party_size = forms.TypedChoiceField(label=_("People"), coerce=int)
    categories = forms.TypedMultipleChoiceField(
        label=_("Where"),
        help_text=_("Choose all that would suit you; choose none for anywhere."),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    sits_together = forms.BooleanField(label=_("Only seats side by side"), required=False, initial=True)
    needs_accessible = forms.BooleanField(
        label=_("With a wheelchair place"),
        help_text=_("With the companion seat beside it, and the others as close as possible."),
        required=False,
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We write to you there when places become free."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(
        self, categories: Sequence[PricedCategory], limit: int, *args: Any, asked: Collection[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        sizes = cast("forms.ChoiceField", self.fields["party_size"])
        sizes.choices = [(size, str(size)) for size in range(1, limit + 1)]
        sizes.initial = min(2, limit)
        places = cast("forms.ChoiceField", self.fields["categories"])
        places.choices = [(category.id, category.name) for category in categories]
        for name in set(self.fields) - {"party_size", *asked}:
            del self.fields[name]
