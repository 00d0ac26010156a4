"""The form that describes a room: the hall, and one small form for each of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from lib.forms import Form
from theaters.models import Hall
from theaters.seat_maps import Layout, check, read_layout
from theaters.seat_maps.arrange import row_labels
from theaters.seat_maps.generate import Boxes, ImpossibleRoom, Part, Room, Row, Rows, Standing, Tables, draw_room
from theaters.seat_maps.generate.room import widen
from theaters.seat_maps.generate.row_texts import (
    UnreadableText,
    read_blocks,
    read_categories,
    read_places,
    read_rows,
)
from theaters.seat_maps.labels import is_plain, plain_label

if TYPE_CHECKING:
    FormSetBase = forms.BaseFormSet["PartForm"]
else:
    FormSetBase = forms.BaseFormSet

MAX_PARTS = 20
MAX_ROWS = 200
MAX_BOXES = 200
MAX_TABLES = 500
MAX_SEATS_AT_TABLE = 30
MAX_STANDING = 100_000
LETTERS_LIKE_DIGITS = "IO"
LONGEST_CATEGORY = 80
MAX_SHOWN_ERRORS = 5

FRONTS = [("stage", _("Stage")), ("screen", _("Screen")), ("none", _("nothing: the room has neither"))]
BENDS = [
    ("0", _("straight")),
    ("30", _("slightly curved")),
    ("60", _("curved")),
    ("100", _("strongly curved")),
    ("180", _("a half circle")),
]
PLACES = [
    ("behind", _("behind the part before it")),
    ("left", _("on the left of the part before it")),
    ("right", _("on the right of the part before it")),
    ("stage left", _("on the left of the stage, turned to it")),
    ("stage right", _("on the right of the stage, turned to it")),
    ("beyond", _("beyond the stage, turned to it")),
]
ARCS = [
    ("0", _("along both sides")),
    ("60", _("behind, on a flat arc")),
    ("100", _("behind, on an arc")),
    ("180", _("around, in a half circle")),
]
NUMBERINGS = [
    ("left to right", _("from the left: 1 2 3 4")),
    ("right to left", _("from the right: 4 3 2 1")),
    ("odd left, even right", _("from the center, odd numbers on the left: 3 1 2 4")),
    ("even left, odd right", _("from the center, even numbers on the left: 4 2 1 3")),
    ("hundreds by block", _("each block by itself: 1 2, 101 102")),
]


class PartKind(models.TextChoices):
    ROWS = "rows", pgettext_lazy("seats", "rows")
    LISTED_ROWS = "listed", _("rows, typed one by one")
    BOXES = "boxes", pgettext_lazy("seats", "boxes")
    TABLES = "tables", _("tables")
    STANDING = "standing", _("standing room")


def _number(label: Any, least: int, most: int, initial: int, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=least,
        max_value=most,
        initial=initial,
        widget=UnfoldAdminIntegerFieldWidget,
        **options,
    )


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget, **options)


def _text(label: Any, *, length: int = 80, is_required: bool = False, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=length, required=is_required, widget=UnfoldAdminTextInputWidget, **options
    )


class RoomForm(Form):
    """What holds for the whole room."""

    hall = forms.ModelChoiceField(Hall.objects.none(), label=_("Hall"), widget=UnfoldAdminSelectWidget)
    front = forms.ChoiceField(
        label=_("What people look at"), choices=FRONTS, initial="stage", widget=UnfoldAdminSelectWidget
    )

    def __init__(self, halls: QuerySet[Hall], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hall"].queryset = halls  # type: ignore[attr-defined]


class PartForm(Form):
    """One part of a room. Fields that its kind doesn't use are ignored, whatever they hold."""

    kind = forms.ChoiceField(
        label=_("What is there"),
        choices=PartKind.choices,
        initial=PartKind.ROWS,
        widget=UnfoldAdminSelectWidget(attrs={"data-part-kind": ""}),
    )
    name = _text(_("Name"), help_text=_("Such as Stalls or Balcony. It may be empty if there is only one part."))
    place = _choice(
        _("Where it is"), PLACES, initial="behind", help_text=_("The first part is always in front of the stage.")
    )
    row_count = _number(pgettext_lazy("seats", "Rows"), 1, MAX_ROWS, 5)
    seats = _text(_("Seats in a row"), initial="6+6", help_text=_("12, or 6+6 with an aisle between; 4+10+4 has two."))
    growth = _number(_("More seats in each row further back"), -20, 20, 0)
    first_row = _text(
        _("First row"),
        length=3,
        initial="A",
        validators=[RegexValidator(r"^([A-Za-z]{1,2}|[0-9]{1,3})$", _("Write a letter or a number, such as A or 1."))],
    )
    counts_down = forms.BooleanField(
        label=_("The last letter is nearest to the stage"), required=False, widget=UnfoldBooleanWidget
    )
    listing = forms.CharField(
        label=pgettext_lazy("seats", "Rows"),
        required=False,
        max_length=4000,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}),
        help_text=_("From the stage to the rear: A–F: 12, aisle after 6; G–N: 14"),
    )
    skips_letters = forms.BooleanField(
        label=_("Leave out I and O"), required=False, initial=True, widget=UnfoldBooleanWidget
    )
    bend = _choice(_("Shape of the rows"), BENDS, initial="0")
    numbering = _choice(_("Numbers of the seats"), NUMBERINGS, initial="left to right")
    count = _number(_("How many"), 1, MAX_TABLES, 6)
    each = _number(_("Seats at each"), 1, MAX_SEATS_AT_TABLE, 4)
    arc = _choice(_("Where the boxes are"), ARCS, initial="0")
    per_line = _number(_("In a line"), 1, 100, 4)
    shape = _choice(_("Shape of the tables"), [("round", _("round")), ("long", _("long"))], initial="round")
    capacity = _number(_("How many people"), 1, MAX_STANDING, 100)
    category = _text(
        _("Price category"),
        length=400,
        is_required=True,
        initial=_("Standard"),
        help_text=_("One for all, or by rows: A–C: Premium; D–N: Standard"),
    )
    wheelchair_places = _text(
        _("Wheelchair places"), length=400, help_text=_("Such as A1, A12. The seat beside each is the companion’s.")
    )

    _ROW_FIELDS: ClassVar = ("skips_letters", "bend", "numbering", "wheelchair_places")
    FIELDS_OF_KIND: ClassVar[dict[str, tuple[str, ...]]] = {
        PartKind.ROWS: ("place", "row_count", "seats", "growth", "first_row", "counts_down", *_ROW_FIELDS),
        PartKind.LISTED_ROWS: ("place", "listing", *_ROW_FIELDS),
        PartKind.BOXES: ("count", "each", "arc"),
        PartKind.TABLES: ("place", "count", "each", "per_line", "shape"),
        PartKind.STANDING: ("place", "capacity"),
    }
    OPTIONAL: ClassVar = frozenset(["growth", "wheelchair_places", "counts_down", "skips_letters"])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A browser would cut off the end of a longer text, and say nothing.
        for name in ("listing", "category", "wheelchair_places"):
            del self.fields[name].widget.attrs["maxlength"]

    @property
    def fields_with_kinds(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each field with the kinds of parts that it is for; none if it is for all."""
        kinds = {
            name: [str(kind) for kind, names in self.FIELDS_OF_KIND.items() if name in names] for name in self.fields
        }
        return [(self[name], kinds[name]) for name in self.fields]

    @property
    def typed(self) -> dict[str, Any]:
        """What a valid form holds in the fields of its kind."""
        names = ("kind", "name", "category", *self.FIELDS_OF_KIND[self.cleaned_data["kind"]])
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data[name] is not None}

    def clean(self) -> dict[str, Any]:
        """Check the fields of the part's kind, and make the part of them."""
        cleaned: dict[str, Any] = super().clean() or {}
        kind = cleaned.get("kind")
        if kind is None:
            return cleaned
        used = {"kind", "name", "category", *self.FIELDS_OF_KIND[kind]}
        for name in set(self.errors) - used:
            del self.errors[name]
        for name in self.FIELDS_OF_KIND[kind]:
            if name not in self.OPTIONAL and name not in self.errors and cleaned.get(name) in (None, ""):
                self.add_error(name, self.fields[name].error_messages["required"])
        if kind == PartKind.BOXES and (cleaned.get("count") or 0) > MAX_BOXES:
            self.add_error("count", gettext("At most %d boxes are possible.") % MAX_BOXES)
        if kind == PartKind.STANDING and not cleaned.get("name") and "name" not in self.errors:
            self.add_error("name", gettext("Standing room needs a name, such as Floor."))
        for name in ("name", "category"):
            if name in cleaned:
                cleaned[name] = plain_label(cleaned[name])
                if not is_plain(cleaned[name].replace("\n", " ")):
                    self.add_error(name, gettext("Use plain text only, without “<”, “>” or control characters."))
        if not self.errors:
            self._make_part(kind, cleaned)
        return cleaned

    def field_of(self, what: str) -> str:
        """Return the field where an error in drawing the part belongs."""
        if what in self.fields:
            return what
        names = {PartKind.ROWS: "seats", PartKind.LISTED_ROWS: "listing"}
        return names.get(self.cleaned_data["kind"], "count")

    def _make_part(self, kind: str, cleaned: dict[str, Any]) -> None:
        """Put the part among the cleaned data, or an error at the field that can't be read."""
        part: Part
        ranking = [cleaned["category"]]
        common = {"name": cleaned["name"], "category": cleaned["category"]}
        place, count, seats = cleaned["place"], cleaned["count"], cleaned["each"]
        match kind:
            case PartKind.STANDING:
                part = Standing(**common, place=place, capacity=cleaned["capacity"])
            case PartKind.BOXES:
                part = Boxes(**common, count=count, seats=seats, bend=float(cleaned["arc"]))
            case PartKind.TABLES:
                line, shape = cleaned["per_line"], cleaned["shape"]
                part = Tables(**common, place=place, count=count, seats=seats, per_line=line, shape=shape)
            case _:
                skip = LETTERS_LIKE_DIGITS if cleaned["skips_letters"] else ""
                try:
                    part, ranking = self._make_rows(kind, cleaned, skip)
                except _UnreadableField as refusal:
                    self.add_error(refusal.field, refusal.message)
                    return
        if max(map(len, ranking)) > LONGEST_CATEGORY:
            self.add_error("category", gettext("This is longer than %d characters.") % LONGEST_CATEGORY)
        cleaned |= {"part": part, "ranking": ranking}

    def _make_rows(self, kind: str, cleaned: dict[str, Any], skip: str) -> tuple[Rows, list[str]]:
        """Return the rows, and their categories from the best on."""
        if kind == PartKind.LISTED_ROWS:
            with _reading("listing"):
                blocks_of = dict(read_rows(cleaned["listing"], skip=skip))
        else:
            blocks_of = self._count_rows(cleaned, skip)
        with _reading("category"):
            categories = read_categories(cleaned["category"], list(blocks_of), skip=skip)
        with _reading("wheelchair_places"):
            places = read_places(cleaned["wheelchair_places"])
        rows = Rows(
            name=cleaned["name"],
            rows=[Row(label, blocks, categories[label]) for label, blocks in blocks_of.items()],
            numbering=cleaned["numbering"],
            bend=float(cleaned["bend"]),
            wheelchair_places=places,
            place=cleaned["place"],
        )
        return rows, list(dict.fromkeys(categories.values()))

    def _count_rows(self, cleaned: dict[str, Any], skip: str) -> dict[str, list[int]]:
        with _reading("seats"):
            blocks = read_blocks(cleaned["seats"])
        first = cleaned["first_row"].upper()
        count, growth = cleaned["row_count"], cleaned["growth"] or 0
        try:
            labels = row_labels(count, start=first, skip="".join(letter for letter in skip if letter not in first))
        except ValueError as error:
            raise _UnreadableField("first_row", gettext("Write a letter or a number, such as A or 1.")) from error
        if cleaned["counts_down"]:
            labels.reverse()
        try:
            return {label: widen(blocks, growth * index) for index, label in enumerate(labels)}
        except ValueError as error:
            raise _UnreadableField("growth", gettext("No seats would be left in the rear rows.")) from error


class _UnreadableField(ValueError):
    def __init__(self, field: str, message: str) -> None:
        self.field, self.message = field, message
        super().__init__(message)


@contextmanager
def _reading(field: str) -> Iterator[None]:
    try:
        yield
    except UnreadableText as error:
        raise _UnreadableField(field, error.message) from error


class BasePartFormSet(FormSetBase):
    """A room's parts, from the stage to the rear."""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        # A part that still holds what it began with is a part, too.
        return {**super().get_form_kwargs(index), "empty_permitted": False, "use_required_attribute": False}

    def clean(self) -> None:
        """Refuse parts of the same name: their seats would have the same labels."""
        seen: set[str] = set()
        for form in self.forms:
            name = form.cleaned_data.get("name", "") if hasattr(form, "cleaned_data") else ""
            if "name" not in form.errors and name.casefold() in seen:
                form.add_error("name", gettext("Give each part a name of its own."))
            seen.add(name.casefold())


PartFormSet: type[BasePartFormSet] = forms.formset_factory(  # type: ignore[assignment]
    PartForm,
    formset=BasePartFormSet,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=MAX_PARTS,
    validate_max=True,
    absolute_max=MAX_PARTS,
)


def typed_parts(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what was typed for each part, valid or not, as the initial data of other forms."""
    total = str(data.get("parts-TOTAL_FORMS", ""))
    count = min(int(total), MAX_PARTS) if total.isascii() and total.isdecimal() and len(total) < 4 else 0  # noqa: PLR2004
    return [{name: data.get(f"parts-{index}-{name}", "") for name in PartForm.base_fields} for index in range(count)]


def form_data(*, hall: Any, front: str, parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a browser would send for these parts; what they leave out is as in an empty form."""
    data = {"hall": hall, "front": front, "parts-TOTAL_FORMS": len(parts), "parts-INITIAL_FORMS": len(parts)}
    for index, part in enumerate(parts):
        for name, field in PartForm.base_fields.items():
            value = part.get(name, field.initial)
            data[f"parts-{index}-{name}"] = "" if value is None else value
    return data


def draw_forms(form: RoomForm, parts: BasePartFormSet) -> Layout | None:
    """Return the layout of the room as far as its forms are valid; None with the errors at their fields."""
    is_whole = form.is_valid()
    if not parts.is_valid() or "front" in form.errors:
        return None
    front = form.cleaned_data["front"]
    room = Room(
        name=form.cleaned_data["hall"].name if is_whole else "",
        parts=[part.cleaned_data["part"] for part in parts],
        front=front,
        front_label=str(dict(FRONTS)[front]),
        ranking=[name for part in parts for name in part.cleaned_data["ranking"]],
    )
    try:
        layout = read_layout(draw_room(room))
    except ImpossibleRoom as refusal:
        wrong = parts.forms[refusal.part]
        wrong.add_error(wrong.field_of(refusal.field), refusal.message)
        return None
    errors = [str(problem) for problem in check(layout) if problem.is_error]
    for error in errors[:MAX_SHOWN_ERRORS]:
        form.add_error(None, error)
    return None if errors else layout
