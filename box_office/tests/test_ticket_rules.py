"""Rules of ticket types hold by every way of selling, and nobody gets around them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from threading import Barrier
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.errors import NotCancelable, TicketRulesBroken
from bookings.models import Booking, Ticket, Voucher
from bookings.seating.chosen import SeatChoice, ShowChoice
from bookings.services import hold_seats as hold_service
from bookings.services.cancel import cancel_tickets
from bookings.services.change_hold import change_hold
from bookings.services.exchange import ExchangeWish, NotExchangeable, exchange_tickets
from bookings.services.hold_basket import hold_basket
from bookings.services.hold_best import BestChoice, change_to_best_seats
from bookings.services.hold_seats import HoldTerms
from bookings.services.late_money import reissue
from bookings.services.move_tickets import move_tickets
from bookings.services.pay import pay_with_token
from bookings.services.release_hold import release_hold
from box_office.sale import Best, change_lines, hold_at_counter
from events.models import Price, Rule, Show, TicketType
from testing.api_client import ApiClient, problem
from testing.bookings import lapse, make_hold, make_paid, race, seats_of
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

pytestmark = pytest.mark.django_db
# Two tickets of a type with one of these rules break it.
BROKEN_BY_TWO: dict[Rule, dict[str, Any]] = {
    Rule.CHANNEL: {"sold_on_web": False, "sold_by_api": False, "sold_at_counter": False},
    Rule.WINDOW: {"until_days": 30},
    Rule.MINIMUM: {"minimum": 3},
    Rule.MAXIMUM: {"maximum": 1},
    Rule.GROUP: {"group_from": 10},
    Rule.COMPANY: {"per_accompanying": 2},
    Rule.QUOTA: {"quota": 1},
}
# All modules that make tickets; a new one has to ask for the rules, or to keep the types of tickets that there are.
MAKERS = {
    "bookings/services/places.py",
    "bookings/services/move_tickets.py",
    "bookings/services/late_money.py",
    # The price of an exchange, and a sample for a preview: neither is saved.
    "bookings/services/exchange.py",
    "bookings/tickets/paper.py",
}


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=10), in_hours=72)


@pytest.fixture
def kind(show: Show) -> TicketType:
    return add_type(show, "Special")


def add_type(show: Show, name: str, amount: int = 8, **rules: Any) -> TicketType:
    kind = TicketType.objects.create(theater=show.hall.theater, name=name, order=5, **rules)
    for category in show.seat_map.categories.all():
        Price.objects.create(show=show, category=category, ticket_type=kind, amount=Decimal(amount))
    return kind


def pick(show: Show, kind: TicketType | None, *indices: int) -> list[SeatChoice]:
    seats = seats_of(show)
    return [SeatChoice(seats[at].pk, kind.pk if kind else None) for at in indices]


def ways_to_sell(show: Show, kind: TicketType, customer: User, seller: User) -> dict[str, Callable[[], Any]]:
    two = pick(show, kind, 0, 1)
    types = [kind.pk, kind.pk]

    def change_at_counter() -> Any:
        cart = hold_at_counter(show=show, seller=seller, cart="lines", seats=pick(show, None, 0, 1))
        try:
            return change_lines(hold=cart, seller=seller, types={one.pk: kind.pk for one in cart.tickets.all()})
        finally:
            release_hold(booking=cart)

    def exchange(by_customer: bool) -> Any:
        paid = make_paid(show, 10, 11, customer=customer)
        try:
            wish = ExchangeWish(list(paid.tickets.all()), show, two)
            return exchange_tickets(booking=paid, wish=wish, by=None, by_customer=by_customer)
        finally:
            cancel_tickets(booking=paid, by=None)

    def change() -> Any:
        basket = make_hold(show, 4, customer=customer)
        try:
            return change_hold(show=show, seats=two, into=basket, customer=customer)
        finally:
            release_hold(booking=basket)

    return {
        "seats": partial(change_hold, show=show, seats=two, into=None, customer=customer),
        "change": change,
        "best seats": partial(change_to_best_seats, show=show, ticket_type_ids=types, into=None, customer=customer),
        "basket": partial(hold_basket, choices=[ShowChoice(show, two)], customer=customer, channel="api"),
        "best of basket": partial(hold_basket, choices=[BestChoice(show, types)], customer=customer, channel="api"),
        "counter": partial(hold_at_counter, show=show, seller=seller, cart="a", seats=two),
        "best at counter": partial(hold_at_counter, show=show, seller=seller, cart="b", best=Best({kind.pk: 2})),
        "lines at counter": change_at_counter,
        "exchange": partial(exchange, by_customer=True),
        "exchange by staff": partial(exchange, by_customer=False),
    }


@pytest.mark.parametrize("rule", BROKEN_BY_TWO)
def test_every_way_of_selling_keeps_each_rule(
    show: Show, kind: TicketType, customer: User, box_office: User, rule: Rule
) -> None:
    TicketType.objects.filter(pk=kind.pk).update(**BROKEN_BY_TWO[rule])
    kind.refresh_from_db()
    for name, sell in ways_to_sell(show, kind, customer, box_office).items():
        with pytest.raises((TicketRulesBroken, NotExchangeable)) as refusal:
            sell()
        if isinstance(refusal.value, TicketRulesBroken):
            assert {one.rule for one in refusal.value.violations} == {rule}, name
            assert refusal.value.show == show
        assert "Special" in str(refusal.value), name
        assert not Ticket.objects.live().filter(ticket_type=kind).exists(), name


def test_without_a_rule_each_way_sells(show: Show, kind: TicketType, customer: User, box_office: User) -> None:
    for name, sell in ways_to_sell(show, kind, customer, box_office).items():
        sell()
        assert Ticket.objects.filter(ticket_type=kind).exists(), name
        Ticket.objects.filter(ticket_type=kind, state=Ticket.State.HELD).update(state=Ticket.State.RELEASED)


def test_a_forged_form_and_an_api_call_are_refused_with_what_would_help(
    client: Client, show: Show, kind: TicketType, customer: User
) -> None:
    TicketType.objects.filter(pk=kind.pk).update(per_accompanying=2)
    seats = seats_of(show)[:2]
    form = {"seat": [one.pk for one in seats], **{f"type-{one.pk}": kind.pk for one in seats}}
    page = client.post(reverse("bookings:hold", args=[show.code]), form, follow=True).content.decode()
    assert "is sold only with a ticket of someone who comes along" in page
    wish = {"show": show.code, "seats": [{"seat": one.pk, "ticket_type": kind.pk} for one in seats]}
    answer = ApiClient(customer).post("/bookings", wish)
    assert problem(answer) == (422, "ticket-rules")
    (violation,) = answer.json()["violations"]
    assert (violation["rule"], violation["ticket_type"], answer.json()["show"]) == ("company", kind.pk, show.code)
    assert (violation["seats"], violation["areas"]) == ([one.pk for one in seats], [])
    assert not Booking.objects.exists()
    # With an adult it goes through.
    wish["seats"].append({"seat": seats_of(show)[2].pk})
    assert ApiClient(customer).post("/bookings", wish).status_code == 201


def test_a_channel_that_no_type_knows_sells_none(kind: TicketType) -> None:
    assert all(kind.is_sold_on(channel) for channel in Booking.Channel.values)
    assert not kind.is_sold_on("kiosk")


def test_no_other_module_makes_tickets() -> None:
    left_out = {"tests", "migrations", "testing", "demo", "benchmarks", "tools", "torture", ".venv"}
    found = set()
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        name = path.relative_to(settings.BASE_DIR)
        if not left_out & set(name.parts):
            text = path.read_text()
            if re.search(r"\bTicket\(\n|\bTicket\(\w+=|Ticket\.objects\.(create|bulk_create|get_or_create)", text):
                found.add(str(name))
    assert found == MAKERS


def test_those_who_need_company_share_those_who_come_along(show: Show) -> None:
    baby = add_type(show, "Baby", per_accompanying=1, may_accompany=True)
    child = add_type(show, "Child", per_accompanying=2)
    sell = partial(change_hold, show=show, into=None)
    with pytest.raises(TicketRulesBroken):
        sell(seats=[*pick(show, None, 0), *pick(show, baby, 1), *pick(show, child, 2)])
    assert sell(seats=[*pick(show, None, 0, 1), *pick(show, baby, 2), *pick(show, child, 3, 4)]).booking.pk


def test_a_hold_keeps_its_type_when_the_sale_of_it_ends(show: Show, customer: User) -> None:
    early = add_type(show, "Early bird", until_days=1)
    last = show.starts_at.astimezone(show.hall.theater.city.tz).replace(hour=0, minute=0) - timedelta(minutes=1)
    with time_machine.travel(last, tick=False):
        hold = change_hold(show=show, seats=pick(show, early, 0, 1), into=None, customer=customer).booking
    with time_machine.travel(last + timedelta(minutes=2), tick=False):
        # Fewer of them stay, with a seat at the usual price; another seat at the old price does not come.
        change_hold(show=show, seats=[*pick(show, early, 0), *pick(show, None, 5)], into=hold, customer=customer)
        with pytest.raises(TicketRulesBroken, match="was sold until"):
            change_hold(show=show, seats=pick(show, early, 0, 6), into=hold, customer=customer)
        hold.refresh_from_db()
        paid = pay_with_token(booking=hold, gateway="sandbox", token="approve")
    assert paid.state == Booking.State.CONFIRMED
    assert sorted(paid.tickets.issued().values_list("price", flat=True)) == [8, 20]


def test_what_stays_after_a_cancellation_keeps_the_rules(show: Show, customer: User) -> None:
    group = add_type(show, "Group", group_from=4)
    child = add_type(show, "Child", per_accompanying=1)
    booking = change_hold(show=show, seats=pick(show, group, 0, 1, 2, 3), into=None, customer=customer).booking
    booking = pay_with_token(booking=booking, gateway="sandbox", token="approve")
    some = list(booking.tickets.issued()[:3])
    with pytest.raises(NotCancelable, match="is sold from 4 tickets on"):
        cancel_tickets(booking=booking, tickets=some, by=customer)
    # Staff may, at what they decide to refund.
    cancel_tickets(booking=booking, tickets=some, by=customer, amount=Decimal(0))
    # What is broken already is no reason to keep the rest.
    cancel_tickets(booking=booking, by=customer)
    family = change_hold(
        show=show, seats=[*pick(show, None, 5), *pick(show, child, 6)], into=None, customer=customer
    ).booking
    family = pay_with_token(booking=family, gateway="sandbox", token="approve")
    adult = family.tickets.exclude(ticket_type=child).get()
    with pytest.raises(NotCancelable, match="someone who comes along"):
        cancel_tickets(booking=family, tickets=[adult], by=customer)
    wish = ExchangeWish([adult], show, pick(show, child, 8))
    with pytest.raises(NotExchangeable):
        exchange_tickets(booking=family, wish=wish, by=customer, by_customer=True)
    # All of it goes back at once.
    cancel_tickets(booking=family, by=customer)


def test_an_early_bird_moves_to_another_seat_after_the_sale(show: Show, customer: User) -> None:
    early = add_type(show, "Early bird")
    paid = change_hold(show=show, seats=pick(show, early, 0), into=None, customer=customer).booking
    paid = pay_with_token(booking=paid, gateway="sandbox", token="approve")
    TicketType.objects.filter(pk=early.pk).update(until_days=30)
    wish = ExchangeWish(list(paid.tickets.all()), show, pick(show, early, 3))
    exchange_tickets(booking=paid, wish=wish, by=customer, by_customer=True)
    assert paid.tickets.issued().get().seat == seats_of(show)[3]


def test_a_voucher_to_zero_changes_no_rule(show: Show, kind: TicketType, customer: User) -> None:
    Voucher.objects.create(theater=show.hall.theater, code="FREE", percent=100, limit=10)
    TicketType.objects.filter(pk=kind.pk).update(group_from=10)
    make = partial(hold_basket, choices=[ShowChoice(show, pick(show, kind, 0, 1))], customer=customer)
    with pytest.raises(TicketRulesBroken):
        make(voucher_code="FREE")


def test_the_house_may_keep_any_type_within_its_quota(show: Show, kind: TicketType, manager: User) -> None:
    TicketType.objects.filter(pk=kind.pk).update(group_from=10, quota=2)
    house = partial(
        hold_service.hold_seats,
        show=show,
        channel=Booking.Channel.BOX_OFFICE,
        made_by=manager,
        terms=HoldTerms(kind=Booking.Kind.HOUSE),
    )
    house(seats=pick(show, kind, 0, 1))
    with pytest.raises(TicketRulesBroken, match="sold out"):
        house(seats=pick(show, kind, 2))


def test_a_quota_is_free_again_after_release_lapse_cancellation_and_exchange(
    show: Show, kind: TicketType, customer: User, rival: User
) -> None:
    TicketType.objects.filter(pk=kind.pk).update(quota=2)
    sell = partial(change_hold, show=show, into=None)
    first = sell(seats=pick(show, kind, 0, 1), customer=customer).booking
    with pytest.raises(TicketRulesBroken, match="“Special” tickets for this show are sold out"):
        sell(seats=pick(show, kind, 2), customer=rival)
    # The hold may change its seats, and lapses without a sweep.
    change_hold(show=show, seats=pick(show, kind, 3, 4), into=first, customer=customer)
    lapse(first)
    second = sell(seats=pick(show, kind, 2), customer=rival).booking
    with pytest.raises(TicketRulesBroken, match="Only 1 “Special” ticket is left"):
        sell(seats=pick(show, kind, 5, 6), customer=customer)
    # Money that comes late for the first one finds its places free, and its quota gone.
    paid = pay_with_token(booking=second, gateway="sandbox", token="approve")
    sell(seats=pick(show, kind, 7), customer=rival)
    cancel_tickets(booking=paid, by=rival)
    third = sell(seats=pick(show, kind, 8), customer=customer).booking
    third = pay_with_token(booking=third, gateway="sandbox", token="approve")
    wish = ExchangeWish(list(third.tickets.all()), show, pick(show, None, 9))
    exchange_tickets(booking=third, wish=wish, by=None)
    assert Ticket.objects.live().filter(ticket_type=kind).count() <= 2


def test_late_money_does_not_pass_the_quota(show: Show, kind: TicketType, customer: User, rival: User) -> None:
    TicketType.objects.filter(pk=kind.pk).update(quota=1)
    first = change_hold(show=show, seats=pick(show, kind, 0), into=None, customer=customer).booking
    lapse(first)
    change_hold(show=show, seats=pick(show, kind, 5), into=None, customer=rival)
    first.refresh_from_db()
    with pytest.raises(TicketRulesBroken), transaction.atomic():
        reissue(first, timezone.now())


def test_staff_move_a_ticket_although_the_quota_was_lowered(show: Show, kind: TicketType, customer: User) -> None:
    paid = change_hold(show=show, seats=pick(show, kind, 0, 1), into=None, customer=customer).booking
    paid = pay_with_token(booking=paid, gateway="sandbox", token="approve")
    TicketType.objects.filter(pk=kind.pk).update(quota=1)
    move_tickets(booking=paid, tickets=list(paid.tickets.all()), seats=pick(show, None, 4, 5), by=None)
    assert paid.tickets.issued().filter(ticket_type=kind).count() == 2


def test_the_database_refuses_what_passes_the_service(show: Show, kind: TicketType, customer: User) -> None:
    paid = change_hold(show=show, seats=pick(show, kind, 0), into=None, customer=customer).booking
    other = make_hold(show, 5, customer=customer)
    TicketType.objects.filter(pk=kind.pk).update(quota=1)
    copy = paid.tickets.get()
    copy.pk, copy.code, copy.booking, copy.seat = None, "ANOTHERCODE", other, seats_of(show)[9]
    with pytest.raises(IntegrityError, match="than its quota"), transaction.atomic():
        copy.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_many_reach_for_the_last_of_a_quota(show: Show, kind: TicketType) -> None:
    TicketType.objects.filter(pk=kind.pk).update(quota=5)
    sell = partial(change_hold, show=show, into=None)
    results = race(*(partial(sell, seats=pick(show, kind, 2 * at, 2 * at + 1)) for at in range(8)))
    assert sum(not isinstance(one, Exception) for one in results) == 2
    assert all(isinstance(one, TicketRulesBroken) for one in results if isinstance(one, Exception)), results
    assert Ticket.objects.live().filter(ticket_type=kind).count() == 4


@pytest.mark.skipif("connection.vendor == 'sqlite'", reason="On SQLite writers take turns, so no lock can be missing.")
@pytest.mark.django_db(transaction=True)
def test_without_the_lock_a_quota_would_be_passed(
    show: Show, kind: TicketType, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connection.vendor == "postgresql"
    both = Barrier(2, timeout=20)
    monkeypatch.setattr("bookings.locking.lock_quotas", lambda keys: None)
    original = hold_service._count
    monkeypatch.setattr(hold_service, "_count", lambda *args: (both.wait(), original(*args))[1])
    TicketType.objects.filter(pk=kind.pk).update(quota=1)
    sell = partial(change_hold, show=show, into=None)
    results = race(*(partial(sell, seats=pick(show, kind, at)) for at in range(2)))
    assert not any(isinstance(one, Exception) for one in results), results
    assert Ticket.objects.live().filter(ticket_type=kind).count() == 2


def test_staff_set_rules_aside_for_a_reason(
    show: Show, kind: TicketType, box_office: User, programmer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    TicketType.objects.filter(pk=kind.pk).update(group_from=3)
    address = reverse("admin:box_office_sale", args=[show.code])
    two = {"action": "best", "cart": "a" * 32, f"quantity-{kind.pk}": "2"}
    till = signed_in(box_office)
    page = till.post(address, two)
    # The refusal stands at the ticket type, and what was sent waits for a reason.
    refusal = "is sold from 3 tickets on"
    assert page.status_code == 409
    assert re.search(rf'id="bo-refusal-type-{kind.pk}">[^<]*{refusal}', page.content.decode())
    assert ("action", "best") in page.context["sent_again"]
    # Without a reason, or by someone who may only keep places for the house, nothing is sold.
    assert till.post(address, two | {"waiver": "  "}).status_code == 409
    assert signed_in(programmer).post(address, two | {"waiver": "Because"}).status_code == 403
    assert signed_in(programmer).post(address, two).context["sent_again"] == []
    assert not Booking.objects.exists()
    assert till.post(address, two | {"waiver": "One of them is ill"}).status_code == 302
    hold = Booking.objects.get()
    entry = AuditEntry.objects.get(action="set rules aside")
    assert (entry.by, entry.reason, entry.object_id) == (box_office, "One of them is ill", str(hold.pk))
    assert entry.after == {"rules": ["Special: group"]}
    # A change asks again, at the ticket that it concerns.
    first, _second = hold.tickets.order_by("pk")
    other = add_type(show, "Pair", minimum=2)
    change = {"action": "change", "cart": "a" * 32, f"type-{first.pk}": other.pk}
    page = till.post(address, change)
    assert re.search(rf'id="bo-refusal-{first.pk}">Take at least 2', page.content.decode())
    till.post(address, change | {"waiver": "The second one comes later"})
    assert hold.tickets.filter(state="held").values_list("ticket_type", flat=True).count() == 2
    # A quota is not set aside, and neither is a companion seat without its wheelchair place.
    TicketType.objects.filter(pk=kind.pk).update(quota=3)
    page = till.post(address, {"action": "best", "cart": "b" * 32, f"quantity-{kind.pk}": "4", "waiver": "Please"})
    assert page.status_code == 409
    assert page.context["sent_again"] == []
    # Nothing is recorded where no rule is broken.
    till.post(address, {"action": "best", "cart": "c" * 32, f"quantity-{other.pk}": "2", "waiver": "In case"})
    assert AuditEntry.objects.filter(action="set rules aside").count() == 2
    # A cart that was let through can be given away, for the same kind of reason.
    gift = till.post(address, {"action": "give", "cart": "a" * 32, "reason": "Press"})
    assert gift.status_code == 302
    assert Booking.objects.get(state=Booking.State.CONFIRMED).tickets.issued().count() == 2


def test_a_refusal_stands_at_the_lines_that_it_concerns(client: Client, show: Show, kind: TicketType) -> None:
    TicketType.objects.filter(pk=kind.pk).update(minimum=2)
    first, second = seats_of(show)[:2]
    form = {"seat": [first.pk, second.pk], f"type-{first.pk}": kind.pk}
    page = client.post(reverse("bookings:hold", args=[show.code]), form, follow=True).content.decode()
    assert re.findall(r'id="refusal-(\d+)"[^>]*>(Take at least 2)', page) == [(str(first.pk), "Take at least 2")]
    assert f'aria-describedby="refusal-{first.pk}"' in page
    # It is said once.
    assert "refusal-" not in client.get(f"{show.get_absolute_url()}?seat={first.pk}-{kind.pk}").content.decode()
