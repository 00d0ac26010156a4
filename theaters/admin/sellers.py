"""The console's page for sellers: who contracts with the customers of which theaters."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts import audit
from accounts.roles import Capability, Person
from console.people import may_at, person_of
from console.scoped import ScopedAdmin
from lib.forms import ModelForm
from theaters.access import theaters_for
from theaters.models import Seller, Theater


class SellerForm(ModelForm):
    sells_for = forms.ModelMultipleChoiceField(
        label=_("theaters"),
        queryset=Theater.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those that sell in this name. A theater has one seller at a time."),
        error_messages={"required": _("Choose at least one theater.")},
    )


@admin.register(Seller)
class SellerAdmin(ScopedAdmin):
    """Sellers are made for theaters, and changed by those who may edit all theaters that they sell for."""

    theater_path = "theaters"
    edit = Capability.EDIT_THEATER
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

    def scope(self, rows: QuerySet[Any], user: Person, capability: Capability) -> QuerySet[Any]:
        return super().scope(rows, user, capability).distinct()

    def theater_id(self, row: Model) -> int | None:
        """Return the first of its theaters, in whose audit log changes are."""
        return Theater.objects.filter(seller=row.pk).order_by("pk").values_list("pk", flat=True).first()

    @display(description=_("theaters"))
    def sells_for(self, seller: Seller) -> str:
        """Show the field's theaters to those who may not change them."""
        return ", ".join(theater.name for theater in seller.theaters.all())

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None:
            return super().has_view_permission(request)
        return self.scope(Seller.objects.filter(pk=obj.pk), request.user, self.see).exists()

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is None or getattr(request.user, "is_superuser", False):
            return super().has_change_permission(request)
        sold_for = Theater.objects.filter(seller=obj.pk).values_list("pk", flat=True)
        return bool(sold_for) and all(may_at(request.user, Capability.EDIT_THEATER, one) for one in sold_for)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "sells_for" in form.base_fields:
            field = form.base_fields["sells_for"]
            field.queryset = self._own_theaters(request)
            field.initial = self._preset(field.queryset, obj)
        return form

    @staticmethod
    def _preset(own: QuerySet[Theater], seller: Seller | None) -> list[Theater]:
        """Return the theaters of a seller; of a new one, the only theater that there is to choose."""
        if seller is not None:
            return list(seller.theaters.all())
        first = list(own[:2])
        return first if len(first) == 1 else []

    def _own_theaters(self, request: HttpRequest) -> QuerySet[Theater]:
        return theaters_for(person_of(request), Capability.EDIT_THEATER)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Let the chosen theaters sell in this name, and no others of this person's."""
        super().save_related(request, form, formsets, change)
        seller, own = form.instance, self._own_theaters(request)
        chosen = {theater.pk for theater in form.cleaned_data["sells_for"]}
        for theater in own.filter(seller=seller).exclude(pk__in=chosen) | own.filter(pk__in=chosen):
            wanted = seller if theater.pk in chosen else None
            if theater.seller_id == getattr(wanted, "pk", None):
                continue
            before, theater.seller = theater.seller, wanted
            theater.save(update_fields=["seller"])
            audit.record(
                by=person_of(request),
                action="theater.change",
                on=theater,
                theater_id=theater.pk,
                before={"seller": str(before or "")},
                after={"seller": str(wanted or "")},
            )
