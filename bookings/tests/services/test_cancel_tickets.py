"""Cancel tickets: the places are free at once, and the refund follows the show's policy, to the cent."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine

from accounts.models import AuditEntry
from bookings.errors import NotCancelable, WrongState
from bookings.models import Booking, Ticket, Voucher
from bookings.seating.availability import read_availability
from bookings.services.cancel import cancel_tickets, quote_cancellation
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.pay import start_payment
from door.models import CheckIn
from events.models import Show
from notifications.models import Notification
from payments.errors import RefundTooLarge
from payments.models import Refund
from testing.bookings import captured, choose_standing, make_hold, make_paid, open_till
from testing.builders import make_fee, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def show(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater, standing=5), price="9.99")


@pytest.fixture
def booking(show: Show, customer) -> Booking:
    return make_paid(show, 0, 1, 2, customer=customer)


def states(booking: Booking) -> tuple[str, list[str]]:
    booking.refresh_from_db()
    return booking.state, list(booking.tickets.order_by("pk").values_list("state", flat=True))


def quote(booking: Booking, tickets=None, *, before_start: timedelta = timedelta(hours=25)):
    return quote_cancellation(booking, tickets, now=booking.shows[0].starts_at - before_start)


def test_it_frees_the_seats_and_promises_the_refund(
    booking: Booking, customer, rival, django_capture_on_commit_callbacks
):
    show = booking.shows[0]
    assert len(read_availability(show.pk).taken) == 3
    with django_capture_on_commit_callbacks(execute=False):
        refund = cancel_tickets(booking=booking, by=customer, reason="ill")
    assert refund is not None
    assert (refund.amount, refund.state, refund.reason, refund.made_by) == (D("29.97"), "pending", "ill", customer)
    assert refund.tickets.count() == 3
    assert captured(booking).refunded == D("29.97")
    assert states(booking) == ("canceled", ["canceled"] * 3)
    assert booking.canceled_at is not None
    assert Notification.objects.filter(kind="booking_canceled").count() == 1
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.by, entry.reason) == ("cancel tickets", customer, "ill")
    make_hold(show, 0, 1, 2, customer=rival)


def test_a_quote_takes_three_queries_and_changes_nothing(booking: Booking, django_assert_num_queries):
    now = booking.shows[0].starts_at - timedelta(days=3)
    with django_assert_num_queries(3):
        assert quote_cancellation(booking, now=now).amount == D("29.97")
    assert states(booking) == ("confirmed", ["issued"] * 3)


def test_others_see_the_seats_at_once(booking: Booking, customer, django_capture_on_commit_callbacks):
    assert len(read_availability(booking.shows[0].pk).taken) == 3
    with django_capture_on_commit_callbacks(execute=True):
        cancel_tickets(booking=booking, by=customer)
    assert read_availability(booking.shows[0].pk).taken == []


def test_a_repeated_call_is_harmless(booking: Booking, customer, rival):
    cancel_tickets(booking=booking, by=customer)
    make_hold(booking.shows[0], 0, customer=rival)
    assert cancel_tickets(booking=booking, by=customer) is None
    assert cancel_tickets(booking=booking, tickets=booking.tickets.all(), by=customer) is None
    assert Refund.objects.count() == AuditEntry.objects.count() == 1
    assert Ticket.objects.live().count() == 1


def test_some_tickets_may_be_canceled(booking: Booking, customer):
    first, *rest = booking.tickets.order_by("pk")
    refund = cancel_tickets(booking=booking, tickets=[first], by=customer)
    assert refund is not None
    assert refund.amount == D("9.99")
    assert list(refund.tickets.all()) == [first]
    assert states(booking) == ("confirmed", ["canceled", "issued", "issued"])
    # The canceled one among the others is nothing new.
    cancel_tickets(booking=booking, tickets=[first, *rest], by=customer)
    assert states(booking) == ("canceled", ["canceled"] * 3)
    assert captured(booking).refunded == D("29.97")
    assert Notification.objects.filter(kind="booking_canceled").count() == 2


@pytest.mark.slow
@pytest.mark.parametrize("percent", [0, 33, 50, 100])
def test_parts_refund_as_much_as_the_whole(show: Show, customer, rival, percent: int):
    Show.objects.update(refund_percent=percent)
    Voucher.objects.create(code="TEN", theater=show.hall.theater, percent=D("7.7"), limit=2)
    whole = make_paid(show, 0, 1, 2, customer=customer, voucher_code="TEN")
    parts = make_paid(show, 3, 4, 5, customer=rival, voucher_code="TEN")
    cancel_tickets(booking=whole, by=customer)
    for ticket in parts.tickets.order_by("-pk"):
        cancel_tickets(booking=parts, tickets=[ticket], by=rival)
    expected = (whole.total * percent / 100).quantize(D("0.01"))
    assert captured(whole).refunded == captured(parts).refunded == expected
    assert Refund.objects.filter(payment__booking=parts).count() == (3 if percent else 0)


def test_places_of_an_area_are_counted_down(show: Show, customer):
    booking = make_paid(show, customer=customer, areas=choose_standing(show, 4))
    cancel_tickets(booking=booking, tickets=booking.tickets.all()[:3], by=customer)
    assert show.areas.get().taken == 1


def test_tax_on_top_is_refunded_too(show: Show, customer):
    Theater.objects.update(prices_include_tax=False)
    booking = make_paid(show, 0, 1, customer=customer)
    assert booking.total == D("21.98")
    assert quote(booking).amount == D("21.98")
    assert sorted(quote(booking).by_ticket.values()) == [D("10.99")] * 2


def test_fees_are_kept_unless_the_show_is_off(show: Show, customer):
    make_fee(show.hall.theater, "1.50", per="booking")
    booking = make_paid(show, 0, 1, customer=customer)
    assert (booking.total, booking.fees) == (D("21.48"), D("1.5"))
    assert quote(booking).amount == D("19.98")
    Show.objects.filter(pk=show.pk).update(state=Show.State.CANCELED)
    assert quote(booking).amount == D("21.48")


def test_the_policy_sets_a_deadline(booking: Booking, customer):
    show = booking.shows[0]
    until = show.starts_at - timedelta(hours=24)
    quoted = quote(booking, before_start=timedelta(hours=24, seconds=1))
    assert (quoted.is_allowed, quoted.until, quoted.amount) == (True, until, D("29.97"))
    quoted = quote(booking, before_start=timedelta(hours=24))
    assert (quoted.is_allowed, quoted.until, quoted.amount) == (False, until, 0)
    with time_machine.travel(until), pytest.raises(NotCancelable) as caught:
        cancel_tickets(booking=booking, by=customer)
    assert str(caught.value) == quoted.reason
    assert states(booking) == ("confirmed", ["issued"] * 3)
    assert not Refund.objects.exists()


def test_the_policy_may_rule_out_refunds(booking: Booking, customer):
    Show.objects.update(refunds="never", refund_hours=None, refund_percent=None)
    booking = Booking.objects.get()
    assert not quote(booking).is_allowed
    with pytest.raises(NotCancelable):
        cancel_tickets(booking=booking, by=customer)
    assert states(booking) == ("confirmed", ["issued"] * 3)


def test_a_ticket_that_was_used_is_kept(booking: Booking, customer):
    first, second, *_ = booking.tickets.order_by("pk")
    CheckIn.objects.create(ticket=first, result=CheckIn.Result.ADMITTED, passage=1)
    CheckIn.objects.create(ticket=second, result=CheckIn.Result.NOT_VALID)
    with pytest.raises(NotCancelable):
        cancel_tickets(booking=booking, by=customer)
    assert cancel_tickets(booking=booking, tickets=[second], by=customer) is not None


def test_tickets_paid_at_the_box_office_are_returned_there(show: Show, customer, box_office):
    booking = make_hold(show, 0, channel=Booking.Channel.BOX_OFFICE, made_by=box_office, customer=customer)
    payment = start_payment(booking=booking, gateway="cash", return_url="", made_by=box_office).payment
    open_till(box_office, show.hall.theater)
    confirm_payment(payment=payment, by=box_office)
    with pytest.raises(NotCancelable):
        cancel_tickets(booking=booking, by=customer)
    assert cancel_tickets(booking=booking, by=box_office, amount=D("9.99")) is not None


def test_staff_may_decide_otherwise(booking: Booking, box_office):
    with time_machine.travel(booking.shows[0].starts_at - timedelta(hours=1)):
        first = booking.tickets.order_by("pk")[0]
        refund = cancel_tickets(booking=booking, tickets=[first], by=box_office, amount=D("5.00"), reason="goodwill")
        assert refund is not None
        assert (refund.amount, refund.made_by) == (D("5.00"), box_office)
        with pytest.raises(RefundTooLarge):
            cancel_tickets(booking=booking, by=box_office, amount=D("24.98"))
        assert states(booking) == ("confirmed", ["canceled", "issued", "issued"])
        assert cancel_tickets(booking=booking, by=box_office, amount=D(0)) is None
    assert states(booking) == ("canceled", ["canceled"] * 3)
    assert captured(booking).refunded == D("5.00")
    assert AuditEntry.objects.filter(by=box_office, action="cancel tickets").count() == 2


def test_earlier_goodwill_is_not_refunded_again(booking: Booking, customer, box_office):
    first, *_ = booking.tickets.order_by("pk")
    cancel_tickets(booking=booking, tickets=[first], by=box_office, amount=D("20.00"))
    assert quote(booking).amount == D("9.97")
    cancel_tickets(booking=booking, by=customer)
    assert captured(booking).refunded == D("29.97")


def test_a_canceled_show_refunds_everything(booking: Booking, customer):
    Show.objects.update(state=Show.State.CANCELED, refunds="until", refund_hours=0, refund_percent=10)
    booking = Booking.objects.get()
    assert quote(booking, before_start=timedelta(hours=-1)).amount == D("29.97")
    cancel_tickets(booking=booking, by=customer)
    assert captured(booking).refunded == D("29.97")


def test_free_tickets_are_canceled_without_a_refund(show: Show, customer):
    Voucher.objects.create(code="FREE", theater=show.hall.theater, percent=100)
    booking = confirm_free(booking=make_hold(show, 0, customer=customer, voucher_code="FREE"))
    assert quote(booking).is_allowed
    assert cancel_tickets(booking=booking, by=customer) is None
    assert states(booking) == ("canceled", ["canceled"])
    assert not Refund.objects.exists()


def test_canceling_a_hold_releases_it(show: Show, customer):
    booking = make_hold(show, 0, customer=customer)
    assert quote(booking).is_allowed
    assert cancel_tickets(booking=booking, by=customer) is None
    assert states(booking) == ("expired", ["released"])
    assert cancel_tickets(booking=booking, by=customer) is None


def test_tickets_of_another_booking_are_refused(show: Show, booking: Booking, customer, rival):
    other = make_paid(show, 4, customer=rival)
    with pytest.raises(WrongState):
        cancel_tickets(booking=booking, tickets=[booking.tickets.first(), other.tickets.get()], by=customer)
    assert states(booking) == ("confirmed", ["issued"] * 3)
    assert states(other) == ("confirmed", ["issued"])


def test_a_booking_with_nothing_left_says_so(booking: Booking, customer):
    cancel_tickets(booking=booking, by=customer)
    booking.refresh_from_db()
    quoted = quote(booking)
    assert (quoted.is_allowed, str(quoted.reason)) == (False, "There is nothing left to cancel.")
