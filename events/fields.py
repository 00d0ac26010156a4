"""Form fields for an event's languages and people."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

LANGUAGE_CODE = re.compile(r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")
MAX_PEOPLE = 200


class CodesField(forms.CharField):
    """A list of language codes, typed with commas or spaces between them."""

    widget = UnfoldAdminTextInputWidget

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        return list(dict.fromkeys(re.split(r"[\s,;]+", str(super().to_python(value)).strip()))) if value else []

    def validate(self, value: Any) -> None:
        super().validate(value)
        for code in value:
            if not LANGUAGE_CODE.match(code):
                raise ValidationError(
                    _("“%(code)s” is not a language code, such as “de” or “en”."), params={"code": code}
                )

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class PeopleField(forms.CharField):
    """A list of people, typed one per line: the name and, after a comma, the role."""

    widget = UnfoldAdminTextareaWidget

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(", ".join(filter(None, [person.get("name"), person.get("role")])) for person in value)

    def to_python(self, value: Any) -> Any:
        people = []
        for line in str(super().to_python(value)).splitlines():
            name, _separator, role = (part.strip() for part in line.partition(","))
            if name:
                people.append({"name": name, "role": role})
        return people

    def validate(self, value: Any) -> None:
        super().validate(value)
        if len(value) > MAX_PEOPLE:
            raise ValidationError(_("This is more than %(limit)d people."), params={"limit": MAX_PEOPLE})

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(self.prepare_value(initial or []) != self.prepare_value(self.to_python(data)))
