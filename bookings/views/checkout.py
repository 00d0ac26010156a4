"""From a hold to its payment, and back from the gateway."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.views.generic import View

from accounts.models import User
from bookings.access import find_booking
from bookings.errors import (
    HoldExpired,
    NothingToPay,
    TooManyTickets,
    VoucherRefused,
    WrongState,
)
from bookings.forms import DetailsForm, VoucherForm
from bookings.models import Booking, Exchange, Ticket, by_show, exchange_of
from bookings.seating.chosen import Chosen
from bookings.seating.page import read_seat_page
from bookings.selectors import read_newest_payment, read_tickets
from bookings.services.confirm import confirm_free
from bookings.services.details import assign_customer, set_details
from bookings.services.pay import start_payment
from bookings.services.settle import settle_payment
from bookings.services.vouchers import use_voucher
from bookings.throttles import limit_wrong_codes
from bookings.views.hold import ADVISED_KEY
from lib.refusals import Refusal
from lib.throttling import Throttle
from payments.errors import GatewayUnavailable
from payments.gateways import offered_gateways
from payments.models import Payment

# Limits how often a payment's page makes us ask its gateway, however often the page itself asks.
GATEWAY_QUESTIONS = Throttle("gateway-questions", limit=1, seconds=3)


class CheckoutView(View):
    """Details, voucher and payment of a hold, on one page. A booking that is no longer a hold has its own page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not _is_live(booking):
            return redirect(booking)
        tickets = read_tickets(booking)
        if ADVISED_KEY in request.session:
            _warn_of_lone_seats(request, tickets)
        return self._show(request, booking, tickets, _details_form(request, booking, tickets))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not _is_live(booking):
            return redirect(booking)
        if request.POST.get("code", "").strip():
            # Enter in the voucher's field presses the form's first button, which pays.
            return self._change_voucher(request, booking)
        if isinstance(request.user, User):
            assign_customer(booking=booking, user=request.user)
        tickets = read_tickets(booking)
        form = DetailsForm(booking, tickets, request.POST)
        if not form.is_valid():
            return self._show(request, booking, tickets, form)
        try:
            # Whom an exchange is for is fixed; only its tickets may need names.
            if exchange_of(booking) is None or form.attendee_names:
                set_details(
                    booking=booking,
                    name=form.cleaned_data.get("name", booking.name),
                    email=form.cleaned_data.get("email", booking.email),
                    phone=form.cleaned_data.get("phone", booking.phone),
                    attendee_names=form.attendee_names,
                )
        except (TooManyTickets, VoucherRefused) as error:
            form.add_error(None, str(error))
            return self._show(request, booking, tickets, form)
        except (HoldExpired, WrongState):
            return redirect(booking)
        return _pay(request, booking)

    def _change_voucher(self, request: HttpRequest, booking: Booking) -> HttpResponse:
        """Put a voucher on the hold or take it off, and show the page again with everything that was typed."""
        voucher_form = VoucherForm(request.POST, auto_id="voucher-%s")
        is_removed = "remove" in request.POST
        if voucher_form.is_valid() or is_removed:
            if isinstance(request.user, User):
                assign_customer(booking=booking, user=request.user)
            try:
                with nullcontext() if is_removed else limit_wrong_codes(request):
                    use_voucher(booking=booking, code="" if is_removed else voucher_form.cleaned_data["code"])
            except (HoldExpired, WrongState):
                return redirect(booking)
            except Refusal as error:
                voucher_form.add_error("code", str(error))
            else:
                if "name" not in request.POST:
                    return redirect("bookings:checkout", booking.code)
                booking, voucher_form = find_booking(request, booking.code), VoucherForm(auto_id="voucher-%s")
        tickets = read_tickets(booking)
        if "name" in request.POST:
            form = DetailsForm(booking, tickets, initial=request.POST.dict())
        else:
            form = _details_form(request, booking, tickets)
        return self._show(request, booking, tickets, form, voucher_form)

    def _show(
        self,
        request: HttpRequest,
        booking: Booking,
        tickets: list[Ticket],
        form: DetailsForm,
        voucher_form: VoucherForm | None = None,
    ) -> HttpResponse:
        voucher_form = voucher_form or VoucherForm(auto_id="voucher-%s")
        code_attrs = voucher_form.fields["code"].widget.attrs
        # Sent along with the details, so that those come back as typed.
        code_attrs["form"] = "checkout-form"
        if voucher_form.errors:
            code_attrs["autofocus"] = True
        context = {
            **booking_context(booking, tickets),
            "form": form,
            # The price of an exchange is fixed already.
            "voucher_form": voucher_form if exchange_of(booking) is None else None,
            "gateways": offered_gateways(booking.due),
        }
        return render(request, "bookings/checkout.html", context)


class VoucherView(CheckoutView):
    """Put a voucher on a hold or take it off."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not _is_live(booking):
            return redirect(booking)
        return self._change_voucher(request, booking)


class PayView(View):
    """Pay once more, or in another way, for a hold that has its details. Pressed twice, it pays once."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        return _pay(request, find_booking(request, code))


