"""Forms that show what an empty field means: the value of the level above, and where it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import Level, OwnSettings, RefundPolicy
from events.models.settings import DOORS_MINUTES, LANGUAGES, SETTINGS, SOURCES, Resolved, Scope, Setting
from lib.forms import ModelForm

FindPage = Callable[[Level], str]


class OwnSettingsForm(ModelForm):
    """What one level sets; every field may be empty."""

    class Meta:
        model = OwnSettings
        fields = [name for setting in SETTINGS for name in setting.fields]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        clean_refunds(self, cleaned)
        return cleaned


def clean_refunds(form: forms.BaseForm, cleaned: dict[str, Any]) -> None:
    """Require hours where tickets are returnable until then, and drop what was typed beside another choice."""
    if "refunds" not in cleaned or form.has_error("refund_hours"):
        return
    if cleaned["refunds"] != RefundPolicy.UNTIL:
        cleaned["refund_hours"] = cleaned["refund_percent"] = None
    elif cleaned.get("refund_hours") is None:
        form.add_error("refund_hours", _("Enter until how many hours before the start tickets may be returned."))


def say_inherited(fields: Mapping[str, forms.Field], scope: Scope, find_page: FindPage = lambda _level: "") -> None:
    """Let each field of a setting say what holds while it is empty, and from where.

    `find_page` returns the address of a level's settings, or nothing for people who may not open it.
    """
    if "doors_at" in fields:
        fields["doors_at"].help_text = describe_doors(DOORS_MINUTES.resolve_above(scope), find_page)
    for setting in SETTINGS:
        field = fields.get(setting.name)
        if field is None:
            continue
        above = setting.resolve_above(scope)
        words = setting.write(above.value)
        if isinstance(field, forms.ChoiceField):
            blank = gettext("as above: %(value)s") % {"value": words}
            known: Any = field.choices
            field.choices = [("", blank), *((key, name) for key, name in known if key not in ("", None))]
        else:
            field.widget.attrs["placeholder"] = _short(above.value, words)
        said = [describe_source(setting, above, find_page), *([field.help_text] if setting is LANGUAGES else [])]
        field.help_text = format_html_join(" ", "{}", ((one,) for one in said))
        for name in setting.fields:
            if name in fields:
                fields[name].required = False


def _short(value: object, words: str) -> str:
    """Return a value as people would type it, or in words."""
    if isinstance(value, tuple):
        return ", ".join(str(part) for part in value)
    return words if value is None else str(value)


def describe_doors(above: Resolved[int], find_page: FindPage) -> str:
    """Return when doors open for a show that names no time itself."""
    if above.level == Level.DEFAULT:
        return gettext("Empty: customers are not told, and the door admits people from %(minutes)s before.") % {
            "minutes": DOORS_MINUTES.write(above.value)
        }
    return describe_source(DOORS_MINUTES, above, find_page)


def describe_source(setting: Setting[Any], above: Resolved[Any], find_page: FindPage) -> str:
    """Return “Empty: 10 minutes, from the site's settings.”, with a link to these."""
    source, page = SOURCES[above.level], find_page(above.level)
    if page:
        source = format_html('<a href="{}" class="underline">{}</a>', page, source)
    words = gettext("Empty: %(value)s, %(source)s.")
    return format_html(words.replace("%(value)s", "{}").replace("%(source)s", "{}"), setting.write(above.value), source)
