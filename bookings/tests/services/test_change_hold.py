"""A basket that changes before it is paid: tickets for several shows of one theater, in one hold."""

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from bookings.errors import HoldExpired, SeatsUnavailable, TooManyHolds, VoucherRefused, WrongState
from bookings.models import Booking, DroppedPlaces, Ticket, Voucher
from bookings.seating.availability import read_availability
from bookings.seating.chosen import SeatChoice
from bookings.services import hold_seats as hold_module
from bookings.services.change_hold import change_hold, drop_show
from bookings.services.confirm import confirm_payment
from bookings.services.limit_holds import FULL_HOLD_MINUTES
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.places import InTheWay
from bookings.services.release_hold import free_lapsed_holds
from events.models import Price, Show, TicketType
from payments.models import Payment
from testing.bookings import choose, choose_standing, lapse, make_hold, race, seats_of
from testing.builders import make_event, make_hall, make_show, make_user
from theaters.models import Theater
from waiting_list.join import join
from waiting_list.models import WaitingListEntry
from waiting_list.offers import offer_free_places

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=4), price="19.99")


@pytest.fixture
def sunday(theater: Theater) -> Show:
    event = make_event("Matinee")
    return make_show(
        hall=make_hall(theater=theater, rows=2, seats=6, standing=4), event=event, in_hours=96, price="15.01"
    )


@pytest.fixture
def child(theater: Theater, friday: Show, sunday: Show) -> TicketType:
    child = TicketType.objects.create(theater=theater, name="Child", order=9)
    for show in (friday, sunday):
        Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=D("7.77"))
    return child


@pytest.fixture
def voucher(theater: Theater, sunday: Show) -> Voucher:
    return Voucher.objects.create(code="MATINEE", theater=theater, percent=10, event=sunday.event, limit=1)


def put(show: Show, *indices: int, into: Booking | None = None, customer: User | None = None, **wish: Any) -> Booking:
    return change_hold(show=show, seats=choose(show, *indices), into=into, customer=customer, **wish).booking


def seats(booking: Booking, show: Show) -> set[int]:
    """Return where in the hall the tickets of a basket for this show are."""
    at = {seat.pk: index for index, seat in enumerate(seats_of(show))}
    return {at[ticket.seat_id] for ticket in booking.tickets.live().filter(show=show, area=None) if ticket.seat_id}


# Put in, change, take out


def test_a_second_show_joins_the_basket(friday: Show, sunday: Show, customer: User):
    basket = put(friday, 0, 1, customer=customer)
    first = set(basket.tickets.all())
    again = put(sunday, 3, into=basket, customer=customer)
    assert again == basket == Booking.objects.get()
    basket.refresh_from_db()
    assert (seats(basket, friday), seats(basket, sunday)) == ({0, 1}, {3})
    assert first < set(basket.tickets.all())
    assert basket.total == D("54.99")


def test_choosing_again_changes_the_tickets_of_that_show_only(friday: Show, sunday: Show, customer: User):
    basket = put(sunday, 3, into=put(friday, 0, 1, customer=customer), customer=customer)
    kept = list(basket.tickets.filter(show=sunday)) + list(basket.tickets.filter(seat=seats_of(friday)[1]))
    put(friday, 1, 2, 4, into=basket, customer=customer)
    assert (seats(basket, friday), seats(basket, sunday)) == ({1, 2, 4}, {3})
    assert set(kept) < set(basket.tickets.all())
    assert list(DroppedPlaces.objects.values_list("show", "places")) == [(friday.pk, 1)]


def test_another_ticket_type_keeps_the_place_its_time_and_the_name(friday: Show, customer: User, child: TicketType):
    basket = put(friday, 0, 1, customer=customer)
    earlier = timezone.now() - timedelta(minutes=4)
    basket.tickets.update(held_at=earlier, attendee_name="Asha")
    seat, other = seats_of(friday)[:2]
    choices = [SeatChoice(seat.pk, child.pk), SeatChoice(other.pk)]
    change_hold(show=friday, seats=choices, into=basket, customer=customer)
    changed = basket.tickets.get(ticket_type=child)
    assert (changed.seat, changed.price) == (seat, D("7.77"))
    assert (changed.held_at, changed.attendee_name) == (earlier, "Asha")
    assert not DroppedPlaces.objects.exists()


