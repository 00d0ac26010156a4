"""Payments, refunds and vouchers, and what gateways reported."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import FieldTextFilter, RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminTextInputWidget

from accounts.roles import Capability
from bookings.admin.found_by_booking import FOUND_BY, FoundByBookingAdmin
from bookings.models import Voucher
from bookings.services.outside_refunds import accept_outside
from bookings.services.remedy import (
    ReferenceMissing,
    find_remedies,
    give_back,
    needing_remedy,
    open_refunds,
    seat_surplus,
)
from bookings.services.transfer import to_be_sent
from console.forms import ReasonForm
from console.people import may_at, person_of
from console.scoped import PlatformAdmin, ScopedAdmin
from lib.amounts import AmountField
from lib.money import format_money
from lib.refusals import Refusal
from payments.drawers import find_open_drawer
from payments.models import GatewayEvent, Payment, Refund
from theaters.forms import TheaterAmountsForm


class NeedsFilter(admin.SimpleListFilter):
    """Filter the payments that need attention."""

    title = _("needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("remedy", _("attention: bought nothing, not refunded, or charged back"))]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Payment]) -> models.QuerySet[Payment]:
        return queryset.filter(pk__in=needing_remedy().values("pk")) if self.value() == "remedy" else queryset


# How each way of refunding is reported to the staff member who chose it.
_DONE = {
    Refund.Way.AS_PAID: _("%s is on its way back."),
    Refund.Way.CASH: _("Hand out %s."),
    Refund.Way.TRANSFER: _("%s is recorded as refunded by bank transfer."),
    Refund.Way.OUTSIDE: _("%s is recorded as refunded outside the system."),
}


class RemedyForm(ReasonForm):
    """A reason, and which remedy was clicked."""

    SEATS = ("same", "equal")

    DECISIONS = ("keep", "cancel")

    reference = forms.CharField(
        label=_("Reference of the transfer"), max_length=100, required=False, widget=UnfoldAdminTextInputWidget
    )
    remedy = forms.ChoiceField(choices=[(name, name) for name in (*SEATS, *DECISIONS, *Refund.Way.values)])
    failed = forms.ModelChoiceField(Refund.objects.none(), required=False)
    outside = forms.ModelChoiceField(Refund.objects.none(), required=False)

    def __init__(self, payment: Payment, data: Any = None) -> None:
        super().__init__(data)
        failed: Any = self.fields["failed"]
        failed.queryset = Refund.objects.filter(payment=payment, state=Refund.State.FAILED)
        outside: Any = self.fields["outside"]
        outside.queryset = Refund.objects.filter(payment=payment).exclude(source=Refund.Source.HERE)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("remedy") == Refund.Way.TRANSFER and not cleaned.get("reference"):
            self.add_error("reference", str(ReferenceMissing.message))
        if cleaned.get("remedy") in self.DECISIONS and not cleaned.get("outside") and "outside" not in self.errors:
            self.add_error("outside", _("Choose which one."))
        return cleaned


@admin.register(Payment)
class PaymentAdmin(FoundByBookingAdmin):
    theater_path = "booking__theater"
    see = Capability.SEE_MONEY
    empty_help = _("Payments appear as bookings are paid.")
    list_display = ["created_at", "booking", "gateway", "paid", "came", "went_back", "state_label", "reference"]
    # A text field: reading the distinct values of 100,000 rows would take longer than the list.
    list_filter = [
        NeedsFilter, "state", "surplus_reason", "gateway", ("currency", FieldTextFilter),
        ("created_at", RangeDateTimeFilter),
    ]  # fmt: skip
    list_select_related = ["booking"]
    search_fields = ["reference"]
    booking_path = "booking"
    search_help_text = FOUND_BY
    fields = [
        "booking", "gateway", "account", "paid", "came", "went_back", "state", "surplus_reason", "reference", "key",
        "created_at", "captured_at", "made_by",
    ]  # fmt: skip
    actions_detail = ["remedy", "at_the_bank"]

    @display(description=_("amount"), ordering="amount")
    def paid(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @display(description=_("received"), ordering="received_amount")
    def came(self, payment: Payment) -> str:
        amount = payment.received_amount
        return "–" if amount is None else format_money(amount, payment.paid_currency)

    @display(description=_("refunded"), ordering="refunded")
    def went_back(self, payment: Payment) -> str:
        return format_money(payment.refunded, payment.paid_currency) if payment.refunded else "–"

    def has_remedy_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        """Return True if the person may refund money of this payment, and the payment needs a remedy."""
        if object_id is None:
            return may_at(request.user, Capability.REFUND)
        rows = self.scope(Payment.objects.filter(pk=object_id), request.user, Capability.REFUND)
        if request.resolver_match and request.resolver_match.url_name == "payments_payment_remedy":
            # A form that is sent twice gets the answer that it is done.
            return bool(rows.exists())
        return bool(rows.filter(pk__in=needing_remedy().values("pk")).exists())

    def has_at_the_bank_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if Payment.Gateway.SANDBOX not in settings.PAYMENT_GATEWAYS or not may_at(request.user, Capability.REFUND):
            return False
        return (
            object_id is None
            or self.get_queryset(request).filter(pk=object_id, gateway=Payment.Gateway.SANDBOX).exists()
        )

    @action(description=_("At the bank"), permissions=["at_the_bank"], url_path="bank", icon="account_balance")
    def at_the_bank(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the sandbox's page, which stands in for a gateway's own."""
        payment = get_object_or_404(self.get_queryset(request), pk=object_id, gateway=Payment.Gateway.SANDBOX)
        return HttpResponseRedirect(reverse("payments:sandbox", args=[payment.key]))

    @action(description=_("Put right"), permissions=["remedy"], url_path="remedy", icon="healing")
    def remedy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put a payment right. Open to all who may refund money, even if they may not see all payments."""
        related = (
            "booking__theater__city",
            "booking__customer",
        )
        mine = self.scope(Payment.objects.select_related(*related), request.user, Capability.REFUND)
        payment: Payment = get_object_or_404(mine, pk=object_id)
        theater = payment.booking.theater
        sees_money = may_at(request.user, Capability.SEE_MONEY, theater.pk)
        if sees_money:
            back = reverse("admin:payments_payment_change", args=[payment.pk])
        else:
            back = reverse("admin:bookings_booking_change", args=[payment.booking_id])
        if not needing_remedy().filter(pk=payment.pk).exists():
            self.message_user(request, _("Nothing is left to put right."), messages.INFO)
            return HttpResponseRedirect(back)
        form = RemedyForm(payment, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                done = self._do(request, payment, form.cleaned_data)
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Put right"),
            "subtitle": str(payment),
            "opts": self.model._meta,
            "payment": payment,
            "found": find_remedies(payment),
            "has_tickets": payment.booking.tickets.issued().exists(),
            "form": form,
            "ways": Refund.Way,
            "theater": theater,
            "drawer": find_open_drawer(person_of(request), theater.pk),
            "back": back,
            "sees_money": sees_money,
        }
        return TemplateResponse(request, "admin/bookings/remedy.html", context)

    def _do(self, request: HttpRequest, payment: Payment, wish: dict[str, Any]) -> str:
        """Call the service of the remedy that was clicked; return a sentence about the result."""
        by, reason = person_of(request), wish["reason"]
        if wish["remedy"] in RemedyForm.SEATS:
            booking = seat_surplus(payment=payment, by=by, reason=reason, equal=wish["remedy"] == "equal")
            return _("%s is confirmed, and its tickets are on their way.") % booking.code
        if wish["remedy"] in RemedyForm.DECISIONS:
            cancels = wish["remedy"] == "cancel"
            accept_outside(refund=wish["outside"], by=by, reason=reason, cancels=cancels)
            return str(_("The tickets are canceled.") if cancels else _("The tickets stay valid."))
        way = Refund.Way(wish["remedy"])
        refund = give_back(
            payment=payment, failed=wish["failed"], by=by, reason=reason, way=way, reference=wish["reference"]
        )
        return _DONE[Refund.Way(refund.way)] % format_money(refund.amount, refund.currency)


class OpenRefundFilter(admin.SimpleListFilter):
    """Filter the refunds that failed, or were made outside the system, and have not been put right."""

    title = _("needs")
    parameter_name = "needs"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("remedy", _("attention: failed, or made at the gateway")),
            ("sending", _("to be sent by your bank")),
        ]

    def queryset(self, request: HttpRequest, queryset: models.QuerySet[Refund]) -> models.QuerySet[Refund]:
        if self.value() == "sending":
            return queryset.filter(pk__in=to_be_sent().values("pk"))
        return queryset.filter(pk__in=open_refunds().values("pk")) if self.value() == "remedy" else queryset


@admin.register(Refund)
class RefundAdmin(FoundByBookingAdmin):
    theater_path = "payment__booking__theater"
    see = Capability.SEE_MONEY
    empty_help = _("Refunds appear when tickets are canceled, or when money is refunded on a booking’s page.")
    list_display = ["created_at", "payment", "given_back", "state_label", "source", "reason", "made_by", "error"]
    list_filter = [OpenRefundFilter, "state", "source", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["payment__booking", "made_by"]
    search_fields = ["reference", "reason"]
    booking_path = "payment__booking"
    search_help_text = FOUND_BY
    fields = [
        "payment", "given_back", "state", "source", "way", "reason", "reference", "error", "attempts", "created_at",
        "settled_at", "made_by",
    ]  # fmt: skip
    actions_detail = ["put_right"]

    @display(description=_("amount"), ordering="amount")
    def given_back(self, refund: Refund) -> str:
        return format_money(refund.amount, refund.currency)

    def has_put_right_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.REFUND)
        return bool(self.scope(open_refunds().filter(pk=object_id), request.user, Capability.REFUND).exists())

    @action(description=_("Put right"), permissions=["put_right"], url_path="remedy", icon="healing")
    def put_right(self, request: HttpRequest, object_id: str) -> HttpResponse:
        refund: Refund = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(reverse("admin:payments_payment_remedy", args=[refund.payment_id]))


class VoucherForm(TheaterAmountsForm):
    amount = AmountField(
        label=capfirst(Voucher._meta.get_field("amount").verbose_name),
        required=False,
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Voucher
        fields = "__all__"


@admin.register(Voucher)
class VoucherAdmin(ScopedAdmin):
    form = VoucherForm
    theater_path = "theater"
    see = Capability.SEE_VOUCHERS
    edit = Capability.EDIT_PROGRAMME
    list_display = ["code", "theater", "event", "discount", "used", "limit", "starts_at", "ends_at"]
    list_filter = ["theater"]
    list_select_related = ["theater", "event"]
    search_fields = ["code"]
    autocomplete_fields = ["theater"]
    readonly_fields = ["used"]

    @display(description=_("takes off"))
    def discount(self, voucher: Voucher) -> str:
        return voucher.takes_off

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer ticket types as checkboxes, each with its theater, since every theater has its own “Adult”."""
        field = super().formfield_for_manytomany(
            db_field, request, widget=UnfoldAdminCheckboxSelectMultipleWidget, **kwargs
        )
        field.queryset = field.queryset.select_related("theater")
        field.label_from_instance = lambda row: f"{row.name}, {row.theater}"
        return field


@admin.register(GatewayEvent)
class GatewayEventAdmin(PlatformAdmin):
    list_display = ["received_at", "gateway", "kind", "event_id"]
    list_filter = ["gateway", "kind"]
    search_fields = ["event_id"]
    fields = ["gateway", "account", "kind", "event_id", "received_at", "payload"]
    readonly_fields = fields
