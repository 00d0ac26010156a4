"""The base classes of all forms: they accept what the database accepts, and look like the site's pages.

`Form` and `ModelForm` refuse what no column can hold, whatever their fields allow: endless text, characters
that can't be stored, years far away, huge numbers. A `ModelForm` also checks every constraint of its model
that involves any of its fields, and reports it at that field.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from lib import bounds
from lib.bounds import EMAIL_LENGTH, TEXT_LENGTH, Bounds
from lib.violations import Violation, describe_violation, fields_of

if TYPE_CHECKING:
    ModelFormBase = forms.ModelForm[Any]
else:
    ModelFormBase = forms.ModelForm

_UNKEEPABLE = re.compile("[\0\ud800-\udfff]")
# The most that any number column holds.
LARGEST_NUMBER = 2**63 - 1


# Django's templates for fields of one line.
_INPUTS = frozenset(f"django/forms/widgets/{name}.html" for name in ("input", "text", "email", "password", "number"))
_ERRORS = "django/forms/errors/list/default.html"


class PageRenderer(TemplatesSetting):
    """How forms render on customer pages.

    A field of one line is written without its templates, and so are no errors.
    """

    form_template_name = "partials/_form.html"
    field_template_name = "partials/_field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> SafeString:
        if template_name in _INPUTS:
            return _write_input(context["widget"])
        if template_name == _ERRORS and not context["errors"]:
            return SafeString("")
        return mark_safe(super().render(template_name, context, request))  # noqa: S308 rendered by a template


def _write_input(widget: dict[str, Any]) -> SafeString:
    """Write what `django/forms/widgets/input.html` does."""
    value = () if widget["value"] is None else (("value", str(widget["value"])),)
    attributes = [("type", widget["type"]), ("name", widget["name"]), *value, *widget["attrs"].items()]
    return format_html("<input{}>", format_html_join("", "{}", ((_write_attribute(*one),) for one in attributes)))


def _write_attribute(name: str, value: Any) -> SafeString:
    if value is False:
        return SafeString("")
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)


def refuse_outlandish(value: Any) -> None:
    """Raise a `ValidationError` for a value that no column could hold, or that contains one."""
    if isinstance(value, str):
        # PostgreSQL stores no NUL, and half a character can't be encoded.
        if _UNKEEPABLE.search(value):
            raise ValidationError(_("This has characters that can’t be stored."), code="characters")
    elif isinstance(value, date):
        bounds.require_in_time(value)
    elif isinstance(value, int | float | Decimal):
        if not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
            raise ValidationError(_("This number is too large."), code="out_of_bounds")
    elif isinstance(value, Mapping):
        refuse_outlandish([*value.keys(), *value.values()])
    elif isinstance(value, list | tuple | set):
        for one in value:
            refuse_outlandish(one)


class _LengthOfText(MaxLengthValidator):
    """Ignores what is no longer text, such as a list of days that a field has made of it."""

    def clean(self, x: Any) -> int:
        return len(x) if isinstance(x, str) else 0


class _Bounded(forms.BaseForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.EmailField):
                field.max_length = EMAIL_LENGTH
                field.widget.attrs["maxlength"] = EMAIL_LENGTH

    def full_clean(self) -> None:
        """Add the bounds that hold for every field."""
        for field in self.fields.values():
            if refuse_outlandish not in field.validators:
                field.validators.append(refuse_outlandish)
                if isinstance(field, forms.CharField) and (most := _longest(field)) is not None:
                    field.validators.append(_LengthOfText(most))
        super().full_clean()


def _longest(field: forms.CharField) -> int | None:
    """Return how long a text may be if the field itself does not say."""
    if isinstance(field, forms.EmailField):
        return EMAIL_LENGTH
    return TEXT_LENGTH if field.max_length is None and not isinstance(field, forms.JSONField) else None


class Form(_Bounded, forms.Form):
    pass


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class ModelForm(_Bounded, ModelFormBase):
    # What the database refused when this was saved before.
    violation: Violation | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if isinstance(field, forms.IntegerField) and name in self._columns():
                found = Bounds.of(self._columns()[name])
                if found is not None and found.least is not None:
                    field.widget.attrs.setdefault("min", found.least)
                    field.widget.attrs.setdefault("max", found.most)

    def _columns(self) -> dict[str, Any]:
        return {field.name: field for field in self._meta.model._meta.concrete_fields}

    def _post_clean(self) -> None:
        # Django's own check skips constraints that read a column which is not in the form, and reports the
        # others above the form.
        self.instance.validate_constraints = _leave_to_us
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del self.instance.validate_constraints
        self._check_bounds()
        self._check_constraints()
        if self.violation is not None:
            self.add_violation(self.violation)

    def _check_bounds(self) -> None:
        for name, column in self._columns().items():
            if name in self.fields and name not in self.errors:
                try:
                    bounds.check(column, getattr(self.instance, name))
                except ValidationError as error:
                    self.add_error(name, error)

    def _check_constraints(self) -> None:
        wrong = set(self.errors)
        for model, constraints in self.instance.get_constraints():
            for constraint in constraints:
                if not set(fields_of(constraint)) & set(self.fields):
                    continue
                try:
                    constraint.validate(model, self.instance, exclude=wrong)
                except ValidationError:
                    self.add_violation(describe_violation(constraint, model))

    def add_violation(self, violation: Violation) -> None:
        """Report it at the first of its fields that the form has, or above the form."""
        place = first_of(violation.fields, self.fields)
        if place is None or not self.has_error(place):
            self.add_error(place, ValidationError(violation.sentence, code="violation"))


def first_of(names: Iterable[str], fields: Iterable[str]) -> str | None:
    found = set(fields)
    return next((name for name in names if name in found), None)


def _leave_to_us(exclude: Any = None) -> None:
    pass