def test_what_stays_keeps_the_price_that_it_was_quoted(friday: Show, customer: User):
    basket = put(friday, 0, customer=customer)
    Price.objects.filter(show=friday).update(amount=30)
    put(friday, 0, 1, into=basket, customer=customer)
    assert sorted(basket.tickets.values_list("price", flat=True)) == [D("19.99"), D(30)]


def test_a_show_is_taken_out(friday: Show, sunday: Show, customer: User, django_capture_on_commit_callbacks):
    basket = put(
        sunday, 3, into=put(friday, 0, 1, customer=customer), customer=customer, areas=choose_standing(sunday, 2)
    )
    expires_at = Booking.objects.get().expires_at
    with django_capture_on_commit_callbacks(execute=True):
        for _twice in range(2):
            changed = drop_show(booking=basket, show=sunday).booking
    changed.refresh_from_db()
    assert (seats(changed, friday), seats(changed, sunday)) == ({0, 1}, set())
    assert (changed.state, changed.total, changed.expires_at) == ("held", D("39.98"), expires_at)
    assert (read_availability(sunday.pk).taken, sunday.areas.get().taken) == ([], 0)


def test_without_its_last_show_the_basket_is_over(friday: Show, customer: User):
    basket = put(friday, 0, customer=customer)
    assert drop_show(booking=basket, show=friday).booking.state == Booking.State.EXPIRED
    assert not Ticket.objects.live().exists()
    with pytest.raises(HoldExpired):
        drop_show(booking=basket, show=friday)


def test_what_is_paid_loses_no_show(friday: Show, customer: User):
    paid = pay_with_token(booking=put(friday, 0, customer=customer), gateway="sandbox", token="approve")
    with pytest.raises(WrongState):
        drop_show(booking=paid, show=friday)
    # A basket that was paid meanwhile gets nothing more.
    later = put(friday, 1, into=paid, customer=customer)
    assert later != paid
    assert paid.tickets.count() == 1


def test_a_lost_seat_leaves_the_basket_as_it_was(friday: Show, sunday: Show, customer: User, rival: User):
    basket = put(sunday, 3, into=put(friday, 0, 1, customer=customer), customer=customer)
    make_hold(sunday, 4, customer=rival)
    before = list(Ticket.objects.order_by("pk").values())
    with pytest.raises(SeatsUnavailable) as lost:
        put(sunday, 2, 4, into=basket, customer=customer)
    assert lost.value.seats == [seats_of(sunday)[4]]
    assert list(Ticket.objects.order_by("pk").values()) == before
    assert not DroppedPlaces.objects.exists()


def test_a_basket_stays_with_its_theater(friday: Show, customer: User):
    elsewhere = make_show()
    basket = put(friday, 0, customer=customer)
    with pytest.raises(Exception, match="theater"):
        put(elsewhere, 0, into=basket, customer=customer)
    assert seats(basket, friday) == {0}


def test_a_change_costs_a_fixed_number_of_statements(friday: Show, sunday: Show, customer: User):
    basket = put(sunday, 3, into=put(friday, 0, 1, customer=customer), customer=customer)
    with CaptureQueriesContext(connection) as queries:
        put(friday, 1, 2, 4, into=basket, customer=customer)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 18, statements


# Any sequence of changes, reckoned again


Choice = dict[int, bool]
CHOICES = st.dictionaries(st.integers(0, 5), st.booleans(), min_size=1, max_size=4)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 1), CHOICES, st.integers(0, 2)),
        st.tuples(st.just("drop"), st.integers(0, 1), st.just({}), st.just(0)),
    ),
    min_size=1,
    max_size=7,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, is_inside=st.booleans())
