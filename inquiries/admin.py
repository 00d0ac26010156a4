"""Groups that ask, as tasks: who has them, what was written, and what became of them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.roles import Capability
from bookings.admin.found_by_booking import FoundByBookingAdmin
from bookings.models import Booking
from bookings.seating.page import read_seat_page
from bookings.selectors import read_show
from box_office.reservations import default_until
from console.people import may_at, person_of
from console.scoped import two_lines
from events.models import Show
from inquiries.answer import answer, take
from inquiries.dates import has_room, propose_dates, read_dates
from inquiries.forms import AnswerForm, AttachForm, ReserveForm
from inquiries.models import Inquiry
from inquiries.reserve import attach, find_attachable, reserve
from inquiries.words import begin_answer, describe_dates, describe_party
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.moments import write_moment
from lib.refusals import Refusal

State = Inquiry.State
_LABELS = {
    State.NEW: "danger",
    State.IN_WORK: "warning",
    State.ANSWERED: "info",
    State.RESERVED: "info",
    State.BOOKED: "success",
}


class StateFilter(admin.SimpleListFilter):
    """By the state that people see: a booking's own goes first."""

    title = _("state")
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        kept = [State.NEW, State.IN_WORK, State.ANSWERED, State.DECLINED, State.WITHDRAWN]
        return [("open", _("waits for an answer")), *((one, one.label) for one in kept), (State.BOOKED, _("booked"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
        value = self.value()
        if value == State.BOOKED:
            return queryset.filter(Inquiry.IS_BOOKED)
        if value == "open":
            return queryset.filter(state__in=Inquiry.OPEN).exclude(Inquiry.IS_BOOKED)
        if value in State.values:
            return queryset.filter(state=value).exclude(Inquiry.IS_BOOKED)
        return queryset


class AssigneeFilter(admin.SimpleListFilter):
    title = _("who has it")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("me", _("I")), ("nobody", _("no one"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Inquiry]) -> QuerySet[Inquiry]:
        if self.value() == "me":
            return queryset.filter(assignee=request.user.pk)
        return queryset.filter(assignee=None) if self.value() == "nobody" else queryset


@admin.register(Inquiry)
class InquiryAdmin(FoundByBookingAdmin):
    theater_path = "theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["who", "event_title", "party", "state_label", "assignee_name", "asked_at", "reservation"]
    list_filter = [StateFilter, AssigneeFilter, "kind", "theater"]
    list_select_related = ["event", "theater__city", "customer", "assignee", "booking"]
    ordering = ["-asked_at", "-pk"]
    search_fields = ["name", "email", "phone", "code", "event__sort_title"]
    search_people = ["customer"]
    booking_path = "booking"
    search_help_text = _("Name, e-mail, phone, title, or the code of the inquiry or of its booking")
    empty_help = _("Groups ask on the pages of shows, where they want more tickets than one person may book.")
    fields = [
        "state_now",
        "assignee_name",
        "who",
        "contact",
        "event_title",
        "wished",
        "party",
        "wishes",
        "access_needs",
        "reservation",
        "asked_at",
        "thread",
    ]
    actions_detail = ["answer", "reserve", "take", "decline"]

    @display(description=_("who"), ordering="name")
    def who(self, inquiry: Inquiry) -> str:
        return two_lines(inquiry.name, inquiry.contact_email) if inquiry.name else inquiry.contact_email or "–"

    @display(description=_("phone"))
    def contact(self, inquiry: Inquiry) -> str:
        phone = inquiry.phone
        return format_html('<a href="tel:{}" class="underline">{}</a>', phone, phone) if phone else "–"

    @display(description=_("event"), ordering="event__sort_title")
    def event_title(self, inquiry: Inquiry) -> str:
        return inquiry.event.title

    @display(description=_("people"), ordering="party_size")
    def party(self, inquiry: Inquiry) -> str:
        return describe_party(inquiry)

    @display(description=_("dates"))
    def wished(self, inquiry: Inquiry) -> str:
        return "; ".join(describe_dates(inquiry)) or str(_("any date"))

    @display(description=_("state"), ordering="state", label=_LABELS)
    def state_label(self, row: Inquiry) -> tuple[str, str]:
        state = row.state_at(timezone.now())
        return state, str(state.label)

    @display(description=_("state"))
    def state_now(self, inquiry: Inquiry) -> str:
        return str(inquiry.state_at(timezone.now()).label)

    @display(description=_("who has it"), ordering="assignee__name")
    def assignee_name(self, inquiry: Inquiry) -> str:
        return inquiry.assignee.name or inquiry.assignee.email if inquiry.assignee else "–"

    @display(description=_("reservation"))
    def reservation(self, inquiry: Inquiry) -> str:
        if inquiry.booking is None:
            return "–"
        address = reverse("admin:bookings_booking_change", args=[inquiry.booking_id])
        link = format_html('<a href="{}" class="underline">{}</a>', address, inquiry.booking.code)
        until = inquiry.booking.expires_at
        if until is None or not inquiry.is_reserved(timezone.now()):
            return link
        return format_html(
            '{} · {} · {} · <a href="{}" class="underline">{}</a>',
            link,
            _("until %s") % write_moment(until, inquiry.theater.tz, "SHORT_DATETIME_FORMAT"),
            inquiry.get_paid_by_display(),
            f"{reverse('admin:box_office_reservations')}?q={inquiry.booking.code}",
            _("change it at the box office"),
        )

    @display(description=_("What was written"))
    def thread(self, inquiry: Inquiry) -> str:
        found = inquiry.messages.select_related("author")
        return render_to_string("admin/inquiries/_thread.html", {"thread": found}) if found else "–"

    def has_act_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.EDIT_BOOKINGS)
        rows = Inquiry.objects.filter(pk=object_id)
        return self.scope(rows, request.user, Capability.EDIT_BOOKINGS).exists()

    @action(description=_("Answer"), permissions=["act"], url_path="answer", icon="reply")
    def answer(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._write(request, object_id, _("Answer"))

    def has_reserve_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.SELL)
        return self.scope(Inquiry.objects.filter(pk=object_id), request.user, Capability.SELL).exists()

    @action(description=_("Reserve"), permissions=["reserve"], url_path="reserve", icon="event_seat")
    def reserve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Choose a date, then how many and where; or take a reservation that the box office made."""
        inquiry = get_object_or_404(self.get_queryset(request), pk=object_id)
        timezone.activate(inquiry.theater.tz)
        dates = read_dates(inquiry.event, inquiry.theater, timezone.now())
        code = request.GET.get("show", "")
        show = read_show(code) if any(date.code == code for date in dates) else None
        sent = request.POST if request.method == "POST" else None
        form = _reserve_form(inquiry, show, sent) if show else AttachForm(find_attachable(inquiry), sent)
        if sent is not None and form.is_valid():
            try:
                if isinstance(form, ReserveForm) and show is not None:
                    reserve(inquiry=inquiry, show=show, by=person_of(request), **form.reservation)
                else:
                    booking, paid_by = form.cleaned_data["booking"].booking, form.cleaned_data["paid_by"]
                    attach(inquiry=inquiry, booking=booking, paid_by=paid_by, by=person_of(request))
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("The places are held. Tell the group."), messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:inquiries_inquiry_answer", args=[inquiry.pk]))
        wished = set(inquiry.shows.values_list("code", flat=True))
        context = {
            "title": _("Reserve"),
            "form": form,
            "show": show,
            "dates": [(date, date.code in wished, has_room(date, inquiry.party_size)) for date in dates],
            "may_attach": show is None and find_attachable(inquiry).exists(),
            "state": inquiry.state_at(timezone.now()),
        }
        return self._ask(request, inquiry, context, "admin/inquiries/reserve.html")

    @action(description=_("Decline"), permissions=["act"], url_path="decline", icon="event_busy")
    def decline(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write that it can't be done; other dates with room go along."""
        return self._write(request, object_id, _("Decline"), declines=True)

    @action(description=_("Take it"), permissions=["act"], url_path="take", icon="front_hand")
    def take(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Put it into one's own hands, once the page that asks is confirmed."""
        inquiry = get_object_or_404(self.get_queryset(request), pk=object_id)
        if request.method == "POST":
            take(inquiry=inquiry, by=person_of(request))
            self.message_user(request, _("It is in your hands."), messages.SUCCESS)
            return self._back(inquiry)
        context = {"title": _("Take it"), "explanation": _("Your colleagues see that you have it.")}
        return self._ask(request, inquiry, context)

    def _write(
        self, request: HttpRequest, object_id: str, title: str | Promise, *, declines: bool = False
    ) -> HttpResponse:
        inquiry = get_object_or_404(self.get_queryset(request), pk=object_id)
        begins = {} if declines else {"text": begin_answer(inquiry)}
        form = AnswerForm(request.POST if request.method == "POST" else None, initial=begins)
        if request.method == "POST" and form.is_valid():
            try:
                answer(inquiry=inquiry, by=person_of(request), declines=declines, **form.cleaned_data)
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _("The e-mail is on its way."), messages.SUCCESS)
                return self._back(inquiry)
        dates = read_dates(inquiry.event, inquiry.theater, timezone.now())
        wished = list(inquiry.shows.values_list("code", flat=True))
        context = {
            "title": title,
            "form": form,
            "language": inquiry.locale,
            "thread": inquiry.messages.select_related("author"),
            "proposed": propose_dates(dates, wished, inquiry.party_size) if declines else [],
        }
        return self._ask(request, inquiry, context)

    def _ask(
        self,
        request: HttpRequest,
        inquiry: Inquiry,
        context: dict[str, Any],
        template: str = "admin/inquiries/ask.html",
    ) -> HttpResponse:
        timezone.activate(inquiry.theater.tz)
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "original": inquiry,
            "inquiry": inquiry,
            "party": describe_party(inquiry),
            "wished": describe_dates(inquiry),
            "back": self._address(inquiry),
        }
        return TemplateResponse(request, template, context)

    def _back(self, inquiry: Inquiry) -> HttpResponseRedirect:
        return HttpResponseRedirect(self._address(inquiry))

    def _address(self, inquiry: Inquiry) -> str:
        return reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])


def _reserve_form(inquiry: Inquiry, show: Show, sent: Any) -> ReserveForm:
    page = read_seat_page(show, channel=Booking.Channel.BOX_OFFICE, limit=MAX_TICKETS_OF_CUSTOMER)
    usual = {"until": default_until(show, timezone.now()), "paid_by": inquiry.paid_by, "phone": inquiry.phone}
    return ReserveForm(page, inquiry.party_size, sent, initial=usual)
