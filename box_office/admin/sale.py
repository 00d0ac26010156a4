"""The box office: today's shows, and the one page on which a customer is served."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import BooleanField, Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from accounts.roles import Capability
from bookings.errors import HoldExpired, RulesBroken, UnknownPlace, line_of
from bookings.models import Booking, Reservation, Ticket, by_show
from bookings.seating.chosen import AreaChoice, Chosen, read_number
from bookings.seating.lines import TypePrice
from bookings.seating.page import SeatPage, list_offers, read_seat_page
from bookings.seating.plan import read_seat_plan
from bookings.seating.script_data import data_for_scripts
from bookings.selectors import name_kept_seats, read_kept_seats
from bookings.services.details import set_details
from bookings.services.vouchers import use_voucher
from box_office import house_holds, reservations
from box_office.admin.scope import choose_theater, counter_context, counter_theaters, find_show
from box_office.admin.waiver import list_sent_again, read_waiver
from box_office.forms import BestForm, BlockForm, GiveForm, PayForm, ReserveForm
from box_office.house_series import keep_series
from box_office.sale import (
    change_lines,
    check_paid_by,
    clear_cart,
    find_cart,
    find_finished,
    give_away,
    hold_at_counter,
    keep_cart,
    leave_cart,
    read_held,
    take_money,
)
from box_office.selectors import local_day, read_shows
from console.people import may_at, person_of
from console.site import add_page
from events.models import Show
from lib.bounds import MAX_TICKETS_OF_CUSTOMER
from lib.moments import parse_day
from lib.money import format_money
from lib.refusals import Refusal
from payments.drawers import find_open_drawer
from payments.models import BankAccount, Payment
from theaters.models import Theater

_CART = re.compile(r"[0-9a-f]{32}")


class BoxOfficeView(View):
    """The shows that can be sold now: today's by default, others by title or day."""

    def get(self, request: HttpRequest) -> HttpResponse:
        theaters = counter_theaters(request, Capability.SELL, Capability.EDIT_PROGRAMME)
        theater = choose_theater(request, theaters)
        now = timezone.now()
        today = local_day(now, theater)
        words, day = request.GET.get("q", "").strip(), parse_day(request.GET.get("day", ""))
        shows = read_shows(theater, now, words=words, day=day if words or day else today)
        is_today = not words and day in (None, today)
        cart = _read_cart(request.GET.get("cart", ""))
        hold = find_cart(person_of(request), theater.pk, cart) if "cart" in request.GET else None
        context = {
            **counter_context(request),
            "title": _("Box office"),
            "theaters": theaters,
            "theater": theater,
            "tz": theater.city.time_zone,
            "shows": shows,
            "coming": [] if shows or not is_today else read_shows(theater, now)[:10],
            "words": words,
            "day": day or today,
            "is_today": is_today,
            "is_search": bool(words),
            "cart": cart,
            "hold": hold,
            "held": hold.shows if hold else [],
            "drawer": find_open_drawer(person_of(request), theater.pk),
            "may_sell": may_at(request.user, Capability.SELL, theater.pk),
        }
        return TemplateResponse(request, "admin/box_office/shows.html", context)


