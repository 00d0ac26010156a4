"""The form that asks how a seat map is wanted."""

from __future__ import annotations

from enum import StrEnum

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from lib.forms import Form
from theaters.seat_maps.wall_plan import Paper


class Format(StrEnum):
    PDF = "pdf"
    PNG = "png"
    SVG = "svg"
    CSV = "csv"
    JSON = "json"


FORMATS = [
    (Format.PDF.value, _("PDF: a seating plan for the wall, to print")),
    (Format.PNG.value, _("PNG: the same plan as a picture")),
    (Format.SVG.value, _("SVG: for drawing programs")),
    (Format.CSV.value, _("CSV: a table; nothing is lost")),
    (Format.JSON.value, _("JSON: the plan itself; nothing is lost")),
]


class DownloadForm(Form):
    """A format; for print also the paper."""

    format = forms.ChoiceField(
        label=_("Format"), choices=FORMATS, initial=Format.PDF, widget=UnfoldAdminRadioSelectWidget
    )
    paper = forms.ChoiceField(
        label=_("Paper (PDF and PNG)"),
        choices=[(paper.value, paper.value.upper()) for paper in Paper],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )
    orientation = forms.ChoiceField(
        label=_("Orientation"),
        choices=[("landscape", _("landscape")), ("portrait", _("portrait"))],
        required=False,
        widget=UnfoldAdminSelectWidget,
    )

    @property
    def paper_size(self) -> Paper:
        return Paper(self.cleaned_data["paper"] or Paper.A4)

    @property
    def is_landscape(self) -> bool:
        return bool(self.cleaned_data["orientation"] != "portrait")
