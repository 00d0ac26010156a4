"""Print tickets in the console, for the first time or again; and a theater's test print."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget

from accounts.roles import Capability
from bookings.admin.booking_forms import ActionForm
from bookings.errors import ReasonMissing, WrongState
from bookings.models import Booking, Ticket, TicketPrint
from bookings.services.print_tickets import print_tickets
from bookings.tickets import paper
from console.people import may_at, person_of
from console.printed_names import warn_of_missing
from console.site import add_page
from lib.receipt_printer import write_escpos
from lib.refusals import Refusal
from theaters.access import theaters_for
from theaters.models import Theater
from theaters.stock import TicketStock

# For how long the person who printed can open the file.
PRINT_OPEN = timedelta(minutes=15)


class PrintForm(ActionForm):
    """Which tickets, on what, and why again. All of it may be left out for a first print."""

    tickets = forms.ModelMultipleChoiceField(
        Ticket.objects.none(),
        label=_("Tickets"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=_("None chosen: those that were never printed, or else all."),
    )
    stock = forms.ChoiceField(
        label=_("Stock"), choices=TicketStock.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    format = forms.ChoiceField(
        label=_("Format"), choices=TicketPrint.Format.choices, required=False, widget=UnfoldAdminSelectWidget
    )
    reason = forms.ChoiceField(
        label=_("Why again"),
        choices=[("", "–"), *TicketPrint.Reason.choices],
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("For tickets that were printed before."),
    )

    def __init__(self, booking: Booking, *args: Any, **kwargs: Any) -> None:
        super().__init__(booking, *args, **kwargs)
        field: Any = self.fields["tickets"]
        rows = booking.tickets.issued().select_related("seat", "area", "show__event").order_by("show__starts_at", "pk")
        field.queryset = rows.prefetch_related("prints")
        field.label_from_instance = _describe
        self.fields["stock"].initial = booking.theater.ticket_stock

    def clean(self) -> dict[str, Any]:
        """Take the theater's stock where none is chosen. Receipt printers take rolls."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            cleaned["stock"] = cleaned["stock"] or self.booking.theater.ticket_stock
            cleaned["format"] = cleaned["format"] or TicketPrint.Format.PDF
            if cleaned["format"] == TicketPrint.Format.ESC_POS and cleaned["stock"] != TicketStock.ROLL:
                self.add_error("stock", _("A receipt printer prints on a roll."))
        return cleaned


def _describe(ticket: Ticket) -> str:
    words = f"{ticket.label}, {ticket.show.event.title} ({ticket.code})"
    printed = len(ticket.prints.all())
    return gettext("%(ticket)s, printed: %(number)d") % {"ticket": words, "number": printed} if printed else words


def _warn(booking: Booking) -> str:
    """Return a sentence about letters that these tickets can't show; empty if there are none. One query."""
    issued = booking.tickets.issued().select_related(
        "seat", "area", "category", "ticket_type", "show__event", "show__hall__theater"
    )
    return warn_of_missing(
        text
        for ticket in issued
        for text in (
            ticket.show.event.title,
            ticket.show.hall.theater.name,
            ticket.show.hall.name,
            ticket.label,
            ticket.category.name,
            ticket.ticket_type.name,
            ticket.attendee_name,
        )
    )


