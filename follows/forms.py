"""The form by which people follow something."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, gettext_lazy

from bookings.seating.page import SeatPage
from lib.amounts import AmountField
from lib.forms import Form


class FollowForm(Form):
    """What a person wants of one subject; only what makes a difference is asked."""

    here_only = forms.BooleanField(required=False, initial=True)
    asks_before = forms.BooleanField(
        label=gettext_lazy("Remind me a few minutes before, too"),
        help_text=gettext_lazy("So that you are here in time."),
        required=False,
    )
    party_size = forms.TypedChoiceField(label=gettext_lazy("People"), coerce=int)
    max_price = AmountField(label=gettext_lazy("At most, for each"), required=False)
    category = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail"),
        help_text=gettext_lazy("We send you a link to confirm it. Nothing is kept if you do not."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, asked: set[str], city: str = "", page: SeatPage | None = None) -> None:
        """Ask the fields in `asked`. `page` is of a show that is on sale: for its seats."""
        super().__init__(*args)
        self.fields["here_only"].label = gettext("Only in %(city)s") % {"city": city}
        if page is not None:
            sizes, places = (cast("forms.ChoiceField", self.fields[name]) for name in ("party_size", "category"))
            sizes.choices = [(size, str(size)) for size in range(1, page.show.ticket_limit + 1)]
            sizes.initial = min(2, page.show.ticket_limit)
            names = dict.fromkeys(category.name for category in page.categories)
            places.choices = [("", gettext("anywhere")), *((name, name) for name in names)]
            price = cast("AmountField", self.fields["max_price"])
            price.currency = page.currency
            price.help_text = gettext("In %(currency)s.") % {"currency": page.currency}
        for name in set(self.fields) - asked:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if "max_price" in self.fields and not self.errors and said.get("max_price") is None and not said["category"]:
            self.add_error("max_price", gettext("Enter a price, or choose where you want to sit."))
        return said
