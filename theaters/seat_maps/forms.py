"""Forms to upload, copy and publish a seat map."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from lib.forms import Form
from theaters.models import Hall, SeatCategory, SeatMap
from theaters.seat_maps.changes import CategoryChange, PlanChanges
from theaters.seat_maps.labels import is_plain, plain_label
from theaters.seat_maps.layout import Layout
from theaters.seat_maps.parse_file import MAX_FILE_BYTES
from theaters.seat_maps.stage import Side, find_stage

# Characters; more than a form may hold is sent as a file.
MAX_PASTED = 500_000
# The largest number of the column.
MAX_REVISION = 2**31 - 1
STAGE_SIDES = [
    (Side.TOP.value, _("at the top of the picture")),
    (Side.BOTTOM.value, _("at the bottom")),
    (Side.LEFT.value, _("on the left")),
    (Side.RIGHT.value, _("on the right")),
]


class SeatMapUploadForm(Form):
    """A hall, and a file or a pasted table."""

    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("Hall"), widget=UnfoldAdminSelectWidget)
    file = forms.FileField(
        label=_("File"),
        required=False,
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".json,.csv,.tsv,.txt,.xlsx,.svg"}),
        help_text=_(
            "A seating plan as JSON, a table as CSV or XLSX with section, row, number and category, or a drawing (SVG)."
        ),
    )

    table = forms.CharField(
        label=_("Or paste a table"),
        required=False,
        max_length=MAX_PASTED,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 6}),
        help_text=_("Mark the cells in a spreadsheet, the first line with the columns’ names too, and copy them here."),
    )

    def __init__(self, halls: QuerySet[Hall], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]
        # A browser would cut off the end of a longer table, and say nothing.
        del self.fields["table"].widget.attrs["maxlength"]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload and upload.size > MAX_FILE_BYTES:
            limit = MAX_FILE_BYTES // 1024**2
            raise forms.ValidationError(_("This file is larger than %(limit)d MB."), params={"limit": limit})
        return upload

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors.keys() & {"file", "table"}:
            return cleaned
        has_table = bool(cleaned["table"].strip())
        if cleaned["file"] and has_table:
            self.add_error("table", _("Send either a file or a table, not both."))
        elif not cleaned["file"] and not has_table:
            self.add_error("file", _("Choose a file, or paste a table below."))
        return cleaned

    def read(self) -> tuple[str, bytes]:
        """Return the name and the content of what was sent."""
        file = self.cleaned_data["file"]
        return (file.name, file.read()) if file else (gettext("pasted table"), self.cleaned_data["table"].encode())


class PublishForm(Form):
    """What a plan can't know: customers' names of its categories, which are for sale, and where the stage is."""

    # What the person has looked at; another may edit the draft meanwhile.
    revision = forms.IntegerField(required=False, min_value=0, max_value=MAX_REVISION, widget=forms.HiddenInput)
    stage = forms.ChoiceField(
        label=_("Stage or screen"),
        choices=STAGE_SIDES,
        widget=UnfoldAdminSelectWidget,
        help_text=_("The best seats are chosen from the rows near it."),
    )

    def __init__(self, layout: Layout, data: Any = None, *, revision: int | None = None) -> None:
        stage = find_stage(layout.document, layout.seats).value
        super().__init__(data, initial={"stage": stage, "revision": revision})
        self.layout = layout
        length = SeatCategory._meta.get_field("name").max_length
        for index, category in enumerate(layout.categories):
            self.fields[f"name_{index}"] = forms.CharField(
                label=_("Name that customers see"),
                max_length=length,
                initial=category.name,
                widget=UnfoldAdminTextInputWidget,
            )
            self.fields[f"sale_{index}"] = forms.BooleanField(
                label=_("For sale"), required=False, initial=category.is_for_sale, widget=UnfoldBooleanWidget
            )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The categories with their fields, and how many seats each has."""
        counts: dict[str, int] = {}
        for seat in self.layout.seats:
            counts[seat.category] = counts.get(seat.category, 0) + 1
        return [
            {
                "category": category,
                "seats": counts.get(category.name, 0),
                "name": self[f"name_{index}"],
                "sale": self[f"sale_{index}"],
            }
            for index, category in enumerate(self.layout.categories)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        seen: set[str] = set()
        is_sold = False
        for index in range(len(self.layout.categories)):
            name = plain_label(cleaned.get(f"name_{index}", ""))
            if name and not is_plain(name):
                self.add_error(f"name_{index}", _("Use plain text only, without “<”, “>” or control characters."))
            if name and name.casefold() in seen:
                self.add_error(f"name_{index}", _("Another category has this name."))
            seen.add(name.casefold())
            cleaned[f"name_{index}"] = name
            is_sold = is_sold or cleaned.get(f"sale_{index}", False)
        if not is_sold:
            self.add_error(None, _("Leave at least one category for sale."))
        return cleaned

    def changes(self) -> PlanChanges:
        cleaned = self.cleaned_data
        return PlanChanges(
            categories={
                category.name: CategoryChange(cleaned[f"name_{index}"], is_for_sale=cleaned[f"sale_{index}"])
                for index, category in enumerate(self.layout.categories)
            },
            stage=Side(cleaned["stage"]),
        )


class EmptyForm(Form):
    """A hall whose seat map is drawn by hand."""

    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("Hall"), widget=UnfoldAdminSelectWidget)

    def __init__(self, halls: QuerySet[Hall], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


class CopyForm(EmptyForm):
    """Another hall's seat map."""

    source = forms.ModelChoiceField(
        SeatMap.objects.none(), label=_("Copy the seat map of"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, halls: QuerySet[Hall], sources: QuerySet[SeatMap], *args: Any, **kwargs: Any) -> None:
        super().__init__(halls, *args, **kwargs)
        self.fields["source"].queryset = sources  # type: ignore[attr-defined]
