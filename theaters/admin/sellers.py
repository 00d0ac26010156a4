"""The console's page for sellers: who contracts with the customers of which theaters."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from lib.forms import ModelForm
from theaters.admin.of_theaters import OfTheatersAdmin
from theaters.models import Seller, Theater


class SellerForm(ModelForm):
    sells_for = forms.ModelMultipleChoiceField(
        label=_("Theaters"),
        queryset=Theater.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those that sell in this name. A theater has one seller at a time."),
        error_messages={"required": _("Choose at least one theater.")},
    )


@admin.register(Seller)
class SellerAdmin(OfTheatersAdmin):
    theater_field = "seller"
    chosen = "sells_for"
    form = SellerForm
    list_display = ["__str__", "city", "country", "vat_number"]
    list_filter = ["country"]
    search_fields = ["name", "vat_number", "register_number"]
    empty_help = _("A seller is named in imprints, confirmations and receipts, with address and VAT number.")
    fieldsets = [
        (None, {"fields": ["sells_for", ("name", "legal_form"), "represented_by"]}),
        (_("Address"), {"fields": ["street", ("postcode", "city", "country"), ("phone", "email")]}),
        (_("Register and taxes"), {"fields": [("register", "register_number"), "vat_number"]}),
        (_("For customers"), {"fields": ["supervisory_authority", "dispute_resolution"]}),
    ]

    @display(description=_("theaters"))
    def sells_for(self, seller: Seller) -> str:
        """Show the field's theaters to those who may not change them."""
        return ", ".join(theater.name for theater in seller.theaters.all())
