"""What groups and staff fill in. Forms write nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.widgets import UnfoldAdminTextareaWidget

from events.catalogue import Showtime
from inquiries.models import MAX_PARTY_SIZE, MESSAGE_LENGTH, Inquiry
from lib.forms import Form
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


def _describe(date: Showtime) -> str:
    left = ngettext("%(count)d place left", "%(count)d places left", date.left) % {"count": date.left}
    return f"{when(date.starts_at, date.time_zone)} · {date.hall_name} · {left}"
