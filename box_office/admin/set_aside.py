"""What is set aside: reservations for callers, and seats kept for the house."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.roles import Capability
from bookings.models import Booking, HouseSeries, Reservation, Ticket, by_show
from bookings.seating.chosen import read_number
from box_office import house_holds, reservations
from box_office.admin.scope import counter_context, counter_theaters, find_booking_of
from box_office.house_series import end_series
from box_office.selectors import read_house_holds, read_reservations, read_series, read_series_shows
from console.people import may_at, person_of
from console.site import add_page
from events.models import Show
from lib.refusals import Refusal


class ReservationsView(View):
    """Open reservations, the first to lapse first; each can be collected or given up."""

    def get(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL)
        words = request.GET.get("q", "").strip()
        context = {
            **counter_context(request),
            "title": _("Reservations"),
            "reservations": [
                (reservation, _held_by_show(reservation.booking))
                for reservation in read_reservations(theaters, timezone.now(), words)
            ],
            "words": words,
            "several": len(theaters) > 1,
        }
        return TemplateResponse(request, "admin/box_office/reservations.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        booking = find_booking_of(request, request.POST.get("code", ""), Capability.SELL)
        reservation = Reservation.objects.select_related("booking").filter(booking=booking).first()
        if reservation is None:
            raise Http404
        seller = person_of(request)
        try:
            if request.POST.get("action") == "collect":
                cart = uuid4().hex
                reservations.collect(reservation=reservation, seller=seller, cart=cart)
                address = reverse("admin:box_office_sale", args=[booking.shows[0].code])
                return HttpResponseRedirect(f"{address}?cart={cart}")
            reservations.give_up(reservation=reservation, seller=seller)
            messages.success(request, gettext("The places are free again."))
        except Refusal as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:box_office_reservations"))


class HouseView(View):
    """Seats kept for the house: sold one by one, or released."""

    def get(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL, Capability.EDIT_PROGRAMME)
        number = read_number(request.GET.get("series", ""))
        series = None if number is None else _find_series(request, number)
        context = {
            **counter_context(request),
            "title": _("House holds"),
            "series": series,
            "all_series": [] if series else read_series(theaters),
            "holds": [
                (
                    booking,
                    held,
                    sum(len(places) for _show, places in held),
                    may_at(request.user, Capability.SELL, booking.theater_id),
                )
                for booking in read_house_holds(theaters, timezone.now(), series)
                for held in [_held_by_show(booking)]
            ],
        }
        return TemplateResponse(request, "admin/box_office/house.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        code = request.POST.get("code", "")
        house = find_booking_of(request, code, Capability.SELL, Capability.EDIT_PROGRAMME)
        if house.kind != Booking.Kind.HOUSE:
            raise Http404
        tickets = {int(text) for text in request.POST.getlist("ticket") if text.isascii() and text.isdigit()}
        person = person_of(request)
        try:
            if request.POST.get("action") == "sell":
                if not may_at(request.user, Capability.SELL, house.theater_id):
                    raise PermissionDenied
                cart = uuid4().hex
                sale = house_holds.sell_from(house=house, tickets=tickets, cart=cart, by=person)
                address = reverse("admin:box_office_sale", args=[sale.shows[0].code])
                return HttpResponseRedirect(f"{address}?cart={cart}")
            house_holds.lift(house=house, tickets=tickets, by=person)
            text = ngettext("%d place is free again.", "%d places are free again.", len(tickets)) % len(tickets)
            messages.success(request, text)
        except Refusal as error:
            messages.error(request, str(error))
        return HttpResponseRedirect(reverse("admin:box_office_house"))


class SeriesView(View):
    """One series of house holds: in which shows it has its places, and where some of them are gone."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        series = _find_series(request, number)
        context = {
            **counter_context(request),
            "title": series.reason,
            "series": series,
            "shows": read_series_shows(series, timezone.now()),
        }
        return TemplateResponse(request, "admin/box_office/series.html", context)

    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        """End the series."""
        series = _find_series(request, number)
        count = end_series(series=series, by=person_of(request))
        text = ngettext("Free again in %d show.", "Free again in %d shows.", count) % count
        messages.success(request, text)
        return HttpResponseRedirect(reverse("admin:box_office_house"))


def _find_series(request: HttpRequest, number: int) -> HouseSeries:
    theaters = counter_theaters(request, Capability.SELL, Capability.EDIT_PROGRAMME)
    rows = HouseSeries.objects.filter(hall__theater__in=theaters)
    return get_object_or_404(rows.select_related("hall__theater__city", "event", "made_by"), pk=number)


def _held_by_show(booking: Booking) -> list[tuple[Show, list[Ticket]]]:
    return list(by_show(ticket for ticket in booking.tickets.all() if ticket.state == Ticket.State.HELD).items())


add_page(
    "box-office/reservations/",
    ReservationsView.as_view(),
    name="box_office_reservations",
)
add_page("box-office/house/", HouseView.as_view(), name="box_office_house")
add_page("box-office/series/<int:number>/", SeriesView.as_view(), name="box_office_series")
