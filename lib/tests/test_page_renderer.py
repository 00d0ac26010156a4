"""Fields of one line, written without Django's templates for them."""

from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from lib.forms import _INPUTS, PageRenderer

pytestmark = pytest.mark.once

VALUES = [None, "", "Asha", "आशा <b>\"'&", mark_safe("&amp;"), 0, 12345, 1.5]
ATTRIBUTES: list[dict[str, Any]] = [
    {},
    {"id": "name", "maxlength": 320, "required": True, "disabled": False, "aria-describedby": "a b"},
    {"placeholder": _("Name"), "title": "<\"'&>", "data-size": 12345, "data-safe": mark_safe("&lt;")},
]


@pytest.mark.parametrize("widget", [forms.TextInput, forms.EmailInput, forms.PasswordInput, forms.NumberInput])
@pytest.mark.parametrize("attributes", ATTRIBUTES)
@pytest.mark.parametrize("value", VALUES)
def test_they_are_written_as_django_does(widget: type[forms.Widget], attributes: dict[str, Any], value: object) -> None:
    field = widget(attributes)
    assert field.template_name in _INPUTS
    written = field.render("a<name", value, renderer=PageRenderer())
    assert written == field.render("a<name", value, renderer=TemplatesSetting())


@pytest.mark.parametrize("errors", [[], ["<wrong>", "again"]])
def test_so_are_errors(errors: list[str]) -> None:
    lists = [
        forms.utils.ErrorList(errors, renderer=renderer, field_id="name")
        for renderer in (PageRenderer(), TemplatesSetting())
    ]
    assert lists[0].render() == lists[1].render()
