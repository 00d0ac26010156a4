"""A person's drawer at the counter: opened, paid into and out of, counted and closed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.roles import Capability
from bookings.services.refund import hand_out_refund
from box_office.admin.scope import choose_theater, counter_context, counter_theaters
from box_office.forms import CashForm, CloseForm, OpenForm
from box_office.selectors import read_cash_refunds
from console.people import may_at, person_of
from console.site import add_page
from fiscal.services.issue import issue_for_booking, issue_for_drawer
from lib.money import format_money
from lib.refusals import Refusal
from payments.drawers import CountDiffers, close_drawer, describe_difference, find_open_drawer, move_cash, open_drawer
from payments.models import Drawer, DrawerEntry, Refund
from theaters.access import theaters_for
from theaters.models import Theater


class DrawerView(View):
    """The person's own drawer in one theater, and the refunds to be handed out there."""

    def get(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL)
        return self._answer(request, theaters, choose_theater(request, theaters))

    def post(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL)
        theater = choose_theater(request, theaters)
        person = person_of(request)
        drawer = find_open_drawer(person, theater.pk)
        action = request.POST.get("action", "")
        forms: dict[str, Any] = {}
        try:
            if action == "open":
                forms["open_form"] = form = OpenForm(theater, request.POST)
                if form.is_valid():
                    amount = form.cleaned_data["opening_float"]
                    open_drawer(theater=theater, person=person, opening_float=amount, till=form.till)
                    messages.success(request, gettext("Your drawer is open."))
                    return _back(theater)
            elif action == "move" and drawer is not None:
                forms["cash_form"] = cash = CashForm(drawer.currency, request.POST)
                if cash.is_valid():
                    with transaction.atomic():
                        entry = move_cash(
                            drawer=drawer,
                            kind=cash.cleaned_data["kind"],
                            amount=cash.cleaned_data["amount"],
                            reason=cash.cleaned_data["reason"],
                            by=person,
                            key=cash.used_key,
                        )
                        issue_for_drawer(entry)
                    messages.success(request, gettext("Recorded."))
                    return _back(theater)
            elif action == "refund":
                self._hand_out(request, theater)
                return _back(theater)
            else:
                return _back(theater)
        except Refusal as error:
            messages.error(request, str(error))
        return self._answer(request, theaters, theater, status=422, **forms)

    def _hand_out(self, request: HttpRequest, theater: Theater) -> None:
        person = person_of(request)
        if not may_at(person, Capability.REFUND, theater.pk):
            raise PermissionDenied
        pk = request.POST.get("refund", "")
        refund = Refund.objects.select_related("payment").filter(
            pk=int(pk) if pk.isascii() and pk.isdigit() else 0, payment__booking__theater=theater
        )
        found = refund.first()
        if found is None:
            raise Http404
        with transaction.atomic():
            given = hand_out_refund(refund=found, by=person)
            issue_for_booking(given.payment.booking)
        messages.success(request, gettext("Hand out %s.") % format_money(given.amount, given.currency))

    def _answer(
        self, request: HttpRequest, theaters: list[Theater], theater: Theater, status: int = 200, **forms: Any
    ) -> HttpResponse:
        drawer = find_open_drawer(person_of(request), theater.pk)
        words = request.GET.get("q", "").strip()
        others = [DrawerEntry.Kind.PAY_IN, DrawerEntry.Kind.PAY_OUT]
        context = {
            **counter_context(request),
            "title": _("Drawer"),
            "theaters": theaters,
            "theater": theater,
            "tz": theater.city.time_zone,
            "drawer": drawer,
            # Without sales: what should be in the drawer is shown only after the count.
            "moves": drawer.entries.filter(kind__in=others).select_related("by") if drawer else [],
            "open_form": None if drawer else OpenForm(theater),
            "cash_form": CashForm(theater.currency),
            "refunds": read_cash_refunds([theater], words),
            "words": words,
            "may_refund": may_at(request.user, Capability.REFUND, theater.pk),
            "recent": Drawer.objects.filter(person=person_of(request), theater=theater, closed_at__isnull=False)[:5],
            **forms,
        }
        return TemplateResponse(request, "admin/box_office/drawer.html", context, status=status)


