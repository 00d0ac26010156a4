"""Forms that several of the console's pages share."""

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from lib.forms import Form


class ReasonForm(Form):
    """Ask for a reason, which is kept in the audit log."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)
