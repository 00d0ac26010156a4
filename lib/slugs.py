"""Slugs for names and titles in any script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.text import slugify
from django.utils.translation import gettext

if TYPE_CHECKING:
    from unfold.admin import ModelAdmin
else:
    ModelAdmin = object


def make_slug(text: str, max_length: int) -> str:
    """Return the slug of a title, in Latin letters whatever its script; "" if it has no letter or digit."""
    if not text.isascii():
        from anyascii import anyascii  # noqa: PLC0415 (tables of all scripts, which most processes never need)

        text = anyascii(text)
    return slugify(text)[:max_length].strip("-_")


class SlugAdmin(ModelAdmin):
    """Make the slug of `prepopulated_fields` on the server, if the browser's script could not."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if "slug" not in form.base_fields:
            return form
        [source] = self.prepopulated_fields["slug"]
        form.base_fields["slug"].required = False

        class FormWithSlug(form):  # type: ignore[misc,valid-type]
            def clean_slug(self) -> str:
                return str(self.cleaned_data.get("slug") or _free_slug(self, self.cleaned_data.get(source) or ""))

        FormWithSlug.base_fields["slug"].required = False
        return FormWithSlug


def _free_slug(form: Any, title: str) -> str:
    """Return a slug that no other row has."""
    model = form._meta.model
    length = model._meta.get_field("slug").max_length
    stem = slug = make_slug(title, length)
    if not stem and title:
        raise forms.ValidationError(gettext("No address can be made from this. Type one, such as “hamlet”."))
    others = model._default_manager.exclude(pk=form.instance.pk)
    number = 1
    while slug and others.filter(slug=slug).exists():
        number += 1
        slug = f"{stem[: length - len(str(number)) - 1]}-{number}"
    return slug
