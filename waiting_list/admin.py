"""Who waits for which show. Staff may offer places out of turn or take people off the list, with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import admin, messages
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from accounts.roles import Capability
from bookings.admin.found_by_booking import FoundByBookingAdmin
from console.forms import ReasonForm
from console.people import may_at, person_of
from console.scoped import two_lines
from lib.moments import write_moment
from lib.refusals import Refusal
from waiting_list.join import remove
from waiting_list.models import WaitingListEntry
from waiting_list.offers import offer_now
from waiting_list.words import describe_wish

_LABELS = {"waiting": "info", "offered": "warning", "booked": "success"}

# The message after each action.
_DONE: dict[Callable[..., object], str | Promise] = {
    offer_now: _("The places are held, and the e-mail is on its way."),
    remove: _("Taken off the list."),
}


@admin.register(WaitingListEntry)
class WaitingListAdmin(FoundByBookingAdmin):
    theater_path = "show__hall__theater"
    see = Capability.SEE_BOOKINGS
    list_display = ["who", "show_title", "wish", "place", "state_label", "since", "offer"]
    list_filter = ["state", "show__hall__theater"]
    list_select_related = ["show__event", "show__hall__theater__city", "customer", "booking"]
    ordering = ["-joined_at", "-pk"]
    search_fields = ["email", "code", "show__code", "show__event__sort_title"]
    search_people = ["customer"]
    booking_path = "booking"
    search_help_text = _("Name, e-mail, phone, title, or the code of the show or of the offer")
    empty_help = _("People join on the page of a show that is full.")
    fields = ["show_title", "who", "wish", "place", "state", "since", "offer"]
    actions_detail = ["offer_now", "take_off"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[WaitingListEntry]:
        before = (
            WaitingListEntry.objects.waiting()
            .filter(show=OuterRef("show"))
            .filter(Q(joined_at__lt=OuterRef("joined_at")) | Q(joined_at=OuterRef("joined_at"), pk__lt=OuterRef("pk")))
            .order_by()
            .values("show")
            .values_list(Count("pk"))
        )
        rows: QuerySet[WaitingListEntry] = super().get_queryset(request)
        return rows.annotate(ahead=Subquery(before)).prefetch_related("categories")

    @display(description=_("who"), ordering="email")
    def who(self, entry: WaitingListEntry) -> str:
        name = entry.customer.name if entry.customer else ""
        return two_lines(name, entry.contact_email) if name else entry.contact_email or "–"

    @display(description=_("show"), ordering="show__starts_at")
    def show_title(self, entry: WaitingListEntry) -> str:
        show = entry.show
        return two_lines(show.event.title, _when(show.starts_at, entry))

    @display(description=_("wish"))
    def wish(self, entry: WaitingListEntry) -> str:
        return describe_wish(entry)

    @display(description=_("place in line"))
    def place(self, entry: WaitingListEntry) -> str:
        ahead: int = entry.ahead or 0  # type: ignore[attr-defined]
        return str(ahead + 1) if entry.state == WaitingListEntry.State.WAITING else "–"

    @display(description=_("state"), ordering="state", label=_LABELS)
    def state_label(self, row: WaitingListEntry) -> tuple[str, str]:
        state = row.state_at(timezone.now())
        return state, str(state.label)

    @display(description=_("since"), ordering="joined_at")
    def since(self, entry: WaitingListEntry) -> str:
        return _when(entry.joined_at, entry)

    @display(description=_("offer"))
    def offer(self, entry: WaitingListEntry) -> str:
        if entry.booking is None:
            return "–"
        address = reverse("admin:bookings_booking_change", args=[entry.booking_id])
        until = entry.booking.expires_at
        words = _("until %s") % _when(until, entry) if until and entry.state == WaitingListEntry.State.OFFERED else ""
        return format_html('<a href="{}" class="underline">{}</a> {}', address, entry.booking.code, words)

    def has_offer_now_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may_act(request, object_id, WaitingListEntry.State.WAITING)

    def has_take_off_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return self._may_act(request, object_id, *WaitingListEntry.LIVE)

    def _may_act(self, request: HttpRequest, object_id: str | None, *states: str) -> bool:
        if object_id is None:
            return may_at(request.user, Capability.EDIT_BOOKINGS)
        rows = WaitingListEntry.objects.filter(pk=object_id, state__in=states)
        return self.scope(rows, request.user, Capability.EDIT_BOOKINGS).exists()

    @action(description=_("Offer now"), permissions=["offer_now"], url_path="offer", icon="event_seat")
    def offer_now(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Offer places before this party's turn."""
        explanation = _("What is free now is held for this party, ahead of others in the line.")
        return self._act(request, object_id, offer_now, _("Offer now"), explanation)

    @action(description=_("Take off the list"), permissions=["take_off"], url_path="remove", icon="person_remove")
    def take_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        explanation = _("What was offered becomes free at once. The customer is not notified.")
        return self._act(request, object_id, remove, _("Take off the list"), explanation)

    def _act(
        self,
        request: HttpRequest,
        object_id: str,
        act: Callable[..., object],
        title: str | Promise,
        explanation: str | Promise,
    ) -> HttpResponse:
        entry = get_object_or_404(self.get_queryset(request), pk=object_id)
        back = reverse("admin:waiting_list_waitinglistentry_change", args=[entry.pk])
        form = ReasonForm(request.POST if request.method == "POST" else None)
        if request.method == "POST" and form.is_valid():
            try:
                act(entry=entry, by=person_of(request), reason=form.cleaned_data["reason"])
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                self.message_user(request, _DONE[act], messages.SUCCESS)
                return HttpResponseRedirect(back)
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.model._meta,
            "original": entry,
            "who": entry.contact_email,
            "show": entry.show,
            "form": form,
            "explanation": explanation,
            "button": title,
            "back": back,
        }
        return TemplateResponse(request, "admin/bookings/act.html", context)


def _when(moment: datetime, entry: WaitingListEntry) -> str:
    return write_moment(moment, entry.show.hall.theater.tz, "SHORT_DATETIME_FORMAT")
