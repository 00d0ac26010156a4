"""A canceled show takes out its own tickets of a booking for several shows, and their money alone goes back."""

from __future__ import annotations

import uuid
from decimal import Decimal

import icalendar
import pytest
from django.core import mail
from django.db import transaction

from accounts.models import User
from bookings.models import Booking, Ticket, Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.confirm import confirm_free, confirm_payment
from bookings.services.pay import pay_with_token, start_payment
from bookings.services.refund import give_goodwill, settle_refund
from bookings.services.remedy import give_back
from bookings.services.vouchers import QUOTED_SUMS, quote_hold, save_quote, use_voucher
from events.models import FeeRule, Show
from events.prices.charge_changes import note_change
from notifications.models import Notification
from notifications.sending import Outcome, send
from payments.models import Refund, RefundLine, SandboxAnswer
from show_changes.cancel import cancel_show, cancel_shows, carry_on, pay_out, try_again
from show_changes.models import CanceledBooking, ShowCancellation
from show_changes.progress import preview_cancellation, preview_cancellations, read_pay_outs, read_progress
from testing.bookings import captured, make_hold, make_paid
from testing.builders import make_event, make_fee, make_hall, make_show
from theaters.models import Theater

pytestmark = pytest.mark.django_db
D = Decimal
State = CanceledBooking.State


@pytest.fixture
def friday(theater: Theater) -> Show:
    return make_show(hall=make_hall(theater=theater), price="20.00", refund_percent=50)


@pytest.fixture
def sunday(theater: Theater) -> Show:
    hall = make_hall(theater=theater)
    return make_show(hall=hall, event=make_event("Matinee"), in_hours=96, price="15.00", refund_percent=50)


@pytest.fixture
def hold(friday: Show, sunday: Show, customer: User) -> Booking:
    """Two tickets for Friday, one for Sunday, and fees of 1.10: 56.10 in all, of which 40.80 and 15.30."""
    hold = make_hold(
        sunday, 2, customer=customer, into=make_hold(friday, 0, 1, customer=customer, email=customer.email)
    )
    return add_fees(hold, D("1.10"))


@pytest.fixture
def paid(hold: Booking) -> Booking:
    return pay_with_token(booking=hold, gateway="sandbox", token="approve")


def add_fees(hold: Booking, fees: Decimal) -> Booking:
    make_fee(hold.theater, str(fees), per=FeeRule.Per.BOOKING)
    tickets = hold.tickets.filter(state=Ticket.State.HELD).select_related("show", "category").order_by("pk")
    changed = quote_hold(hold, list(tickets), hold.voucher)
    hold.save(update_fields=QUOTED_SUMS)
    save_quote(hold, changed, had_fees=False)
    with transaction.atomic():
        FeeRule.objects.filter(theater=hold.theater).delete()
        note_change(hold.theater_id)
    return hold


def pay_by_terminal(hold: Booking, by: User) -> Booking:
    Booking.objects.filter(pk=hold.pk).update(channel=Booking.Channel.BOX_OFFICE)
    payment = start_payment(booking=hold, gateway="terminal", return_url="/", made_by=by).payment
    return confirm_payment(payment=payment, by=by)


def settle_all() -> None:
    for pk in Refund.objects.filter(state=Refund.State.PENDING).values_list("pk", flat=True):
        settle_refund(pk)


def cancel(show: Show, by: User) -> ShowCancellation:
    cancellation = cancel_show(show=show, by=by, reason="The lead is ill.")
    carry_on(cancellation.pk)
    settle_all()
    return cancellation


def row_of(booking: Booking, show: Show) -> CanceledBooking:
    return booking.show_cancellations.select_related("cancellation__show__hall").get(cancellation__show=show)


def states(booking: Booking, show: Show) -> set[str]:
    return set(booking.tickets.filter(show=show).values_list("state", flat=True))


def refunded_for(booking: Booking, show: Show) -> Decimal:
    lines = RefundLine.objects.filter(ticket__booking=booking, ticket__show=show)
    return sum(lines.exclude(refund__state=Refund.State.FAILED).values_list("amount", flat=True), D(0))


def deliver(booking: Booking) -> mail.EmailMessage:
    told = Notification.objects.filter(kind="show_canceled", about=booking.code).latest("pk")
    assert send(told.pk) is Outcome.SENT
    return mail.outbox[-1]