def test_any_sequence_of_changes_adds_up(  # noqa: PLR0917
    steps: list[tuple[str, int, Choice, int]],
    is_inside: bool,
    friday: Show,
    sunday: Show,
    child: TicketType,
    voucher: Voucher,
    customer: User,
):
    with transaction.atomic():
        Theater.objects.update(tax_rate=13, prices_include_tax=is_inside)
        assert_adds_up(steps, [friday, sunday], child, is_inside, customer)
        transaction.set_rollback(True)


def assert_adds_up(
    steps: list[tuple[str, int, Choice, int]], shows: list[Show], child: TicketType, is_inside: bool, customer: User
) -> None:
    prices = {(0, False): D("19.99"), (1, False): D("15.01"), (0, True): D("7.77"), (1, True): D("7.77")}
    expected: dict[int, list[tuple[int | None, bool]]] = {0: [], 1: []}
    has_voucher = False
    basket: Booking | None = None
    for step, which, choice, standing in steps:
        show = shows[which]
        if step == "drop":
            if basket is not None:
                basket = drop_show(booking=basket, show=show).booking
            expected[which] = []
        else:
            at = seats_of(show)
            wish = [SeatChoice(at[index].pk, child.pk if is_child else None) for index, is_child in choice.items()]
            areas = choose_standing(show, standing) if standing else ()
            is_new = basket is None
            basket = change_hold(show=show, seats=wish, areas=areas, into=basket, customer=customer).booking
            expected[which] = [*choice.items(), *[(None, False)] * standing]
            if is_new and which == 1:
                basket = hold_module.hold_seats(
                    show=show, seats=wish, areas=areas, into=basket, customer=customer, voucher_code="matinee"
                )
                has_voucher = True
        has_voucher = has_voucher and bool(expected[1])
        if basket is None:
            continue
        if not any(expected.values()):
            assert basket.state == Booking.State.EXPIRED
            basket, has_voucher = None, False
            continue
        found: dict[int, list[tuple[int | None, bool]]] = {0: [], 1: []}
        for ticket in basket.tickets.select_related("seat"):
            at = [seat.pk for seat in seats_of(ticket.show)]
            index = at.index(ticket.seat_id) if ticket.seat_id else None
            found[shows.index(ticket.show)].append((index, ticket.ticket_type == child))
        assert {key: Counter(value) for key, value in found.items()} == {
            key: Counter(value) for key, value in expected.items()
        }
        assert [show.areas.get().taken for show in shows] == [
            sum(index is None for index, _child in expected[key]) for key in (0, 1)
        ]
        basket.refresh_from_db()
        cent = D("0.01")
        sums = {key: sum((prices[key, is_child] for _at, is_child in expected[key]), D(0)) for key in (0, 1)}
        discount = (sums[1] / 10).quantize(cent, ROUND_HALF_UP) if has_voucher else D(0)
        net = sums[0] + sums[1] - discount
        tax = (net * 13 / (113 if is_inside else 100)).quantize(cent, ROUND_HALF_UP)
        assert (basket.discount, basket.tax) == (discount, tax)
        assert basket.total == (net if is_inside else net + tax)
        tickets = list(basket.tickets.all())
        assert sum(ticket.amount for ticket in tickets) == basket.total
        assert sum(ticket.tax for ticket in tickets) == basket.tax
        assert sum(ticket.discount for ticket in tickets) == basket.discount
        assert all(ticket.show_id == shows[1].pk for ticket in tickets if ticket.discount)
        assert Voucher.objects.get().used == has_voucher


# Its time


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime.now().astimezone(), tick=False) as travel:
        yield travel


def test_a_change_renews_it_up_to_half_an_hour(friday: Show, sunday: Show, customer: User, clock: Any):
    began = timezone.now()
    basket = put(friday, 0, customer=customer)
    ends = []
    for minutes in (8, 8, 8, 5):
        clock.shift(timedelta(minutes=minutes))
        put(sunday, minutes, into=basket, customer=customer)
        basket.refresh_from_db()
        ends.append((basket.expires_at - began) / timedelta(minutes=1))
    assert ends == [18, 26, FULL_HOLD_MINUTES, FULL_HOLD_MINUTES]
    # Without the ticket that is held for so long, the others have their own half hour.
    put(friday, 1, into=basket, customer=customer)
    basket.refresh_from_db()
    assert (basket.expires_at - began) / timedelta(minutes=1) == 39


