"""What the door's pages are sent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from door.models import CheckIn, UnticketedPerson
from lib.forms import Form


class GateForm(Form):
    """A gate's name and direction; its shows are read by `read_gate`."""

    gate = forms.CharField(label=_("Name of this gate"), max_length=60, required=False)
    direction = forms.ChoiceField(choices=CheckIn.Direction.choices, required=False)


class ScanForm(Form):
    """One scan: `text` was scanned or typed, `ticket` is the code of a ticket that staff found."""

    text = forms.CharField(max_length=300, required=False)
    ticket = forms.CharField(max_length=16, required=False)
    # The text comes from a camera, so nobody typed it.
    is_scanned = forms.BooleanField(required=False)
    note = forms.CharField(max_length=200, required=False)
    key = forms.CharField(max_length=80)


class UndoForm(Form):
    # The key of the scan that is undone.
    undo = forms.CharField(max_length=80)


class CountForm(Form):
    """One person more, or one less, who has no ticket for the show."""

    show = forms.CharField(max_length=8)
    kind = forms.ChoiceField(choices=UnticketedPerson.Kind.choices)
    direction = forms.ChoiceField(choices=CheckIn.Direction.choices)
    key = forms.CharField(max_length=80)