class CloseDrawerView(View):
    """Count a drawer and close it: one's own, or, as a manager, one that was left open."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        drawer = self._find(request, pk)
        return self._answer(request, drawer, CloseForm(drawer.currency))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        drawer = self._find(request, pk)
        form = CloseForm(drawer.currency, request.POST)
        miscount: CountDiffers | None = None
        if form.is_valid():
            try:
                closed = close_drawer(
                    drawer=drawer,
                    counted=form.cleaned_data["counted"],
                    by=person_of(request),
                    explanation=form.cleaned_data["explanation"],
                    expected=form.cleaned_data["expected"],
                    denominations=form.denominations,
                )
            except CountDiffers as difference:
                miscount = difference
            except Refusal as error:
                form.add_error(None, str(error))
            else:
                with transaction.atomic():
                    issue_for_drawer(closed)
                words = describe_difference(closed.expected, closed.counted, closed.currency)  # type: ignore[arg-type]
                messages.success(request, f"{gettext('The drawer is closed.')} {words}")
                return HttpResponseRedirect(reverse("admin:box_office_drawer_closed", args=[closed.pk]))
        return self._answer(request, drawer, form, miscount, status=422)

    def _find(self, request: HttpRequest, pk: int) -> Drawer:
        return find_drawer(request, pk)

    def _answer(
        self,
        request: HttpRequest,
        drawer: Drawer,
        form: CloseForm,
        miscount: CountDiffers | None = None,
        status: int = 200,
    ) -> HttpResponse:
        if not drawer.is_open:
            return HttpResponseRedirect(reverse("admin:box_office_drawer_closed", args=[drawer.pk]))
        context = {
            **counter_context(request),
            "title": _("Close the drawer"),
            "drawer": drawer,
            "theater": drawer.theater,
            "form": form,
            "miscount": miscount,
            "difference": describe_difference(miscount.expected, miscount.counted, drawer.currency) if miscount else "",
        }
        return TemplateResponse(request, "admin/box_office/close.html", context, status=status)


class ClosedDrawerView(View):
    """A closed drawer with everything that moved in it."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        drawer = find_drawer(request, pk)
        if drawer.expected is None or drawer.counted is None:
            return HttpResponseRedirect(reverse("admin:box_office_close", args=[drawer.pk]))
        entries = drawer.entries.select_related("payment__booking", "refund__payment__booking", "by")
        context = {
            **counter_context(request),
            "title": _("Closed drawer"),
            "drawer": drawer,
            "theater": drawer.theater,
            "tz": drawer.theater.city.time_zone,
            "entries": entries,
            "difference": describe_difference(drawer.expected, drawer.counted, drawer.currency),
        }
        return TemplateResponse(request, "admin/box_office/closed.html", context)


def find_drawer(request: HttpRequest, pk: int) -> Drawer:
    """Return one's own drawer, or any drawer of a theater whose money one may see. Raises `Http404`."""
    person = person_of(request)
    sells: QuerySet[Theater] = theaters_for(person, Capability.SELL)
    sees: QuerySet[Theater] = theaters_for(person, Capability.SEE_MONEY)
    mine = Q(person=person, theater__in=sells.values("pk")) | Q(theater__in=sees.values("pk"))
    drawers = Drawer.objects.select_related("theater__city", "person", "closed_by").filter(mine)
    drawer = get_object_or_404(drawers, pk=pk)
    if drawer.is_open and drawer.person_id != person.pk and not may_at(person, Capability.SELL, drawer.theater_id):
        # Accountants may look but not count.
        raise Http404
    return drawer


def _back(theater: Theater) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse('admin:box_office_drawer')}?theater={theater.slug}")


add_page("box-office/drawer/", DrawerView.as_view(), name="box_office_drawer")
add_page(
    "box-office/drawers/<int:pk>/close/",
    CloseDrawerView.as_view(),
    name="box_office_close",
)
add_page(
    "box-office/drawers/<int:pk>/",
    ClosedDrawerView.as_view(),
    name="box_office_drawer_closed",
)
