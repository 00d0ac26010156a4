"""A voucher is put on a hold and taken off again: same hold, same prices, same time."""

from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import User
from bookings.errors import HoldExpired, VoucherRefused, WrongState
from bookings.models import Booking, Voucher
from bookings.services.confirm import confirm_payment
from bookings.services.pay import start_payment
from bookings.services.release_hold import release_hold
from bookings.services.vouchers import use_voucher
from events.models import Price, Show
from testing.bookings import lapse, make_hold, make_paid, race
from testing.builders import make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), price="20.00")


@pytest.fixture
def voucher(theater: Theater) -> Voucher:
    return Voucher.objects.create(code="SPRING", theater=theater, percent=Decimal(25), limit=2)


def used(voucher: Voucher) -> int:
    voucher.refresh_from_db()
    return voucher.used


def test_the_hold_keeps_its_code_its_prices_and_its_time(show: Show, voucher: Voucher, customer: User):
    hold = make_hold(show, 0, 1, customer=customer)
    codes = set(hold.tickets.values_list("code", flat=True))
    Price.objects.filter(show=show).update(amount=Decimal(99))
    for _time in range(2):
        reduced = use_voucher(booking=hold, code=" spring ")
    assert (reduced.pk, reduced.code, reduced.expires_at) == (hold.pk, hold.code, hold.expires_at)
    assert (reduced.total, reduced.discount, reduced.tax) == (Decimal(30), Decimal(10), Decimal("2.73"))
    assert set(reduced.tickets.values_list("code", "price", "discount")) == {
        (code, Decimal(20), Decimal(5)) for code in codes
    }
    assert used(voucher) == 1
    for _time in range(2):
        whole = use_voucher(booking=hold, code="")
    assert (whole.total, whole.discount, whole.voucher) == (Decimal(40), 0, None)
    assert set(whole.tickets.values_list("discount", flat=True)) == {0}
    assert used(voucher) == 0
    assert Booking.objects.count() == 1


def test_one_voucher_takes_the_place_of_another(show: Show, voucher: Voucher, theater: Theater, customer: User):
    other = Voucher.objects.create(code="OTHER", theater=theater, amount=Decimal(3))
    hold = make_hold(show, 0, customer=customer, voucher_code="SPRING")
    assert use_voucher(booking=hold, code="OTHER").total == Decimal(17)
    assert (used(voucher), used(other)) == (0, 1)


def test_a_payment_that_was_started_before_pays_for_it_no_longer(show: Show, voucher: Voucher, customer: User):
    hold = make_hold(show, 0, customer=customer)
    old = start_payment(booking=hold, gateway="sandbox", return_url="https://a.example/").payment
    use_voucher(booking=hold, code="SPRING")
    new = start_payment(booking=hold, gateway="sandbox", return_url="https://a.example/").payment
    assert (old.amount, new.amount) == (Decimal(20), Decimal(15))
    assert confirm_payment(payment=old).state == Booking.State.HELD
    old.refresh_from_db()
    assert (old.state, old.refunded) == ("surplus", Decimal(20))
    assert confirm_payment(payment=new).state == Booking.State.CONFIRMED


def test_a_refusal_changes_nothing(show: Show, voucher: Voucher, customer: User, rival: User, manager: User):
    for index, person in enumerate((customer, rival)):
        make_hold(show, index, customer=person, voucher_code="SPRING")
    hold = make_hold(show, 3, customer=manager)
    for code in ("SPRING", "NOPE"):
        with pytest.raises(VoucherRefused):
            use_voucher(booking=hold, code=code)
    hold.refresh_from_db()
    assert (hold.total, hold.voucher, hold.tickets.get().discount) == (Decimal(20), None, 0)
    assert used(voucher) == 2


def test_only_once_for_each_customer(show: Show, voucher: Voucher, customer: User):
    make_paid(show, 0, customer=customer, voucher_code="SPRING")
    with pytest.raises(VoucherRefused):
        use_voucher(booking=make_hold(show, 1, customer=customer), code="SPRING")
    assert used(voucher) == 1


def test_only_a_hold_takes_one(show: Show, voucher: Voucher, customer: User):
    with pytest.raises(WrongState):
        use_voucher(booking=make_paid(show, 0, customer=customer), code="SPRING")
    over = make_hold(show, 1, customer=customer)
    lapse(over)
    with pytest.raises(HoldExpired):
        use_voucher(booking=over, code="SPRING")
    gone = make_hold(show, 2, customer=customer)
    release_hold(booking=gone)
    with pytest.raises(HoldExpired):
        use_voucher(booking=gone, code="SPRING")
    assert used(voucher) == 0


def test_an_expired_voucher(show: Show, voucher: Voucher, customer: User):
    Voucher.objects.update(ends_at=timezone.now())
    with pytest.raises(VoucherRefused):
        use_voucher(booking=make_hold(show, 0, customer=customer), code="SPRING")


@pytest.mark.django_db(transaction=True)
def test_the_last_use_goes_to_one_of_two(show: Show, voucher: Voucher, customer: User, rival: User):
    Voucher.objects.update(limit=1)
    holds = [make_hold(show, index, customer=person) for index, person in enumerate((customer, rival))]
    results = race(*[lambda hold=hold: use_voucher(booking=hold, code="SPRING") for hold in holds])
    assert sorted(type(one).__name__ for one in results) == ["Booking", "VoucherRefused"]
    assert sorted(Booking.objects.values_list("total", flat=True)) == [Decimal(15), Decimal(20)]
    assert used(voucher) == 1
