"""Where transfers go, and which customers may choose them."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.roles import Capability
from console.scoped import ScopedAdmin
from payments.models import BankAccount, TransferCustomer


@admin.register(BankAccount)
class BankAccountAdmin(ScopedAdmin):
    theater_path = "theater"
    see = Capability.SEE_MONEY
    edit = Capability.EDIT_THEATER
    list_display = ["holder", "theater", "shown_iban", "bic"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["holder", "iban"]
    fields = ["theater", "holder", "iban", "bic"]
    empty_help = _("With an account of the theater, customers can be asked for a bank transfer. Settings say who may.")

    @display(description=_("IBAN"), ordering="iban")
    def shown_iban(self, account: BankAccount) -> str:
        return account.written_iban


@admin.register(TransferCustomer)
class TransferCustomerAdmin(ScopedAdmin):
    theater_path = "theater"
    see = Capability.SEE_BOOKINGS
    edit = Capability.EDIT_BOOKINGS
    may_delete = True
    list_display = ["email", "theater", "note", "made_at"]
    list_filter = ["theater"]
    list_select_related = ["theater"]
    search_fields = ["email", "note"]
    fields = ["theater", "email", "note"]
    empty_help = _("Name customers here who may pay by bank transfer, such as schools, and let the settings allow it.")
