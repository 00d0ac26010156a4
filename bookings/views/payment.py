"""Back from the gateway: what became of a payment."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from bookings.access import find_booking
from bookings.models import Booking, Exchange
from bookings.selectors import read_newest_payment, read_tickets
from bookings.services.settle import settle_payment
from bookings.views.bookings import show_tickets
from bookings.views.checkout import BookingPage, booking_context, is_live
from lib.throttling import Throttle
from payments.errors import GatewayUnavailable
from payments.gateways import offered_gateways
from payments.models import Payment

# Limits how often a payment's page makes us ask its gateway, however often the page itself asks.
GATEWAY_QUESTIONS = Throttle("gateway-questions", limit=1, seconds=3)


class PaymentReturnView(BookingPage):
    """Where the gateway sends the customer back: shows the state of the payment, and trusts nothing in the address.

    Once it is settled, this page is that of the booking, at the same address: the customer waits for one answer less.
    The payment is that of the booking, or the surcharge of an exchange. With `?state` it returns only the state as
    JSON, for the page that waits.
    """

    def get(self, request: HttpRequest, code: str, exchange_id: int | None = None) -> HttpResponse:
        paid, exchange = self._find(request, code, exchange_id)
        payment = read_newest_payment(paid, exchange)
        if payment is not None and payment.state == Payment.State.STARTED and GATEWAY_QUESTIONS.count(str(payment.pk)):
            try:
                payment = settle_payment(payment=payment)
            except GatewayUnavailable:
                pass
            else:
                if payment.booking.made_tickets is None or exchange is not None:
                    paid, exchange = self._find(request, code, exchange_id)
                else:
                    # It was confirmed right now, so no exchange of it waits.
                    paid = payment.booking
                    paid.is_being_exchanged = False
        # What is being paid for: a booking, or the hold of an exchange until that is complete.
        booking = (exchange and exchange.hold) or paid
        state = _name_state(booking, payment)
        if "state" in request.GET:
            return JsonResponse({"state": state})
        if state == "settled":
            if exchange is not None or paid.state != Booking.State.CONFIRMED:
                return redirect(paid)
            return show_tickets(request, paid, paid.made_tickets or read_tickets(paid), is_new=True)
        if state == "waiting" and booking.transfer_due_on is not None:
            return redirect("bookings:transfer", booking.code)
        if state == "unpaid":
            return redirect("bookings:checkout", booking.code)
        context = {
            **booking_context(booking, read_tickets(booking)),
            "payment": payment,
            "exchange": exchange,
            "state": state,
            "is_live": is_live(booking),
            "may_choose_again": payment is not None and payment.may_choose_again(timezone.now()),
            "gateways": offered_gateways(booking.theater, booking.due),
        }
        return render(request, "bookings/payment.html", context)

    def _find(self, request: HttpRequest, code: str, exchange_id: int | None) -> tuple[Booking, Exchange | None]:
        booking = find_booking(request, code)
        if exchange_id is None:
            return booking, None
        return booking, get_object_or_404(booking.exchanges.select_related("hold__theater__city"), pk=exchange_id)


def _name_state(booking: Booking, payment: Payment | None) -> str:
    """Return in a word what the page of a payment shows.

    settled (has its own page), unpaid, waiting, declined, late (the hold is over, the answer is still to
    come), returned (the money came and could not be used).
    """
    if booking.state in (Booking.State.CONFIRMED, Booking.State.CANCELED):
        return "settled"
    may_be_paid = is_live(booking)
    if payment is None:
        return "unpaid" if may_be_paid else "settled"
    if payment.state == Payment.State.STARTED:
        return "waiting" if may_be_paid else "late"
    if payment.state == Payment.State.SURPLUS:
        return "returned"
    # The gateway's news may have confirmed the booking since it was read.
    return "declined" if may_be_paid and payment.state not in Payment.RECEIVED else "settled"