@pytest.mark.slow
@pytest.mark.once
def test_no_sequence_of_changes_keeps_a_seat_for_longer(friday: Show, sunday: Show, customer: User, clock: Any):
    """The seat in question stays in the basket, whatever else comes and goes."""
    began = timezone.now()
    basket = put(friday, 0, customer=customer)
    for minute in range(40):
        show, seat = (friday, minute % 3 + 1) if minute % 2 else (sunday, minute % 4)
        wish = (0, seat) if show == friday else (seat,)
        if timezone.now() < basket.expires_at:
            with suppress(TooManyHolds):
                put(show, *wish, into=basket, customer=customer)
            if minute % 5 == 4:
                drop_show(booking=basket, show=sunday)
        basket.refresh_from_db()
        assert basket.expires_at <= began + timedelta(minutes=FULL_HOLD_MINUTES)
        clock.shift(timedelta(minutes=1))
        free_lapsed_holds()
    assert not Ticket.objects.live().filter(seat=seats_of(friday)[0]).exists()


def test_a_change_never_shortens_it(friday: Show, customer: User, clock: Any):
    basket = put(friday, 0, customer=customer)
    start_payment(booking=basket, gateway="sandbox", return_url="/")
    basket.refresh_from_db()
    extended = basket.expires_at
    put(friday, 0, 1, into=basket, customer=customer)
    basket.refresh_from_db()
    assert basket.expires_at == extended


# Limits


def test_dropped_places_count_for_an_hour(friday: Show, customer: User, clock: Any):
    Show.objects.update(tickets_per_customer=3)
    basket = put(friday, 0, 1, 2, customer=customer)
    for first in (3, 6, 0):
        clock.shift(timedelta(minutes=9))
        with suppress(TooManyHolds):
            put(friday, first, first + 1, first + 2, into=basket, customer=customer)
    # Three places for 27 minutes; for ten more there is no time left.
    assert seats(basket, friday) == {6, 7, 8}
    drop_show(booking=basket, show=friday)
    with pytest.raises(TooManyHolds):
        put(friday, 0, 1, 2, customer=customer)
    clock.shift(timedelta(minutes=50))
    assert put(friday, 0, 1, 2, customer=customer)


def test_fewer_places_are_never_refused(friday: Show, customer: User, clock: Any):
    Show.objects.update(tickets_per_customer=3)
    basket = put(friday, 0, 1, 2, customer=customer)
    for first in (3, 6):
        clock.shift(timedelta(minutes=9))
        put(friday, first, first + 1, first + 2, into=basket, customer=customer)
    clock.shift(timedelta(minutes=9))
    basket.refresh_from_db()
    expires_at = basket.expires_at
    put(friday, 6, 7, into=basket, customer=customer)
    basket.refresh_from_db()
    assert (seats(basket, friday), basket.expires_at) == ({6, 7}, expires_at)


def test_one_show_is_not_kept_for_longer_by_changes_for_another(friday: Show, sunday: Show, customer: User, clock: Any):
    Show.objects.update(tickets_per_customer=2)
    for _twice in range(2):
        make_hold(friday, 0, 1, customer=customer)
        clock.shift(timedelta(minutes=11))
        free_lapsed_holds()
    basket = put(friday, 0, 1, customer=customer)
    expires_at = basket.expires_at
    clock.shift(timedelta(minutes=5))
    put(sunday, 0, into=basket, customer=customer)
    basket.refresh_from_db()
    assert basket.expires_at == expires_at


# Vouchers


