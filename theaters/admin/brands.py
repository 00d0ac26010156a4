"""The console's page for names and looks: how theaters appear to customers."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from lib.forms import ModelForm
from lib.slugs import SlugAdmin
from theaters.admin.of_theaters import OfTheatersAdmin
from theaters.admin.sending_domains import SendingDomainMixin
from theaters.brand_colors import DARK, LIGHT, Scheme, is_legible, lowest_contrast, nearest_legible, shades_of
from theaters.directory import BrandItem, describe_brand
from theaters.models import Brand, Theater
from theaters.models.brands import Typeface

_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_SITE_COLOR = "#c22e12"


class BrandForm(ModelForm):
    borne_by = forms.ModelMultipleChoiceField(
        label=_("theaters"),
        queryset=Theater.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those that appear under this name. A theater has one at a time."),
        error_messages={"required": _("Choose at least one theater.")},
    )

    def clean_color(self) -> str:
        return _require_legible(self.cleaned_data["color"], LIGHT)

    def clean_color_dark(self) -> str:
        return _require_legible(self.cleaned_data["color_dark"], DARK)

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("color_dark") and not self.cleaned_data.get("color") and "color" not in self.errors:
            self.add_error("color", gettext("Choose this one, too: the site’s own would be on light pages."))
        return super().clean() or self.cleaned_data

    def clean_domain(self) -> str:
        domain = str(self.cleaned_data["domain"]).lower()
        if domain and domain == urlsplit(settings.SITE_URL).hostname:
            raise ValidationError(gettext("This is the address of the whole site."), code="site")
        return domain


def _require_legible(color: str, scheme: Scheme) -> str:
    # What is no color, the model refuses.
    if _COLOR.fullmatch(color) and not is_legible(color, scheme):
        names = {
            "found": f"{lowest_contrast(color, scheme):.1f}",
            "shade": nearest_legible(color.lower(), scheme),
        }
        text = (
            gettext(
                "Its contrast on dark pages is %(found)s:1, and 4.5:1 is needed to read it. "
                "The nearest shade: %(shade)s"
            )
            if scheme.is_dark
            else gettext(
                "Its contrast on light pages is %(found)s:1, and 4.5:1 is needed to read it. "
                "The nearest shade: %(shade)s"
            )
        )
        raise ValidationError(text % names, code="contrast")
    return color


@admin.register(Brand)
class BrandAdmin(SendingDomainMixin, SlugAdmin, OfTheatersAdmin):
    theater_field = "brand"
    chosen = "borne_by"
    form = BrandForm
    list_display = ["name", "domain", "is_domain_confirmed"]
    search_fields = ["name", "domain"]
    prepopulated_fields = {"slug": ["name"]}
    change_form_after_template = "admin/theaters/_brand_preview.html"
    actions_detail = ["sending_domain"]
    empty_help = _("A name and look makes pages, mails and tickets a theater’s own. Without one, they are the site’s.")
    fieldsets = [
        (None, {"fields": ["borne_by", ("name", "slug")]}),
        (_("Pictures"), {"fields": ["logo", "logo_dark", "favicon", "photo"]}),
        (_("Colors and type"), {"fields": [("color", "color_dark"), "typeface"]}),
        (_("Mails"), {"fields": [("sender_name", "reply_address")]}),
        (_("Foot of pages"), {"fields": ["social_links", "names_marquee"]}),
        (_("Domain of its own"), {"fields": [("domain", "is_domain_confirmed")]}),
    ]

    @display(description=_("theaters"))
    def borne_by(self, brand: Brand) -> str:
        """Show the field's theaters to those who may not change them."""
        return ", ".join(theater.name for theater in brand.theaters.all())

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return fields if request.user.is_superuser else [*fields, "is_domain_confirmed"]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        """Let another domain wait until it is confirmed; only a platform admin has the field."""
        if "domain" in form.changed_data and "is_domain_confirmed" not in form.fields:
            form.instance.is_domain_confirmed = False
        super().save_model(request, obj, form, change)

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        context["schemes"] = _preview(context["adminform"].form, context.get("original"))
        return super().render_change_form(request, context, *args, **kwargs)


def _preview(form: Any, saved: Brand | None) -> list[tuple[str, BrandItem, dict[str, str]]]:
    """Return how the form's colors, or those saved, look in each scheme: its name, the brand and its colors."""
    brand = describe_brand(saved or Brand(name=gettext("Your name")), ())
    colors = [str(form[name].value() or "") if name in form.fields else "" for name in ("color", "color_dark")]
    if saved and "color" not in form.fields:
        colors = [saved.color, saved.color_dark]
    light, dark = (color.lower() if _COLOR.fullmatch(color) else "" for color in colors)
    schemes = ((gettext("Light"), LIGHT, light), (gettext("Dark"), DARK, dark or light))
    found = []
    for name, scheme, color in schemes:
        shades = shades_of(color or _SITE_COLOR, scheme)
        text, soft = ("#f3ebdd", "#b3a797") if scheme.is_dark else ("#1a1512", "#5f554b")
        found.append(
            (
                name,
                brand,
                {
                    "face": Typeface(brand.typeface).family,
                    "paper": scheme.papers[0],
                    "ink": text,
                    "soft": soft,
                    "accent": shades.accent,
                    "accent_ink": shades.ink,
                    "wash": shades.wash,
                    "logo": (brand.logo_dark if scheme.is_dark else "") or brand.logo,
                    "plate": "#fdfaf3" if scheme.is_dark and not brand.logo_dark else "transparent",
                },
            )
        )
    return found
