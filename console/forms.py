"""Forms and their parts that several of the console's pages share."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

import lib.forms
from lib.forms import Form


class DateInput(lib.forms.DateInput):
    def __init__(self) -> None:
        super().__init__(attrs=UnfoldAdminTextInputWidget().attrs)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(attrs=UnfoldAdminTextInputWidget().attrs, format="%H:%M")


class ReasonForm(Form):
    """Ask for a reason, which is kept in the audit log."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)