class PrintView(View):
    """Print tickets of one booking. The counter sends an empty form for a first print."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = _find_booking(request, code)
        form = PrintForm(booking)
        asked = request.GET.getlist("ticket")
        if asked:
            form.fields["tickets"].initial = list(booking.tickets.issued().filter(code__in=asked))
        return self._answer(request, booking, form)

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        booking = _find_booking(request, code)
        form = PrintForm(booking, request.POST)
        if not form.is_valid():
            return self._answer(request, booking, form, status=422)
        given = form.cleaned_data
        try:
            made = print_tickets(
                booking=booking,
                tickets=[ticket.pk for ticket in given["tickets"]],
                stock=given["stock"],
                format=given["format"],
                reason=given["reason"],
                by=person_of(request),
            )
        except ReasonMissing:
            form.add_error("reason", _("These tickets were printed before. Say why they are printed again."))
        except Refusal as error:
            form.add_error(None, str(error))
        else:
            name = "printed_roll" if made.format == TicketPrint.Format.ESC_POS else "printed_tickets"
            return HttpResponseRedirect(reverse(f"admin:{name}", args=[made.key]))
        return self._answer(request, booking, form, status=422)

    def _answer(self, request: HttpRequest, booking: Booking, form: PrintForm, status: int = 200) -> HttpResponse:
        explanation = gettext("The file opens for printing. Each print is kept in the booking’s story.")
        context = {
            **admin.site.each_context(request),
            "title": gettext("Print tickets"),
            "subtitle": booking.code,
            "opts": Booking._meta,
            "original": booking,
            "booking": booking,
            "form": form,
            "explanation": " ".join(filter(None, (explanation, _warn(booking)))),
            "button": gettext("Print"),
            "back": reverse("admin:bookings_booking_change", args=[booking.pk]),
        }
        return TemplateResponse(request, "admin/bookings/act.html", context, status=status)


class PrintedView(View):
    """The file of a print, for a short time and for the person who made it."""

    suffix = ".pdf"

    def get(self, request: HttpRequest, key: UUID) -> HttpResponse:
        made = _find_print(request, key)
        if timezone.now() - made.at > PRINT_OPEN:
            messages.info(request, gettext("This print is over. Print the tickets again."))
            return HttpResponseRedirect(reverse("admin:print_tickets", args=[made.booking.code]))
        try:
            return show_file(self.write(made), f"tickets-{made.booking.code}{self.suffix}")
        except WrongState:
            messages.info(request, gettext("These tickets are no longer valid. Print the new ones."))
            return HttpResponseRedirect(reverse("admin:print_tickets", args=[made.booking.code]))

    def write(self, made: TicketPrint) -> bytes:
        return paper.printed_pdf(made)


class PrintedRollView(PrintedView):
    """The same for a receipt printer."""

    suffix = ".bin"

    def write(self, made: TicketPrint) -> bytes:
        return write_escpos(paper.printed_pictures(made))


class TestPrintView(View):
    """A sample on a theater's stock."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        theater = _find_theater(request, slug)
        return show_file(paper.sample_pdf(theater), f"test-print-{theater.slug}.pdf")


class TestPrintRollView(View):
    """A sample for a receipt printer."""

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        theater = _find_theater(request, slug)
        if theater.ticket_stock != TicketStock.ROLL:
            raise Http404
        return show_file(write_escpos(paper.sample_pictures(theater)), f"test-print-{theater.slug}.bin")


def _find_theater(request: HttpRequest, slug: str) -> Theater:
    """Return a theater where the person sells, or changes the settings. Raises `Http404`."""
    theaters = theaters_for(person_of(request), Capability.SELL, Capability.EDIT_THEATER).select_related("city")
    theater: Theater = get_object_or_404(theaters, slug=slug)
    return theater


def _find_booking(request: HttpRequest, code: str) -> Booking:
    """Return a confirmed booking of a theater where the person may sell. Raises `Http404`."""
    confirmed = Booking.objects.confirmed().select_related("theater__city", "customer")
    booking = confirmed.filter(code=code).first()
    if booking is None or not may_at(request.user, Capability.SELL, booking.theater_id):
        raise Http404
    return booking


def _find_print(request: HttpRequest, key: UUID) -> TicketPrint:
    """Return a print that this person made, if they may still sell there. Raises `Http404`."""
    made = TicketPrint.objects.filter(key=key, by=person_of(request)).select_related("booking__theater").first()
    if made is None or not may_at(request.user, Capability.SELL, made.booking.theater_id):
        raise Http404
    return made


def show_file(content: bytes, name: str) -> HttpResponse:
    """Answer with a PDF to print from the browser, or with a file (`.bin`) that goes to a printer as it is."""
    content_type = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
    # Inline, since the console records downloads, and a print is recorded already. A browser saves the others.
    headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=content_type, headers=headers)


add_page("bookings/<str:code>/print/", PrintView.as_view(), name="print_tickets")
add_page("prints/<uuid:key>/tickets.pdf", PrintedView.as_view(), name="printed_tickets")
add_page("prints/<uuid:key>/tickets.bin", PrintedRollView.as_view(), name="printed_roll")
add_page("theaters/<slug:slug>/test-print.pdf", TestPrintView.as_view(), name="test_print")
add_page("theaters/<slug:slug>/test-print.bin", TestPrintRollView.as_view(), name="test_print_roll")
