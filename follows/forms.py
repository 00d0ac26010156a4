"""The form by which people follow something."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.forms import Form


class FollowForm(Form):
    """What a person wants of one subject; only what makes a difference is asked."""

    here_only = forms.BooleanField(label="", required=False)
    asks_before = forms.BooleanField(
        label=_("Remind me a few minutes before, too"), help_text=_("So that you are here in time."), required=False
    )
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("We send you a link to confirm it. Nothing is kept if you do not."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def __init__(self, *args: Any, asked: set[str], city: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["here_only"].label = _("Only in %(city)s") % {"city": city}
        for name in set(self.fields) - asked:
            del self.fields[name]