def test_a_voucher_is_for_the_tickets_that_it_is_valid_for(
    friday: Show, sunday: Show, voucher: Voucher, customer: User
):
    with pytest.raises(VoucherRefused, match="another event"):
        make_hold(friday, 0, customer=customer, voucher_code="MATINEE")
    basket = make_hold(sunday, 0, customer=customer, voucher_code="MATINEE")
    put(friday, 0, into=basket, customer=customer)
    basket.refresh_from_db()
    assert (basket.voucher, basket.discount, basket.total) == (voucher, D("1.50"), D("33.50"))
    assert dict(basket.tickets.values_list("show", "discount")) == {friday.pk: 0, sunday.pk: D("1.50")}
    changed = drop_show(booking=basket, show=sunday)
    assert "another event" in changed.voucher_refusal
    basket.refresh_from_db()
    assert (basket.voucher, basket.discount, basket.total) == (None, 0, D("19.99"))
    voucher.refresh_from_db()
    assert voucher.used == 0


def test_the_counter_refuses_a_change_that_leaves_no_ticket_for_the_voucher(
    sunday: Show, voucher: Voucher, child: TicketType, box_office: User
):
    voucher.ticket_types.set([child])
    seat = seats_of(sunday)[0].pk
    hold = hold_module.hold_seats(
        show=sunday,
        seats=[SeatChoice(seat, child.pk)],
        channel="box_office",
        made_by=box_office,
        voucher_code="matinee",
    )
    wish: dict[str, Any] = {"show": sunday, "seats": [SeatChoice(seat)], "into": hold}
    with pytest.raises(VoucherRefused):
        change_hold(**wish, channel="box_office", made_by=box_office)
    assert hold.tickets.get().ticket_type == child
    changed = change_hold(**wish)
    assert "other kinds of tickets" in changed.voucher_refusal
    assert changed.booking.discount == 0


# Late money


def test_late_money_buys_what_the_basket_had_in_the_end(friday: Show, sunday: Show, customer: User, rival: User):
    basket = put(friday, 0, 1, into=put(sunday, 3, customer=customer), customer=customer)
    put(friday, 1, 2, into=basket, customer=customer)
    payment = start_payment(booking=basket, gateway="sandbox", return_url="/").payment
    lapse(basket)
    free_lapsed_holds()
    make_hold(friday, 0, customer=rival)
    booking = confirm_payment(payment=payment)
    assert booking.state == Booking.State.CONFIRMED
    assert (seats(booking, friday), seats(booking, sunday)) == ({1, 2}, {3})


def test_late_money_goes_back_if_one_seat_of_two_shows_is_gone(friday: Show, sunday: Show, customer: User, rival: User):
    basket = put(friday, 0, 1, into=put(sunday, 3, customer=customer), customer=customer)
    payment = start_payment(booking=basket, gateway="sandbox", return_url="/").payment
    lapse(basket)
    free_lapsed_holds()
    make_hold(friday, 1, customer=rival)
    confirm_payment(payment=payment)
    payment.refresh_from_db()
    basket.refresh_from_db()
    assert (basket.state, payment.surplus_reason) == ("expired", Payment.SurplusReason.PLACES_GONE)
    assert set(basket.tickets.values_list("state", flat=True)) == {Ticket.State.RELEASED}
    assert payment.refunded == payment.received_amount == D("54.99")


# Offers of the waiting list


@pytest.fixture
def offer(friday: Show, customer: User) -> WaitingListEntry:
    blockers = [make_hold(friday, *range(start, start + 5), email=f"{start}@a.example") for start in (0, 5)]
    make_hold(friday, 10, 11, email="10@a.example")
    make_hold(friday, areas=choose_standing(friday, 4), email="standing@a.example")
    entry = join(show=friday, party_size=2, email="", customer=customer)
    lapse(blockers[0])
    free_lapsed_holds()
    assert offer_free_places(friday.pk) == 1
    entry.refresh_from_db()
    return entry