class SaleView(View):
    """Serve customers: choose places of a show, hold them with those of other shows, take the money, and start over.

    Each form names what it wants by `action`. A form that is refused comes back as it was sent, with the
    reason on top.
    """

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        show = find_show(request, code, Capability.SELL, Capability.EDIT_PROGRAMME)
        return self._answer(request, show, _read_cart(request.GET.get("cart", "")))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        show = find_show(request, code, Capability.SELL, Capability.EDIT_PROGRAMME)
        cart = _read_cart(request.POST.get("cart", ""))
        act, capabilities = _ACTIONS.get(request.POST.get("action", ""), (None, ()))
        if act is None:
            return HttpResponse(status=400)
        if not any(may_at(request.user, one, show.hall.theater_id) for one in capabilities):
            raise PermissionDenied
        try:
            return act(self, request, show, cart)
        except _Refused as refusal:
            return self._answer(request, show, cart, refusal.errors, status=422)
        except RulesBroken as error:
            return self._answer(request, show, cart, [str(error)], status=409, broken=error)
        except Refusal as error:
            return self._answer(request, show, cart, [str(error)], status=409)

    def _best(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        plan = read_seat_plan(show, Booking.Channel.BOX_OFFICE)
        form = BestForm([kind.id for kind in plan.ticket_types], request.POST)
        _check(form)
        area_id = read_number(request.POST.get("area", ""))
        areas = [AreaChoice(area_id, count, type_id) for type_id, count in form.quantities.items()] if area_id else []
        return self._hold(request, show, cart, **({"areas": areas} if areas else {"best": form.best}))

    def _chosen(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        chosen = Chosen.read(request.POST)
        if not chosen.is_readable:
            raise UnknownPlace
        return self._hold(request, show, cart, seats=chosen.seats, areas=chosen.areas)

    def _hold(self, request: HttpRequest, show: Show, cart: str, **choice: Any) -> HttpResponse:
        waiver = read_waiver(request, show)
        seller, language = person_of(request), get_language() or "en"
        hold_at_counter(show=show, seller=seller, cart=cart, locale=language, waiver=waiver, **choice)
        return _back(show, cart=cart)

    def _change(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = _require_cart(request, show, cart)
        types: dict[int, int | None] = {}
        for name in request.POST:
            value = request.POST.get(name, "")
            if match := re.fullmatch(r"type-(\d{1,18})", name):
                types[int(match[1])] = int(value) if value.isascii() and value.isdigit() else None
        held = read_held(hold)
        drop, without = request.POST.get("drop", ""), request.POST.get("without", "")
        types |= {ticket.pk: None for ticket in held if str(ticket.pk) == drop or ticket.show.code == without}
        if (drop or without) and all(types.get(ticket.pk, 0) is None for ticket in held):
            return self._clear(request, show, cart)
        changed = change_lines(hold=hold, seller=person_of(request), types=types, waiver=read_waiver(request, show))
        if changed.voucher_refusal:
            messages.warning(request, changed.voucher_refusal)
        return _back(show, cart=cart)

    def _voucher(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        """Put the voucher on the cart that was typed in, or take it off again."""
        code = "" if "off" in request.POST else request.POST.get("voucher", "").strip()
        if not code and "off" not in request.POST:
            raise _Refused([gettext("Enter the voucher code.")])
        use_voucher(booking=_require_cart(request, show, cart), code=code)
        return _back(show, cart=cart)

    def _pay(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        seller = person_of(request)
        done = find_finished(seller, show.hall.theater_id, cart)
        if done is not None:
            check_paid_by(done, request.POST.get("gateway", ""))
            return _back(show, sold=done.code, given=request.POST.get("given", ""))
        hold = _require_cart(request, show, cart)
        form = PayForm(hold.total, hold.currency, request.POST)
        _check(form)
        if form.cleaned_data["email"]:
            hold = set_details(booking=hold, name=hold.name, email=form.cleaned_data["email"], phone=hold.phone)
        gateway = form.cleaned_data["gateway"]
        booking = take_money(hold=hold, gateway=gateway, seller=seller, reference=form.cleaned_data["reference"])
        given = form.cleaned_data["given"] if gateway == Payment.Gateway.CASH else None
        return _back(show, sold=booking.code, given=str(given) if given is not None else "")

    def _give(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        seller = person_of(request)
        done = find_finished(seller, show.hall.theater_id, cart)
        if done is None:
            form = GiveForm(request.POST)
            _check(form)
            done = give_away(hold=_require_cart(request, show, cart), seller=seller, **form.cleaned_data)
        return _back(show, sold=done.code)

    def _reserve(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = _require_cart(request, show, cart)
        form = ReserveForm(request.POST)
        _check(form)
        reservations.reserve(hold=hold, seller=person_of(request), **form.cleaned_data)
        messages.success(
            request,
            gettext("Reserved for %(name)s: %(code)s.") % {"name": form.cleaned_data["name"], "code": hold.code},
        )
        return _back(show)

    def _block(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = _require_cart(request, show, cart)
        form = BlockForm(request.POST)
        _check(form)
        asked, person = form.cleaned_data, person_of(request)
        purpose, reason = asked["purpose"], asked["reason"]
        if asked["scope"] == BlockForm.Scope.SHOW:
            house_holds.block(hold=hold, purpose=purpose, reason=reason, until=asked["until"], by=person)
            messages.success(request, gettext("These places are kept for the house."))
            return _back(show)
        series = keep_series(
            hold=hold,
            purpose=purpose,
            reason=reason,
            event=show.event if asked["scope"] == BlockForm.Scope.EVENT else None,
            hours_before=asked["hours_before"],
            follows=asked["follows"],
            by=person,
        )
        return HttpResponseRedirect(reverse("admin:box_office_series", args=[series.pk]))

    def _clear(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = find_cart(person_of(request), show.hall.theater_id, cart)
        if hold is not None:
            clear_cart(hold=hold, seller=person_of(request))
        return _back(show)

    def _keep(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = find_cart(person_of(request), show.hall.theater_id, cart)
        if hold is not None:
            keep_cart(hold=hold)
        return HttpResponse(status=204)

    def _leave(self, request: HttpRequest, show: Show, cart: str) -> HttpResponse:
        hold = find_cart(person_of(request), show.hall.theater_id, cart)
        if hold is not None:
            leave_cart(hold=hold)
        return HttpResponse(status=204)

    def _answer(
        self,
        request: HttpRequest,
        show: Show,
        cart: str,
        errors: list[str] | None = None,
        status: int = 200,
        *,
        broken: RulesBroken | None = None,
    ) -> HttpResponse:
        theater = show.hall.theater
        seller, now = person_of(request), timezone.now()
        hold = find_cart(seller, theater.pk, cart)
        held = by_show(read_held(hold)) if hold else {}
        tickets = held.get(show, [])
        on_map = "map" in request.GET or request.POST.get("action") == "chosen"
        refusals = broken.by_line if broken else {}
        page = _seat_page(show, tickets, Chosen.read(request.POST) if on_map else Chosen(), refusals)
        sold = _find_sold(theater, request.GET.get("sold", ""))
        may_sell = may_at(request.user, Capability.SELL, theater.pk)
        values = request.POST
        reservation = Reservation.objects.filter(booking=hold).first() if hold else None
        usual = reservations.default_until(next(iter(held), show), now)
        context = {
            **counter_context(request),
            "title": _("Box office"),
            "show": show,
            "theater": theater,
            "tz": theater.city.time_zone,
            "page": page,
            "types": _rows_of_types(page, values, broken.by_type if broken else {}),
            "values": values,
            "errors": errors or [],
            "sent_again": list_sent_again(request, show, broken) if broken else [],
            "gateways": Payment.Gateway,
            "cart": cart,
            "hold": hold,
            "held": [(one, _list_lines(own, page if one == show else None, refusals)) for one, own in held.items()],
            "has_tickets": bool(tickets),
            "count": sum(map(len, held.values())),
            "reservation": reservation,
            "reserve_until": _form_of(
                ReserveForm, "reserve", values, until=reservation.until if reservation else usual
            )["until"],
            "block_form": _form_of(BlockForm, "block", values),
            "is_open": show.state == Show.State.ON_SALE and now < show.ends_at and bool(page.offers),
            "on_map": on_map,
            "best_url": f"?cart={cart}" if hold else "?",
            "kept": read_kept_seats(show, now),
            "seat_scripts": data_for_scripts(page) | {"full": _say_full(page)} if on_map else None,
            "sold": sold,
            "change": _read_change(sold, request.GET.get("given", "")),
            "drawer": find_open_drawer(seller, theater.pk) if may_sell else None,
            "may_sell": may_sell,
            "has_bank_account": hold is not None and BankAccount.objects.filter(theater=theater).exists(),
            "may_give": may_at(request.user, Capability.EDIT_BOOKINGS, theater.pk),
        }
        context["kept_seats"] = name_kept_seats(
            [one for one in context["kept"] if hold is None or one[0].pk != hold.pk]
        )
        return TemplateResponse(request, "admin/box_office/sale.html", context, status=status)


def _form_of(form_class: type[ReserveForm | BlockForm], action: str, values: Any, **initial: Any) -> Form:
    """Return a form as it was sent, or with its defaults."""
    sent = values if values.get("action") == action else None
    form = form_class(sent, auto_id=f"bo-{action}-%s", initial=initial)
    for field in form.fields.values():
        if not isinstance(field, BooleanField):
            field.widget.attrs["class"] = "bo-field"
    return form


class _Refused(Exception):
    """A form with missing or invalid fields."""

    def __init__(self, errors: list[str]) -> None:
        super().__init__()
        self.errors = errors


def _check(form: Form) -> None:
    if not form.is_valid():
        raise _Refused(
            [
                f"{form.fields[name].label}: {text}" if name in form.fields and form.fields[name].label else str(text)
                for name, found in form.errors.items()
                for text in found
            ]
        )


_Act = Callable[[SaleView, HttpRequest, Show, str], HttpResponse]
_CHOOSES = (Capability.SELL, Capability.EDIT_PROGRAMME)
_ACTIONS: dict[str, tuple[_Act, tuple[Capability, ...]]] = {
    "best": (SaleView._best, _CHOOSES),
    "chosen": (SaleView._chosen, _CHOOSES),
    "change": (SaleView._change, _CHOOSES),
    "clear": (SaleView._clear, _CHOOSES),
    "keep": (SaleView._keep, _CHOOSES),
    "leave": (SaleView._leave, _CHOOSES),
    "block": (SaleView._block, _CHOOSES),
    "voucher": (SaleView._voucher, (Capability.SELL,)),
    "pay": (SaleView._pay, (Capability.SELL,)),
    "reserve": (SaleView._reserve, (Capability.SELL,)),
    "give": (SaleView._give, (Capability.EDIT_BOOKINGS,)),
}


def _read_cart(text: str) -> str:
    return text if _CART.fullmatch(text) else uuid4().hex


def _require_cart(request: HttpRequest, show: Show, cart: str) -> Booking:
    hold = find_cart(person_of(request), show.hall.theater_id, cart)
    if hold is None:
        raise HoldExpired
    return hold


def _back(show: Show, **values: str) -> HttpResponseRedirect:
    query = urlencode({name: value for name, value in values.items() if value})
    address = reverse("admin:box_office_sale", args=[show.code])
    return HttpResponseRedirect(f"{address}?{query}" if query else address)


def _seat_page(show: Show, tickets: list[Ticket], chosen: Chosen, refusals: dict[str, str]) -> SeatPage:
    """Return the page of the show as customers see it, with the cart's own places as free."""
    held = Chosen.of(tickets)
    return read_seat_page(
        show,
        held if chosen.is_empty else chosen,
        own_seats=held.seat_ids,
        limit=MAX_TICKETS_OF_CUSTOMER,
        channel=Booking.Channel.BOX_OFFICE,
        refusals=refusals,
    )


def _say_full(page: SeatPage) -> str:
    return gettext("One cart holds up to %(count)d tickets. Remove some places to choose others.") % {
        "count": page.limit
    }


def _list_lines(
    tickets: list[Ticket], page: SeatPage | None, refusals: dict[str, str]
) -> list[tuple[Ticket, list[TypePrice], str]]:
    """Return the tickets of one show, each with the types that it may have and what was refused. No query warm."""
    plan = page.plan if page else read_seat_plan(tickets[0].show, Booking.Channel.BOX_OFFICE)
    offers = list_offers(plan, for_companions=True)
    return [
        (ticket, _with_own(ticket, offers.get(ticket.category_id, [])), refusals.get(line_of(ticket), ""))
        for ticket in tickets
    ]


def _with_own(ticket: Ticket, offers: list[TypePrice]) -> list[TypePrice]:
    """Return the offers with the ticket's own type, which it keeps though its sale has ended meanwhile."""
    if any(offer.type_id == ticket.ticket_type_id for offer in offers):
        return offers
    kind = ticket.ticket_type
    return [TypePrice(kind.pk, kind.name, kind.who, ticket.price, is_companion=kind.is_companion), *offers]


def _rows_of_types(page: SeatPage, values: Any, refusals: dict[int, str]) -> list[dict[str, Any]]:
    """Return each ticket type with its prices, how many are wanted (as sent, or as held), and what was refused."""
    held = Counter(
        [choice.ticket_type_id for choice in page.chosen.seats]
        + [choice.ticket_type_id for choice in page.chosen.areas for _each in range(choice.quantity)]
    )
    rows = []
    for kind in page.plan.ticket_types:
        amounts = [by_type[kind.id] for by_type in page.plan.prices.values() if kind.id in by_type]
        prices = sorted({min(amounts), max(amounts)})
        rows.append(
            {
                **vars(kind),
                "who": kind.note,
                "price": " – ".join(format_money(amount, page.currency) for amount in prices),
                "quantity": values.get(f"quantity-{kind.id}") or held.get(kind.id) or "",
                "refusal": refusals.get(kind.id, ""),
            }
        )
    return rows


def _find_sold(theater: Theater, code: str) -> Booking | None:
    """Return the booking that was just sold here, to print it and to show its change."""
    if not code:
        return None
    return (
        Booking.objects.filter(code=code, theater=theater, channel=Booking.Channel.BOX_OFFICE)
        .exclude(state__in=[Booking.State.HELD, Booking.State.EXPIRED])
        .prefetch_related("tickets")
        .first()
    )


def _read_change(sold: Booking | None, text: str) -> dict[str, Any] | None:
    """Return what was given and what goes back, if cash was counted."""
    if sold is None or not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", text):
        return None
    given = Decimal(text)
    return {"given": given, "back": given - sold.total} if given >= sold.total else None


add_page("box-office/", BoxOfficeView.as_view(), name="box_office")
add_page("box-office/shows/<str:code>/", SaleView.as_view(), name="box_office_sale")
