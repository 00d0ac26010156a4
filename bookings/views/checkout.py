"""From a hold to its payment, and back from the gateway."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
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
from bookings.models import Booking, Ticket, by_show, exchange_of
from bookings.seating.chosen import Chosen
from bookings.seating.page import read_seat_page
from bookings.selectors import read_tickets
from bookings.services.confirm import confirm_free
from bookings.services.details import Details, assign_customer, set_details
from bookings.services.pay import start_payment
from bookings.services.transfer import find_offer, start_transfer
from bookings.services.vouchers import use_voucher
from bookings.taxes import tax_breakdown, taxes_by_rate
from bookings.throttles import limit_wrong_codes
from bookings.views.hold import ADVISED_KEY, with_group_link
from legal.models import NewsletterConsent
from legal.newsletters import ask
from lib.refusals import Refusal
from payments.gateways import offered_gateways
from payments.models import Payment


class TicketsGone(Exception):
    """A booking's tickets were canceled or dropped while its page was made: by staff, or in another tab."""


class BookingPage(View):
    """A page about the tickets of a booking; when they have gone meanwhile, it leads to the booking's own page."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            return super().dispatch(request, *args, **kwargs)
        except TicketsGone:
            return redirect("bookings:detail", kwargs["code"])


class CheckoutView(BookingPage):
    """Details, voucher and payment of a hold, on one page. A booking that is no longer a hold has its own page."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not is_live(booking):
            return redirect(booking)
        tickets = read_tickets(booking)
        if ADVISED_KEY in request.session:
            _warn_of_lone_seats(request, tickets)
        return self._show(request, booking, tickets, _details_form(request, booking, tickets))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not is_live(booking):
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
        details = None
        # Whom an exchange is for is fixed; only its tickets may need names.
        if exchange_of(booking) is None or form.attendee_names:
            details = Details(
                name=form.cleaned_data.get("name", booking.name),
                email=form.cleaned_data.get("email", booking.email),
                phone=form.cleaned_data.get("phone", booking.phone),
                attendee_names=form.attendee_names,
                accepted=form.accepted,
            )
        try:
            answer = _pay(request, booking, details)
        except TooManyTickets as error:
            form.add_error(None, with_group_link(error, tickets[0].show, len(tickets)))
            return self._show(request, booking, tickets, form)
        except VoucherRefused as error:
            form.add_error(None, str(error))
            return self._show(request, booking, tickets, form)
        if form.cleaned_data.get("newsletter"):
            email = form.cleaned_data.get("email") or booking.contact_email
            ask(theater=booking.theater, email=email, source=NewsletterConsent.Source.CHECKOUT, request=request)
        return answer

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
            # The price of an exchange, or of what a transfer is on its way for, is fixed already.
            "voucher_form": voucher_form if exchange_of(booking) is None and not booking.transfer_due_on else None,
            "gateways": offered_gateways(booking.theater, booking.due),
            "transfer_by": find_offer(booking, request.user, timezone.now()),
        }
        return render(request, "bookings/checkout.html", context)


class VoucherView(CheckoutView):
    """Put a voucher on a hold or take it off."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = find_booking(request, code)
        if not is_live(booking):
            return redirect(booking)
        return self._change_voucher(request, booking)


class PayView(View):
    """Pay once more, or in another way, for a hold that has its details. Pressed twice, it pays once."""

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        return _pay(request, find_booking(request, code))


def _pay(request: HttpRequest, booking: Booking, details: Details | None = None) -> HttpResponse:
    """Start the payment and go on to its gateway, or confirm a booking that costs nothing.

    Raises `TooManyTickets` and `VoucherRefused` for its `details`.
    """
    exchange = exchange_of(booking)
    # The hold of an exchange is no more once it is paid.
    args = [exchange.booking.code, exchange.pk] if exchange else [booking.code]
    page = "bookings:exchange-payment-return" if exchange else "bookings:payment-return"
    return_url = request.build_absolute_uri(reverse(page, args=args))
    try:
        if not booking.due:
            if details is not None:
                set_details(booking=booking, **details._asdict())
            confirm_free(booking=booking)
            return redirect(booking)
        gateway = request.POST.get("gateway", "")
        if gateway == Payment.Gateway.TRANSFER:
            start_transfer(booking=booking, user=request.user, details=details)
            return redirect("bookings:transfer", booking.code)
        started = start_payment(booking=booking, gateway=gateway, return_url=return_url, details=details)
    except (HoldExpired, NothingToPay, WrongState):
        return redirect(booking)
    except (TooManyTickets, VoucherRefused):
        raise
    except Refusal as error:
        messages.error(request, str(error))
        return redirect("bookings:checkout", booking.code)
    if started.leads_on and started.redirect_url:
        # The security policy names where forms may lead, and browsers hold every redirect after a form to it.
        context = {"booking": booking, "theater": booking.theater, "url": started.redirect_url}
        return render(request, "bookings/onward.html", context)
    return redirect(started.redirect_url or return_url)


def booking_context(booking: Booking, tickets: list[Ticket]) -> dict[str, Any]:
    """Return the context that all pages of a booking share. `show` is its first one. Raises `TicketsGone`."""
    if not tickets:
        raise TicketsGone
    shows = by_show(tickets)
    show = next(iter(shows))
    return {
        "booking": booking,
        "tickets": tickets,
        "shows": list(shows.items()),
        "taxes": taxes_by_rate(tax_breakdown(booking, tickets)).items(),
        "show": show,
        "event": show.event,
        "hall": show.hall,
        "theater": booking.theater,
        "tz": booking.theater.city.time_zone,
        "is_moved": any(ticket.show_moved_at for ticket in tickets),
        "now": timezone.now(),
    }


def is_live(booking: Booking) -> bool:
    """Return True for a hold whose time is not over."""
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