def test_one_of_two_shows_is_refunded_and_the_other_stays_valid(paid: Booking, friday: Show, sunday: Show, manager):
    cancel(friday, manager)
    paid.refresh_from_db()
    assert (paid.state, states(paid, friday), states(paid, sunday)) == ("confirmed", {"canceled"}, {"issued"})
    refund = Refund.objects.get()
    assert (refund.amount, refund.state, captured(paid).left) == (D("40.80"), "succeeded", D("15.30"))
    assert refunded_for(paid, friday) == D("40.80")
    assert (row_of(paid, friday).state, row_of(paid, friday).amount) == (State.DONE, D("40.80"))


def test_the_second_show_gives_the_rest_and_closes_the_booking(paid: Booking, friday: Show, sunday: Show, manager):
    for show in (friday, sunday):
        cancellation = cancel(show, manager)
        assert carry_on(cancellation.pk) == 0
    paid.refresh_from_db()
    assert (paid.state, captured(paid).refunded) == ("canceled", D("56.10"))
    assert [refunded_for(paid, show) for show in (friday, sunday)] == [D("40.80"), D("15.30")]
    assert Notification.objects.filter(kind="show_canceled").count() == 2
    assert [row.amount for row in paid.show_cancellations.all()] == [D("40.80"), D("15.30")]


def test_shows_that_are_canceled_together_settle_a_booking_once_each(
    paid: Booking, friday: Show, sunday: Show, manager
):
    for cancellation in cancel_shows(shows=[sunday, friday], by=manager, reason="Strike", batch=uuid.uuid4()):
        assert carry_on(cancellation.pk) == 1
    assert [refunded_for(paid, show) for show in (friday, sunday)] == [D("40.80"), D("15.30")]


@pytest.mark.django_db(transaction=True)
def test_the_mail_names_the_show_and_what_stays_valid(paid: Booking, friday: Show, sunday: Show, manager):
    cancel(friday, manager)
    message = deliver(paid)
    for words in (message.body, message.alternatives[0].content):
        assert "€40.80" in words
        assert words.count("Stalls, row A") == 2
        assert "stay valid" in words
        assert words.index("Hamlet") < words.index("stay valid") < words.index("Matinee")
    assert "Hamlet" in message.subject
    [(_name, content, _kind)] = message.attachments
    [entry] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert (entry["summary"], entry["status"]) == ("Hamlet", "CANCELLED")
    cancel(sunday, manager)
    assert "stay valid" not in deliver(paid).body


def test_what_was_kept_for_tickets_of_the_show_comes_back_too(
    paid: Booking, friday: Show, sunday: Show, customer, manager
):
    for show in (friday, sunday):
        cancel_tickets(booking=paid, tickets=[paid.tickets.filter(show=show).first()], by=customer)
    settle_all()
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [D("7.50"), D("10.00")]
    cancel(friday, manager)
    assert refunded_for(paid, friday) == D("40.80")
    # All of Sunday's tickets were returned before, as its policy says, and that remains so.
    cancel(sunday, manager)
    assert refunded_for(paid, sunday) == D("7.50")
    assert not paid.show_cancellations.filter(cancellation__show=sunday).exists()


def test_goodwill_counts_for_each_show_by_what_its_tickets_cost(paid: Booking, friday: Show, sunday: Show, manager):
    give_goodwill(booking=paid, amount=D(10), by=manager, reason="Late curtain", key=uuid.uuid4())
    cancel(friday, manager)
    assert row_of(paid, friday).amount == D("33.53")
    cancel(sunday, manager)
    assert (row_of(paid, sunday).amount, captured(paid).refunded) == (D("12.57"), D("56.10"))


def test_a_customer_who_returns_the_show_s_tickets_first_is_not_notified_twice(
    paid: Booking, friday: Show, sunday: Show, customer, manager
):
    cancellation = cancel_show(show=friday, by=manager, reason="Ill")
    cancel_tickets(booking=paid, tickets=paid.tickets.filter(show=friday), by=customer)
    carry_on(cancellation.pk)
    assert (row_of(paid, friday).is_told, row_of(paid, friday).amount) == (True, 0)
    assert not Notification.objects.filter(kind="show_canceled").exists()
    assert (refunded_for(paid, friday), states(paid, sunday)) == (D("40.80"), {"issued"})


