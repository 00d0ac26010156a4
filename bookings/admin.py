"""The console's pages for bookings and money: read-only, with actions that call the services."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.admin import TabularInline
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminTextInputWidget

from accounts import audit
from accounts.models import User
from bookings.errors import BookingError
from bookings.messages import send_tickets_again
from bookings.models import Booking, CheckIn, GatewayEvent, Payment, Refund, Ticket, Voucher
from bookings.services.cancel import cancel_tickets, quote_cancellation
from theaters.access import Capability, may
from theaters.money import format_money
from ticketing.console import PlatformAdmin, ScopedAdmin

STATE_LABELS = {
    "held": "info",
    "confirmed": "success",
    "issued": "success",
    "captured": "success",
    "succeeded": "success",
    "pending": "warning",
    "started": "info",
    "surplus": "danger",
    "failed": "danger",
    "declined": "danger",
    "canceled": "danger",
}


class ReadOnlyAdmin(ScopedAdmin):
    """Rows that only services write."""

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return list(self.fields or [])

    @display(description=_("state"), ordering="state", label=STATE_LABELS)
    def state_label(self, row: Any) -> tuple[str, str]:
        return row.state, row.get_state_display()


class ReadOnlyInline(TabularInline):
    extra = 0
    can_delete = False
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return True

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class TicketInline(ReadOnlyInline):
    model = Ticket
    fields = ["label", "ticket_type", "price", "discount", "attendee_name", "state", "code"]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Ticket]:
        rows: models.QuerySet[Ticket] = super().get_queryset(request).select_related("seat", "area", "ticket_type")
        return rows


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = ["created_at", "gateway", "amount", "refunded", "state", "reference"]
    readonly_fields = fields


class CancelForm(forms.Form):
    """Which tickets to cancel, what to give back, and why."""

    tickets = forms.ModelMultipleChoiceField(
        Ticket.objects.none(), label=_("Tickets"), widget=forms.CheckboxSelectMultiple
    )
    amount = forms.DecimalField(
        label=_("Refund"),
        required=False,
        min_value=0,
        max_digits=12,
        decimal_places=3,
        help_text=_("Empty: what the show's refund policy says."),
        widget=UnfoldAdminDecimalFieldWidget,
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    def __init__(self, booking: Booking, data: Any = None) -> None:
        super().__init__(data)
        field = self.fields["tickets"]
        field.queryset = booking.tickets.issued().select_related("seat", "area", "ticket_type")  # type: ignore[attr-defined]
        field.label_from_instance = lambda ticket: (  # type: ignore[attr-defined]
            f"{ticket.label} · {ticket.ticket_type} · {format_money(ticket.price - ticket.discount, booking.currency)}"
        )
        field.initial = [ticket.pk for ticket in field.queryset]  # type: ignore[attr-defined]


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["code", "created_at", "show_title", "who", "price", "channel", "state_label"]
    list_filter = ["state", "kind", "channel", "show__hall__theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["show__event", "show__hall__theater__city", "customer"]
    search_fields = ["code", "email", "name", "phone", "customer__email", "customer__name", "tickets__code"]
    search_help_text = _("Code, name, e-mail, phone or a ticket's code")
    fields = [
        "code", "show", "state", "kind", "channel", "name", "email", "phone", "customer", "total", "discount",
        "fees", "tax", "currency", "voucher", "created_at", "expires_at", "confirmed_at", "canceled_at",
        "made_by", "locale", "note",
    ]  # fmt: skip
    inlines = [TicketInline, PaymentInline]
    actions_detail = ["resend", "cancel"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Booking]:
        rows: models.QuerySet[Booking] = (
            super()
            .get_queryset(request)
            .select_related("show__event", "show__hall__theater__city", "customer", "voucher", "made_by")
        )
        return rows

    @display(description=_("show"), ordering="show__starts_at")
    def show_title(self, booking: Booking) -> str:
        return str(booking.show)

    @display(description=_("who"))
    def who(self, booking: Booking) -> str:
        return booking.name or booking.email or str(booking.customer or "")

    @display(description=_("total"), ordering="total")
    def price(self, booking: Booking) -> str:
        return format_money(booking.total, booking.currency)

    def has_resend_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may_with_booking(request, Capability.EDIT_BOOKINGS, object_id)

    def has_refund_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return _may_with_booking(request, Capability.REFUND, object_id)

    @action(description=_("Send the tickets again"), permissions=["resend"], url_path="resend", icon="outgoing_mail")
    def resend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self._find(request, object_id)
        if booking.state != Booking.State.CONFIRMED:
            self.message_user(request, _("Only a confirmed booking has tickets to send."), messages.WARNING)
        else:
            with transaction.atomic():
                sent = send_tickets_again(booking)
                audit.record(
                    by=_person(request), action="send tickets", on=booking, theater_id=booking.show.hall.theater_id
                )
            text = _("The tickets are on their way to %s.") % sent.recipient if sent else _("There is no address.")
            self.message_user(request, text, messages.SUCCESS if sent else messages.ERROR)
        return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[booking.pk]))

    @action(description=_("Cancel and refund"), permissions=["refund"], url_path="cancel", icon="undo")
    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        booking = self._find(request, object_id)
        form = CancelForm(booking, request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                refund = cancel_tickets(
                    booking=booking,
                    tickets=form.cleaned_data["tickets"],
                    amount=form.cleaned_data["amount"],
                    reason=form.cleaned_data["reason"],
                    by=_person(request),
                )
            except BookingError as error:
                form.add_error(None, str(error))
            else:
                text = (
                    _("Canceled. %s is on its way back.") % format_money(refund.amount, booking.currency)
                    if refund
                    else _("Canceled, without a refund.")
                )
                self.message_user(request, text, messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[booking.pk]))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Cancel booking %s") % booking.code,
            "opts": self.model._meta,
            "booking": booking,
            "form": form,
            "quote": quote_cancellation(booking, now=timezone.now()),
        }
        return TemplateResponse(request, "admin/bookings/cancel.html", context)

    def _find(self, request: HttpRequest, object_id: str) -> Booking:
        booking: Booking = get_object_or_404(self.get_queryset(request), pk=object_id)
        return booking


@admin.register(Ticket)
class TicketAdmin(ReadOnlyAdmin):
    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["code", "booking", "show", "label", "ticket_type", "price", "attendee_name", "state_label"]
    list_filter = ["state", "ticket_type", "show__hall__theater"]
    list_select_related = ["booking", "show__event", "show__hall__theater__city", "seat", "area", "ticket_type"]
    search_fields = ["code", "booking__code", "attendee_name"]
    fields = ["code", "booking", "show", "seat", "area", "category", "ticket_type", "price", "discount", "state", "attendee_name"]  # fmt: skip  # noqa: E501


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    theater_path = "booking__show__hall__theater"
    see = Capability.SEE_MONEY
    list_display = ["created_at", "booking", "gateway", "amount", "currency", "refunded", "state_label", "reference"]
    list_filter = ["state", "gateway", "currency", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["booking"]
    search_fields = ["booking__code", "reference", "booking__email"]
    fields = ["booking", "gateway", "amount", "currency", "refunded", "state", "reference", "key", "created_at", "captured_at", "made_by"]  # fmt: skip  # noqa: E501


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    theater_path = "payment__booking__show__hall__theater"
    see = Capability.SEE_MONEY
    list_display = ["created_at", "payment", "amount", "state_label", "reason", "made_by", "error"]
    list_filter = ["state", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["payment__booking", "made_by"]
    search_fields = ["payment__booking__code", "reference", "reason"]
    fields = ["payment", "amount", "state", "reason", "reference", "error", "attempts", "created_at", "settled_at", "made_by"]  # fmt: skip  # noqa: E501


@admin.register(CheckIn)
class CheckInAdmin(ReadOnlyAdmin):
    theater_path = "ticket__show__hall__theater"
    see = Capability.CHECK_IN
    list_display = ["at", "ticket", "gate", "direction", "result", "by"]
    list_filter = ["result", "direction", ("at", RangeDateTimeFilter)]
    list_select_related = ["ticket", "by"]
    search_fields = ["ticket__code", "ticket__booking__code", "gate"]
    fields = ["at", "ticket", "gate", "direction", "result", "by", "device"]


@admin.register(Voucher)
class VoucherAdmin(ScopedAdmin):
    theater_path = "theater"
    edit = Capability.EDIT_PROGRAMME
    list_display = ["code", "theater", "event", "percent", "amount", "used", "limit", "starts_at", "ends_at"]
    list_filter = ["theater"]
    list_select_related = ["theater", "event"]
    search_fields = ["code"]
    autocomplete_fields = ["theater"]
    filter_horizontal = ["ticket_types"]
    readonly_fields = ["used"]


@admin.register(GatewayEvent)
class GatewayEventAdmin(PlatformAdmin):
    list_display = ["received_at", "gateway", "kind", "event_id"]
    list_filter = ["gateway", "kind"]
    search_fields = ["event_id"]
    fields = ["gateway", "kind", "event_id", "received_at", "payload"]
    readonly_fields = fields


def _person(request: HttpRequest) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _may_with_booking(request: HttpRequest, capability: Capability, object_id: str | None) -> bool:
    if object_id is None:
        return may(request.user, capability)
    theater_id = Booking.objects.filter(pk=object_id).values_list("show__hall__theater_id", flat=True).first()
    return theater_id is not None and may(request.user, capability, theater_id)
