"""The sandbox gateway's own page, where the customer decides what becomes of the payment."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views import View

from lib.amounts import AmountField
from lib.compiled import compiled
from lib.forms import Form
from payments.gateways.sandbox import (
    LATER_SECONDS,
    OUTSIDE_EVENTS,
    decide,
    read_return_url,
    schedule_outside,
    schedule_webhook,
)
from payments.models import Payment, SandboxAnswer

NEVER = "never"


class SandboxForm(Form):
    """How much is paid, or goes back later; empty for all of it."""

    def __init__(self, payment: Payment, data: Any = None) -> None:
        super().__init__(data)
        self.fields["amount"] = AmountField(payment.currency, required=False, label=_("Amount"))


class SandboxView(View):
    """Ask for a decision and send the customer back. Anyone who knows the payment's key may decide.

    Once it is paid, the page offers what a bank may do later, without us.
    """

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        payment = self._find_payment(key)
        return self._render(request, payment, SandboxForm(payment))

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        payment = self._find_payment(key)
        form = SandboxForm(payment, request.POST)
        choice, event = request.POST.get("decision", ""), request.POST.get("event", "")
        if not form.is_valid():
            return self._render(request, payment, form, status=400)
        amount = form.cleaned_data["amount"]
        if event in OUTSIDE_EVENTS and payment.received_amount:
            schedule_outside(payment, event, min(amount or payment.received_amount, payment.received_amount))
            messages.success(request, gettext("The bank has sent its message."))
            return HttpResponseRedirect(request.get_full_path())
        if choice != NEVER:
            if choice not in SandboxAnswer.Decision:
                return self._render(request, payment, form, is_unknown=True, status=400)
            refuses_refunds = "refuses_refunds" in request.POST
            answer = decide(
                payment, SandboxAnswer.Decision(choice), amount=amount or None, refuses_refunds=refuses_refunds
            )
            schedule_webhook(answer)
        return HttpResponseRedirect(self._return_url(request, payment))

    def _find_payment(self, key: UUID) -> Payment:
        if Payment.Gateway.SANDBOX not in settings.PAYMENT_GATEWAYS:
            raise Http404
        for payment in _read_payment(key):
            return payment
        raise Http404

    def _return_url(self, request: HttpRequest, payment: Payment) -> str:
        return read_return_url(request.GET.get("back", "")) or payment.booking.get_absolute_url()

    def _render(
        self, request: HttpRequest, payment: Payment, form: SandboxForm, *, is_unknown: bool = False, status: int = 200
    ) -> HttpResponse:
        context = {
            "payment": payment,
            "booking": payment.booking,
            "theater": payment.booking.theater,
            "answer": getattr(payment, "sandbox_answer", None),
            "form": form,
            "is_unknown": is_unknown,
            "later_seconds": LATER_SECONDS,
            "return_url": self._return_url(request, payment),
        }
        return render(request, "bookings/sandbox.html", context, status=status)


@compiled
def _read_payment(key: UUID) -> QuerySet[Payment]:
    payments = Payment.objects.select_related("booking__theater", "sandbox_answer")
    return payments.filter(key=key, gateway=Payment.Gateway.SANDBOX)