def test_the_counter_pays_out_for_each_show(hold: Booking, friday: Show, sunday: Show, manager, box_office):
    paid = pay_by_terminal(hold, box_office)
    give_goodwill(booking=paid, amount=D(10), by=manager, reason="Late curtain", key=uuid.uuid4())
    cancellations = [cancel(show, manager) for show in (friday, sunday)]
    rows = [row_of(paid, show) for show in (friday, sunday)]
    # What waits for Friday is not promised for Sunday as well.
    left = [D("33.53"), D("12.57")]
    assert [(row.state, row.amount) for row in rows] == [(State.PAY_OUT, amount) for amount in left]
    assert [amount for one in cancellations for _row, amount in read_pay_outs(one)] == left
    for row in reversed(rows):
        [refund] = pay_out(row=row, by=box_office)
        assert (refund.amount, refund.state) == (row.amount, "succeeded")
        assert pay_out(row=row, by=box_office) == []
    assert [refunded_for(paid, show) for show in (friday, sunday)] == [D("40.80"), D("15.30")]


def test_a_refused_refund_is_tried_again_for_its_show(paid: Booking, friday: Show, sunday: Show, manager):
    SandboxAnswer.objects.update(refuses_refunds=True)
    cancellations = [cancel(show, manager) for show in (friday, sunday)]
    assert [read_progress(one).failed.amount for one in cancellations] == [D("40.80"), D("15.30")]
    SandboxAnswer.objects.update(refuses_refunds=False)
    assert try_again(row=row_of(paid, sunday), by=manager)
    settle_all()
    assert [read_progress(one).refunded.bookings for one in cancellations] == [0, 1]
    assert [refunded_for(paid, show) for show in (friday, sunday)] == [0, D("15.30")]
    assert try_again(row=row_of(paid, friday), by=manager)
    settle_all()
    assert captured(paid).refunded == D("56.10")


@pytest.mark.parametrize("is_first", [True, False])
def test_an_earlier_refund_that_failed_is_made_good_by_itself(
    is_first: bool, paid: Booking, friday: Show, sunday: Show, manager
):
    SandboxAnswer.objects.update(refuses_refunds=True)
    cancel_tickets(booking=paid, tickets=[paid.tickets.filter(show=friday).first()], by=paid.customer)
    settle_all()
    SandboxAnswer.objects.update(refuses_refunds=False)
    failed = Refund.objects.get(state=Refund.State.FAILED, amount=D("10.00"))
    wish = {"payment": failed.payment, "failed": failed, "by": manager, "reason": "Card closed"}
    if is_first:
        give_back(**wish)
    cancel(friday, manager)
    assert row_of(paid, friday).amount == D("30.80")
    give_back(**wish)
    settle_all()
    cancel(sunday, manager)
    assert [refunded_for(paid, show) for show in (friday, sunday)] == [D("40.80"), D("15.30")]
    assert captured(paid).refunded == D("56.10")


@pytest.fixture
def with_voucher(hold: Booking, theater: Theater) -> Booking:
    Voucher.objects.create(code="ONCE", theater=theater, percent=10, limit=5)
    use_voucher(booking=hold, code="ONCE")
    hold.refresh_from_db()
    return pay_with_token(booking=hold, gateway="sandbox", token="approve")


def uses() -> int:
    return Voucher.objects.get().used


def test_a_voucher_can_be_used_again_once_no_ticket_is_left(
    with_voucher: Booking, friday: Show, sunday: Show, customer, manager
):
    cancel(friday, manager)
    assert (uses(), row_of(with_voucher, friday).has_returned_voucher) == (1, False)
    cancel(sunday, manager)
    assert (uses(), row_of(with_voucher, sunday).has_returned_voucher) == (0, True)
    other = make_hold(make_show(hall=friday.hall, in_hours=200), 0, customer=customer)
    use_voucher(booking=other, code="ONCE")