def test_an_offer_keeps_its_booking_and_its_time_for_its_party(friday: Show, offer: WaitingListEntry, customer: User):
    hold = offer.booking
    assert hold is not None
    until = hold.expires_at
    changed = put(friday, 3, 4, into=hold, customer=customer)
    changed.refresh_from_db()
    offer.refresh_from_db()
    assert (changed, changed.expires_at, offer.booking) == (hold, until, hold)
    put(friday, 2, 3, 4, into=hold, customer=customer)
    hold.refresh_from_db()
    assert hold.expires_at is not None
    assert hold.expires_at < timezone.now() + timedelta(minutes=11)


# Races


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_baskets_that_want_one_seat_never_wait_in_a_circle(theater: Theater):
    shows = [
        make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=4), in_hours=hours) for hours in (30, 60)
    ]
    people = [make_user(f"racer-{number}@example.com") for number in range(6)]
    baskets = [
        put(shows[1], number, into=put(shows[0], number, customer=person), customer=person)
        for number, person in enumerate(people)
    ]
    # Everybody gives up a seat, all want the same one, and half of them in the other show.
    results = race(
        *(
            partial(put, shows[number % 2], 6, 7 + number % 2, into=basket, customer=person)
            for number, (basket, person) in enumerate(zip(baskets, people, strict=True))
        )
    )
    won = [one for one in results if isinstance(one, Booking)]
    assert len(won) == 2
    assert all(isinstance(one, Booking | SeatsUnavailable) for one in results), results
    for number, (basket, result) in enumerate(zip(baskets, results, strict=True)):
        changed, other = shows[number % 2], shows[1 - number % 2]
        is_won = isinstance(result, Booking)
        assert seats(basket, changed) == ({6, 7 + number % 2} if is_won else {number})
        assert seats(basket, other) == {number}
    live = Ticket.objects.live().values_list("show", "seat")
    assert len(live) == len(set(live)) == 14


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_change_one_basket_leave_one_choice(theater: Theater, customer: User):
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6, standing=4))
    basket = put(show, 0, 1, customer=customer, areas=choose_standing(show, 1))
    results = race(
        *(
            partial(put, show, number + 2, number + 3, into=basket, customer=customer, areas=choose_standing(show, 2))
            for number in range(6)
        )
    )
    assert all(isinstance(one, Booking | SeatsUnavailable) for one in results), results
    assert {one.pk for one in results if isinstance(one, Booking)} == {basket.pk}
    assert Booking.objects.get() == basket
    assert (len(seats(basket, show)), show.areas.get().taken) == (2, 2)
    assert basket.tickets.count() == 4


@pytest.mark.parametrize("step", ["drop_tickets", "move_areas", "check_uses_by_customer"])
def test_a_change_that_breaks_off_leaves_nothing_behind(
    friday: Show, sunday: Show, voucher: Voucher, monkeypatch: pytest.MonkeyPatch, step: str
):
    customer = make_user("caller@example.com")
    basket = make_hold(sunday, 0, customer=customer, voucher_code="MATINEE", areas=choose_standing(sunday, 1))
    put(friday, 0, into=basket, customer=customer)
    before = [list(model.objects.order_by("pk").values()) for model in (Booking, Ticket, DroppedPlaces, Voucher)]

    def die(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(hold_module, step, die)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        put(sunday, 1, 2, into=basket, customer=customer)
    assert [
        list(model.objects.order_by("pk").values()) for model in (Booking, Ticket, DroppedPlaces, Voucher)
    ] == before
    assert sunday.areas.get().taken == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_unique_index_alone_decides_between_baskets(theater: Theater, monkeypatch: pytest.MonkeyPatch):
    show = make_show(hall=make_hall(theater=theater, rows=2, seats=6))
    people = [make_user(f"racer-{number}@example.com") for number in range(4)]
    baskets = [put(show, number, customer=person) for number, person in enumerate(people)]
    monkeypatch.setattr(hold_module, "find_all_in_the_way", lambda *args, **kwargs: InTheWay(set(), set()))
    results = race(
        *(partial(put, show, 9, into=basket, customer=person) for basket, person in zip(baskets, people, strict=True))
    )
    assert sum(isinstance(one, Booking) for one in results) == 1
    assert Ticket.objects.live().filter(seat=seats_of(show)[9]).count() == 1