def _pay(request: HttpRequest, booking: Booking) -> HttpResponse:
    """Start the payment and go on to its gateway, or confirm a booking that costs nothing."""
    exchange = exchange_of(booking)
    # The hold of an exchange is no more once it is paid.
    args = [exchange.booking.code, exchange.pk] if exchange else [booking.code]
    page = "bookings:exchange-payment-return" if exchange else "bookings:payment-return"
    return_url = request.build_absolute_uri(reverse(page, args=args))
    try:
        if not booking.due:
            confirm_free(booking=booking)
            return redirect(booking)
        started = start_payment(booking=booking, gateway=request.POST.get("gateway", ""), return_url=return_url)
    except (HoldExpired, NothingToPay, WrongState):
        return redirect(booking)
    except Refusal as error:
        messages.error(request, str(error))
        return redirect("bookings:checkout", booking.code)
    return redirect(started.redirect_url or return_url)


class PaymentReturnView(View):
    """Where the gateway sends the customer back: shows the state of the payment, and trusts nothing in the address.

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
                paid, exchange = self._find(request, code, exchange_id)
        # What is being paid for: a booking, or the hold of an exchange until that is complete.
        booking = (exchange and exchange.hold) or paid
        state = _name_state(booking, payment)
        if "state" in request.GET:
            return JsonResponse({"state": state})
        if state == "settled":
            return redirect(paid)
        if state == "unpaid":
            return redirect("bookings:checkout", booking.code)
        context = {
            **booking_context(booking, read_tickets(booking)),
            "payment": payment,
            "exchange": exchange,
            "state": state,
            "is_live": _is_live(booking),
            "may_choose_again": payment is not None and payment.may_choose_again(timezone.now()),
            "gateways": offered_gateways(booking.due),
        }
        return render(request, "bookings/payment.html", context)

    def _find(self, request: HttpRequest, code: str, exchange_id: int | None) -> tuple[Booking, Exchange | None]:
        booking = find_booking(request, code)
        if exchange_id is None:
            return booking, None
        return booking, get_object_or_404(booking.exchanges.select_related("hold__theater__city"), pk=exchange_id)


def booking_context(booking: Booking, tickets: list[Ticket]) -> dict[str, Any]:
    """Return the context that all pages of a booking share, which has tickets. `show` is its first one."""
    shows = by_show(tickets)
    show = next(iter(shows))
    return {
        "booking": booking,
        "tickets": tickets,
        "shows": list(shows.items()),
        "show": show,
        "event": show.event,
        "hall": show.hall,
        "theater": booking.theater,
        "tz": booking.theater.city.time_zone,
        "is_moved": any(ticket.show_moved_at for ticket in tickets),
        "now": timezone.now(),
    }


def _is_live(booking: Booking) -> bool:
    return booking.state == Booking.State.HELD and not booking.is_lapsed(timezone.now())


def _warn_of_lone_seats(request: HttpRequest, tickets: list[Ticket]) -> None:
    """Point out seats that the choice just made leaves alone, unless the page before has done so (`ADVISED_KEY`).

    Of two visitors who hold the seats on both sides of one at the same moment, the later one is warned.
    """
    told = request.session.pop(ADVISED_KEY)
    held = [ticket for ticket in tickets if ticket.show_id == told["show"]]
    if not held:
        return
    show, advised = held[0].show, told["seats"]
    chosen = Chosen.of(held)
    page = read_seat_page(show, chosen, own_seats=chosen.seat_ids)
    seats = [page.label(seat.id) for seat in page.lone if str(seat.id) not in advised]
    if seats:
        words = gettext("Your choice leaves %(seats)s by itself, and single seats often stay empty.")
        change = format_html('<a href="{}">{}</a>', show.get_absolute_url(), gettext("Change seats"))
        messages.warning(request, format_html("{} {}", words % {"seats": "; ".join(seats)}, change))


def _details_form(request: HttpRequest, booking: Booking, tickets: list[Ticket]) -> DetailsForm:
    initial = {"name": booking.name, "email": booking.email, "phone": booking.phone}
    if isinstance(request.user, User):
        initial["name"] = initial["name"] or request.user.name
        initial["phone"] = initial["phone"] or request.user.phone
    return DetailsForm(booking, tickets, initial=initial)


def _name_state(booking: Booking, payment: Payment | None) -> str:
    """Return in a word what the page of a payment shows.

    settled (has its own page), unpaid, waiting, declined, late (the hold is over, the answer is still to
    come), returned (the money came and could not be used).
    """
    if booking.state in (Booking.State.CONFIRMED, Booking.State.CANCELED):
        return "settled"
    is_live = _is_live(booking)
    if payment is None:
        return "unpaid" if is_live else "settled"
    if payment.state == Payment.State.STARTED:
        return "waiting" if is_live else "late"
    if payment.state == Payment.State.SURPLUS:
        return "returned"
    # The gateway's news may have confirmed the booking since it was read.
    return "declined" if is_live and payment.state not in Payment.RECEIVED else "settled"