def test_a_voucher_returns_once_if_the_customer_is_faster(
    with_voucher: Booking, friday: Show, sunday: Show, customer, manager
):
    found = cancel_shows(shows=[friday, sunday], by=manager, reason="Strike", batch=uuid.uuid4())
    cancel_tickets(booking=with_voucher, by=customer)
    for cancellation in found:
        carry_on(cancellation.pk)
    assert uses() == 0
    assert sorted(with_voucher.show_cancellations.values_list("state", "has_returned_voucher")) == [
        (State.DONE, False),
        (State.DONE, True),
    ]


def test_a_voucher_stays_used_if_the_customer_returned_the_rest(
    with_voucher: Booking, friday: Show, sunday: Show, customer, manager
):
    cancel(friday, manager)
    cancel_tickets(booking=with_voucher, by=customer)
    with_voucher.refresh_from_db()
    assert (with_voucher.state, uses()) == ("canceled", 1)


@pytest.mark.django_db(transaction=True)
def test_a_reservation_ends_as_a_whole_and_its_notice_says_so(friday: Show, sunday: Show, manager):
    reserved = {"channel": Booking.Channel.BOX_OFFICE, "email": "by@phone.example"}
    hold = make_hold(sunday, 1, **reserved, into=make_hold(friday, 0, **reserved))
    cancel(sunday, manager)
    hold.refresh_from_db()
    assert (hold.state, states(hold, friday), row_of(hold, sunday).amount) == ("expired", {"released"}, 0)
    message = deliver(hold)
    for words in (message.body, message.alternatives[0].content):
        assert words.index("Matinee") < words.index("ends your whole reservation") < words.index("Hamlet")
        assert "stay valid" not in words
    assert "Matinee" in message.subject
    assert message.attachments == []


def test_the_preview_counts_the_tickets_and_money_of_the_show(
    paid: Booking, friday: Show, sunday: Show, rival, box_office
):
    pay_by_terminal(make_hold(sunday, 5, customer=rival, into=make_hold(friday, 4, customer=rival)), box_office)
    make_paid(friday, 6, customer=paid.customer)
    of_friday = preview_cancellation(friday)
    assert (of_friday.bookings, of_friday.with_others, of_friday.tickets) == (3, 2, 4)
    assert [(line.bookings, line.amount) for line in of_friday.money] == [(2, D("60.80")), (1, D(20))]
    previews, together = preview_cancellations([friday, sunday])
    assert previews[friday.pk] == of_friday
    assert [line.amount for line in previews[sunday.pk].money] == [D("15.30"), D(15)]
    assert (together.bookings, together.with_others, together.tickets) == (3, 0, 6)
    assert [(line.bookings, line.amount) for line in together.money] == [(2, D("76.10")), (1, D(35))]
    assert [amount for _booking, amount in together.at_counter] == [D(35)]
    # A mail for each show.
    assert together.mails == [("English", 5)]


def test_a_preview_returns_a_voucher_only_with_the_last_ticket(with_voucher: Booking, friday: Show, sunday: Show):
    previews, together = preview_cancellations([friday, sunday])
    assert ([previews[show.pk].vouchers for show in (friday, sunday)], together.vouchers) == ([0, 0], 1)


def test_free_tickets_have_their_part_of_the_fees(friday: Show, sunday: Show, theater, customer, manager):
    Voucher.objects.create(code="FREE", theater=theater, percent=100)
    hold = make_hold(sunday, 2, customer=customer, into=make_hold(friday, 0, 1, customer=customer))
    make_fee(theater, "1.20", per=FeeRule.Per.BOOKING, is_for_free_tickets=True)
    use_voucher(booking=hold, code="FREE")
    hold.refresh_from_db()
    booking = pay_with_token(booking=hold, gateway="sandbox", token="approve")
    assert booking.total == D("1.20")
    cancel(friday, manager)
    assert (refunded_for(booking, friday), captured(booking).left) == (D("0.80"), D("0.40"))


def test_a_basket_without_a_price_is_settled_without_money(friday: Show, sunday: Show, theater, customer, manager):
    Voucher.objects.create(code="FREE", theater=theater, percent=100)
    hold = make_hold(sunday, 2, customer=customer, into=make_hold(friday, 0, customer=customer))
    use_voucher(booking=hold, code="FREE")
    booking = confirm_free(booking=hold)
    cancel(friday, manager)
    assert (row_of(booking, friday).state, states(booking, sunday)) == (State.DONE, {"issued"})
    assert not Refund.objects.exists()
