"""The form with which a person corrects how a drawing was understood."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from lib.forms import Form
from theaters.models import SeatCategory
from theaters.seat_maps.forms import STAGE_SIDES
from theaters.seat_maps.labels import is_plain, plain_label
from theaters.seat_maps.stage import Side
from theaters.seat_maps.svg import Choices, ColorChoice, Drawing, RowNames
from theaters.seat_maps.svg.choices import is_marked, layer_of, may_be_seat

MAX_SIZE = 1_000_000
MAX_LAYERS = 30


class DrawingForm(Form):
    """What is a seat, which category a color is, and how what has no name is named."""

    stage = forms.ChoiceField(label=_("Stage or screen"), choices=STAGE_SIDES, widget=UnfoldAdminSelectWidget)
    row_names = forms.ChoiceField(
        label=_("Rows without a name get"),
        choices=[(RowNames.LETTERS.value, _("letters: A, B, C")), (RowNames.NUMBERS.value, _("numbers: 1, 2, 3"))],
        widget=UnfoldAdminSelectWidget,
    )
    numbered_from = forms.ChoiceField(
        label=_("Seats without a number are counted"),
        choices=[("left", _("from the left, seen from the rear")), ("right", _("from the right, seen from the rear"))],
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, drawing: Drawing, suggested: Choices, data: Any = None) -> None:
        initial: dict[str, Any] = {
            "stage": suggested.stage.value,
            "row_names": suggested.row_names.value,
            "numbered_from": "left",
        }
        super().__init__(data, initial=initial)
        self.suggested = suggested
        self.is_marked = any(is_marked(mark) for mark in drawing.marks)
        self.colors = [] if self.is_marked else list(suggested.colors)
        marks = [] if self.is_marked else [mark for mark in drawing.marks if may_be_seat(mark)]
        layers = dict.fromkeys(filter(None, map(layer_of, marks)))
        self.layers = list(layers)[:MAX_LAYERS] if len(layers) > 1 else []
        if not self.is_marked:
            self._add_sizes()
        length = SeatCategory._meta.get_field("name").max_length
        for index, color in enumerate(self.colors):
            self.fields[f"seats_{index}"] = forms.BooleanField(
                label=_("Seats"), required=False, initial=suggested.colors[color].is_seats, widget=UnfoldBooleanWidget
            )
            self.fields[f"name_{index}"] = forms.CharField(
                label=_("Category"), max_length=length, initial=suggested.colors[color].name, required=False,
                widget=UnfoldAdminTextInputWidget,
            )  # fmt: skip
        for index, layer in enumerate(self.layers):
            self.fields[f"layer_{index}"] = forms.BooleanField(
                label=layer, required=False, initial=True, widget=UnfoldBooleanWidget
            )

    def _add_sizes(self) -> None:
        for name, label in (("smallest", _("A seat is at least")), ("largest", _("A seat is at most"))):
            self.fields[name] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=MAX_SIZE,
                initial=getattr(self.suggested, name),
                help_text=_("In the drawing’s units, from side to side."),
                widget=UnfoldAdminDecimalFieldWidget,
            )

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        names = ("stage", "row_names", "numbered_from", "smallest", "largest")
        return [self[name] for name in names if name in self.fields]

    @property
    def color_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(color, [self[f"name_{index}"], self[f"seats_{index}"]]) for index, color in enumerate(self.colors)]

    @property
    def layer_fields(self) -> list[forms.BoundField]:
        return [self[f"layer_{index}"] for index in range(len(self.layers))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("smallest", 0) > cleaned.get("largest", MAX_SIZE):
            self.add_error("largest", _("This must not be less than the smallest size."))
        for index in range(len(self.colors)):
            name = plain_label(cleaned.get(f"name_{index}", ""))
            if cleaned.get(f"seats_{index}") and not name and f"name_{index}" not in self.errors:
                self.add_error(f"name_{index}", _("Name the category."))
            if not is_plain(name):
                self.add_error(f"name_{index}", _("Use plain text only, without “<”, “>” or control characters."))
            cleaned[f"name_{index}"] = name
        return cleaned

    def choices(self) -> Choices:
        cleaned = self.cleaned_data
        return Choices(
            smallest=cleaned.get("smallest", self.suggested.smallest),
            largest=cleaned.get("largest", self.suggested.largest),
            colors={
                color: ColorChoice(cleaned[f"name_{index}"], is_seats=cleaned[f"seats_{index}"])
                for index, color in enumerate(self.colors)
            }
            or self.suggested.colors,
            left_out=frozenset(layer for index, layer in enumerate(self.layers) if not cleaned[f"layer_{index}"]),
            row_names=RowNames(cleaned["row_names"]),
            is_from_right=cleaned["numbered_from"] == "right",
            stage=Side(cleaned["stage"]),
        )
