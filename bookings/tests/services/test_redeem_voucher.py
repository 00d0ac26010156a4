"""Vouchers: on the right tickets, for the right people, never more often than allowed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from bookings.errors import SeatsUnavailable, VoucherRefused
from bookings.models import Booking, Voucher
from bookings.seating.chosen import SeatChoice
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.details import set_details
from bookings.services.hold_seats import hold_seats
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.release_hold import free_lapsed_holds, release_hold
from events.models import Price, Show, TicketType
from payments.models import Payment
from testing.bookings import lapse, make_hold, make_paid, seats_of
from testing.builders import from_now, make_event, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), price="9.99")


@pytest.fixture
def voucher(theater: Theater) -> Voucher:
    return Voucher.objects.create(code="SPRING", theater=theater, percent=Decimal(25), limit=2)


def used(voucher: Voucher) -> int:
    voucher.refresh_from_db()
    return voucher.used


def test_a_percentage_is_taken_off_and_split_over_the_tickets(show: Show, voucher: Voucher, customer):
    booking = make_hold(show, 0, 1, 2, customer=customer, voucher_code=" spring ")
    # 25 % of 29.97 is 7.49.
    assert (booking.discount, booking.total, booking.voucher) == (Decimal("7.49"), Decimal("22.48"), voucher)
    assert sorted(booking.tickets.values_list("discount", flat=True)) == [Decimal(d) for d in ("2.49", "2.5", "2.5")]
    assert booking.tax == Decimal("2.04")
    assert used(voucher) == 1


@pytest.mark.parametrize(
    ("code", "typed"),
    [
        ("SUMMER", "summer"),
        ("Straße", "STRASSE"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ЛЕТО", "лето"),
        ("ＡＢＣ１２", "abc 12"),
        ("गर्मी", "गर्मी"),
    ],
)
def test_a_code_is_the_same_in_any_case_and_script(show: Show, theater: Theater, code: str, typed: str, customer):
    voucher = Voucher.objects.create(code=code, theater=theater, percent=Decimal(10))
    assert make_hold(show, 0, customer=customer, voucher_code=typed).voucher == voucher

    with pytest.raises(ValidationError, match="This theater has a voucher with this code already"):
        Voucher(code=typed, theater=theater, percent=Decimal(5)).full_clean(exclude={"code_key"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Voucher.objects.bulk_create([Voucher(code=typed, theater=theater, percent=Decimal(5))])


def test_each_theater_has_codes_of_its_own(show: Show, voucher: Voucher, other_theater: Theater, customer):
    theirs = Voucher(code="spring", theater=other_theater, percent=Decimal(99))
    theirs.full_clean()
    theirs.save()
    assert make_hold(show, 0, customer=customer, voucher_code="SPRING").voucher == voucher


def test_a_renamed_voucher_is_found_by_its_new_code(show: Show, voucher: Voucher, customer):
    Voucher.objects.filter(pk=voucher.pk).update(code="Autumn")
    release_hold(booking=make_hold(show, 0, customer=customer, voucher_code="AUTUMN"))
    voucher.refresh_from_db()
    voucher.code = "Winter"
    voucher.save(update_fields=["code"])
    assert make_hold(show, 1, customer=customer, voucher_code="winter").voucher == voucher


def test_an_amount_is_never_more_than_the_tickets(show: Show, voucher: Voucher, customer):
    Voucher.objects.update(percent=None, amount=Decimal(15))
    assert make_hold(show, 0, 1, customer=customer, voucher_code="SPRING").total == Decimal("4.98")


def test_a_whole_discount_needs_no_payment(show: Show, voucher: Voucher, customer):
    Voucher.objects.update(percent=100)
    booking = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    assert booking.total == 0
    assert confirm_free(booking=booking).state == Booking.State.CONFIRMED


def test_it_may_be_for_some_ticket_types(show: Show, voucher: Voucher, customer):
    child = TicketType.objects.create(theater=show.hall.theater, name="Child", order=1)
    Price.objects.create(show=show, category=show.seat_map.categories.get(), ticket_type=child, amount=4)
    voucher.ticket_types.add(child)
    with pytest.raises(VoucherRefused):
        make_hold(show, 0, customer=customer, voucher_code="SPRING")
    first, second, *_ = seats_of(show)
    booking = hold_seats(
        show=show,
        seats=[SeatChoice(first.pk), SeatChoice(second.pk, child.pk)],
        customer=customer,
        voucher_code="SPRING",
    )
    assert list(booking.tickets.values_list("discount", flat=True)) == [0, 1]


@pytest.mark.parametrize(
    "change",
    [
        {"code": "OTHER"},
        {"starts_at": timedelta(days=1)},
        {"ends_at": -timedelta(days=1)},
        {"used": 2},
    ],
    ids=["code", "not yet", "no longer", "used up"],
)
def test_an_invalid_one_is_refused_and_nothing_is_held(
    show: Show, voucher: Voucher, customer, change: dict[str, object]
):
    Voucher.objects.update(**from_now(change))
    before = used(voucher)
    with pytest.raises(VoucherRefused) as caught:
        make_hold(show, 0, customer=customer, voucher_code="SPRING")
    assert str(caught.value).endswith(".")
    assert not Booking.objects.exists()
    assert used(voucher) == before


def test_it_is_valid_at_its_own_theater_and_event(show: Show, voucher: Voucher, customer):
    with pytest.raises(VoucherRefused):
        make_hold(make_show(), 0, customer=customer, voucher_code="SPRING")
    Voucher.objects.update(event=make_event("Faust"))
    with pytest.raises(VoucherRefused):
        make_hold(show, 0, customer=customer, voucher_code="SPRING")
    Voucher.objects.update(event=show.event)
    make_hold(show, 0, customer=customer, voucher_code="SPRING")


def test_it_is_used_at_most_its_limit(show: Show, voucher: Voucher, customer, rival, manager):
    make_hold(show, 0, customer=customer, voucher_code="SPRING")
    make_hold(show, 1, customer=rival, voucher_code="SPRING")
    with pytest.raises(VoucherRefused):
        make_hold(show, 2, customer=manager, voucher_code="SPRING")
    assert used(voucher) == 2
    assert Booking.objects.count() == 2


def test_a_customer_uses_it_once(show: Show, voucher: Voucher, customer):
    first = make_paid(show, 0, customer=customer, voucher_code="SPRING")
    with pytest.raises(VoucherRefused):
        make_hold(show, 1, customer=customer, voucher_code="SPRING")
    assert used(voucher) == 1
    # Canceling the tickets does not bring the voucher back.
    cancel_tickets(booking=first, by=customer)
    with pytest.raises(VoucherRefused):
        make_hold(show, 1, customer=customer, voucher_code="SPRING")
    Voucher.objects.update(limit_per_customer=2)
    make_hold(show, 1, customer=customer, voucher_code="SPRING")


def test_a_guest_is_recognized_by_address(show: Show, voucher: Voucher, customer):
    make_paid(show, 0, customer=customer, voucher_code="SPRING")
    guest = make_hold(show, 1, voucher_code="SPRING")
    with pytest.raises(VoucherRefused):
        set_details(booking=guest, name="Asha", email="customer@example.com")
    guest.refresh_from_db()
    assert guest.email == ""
    set_details(booking=guest, name="Ruben", email="rival@example.com")


def test_its_use_returns_when_the_hold_is_over(show: Show, voucher: Voucher, customer, rival):
    make_hold(show, 1, customer=rival, voucher_code="SPRING")
    hold = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    for _again in range(2):
        release_hold(booking=hold)
        assert used(voucher) == 1
    release_hold(booking=Booking.objects.get(customer=rival))
    assert used(voucher) == 0
    lapse(make_hold(show, 0, customer=customer, voucher_code="SPRING"))
    free_lapsed_holds()
    assert used(voucher) == 0
    lapsed = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    lapse(lapsed)
    make_hold(show, 0, customer=rival)
    assert used(voucher) == 0


def test_choosing_again_keeps_moves_or_drops_it(show: Show, voucher: Voucher, theater: Theater, customer):
    Voucher.objects.update(limit=1)
    first = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    second = make_hold(show, 1, customer=customer, voucher_code="SPRING", into=first)
    assert used(voucher) == 1
    other = Voucher.objects.create(code="AUTUMN", theater=theater, amount=1)
    third = make_hold(show, 1, customer=customer, voucher_code="AUTUMN", into=second)
    assert (used(voucher), used(other)) == (0, 1)
    make_hold(show, 1, customer=customer, into=third)
    assert (used(voucher), used(other)) == (0, 1)
    make_hold(show, 1, customer=customer, voucher_code="", into=third)
    assert (used(voucher), used(other)) == (0, 0)


def test_a_lost_race_for_a_seat_costs_no_use(show: Show, voucher: Voucher, customer, rival):
    make_hold(show, 0, customer=rival)
    with pytest.raises(SeatsUnavailable):
        make_hold(show, 0, customer=customer, voucher_code="SPRING")
    assert used(voucher) == 0


@pytest.mark.slow
def test_late_money_takes_it_again_or_comes_back(show: Show, voucher: Voucher, customer, rival):
    Voucher.objects.update(limit=1)
    booking = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    started = _start(booking)
    release_hold(booking=booking)
    assert _approve(started).state == Booking.State.CONFIRMED
    assert used(voucher) == 1

    Voucher.objects.update(used=0, limit_per_customer=5)
    booking = make_hold(show, 1, customer=customer, voucher_code="SPRING")
    started = _start(booking)
    release_hold(booking=booking)
    pay_with_token(
        booking=make_hold(show, 2, customer=rival, voucher_code="SPRING"), gateway="sandbox", token="approve"
    )
    assert _approve(started).state == Booking.State.EXPIRED
    assert used(voucher) == 1
    assert booking.payments.get().refunded == booking.total


def _start(booking: Booking) -> Payment:
    return start_payment(booking=booking, gateway="sandbox", return_url="https://example.com/").payment


def _approve(payment: Payment) -> Booking:
    return confirm_payment(payment=payment)
