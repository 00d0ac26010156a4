"""Bookings and tickets: found by what callers say, shown as a story, changed only by actions."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import action, display

from accounts import audit
from accounts.actions import Action
from accounts.models import User
from accounts.roles import Capability
from bookings.access import bookings_for_staff
from bookings.admin.booking_actions import ACTIONS, BookingAction
from bookings.admin.exchanges import Desk, HowForm, describe, make_exchange, offered_ways, read_desk
from bookings.admin.found_by_booking import FOUND_BY, FoundByBookingAdmin
from bookings.models import Booking, Ticket, exchange_of
from bookings.models.bookings import first_starts_at
from bookings.search import find_bookings
from bookings.services.exchange import find_open_exchanges
from bookings.story import read_others, read_story
from console.people import may_at, person_of
from console.read_only import ReadOnlyAdmin
from console.scoped import two_lines
from lib.moments import write_moment
from lib.money import format_money
from lib.refusals import Refusal
from notifications.admin.outbox import subject_searches
from notifications.models import Notification
from notifications.services import send_again

# How many places of a booking a list names; for larger parties it gives their number.
MAX_NAMED_PLACES = 6
# What a list shows of tickets and their shows.
TICKET_COLUMNS = (
    "booking",
    "state",
    "seat__section",
    "seat__row",
    "seat__number",
    "area__name",
    "show__starts_at",
    "show__event__title",
)


def find_codes(person: User, text: str) -> list[str]:
    """Return the codes of the bookings that `text` finds, among those that the person may see."""
    return list(find_bookings(bookings_for_staff(person), text).values_list("code", flat=True))


subject_searches.append(find_codes)


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    theater_path = "theater"
    see = Capability.SEE_BOOKINGS
    empty_help = _("Bookings come from the public pages, the box office and the API.")
    list_display = ["code", "who", "show_title", "places", "price", "state_label", "channel", "made"]
    list_filter = ["state", "kind", "channel", "theater", ("created_at", RangeDateTimeFilter)]
    list_select_related = ["theater__city", "customer"]
    # Unfold shows the field for this; what it finds is up to `get_search_results`.
    search_fields = ["code"]
    search_help_text = FOUND_BY
    fields = ["code", "theater", "state", "kind", "channel", "name", "email", "phone", "customer", "total", "currency"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Booking]:
        tickets = Ticket.objects.select_related("seat", "area", "show__event").only(*TICKET_COLUMNS)
        tickets = tickets.order_by("seat__run", "seat__position", "pk")
        rows: Any = super().get_queryset(request)
        return rows.prefetch_related(Prefetch("tickets", tickets))  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        return find_bookings(queryset, search_term), False

    def get_urls(self) -> list[Any]:
        pages = [
            path(
                f"<path:object_id>/{action.slug}/",
                self.admin_site.admin_view(partial(self.act, action=action)),
                name=f"bookings_booking_{action.slug}",
            )
            for action in ACTIONS.values()
        ]
        again = path(
            "<path:object_id>/messages/<int:message_id>/again/",
            self.admin_site.admin_view(self.send_message_again),
            name="bookings_booking_message_again",
        )
        exchange = path(
            "<path:object_id>/exchange/",
            self.admin_site.admin_view(self.exchange),
            name="bookings_booking_exchange",
        )
        return [*pages, again, exchange, *super().get_urls()]

    @display(description=_("show"), ordering=first_starts_at())
    def show_title(self, booking: Booking) -> str:
        shows = booking.shows
        if not shows:
            return "–"
        when = _when(shows[0].starts_at, booking)
        more = ngettext("and %(count)d more show", "and %(count)d more shows", len(shows) - 1)
        return two_lines(
            shows[0].event.title, f"{when}, {more % {'count': len(shows) - 1}}" if len(shows) > 1 else when
        )

    @display(description=_("who"), ordering="name_key")
    def who(self, booking: Booking) -> str:
        name = booking.name or str(booking.customer or "")
        email = booking.contact_email
        if name and email and name != email:
            return two_lines(name, email)
        return name or email or booking.phone

    @display(description=_("places"))
    def places(self, booking: Booking) -> str:
        tickets = list(booking.tickets.all())
        return describe_places([ticket for ticket in tickets if ticket.state in Ticket.LIVE] or tickets)

    @display(description=_("total"), ordering="total")
    def price(self, booking: Booking) -> str:
        return format_money(booking.total, booking.currency)

    @display(description=_("made"), ordering="created_at")
    def made(self, booking: Booking) -> str:
        return _when(booking.created_at, booking)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the story of a booking; nothing is changed here."""
        if request.method == "POST":
            raise PermissionDenied
        booking = self._find(request, object_id)
        now = timezone.now()
        story = read_story(booking, now)
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Booking %s") % booking.code,
            "opts": self.model._meta,
            "original": booking,
            "story": story,
            "accepted": booking.acceptances.select_related("version__theater"),
            "booking": booking,
            "tz": booking.theater.city.time_zone,
            "is_lapsed": booking.is_lapsed(now),
            "others": [
                (other, describe_places([ticket for ticket in other.tickets.all() if ticket.state in Ticket.LIVE]))
                for other in read_others(booking, self._rows(request))
            ],
            "actions": [
                (action, reverse(f"admin:bookings_booking_{action.slug}", args=[booking.pk]))
                for action in ACTIONS.values()
                if self._may_act(request, action, booking) and action.applies(booking, now)
            ],
            "may_exchange": self._may_edit(request, booking) and booking.state == Booking.State.CONFIRMED,
            "may_print": may_at(request.user, Capability.SELL, booking.theater_id)
            and booking.state == Booking.State.CONFIRMED,
            "may_refund": may_at(request.user, Capability.REFUND, booking.theater_id),
            "may_edit": may_at(request.user, Capability.EDIT_BOOKINGS, booking.theater_id),
            "state_tone": _TONES.get(booking.state, ""),
        }
        return TemplateResponse(request, "admin/bookings/story.html", context)

    def act(self, request: HttpRequest, object_id: str, *, action: BookingAction) -> HttpResponse:
        """Ask for what the action needs, and run it once the form is sent."""
        booking = self._find(request, object_id)
        if not self._may_act(request, action, booking):
            raise PermissionDenied
        # The hold of an exchange is no more once it is paid.
        exchange = exchange_of(booking)
        back = reverse("admin:bookings_booking_change", args=[exchange.booking_id if exchange else booking.pk])
        if not action.applies(booking, timezone.now()):
            self.message_user(request, gettext("This is no longer possible for this booking."), messages.WARNING)
            return HttpResponseRedirect(back)
        form = action.form(booking, request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                done = action.run(booking, form, person_of(request))
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, done, messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": action.title,
            "subtitle": booking.code,
            "opts": self.model._meta,
            "original": booking,
            "booking": booking,
            "form": form,
            "explanation": action.explain(booking),
            "button": action.button or gettext("Save"),
            "back": back,
        }
        return TemplateResponse(request, "admin/bookings/act.html", context)

    def exchange(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Move tickets to other seats, or exchange them for another show, once places and a reason are sent."""
        booking = self._find(request, object_id)
        if not self._may_edit(request, booking):
            raise PermissionDenied
        back = reverse("admin:bookings_booking_change", args=[booking.pk])
        now = timezone.now()
        desk = read_desk(booking, request.POST if request.method == "POST" else request.GET, now)
        form = HowForm(booking, request.POST if request.method == "POST" else None)
        if request.method == "POST":
            made = self._make_exchange(request, desk, form, now)
            if made is not None:
                return made
        elif booking.state != Booking.State.CONFIRMED:
            self.message_user(request, gettext("This is no longer possible for this booking."), messages.WARNING)
            return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            **describe(desk, request, form),
            "title": gettext("Move or exchange"),
            "subtitle": booking.code,
            "opts": self.model._meta,
            "original": booking,
            "booking": booking,
            "open_exchanges": find_open_exchanges(booking),
            "back": back,
        }
        return TemplateResponse(request, "admin/bookings/exchange.html", context)

    def _make_exchange(self, request: HttpRequest, desk: Desk, form: HowForm, now: datetime) -> HttpResponse | None:
        """Make the exchange and describe the result; None if the page has to be shown again."""
        how = request.POST.get("how", "")
        if not desk.chosen:
            # This is also how a form that is sent twice ends.
            self.message_user(
                request, gettext("These tickets no longer exist: they were moved or returned."), messages.INFO
            )
            return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[desk.booking.pk]))
        if how not in dict(offered_ways(request, desk)) or not form.is_valid():
            return None
        try:
            made = make_exchange(desk, how, form, person_of(request), now)
        except Refusal as error:
            desk.problem = str(error)
            return None
        if made == desk.booking and not made.contact_email:
            text = gettext("Done. Print the new tickets; until then, the old ones admit to the new places.")
            self.message_user(request, text, messages.SUCCESS)
        elif made == desk.booking:
            self.message_user(request, gettext("Done. The new tickets are on their way."), messages.SUCCESS)
        elif how == "link":
            text = gettext("The places are held, and the payment link was sent to %s.") % made.contact_email
            self.message_user(request, text, messages.SUCCESS)
        else:
            return HttpResponseRedirect(reverse("admin:bookings_booking_collect", args=[made.pk]))
        return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[desk.booking.pk]))

    def send_message_again(self, request: HttpRequest, object_id: str, message_id: int) -> HttpResponse:
        """Put a message that had been given up back into the outbox."""
        booking = self._find(request, object_id)
        if request.method != "POST" or not self._may_edit(request, booking):
            raise PermissionDenied
        notification = get_object_or_404(Notification, pk=message_id, about=booking.code)
        with transaction.atomic():
            if send_again(notification=notification):
                audit.record(
                    by=person_of(request),
                    action=Action.SEND_MESSAGE,
                    on=booking,
                    theater_id=booking.theater_id,
                    after={"recipient": notification.recipient, "kind": notification.kind},
                )
                self.message_user(request, gettext("It is on its way again."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:bookings_booking_change", args=[booking.pk]))

    def _rows(self, request: HttpRequest) -> models.QuerySet[Booking]:
        rows: models.QuerySet[Booking] = self.scope(Booking.objects.all(), request.user, self.see)
        return rows

    def _find(self, request: HttpRequest, object_id: str) -> Booking:
        rows = self._rows(request).select_related(
            "theater__city",
            "customer",
            "voucher",
            "made_by",
            "exchange__booking",
        )
        return get_object_or_404(rows, pk=object_id if object_id.isdecimal() else 0)

    def _may_act(self, request: HttpRequest, action: BookingAction, booking: Booking) -> bool:
        return may_at(request.user, action.capability, booking.theater_id)

    def _may_edit(self, request: HttpRequest, booking: Booking) -> bool:
        return may_at(request.user, Capability.EDIT_BOOKINGS, booking.theater_id)


_TONES = {"held": "info", "confirmed": "good", "canceled": "bad", "expired": "bad"}


def _when(moment: datetime, booking: Booking) -> str:
    return write_moment(moment, booking.theater.tz, "SHORT_DATETIME_FORMAT")


def describe_places(tickets: list[Ticket]) -> str:
    """Name the places of a booking briefly: “Stalls A 1, A 2; Floor ×3”."""
    by_section: dict[str, list[str]] = {}
    areas: dict[str, int] = {}
    for ticket in tickets:
        if ticket.seat:
            seat = f"{ticket.seat.row} {ticket.seat.number}".strip()
            by_section.setdefault(ticket.seat.section, []).append(seat)
        else:
            areas[str(ticket.area)] = areas.get(str(ticket.area), 0) + 1
    if len(tickets) > MAX_NAMED_PLACES:
        sections = [f"{section} ×{len(seats)}".strip() for section, seats in by_section.items()]
    else:
        sections = [f"{section} {', '.join(seats)}".strip() for section, seats in by_section.items()]
    return "; ".join([*sections, *(f"{name} ×{quantity}" for name, quantity in areas.items())]) or "–"


@admin.register(Ticket)
class TicketAdmin(FoundByBookingAdmin):
    theater_path = "booking__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["code", "booking", "show", "label", "ticket_type", "cost", "attendee_name", "state_label"]
    list_filter = ["state", "ticket_type", "show__hall__theater"]
    list_select_related = ["booking", "show__event", "show__hall__theater__city", "seat", "area", "ticket_type"]
    search_fields = ["code"]
    booking_path = "booking"
    search_help_text = FOUND_BY
    fields = ["code", "booking", "show", "seat", "area", "category", "ticket_type", "price_money", "discount_money", "cost", "state", "attendee_name"]  # fmt: skip  # noqa: E501
    actions_detail = ["print_again", "send_again"]

    def has_print_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may_with(request, object_id, Capability.SELL)

    def has_send_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may_with(request, object_id, Capability.EDIT_BOOKINGS)

    def _may_with(self, request: HttpRequest, object_id: str | None, capability: Capability) -> bool:
        """Return True if the person has the capability where the ticket is from, and the ticket is valid."""
        if object_id is None:
            return may_at(request.user, capability)
        issued = Ticket.objects.issued().filter(pk=object_id if object_id.isdecimal() else 0)
        return bool(self.scope(issued, request.user, capability).exists())

    @action(description=_("Print"), permissions=["print"], url_path="print", icon="print")
    def print_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        ticket = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(
            f"{reverse('admin:print_tickets', args=[ticket.booking.code])}?ticket={ticket.code}"
        )

    @action(description=_("Send the tickets again"), permissions=["send"], url_path="send", icon="outgoing_mail")
    def send_again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        ticket = get_object_or_404(self.get_queryset(request), pk=object_id)
        return HttpResponseRedirect(reverse("admin:bookings_booking_resend", args=[ticket.booking_id]))

    @display(description=_("price"))
    def price_money(self, ticket: Ticket) -> str:
        return format_money(ticket.price, ticket.booking.currency)

    @display(description=_("cost"))
    def cost(self, ticket: Ticket) -> str:
        return format_money(ticket.cost, ticket.booking.currency)

    @display(description=_("discount"))
    def discount_money(self, ticket: Ticket) -> str:
        return format_money(ticket.discount, ticket.booking.currency)
