"""What came to a theater's bank account: the bank's files, and what is settled by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.roles import Capability
from bookings.admin.found_by_booking import FOUND_BY, FoundByBookingAdmin
from bookings.services.bank_file import dismiss_transfer, import_bank_file, return_transfer, settle_transfer
from console.people import may_at, person_of
from lib.forms import Form
from lib.money import format_money
from lib.refusals import Refusal
from payments.models import BankFile, BankTransfer
from payments.reconciliation import MAX_BYTES, ExportUnreadable, UnknownColumns
from theaters.access import theaters_for
from theaters.models import Theater


class BankFileForm(Form):
    """The bank's file, and whose account it is about."""

    theater = forms.ModelChoiceField(
        Theater.objects.none(), label=_("Theater"), empty_label=None, widget=UnfoldAdminSelectWidget
    )
    file = forms.FileField(label=_("File"), help_text=_("CAMT.053, MT940 or CSV. What was read before counts once."))

    def __init__(self, request: HttpRequest, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field: Any = self.fields["theater"]
        accounts = theaters_for(request.user, Capability.BOOK_TRANSFERS).filter(bank_account__isnull=False)
        field.queryset = accounts.order_by("name")

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB. Export a shorter period."))
        return file


class SettleForm(Form):
    """What is to become of a transfer that was not booked by itself."""

    BOOK, RETURN, DISMISS = "book", "return", "dismiss"

    decision = forms.ChoiceField(
        label=_("What to do"),
        choices=[
            (BOOK, _("Book it; what is too much goes back")),
            (RETURN, _("Give all of it back")),
            (DISMISS, _("Set it aside: it is not about tickets")),
        ],
        widget=UnfoldAdminRadioSelectWidget,
    )
    code = forms.CharField(
        label=_("Booking"),
        max_length=40,
        required=False,
        help_text=_("Its code or reference, to book the money or give it back."),
        widget=UnfoldAdminTextInputWidget,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("Why it is set aside."),
        widget=UnfoldAdminTextInputWidget,
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        is_dismissed = cleaned.get("decision") == self.DISMISS
        if is_dismissed and not (cleaned.get("reason") or "").strip():
            self.add_error("reason", _("Give a reason; it is kept in the audit log."))
        if cleaned.get("decision") and not is_dismissed and not (cleaned.get("code") or "").strip():
            self.add_error("code", _("Say for which booking."))
        return cleaned


@admin.register(BankTransfer)
class BankTransferAdmin(FoundByBookingAdmin):
    theater_path = "theater"
    see = Capability.SEE_MONEY
    empty_help = _("Upload a file of your bank, and what came by transfer is booked by reference and amount.")
    list_display = ["booked_on", "came", "payer", "text", "booking", "state_label", "problem", "theater"]
    list_filter = ["state", "problem", "theater", ("file", admin.EmptyFieldListFilter)]
    list_select_related = ["booking", "theater"]
    search_fields = ["payer", "payer_iban", "text"]
    booking_path = "booking"
    search_help_text = FOUND_BY
    fields = [
        "theater", "booked_on", "came", "payer", "payer_iban", "text", "state", "problem", "booking", "payment",
        "surplus", "reason", "file", "settled_by", "settled_at",
    ]  # fmt: skip
    actions_list = ["upload"]
    actions_detail = ["settle"]

    @display(description=_("amount"), ordering="amount")
    def came(self, transfer: BankTransfer) -> str:
        return format_money(transfer.amount, transfer.currency)

    def has_upload_permission(self, request: HttpRequest) -> bool:
        return may_at(request.user, Capability.BOOK_TRANSFERS)

    def has_settle_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.BOOK_TRANSFERS)
        rows = self.scope(BankTransfer.objects.filter(pk=object_id), request.user, Capability.BOOK_TRANSFERS)
        if request.resolver_match and request.resolver_match.url_name == "payments_banktransfer_settle":
            # A form that is sent twice gets the answer that it is done.
            return bool(rows.exists())
        return bool(rows.filter(state=BankTransfer.State.OPEN).exists())

    @action(description=_("Read a file of the bank"), permissions=["upload"], url_path="upload", icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        if not may_at(request.user, Capability.BOOK_TRANSFERS):
            raise PermissionDenied
        form = BankFileForm(request, request.POST or None, request.FILES or None)
        problems: list[tuple[int, str]] = []
        if request.method == "POST" and form.is_valid():
            sent = form.cleaned_data
            try:
                file = import_bank_file(
                    theater=sent["theater"],
                    file_name=sent["file"].name,
                    content=sent["file"].read(),
                    by=person_of(request),
                )
            except UnknownColumns:
                words = _(
                    "The columns of this file are not known yet. Choose them once under Reconciliations, Compare an "
                    "export, for “Bank transfer”. Then upload the file here again."
                )
                problems = [(0, str(words))]
            except ExportUnreadable as error:
                problems = error.problems
            except Refusal as error:
                problems = [(0, str(error))]
            else:
                self.message_user(request, _sum_up(file), messages.SUCCESS)
                page = reverse("admin:payments_banktransfer_changelist")
                return HttpResponseRedirect(f"{page}?state__exact={BankTransfer.State.OPEN}")
        context = {
            **self.admin_site.each_context(request),
            "title": _("Read a file of the bank"),
            "opts": self.model._meta,
            "form": form,
            "problems": problems,
        }
        return TemplateResponse(request, "admin/bookings/bank_file.html", context)

    @action(description=_("Settle"), permissions=["settle"], url_path="settle", icon="balance")
    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        rows = BankTransfer.objects.select_related("booking", "theater__city")
        mine = self.scope(rows, request.user, Capability.BOOK_TRANSFERS)
        transfer: BankTransfer = get_object_or_404(mine, pk=object_id)
        back = reverse("admin:payments_banktransfer_change", args=[transfer.pk])
        if transfer.state != BankTransfer.State.OPEN:
            self.message_user(request, _("This transfer is settled."), messages.INFO)
            return HttpResponseRedirect(back)
        code = transfer.booking.code if transfer.booking else ""
        form = SettleForm(request.POST or None, initial={"code": code})
        if request.method == "POST" and form.is_valid():
            try:
                done = _settle(transfer, form.cleaned_data, request)
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Settle"),
            "subtitle": str(transfer),
            "opts": self.model._meta,
            "transfer": transfer,
            "form": form,
            "back": back,
        }
        return TemplateResponse(request, "admin/bookings/bank_transfer.html", context)


def _settle(transfer: BankTransfer, wish: dict[str, Any], request: HttpRequest) -> str:
    """Do what was chosen; return a sentence about the result."""
    by = person_of(request)
    if wish["decision"] == SettleForm.DISMISS:
        dismiss_transfer(transfer=transfer, by=by, reason=wish["reason"])
        return gettext("The transfer is set aside.")
    settle = settle_transfer if wish["decision"] == SettleForm.BOOK else return_transfer
    done = settle(transfer=transfer, by=by, code=wish["code"])
    payment = done.payment
    if payment is None or payment.surplus_reason:
        return gettext("All of it is to be sent back by your bank.")
    if done.surplus is not None:
        back = format_money(done.surplus.received_amount or done.amount, done.currency)
        return gettext("Booked. %s is to be sent back by your bank.") % back
    return gettext("Booked. The tickets are issued.")


def _sum_up(file: BankFile) -> str:
    """Say what a file brought."""
    counts = file.transfers.aggregate(
        booked=Count("pk", filter=Q(state=BankTransfer.State.BOOKED)),
        open=Count("pk", filter=Q(state=BankTransfer.State.OPEN)),
    )
    booked = ngettext("%d transfer booked", "%d transfers booked", counts["booked"]) % counts["booked"]
    left = ngettext("%d to be settled", "%d to be settled", counts["open"]) % counts["open"]
    known = ngettext("%d known before", "%d known before", file.known) % file.known
    return f"{booked}, {left}, {known}."
