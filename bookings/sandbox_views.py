"""The sandbox gateway's own page, where the customer decides what the payment comes to."""

from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views import View

from bookings.gateways.sandbox import LATER_SECONDS, decide, read_return_url, schedule_webhook
from bookings.models import Payment, SandboxAnswer

NEVER = "never"


class SandboxView(View):
    """Ask for a decision and send the customer back. Who knows the payment's key may decide, as with a real one."""

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        payment = self._find_payment(key)
        answer = SandboxAnswer.objects.filter(payment=payment).first()
        return self._render(request, payment, answer)

    def post(self, request: HttpRequest, key: UUID) -> HttpResponse:
        payment = self._find_payment(key)
        choice = request.POST.get("decision", "")
        if choice != NEVER:
            if choice not in SandboxAnswer.Decision:
                return self._render(request, payment, None, is_unknown=True)
            refuses_refunds = "refuses_refunds" in request.POST
            answer = decide(payment, SandboxAnswer.Decision(choice), refuses_refunds=refuses_refunds)
            schedule_webhook(answer)
        return HttpResponseRedirect(self._return_url(request, payment))

    def _find_payment(self, key: UUID) -> Payment:
        if "sandbox" not in settings.PAYMENT_GATEWAYS:
            raise Http404
        payments = Payment.objects.select_related("booking__show__event", "booking__show__hall__theater")
        return get_object_or_404(payments, key=key, gateway="sandbox")

    def _return_url(self, request: HttpRequest, payment: Payment) -> str:
        return read_return_url(request.GET.get("back", "")) or payment.booking.get_absolute_url()

    def _render(
        self, request: HttpRequest, payment: Payment, answer: SandboxAnswer | None, *, is_unknown: bool = False
    ) -> HttpResponse:
        context = {
            "payment": payment,
            "booking": payment.booking,
            "answer": answer,
            "is_unknown": is_unknown,
            "later_seconds": LATER_SECONDS,
            "return_url": self._return_url(request, payment),
        }
        return render(request, "bookings/sandbox.html", context, status=400 if is_unknown else 200)
