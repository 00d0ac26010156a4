"""The journal: postings that balance, accounts by chart and by hand, and the file for DATEV."""

import csv
import random
from datetime import date, timedelta
from decimal import Decimal as D  # noqa: N817
from io import StringIO
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import hand_out_refund, settle_refund
from box_office.day_end import read_day_end
from box_office.sale import hold_at_counter, take_money
from box_office.selectors import day_bounds
from events.models import Show
from fiscal.datev import ENCODING, TITLES, begin_of_year
from fiscal.journal import Accounts, balance, read_postings
from fiscal.models import Account, BookSettings, Receipt, ReceiptLine, Subject
from fiscal.services.issue import issue_for_booking, issue_for_drawer, issue_missing
from payments.drawers import close_drawer, expected_cash, move_cash
from payments.models import Payment, Refund
from testing.bookings import choose, make_paid, open_till
from testing.builders import make_fee, make_hall, make_show, make_tax_rate, make_user
from testing.console import signed_in
from testing.receipts import assert_receipts_agree
from theaters.models import Theater

pytestmark = pytest.mark.django_db
DATEV = "admin:fiscal_booksettings_datev"


@pytest.fixture
def show(theater: Theater) -> Show:
    theater.tax_rate = D(7)
    theater.save()
    return make_show(hall=make_hall(theater=theater, rows=3, seats=8), price="19.99")


def send(person: User, theater: Theater, first: date, last: date) -> tuple[int, str]:
    sent = {"theater": theater.pk, "first": f"{first}", "last": f"{last}"}
    answer = signed_in(person).post(reverse(DATEV), sent)
    return answer.status_code, answer.content.decode(ENCODING if answer.status_code == 200 else "utf-8")


def test_a_sale_is_posted_net_and_tax_apart(show: Show, theater: Theater, customer: User):
    BookSettings.objects.create(theater=theater, chart="skr03")
    make_paid(show, 0, customer=customer)
    issue_missing(theater)
    begin, end = day_bounds(timezone.localdate(timezone=theater.tz), theater)
    told = [(one.debit.number, one.credit.number, one.amount) for one in read_postings(theater, begin, end)]
    assert told == [("1360", "8300", D("18.68")), ("1360", "1771", D("1.31"))]


def test_an_account_of_ones_own_replaces_that_of_the_chart(theater: Theater):
    BookSettings.objects.create(theater=theater, chart="skr04")
    Account.objects.create(theater=theater, subject="admission", tax_rate=D("10.7"), number="4321", posting_key="40")
    Account.objects.create(theater=theater, subject="fee", number="4999")
    accounts = Accounts(theater)
    assert accounts.find(Subject.ADMISSION, D("10.7000")).number == "4321"
    assert accounts.find(Subject.ADMISSION, D(19)).number == "4400"
    assert accounts.find(Subject.FEE, D(5)).number == "4999"
    # A chart's account for a rate is nearer than one's own for all rates.
    assert accounts.find(Subject.TAX, D("5.5")).number == "3800"


def test_every_way_of_paying_has_an_account():
    ways = {*Payment.Gateway.values, *Refund.Way.values} - {Refund.Way.AS_PAID.value}
    assert ways <= set(Subject.values)


def test_the_file_is_as_datev_reads_it(show: Show, theater: Theater, customer: User, accountant: User):
    theater.name = "Bühne „Süd“ €"
    theater.save()
    BookSettings.objects.create(theater=theater, chart="skr03", consultant_number=1001, client_number=7)
    Account.objects.create(theater=theater, subject="admission", tax_rate=7, number="8301", posting_key="40")
    booking = make_paid(show, 0, 1, customer=customer)
    cancel_tickets(booking=booking, tickets=[booking.tickets.first()], by=None, amount=D("19.99"))
    settle_refund(Refund.objects.get().pk)
    today = timezone.localdate(timezone=theater.tz)
    status, content = send(accountant, theater, today.replace(day=1), today)
    assert status == 200
    lines = content.split("\r\n")
    header = lines[0].split(";")
    assert (len(header), header[:5]) == (31, ['"EXTF"', "700", "21", '"Buchungsstapel"', "13"])
    assert header[10:17] == [
        "1001", "7", f"{today.year}0101", "4", f"{today.replace(day=1):%Y%m%d}", f"{today:%Y%m%d}", '"Bühne „Süd“ €"',
    ]  # fmt: skip
    assert lines[1] == ";".join(TITLES)
    rows = list(csv.reader(StringIO("\r\n".join(lines[2:-1])), delimiter=";"))
    assert {len(row) for row in rows} == {len(TITLES)}
    code = Receipt.objects.earliest("pk").code
    assert rows[0][:11] == ["37,36", "S", "EUR", "", "", "", "1360", "8301", "40", f"{today:%d%m}", code]
    assert [(row[0], row[1]) for row in rows[1:]] == [("2,62", "S"), ("18,68", "H"), ("1,31", "H")]
    entry = AuditEntry.objects.get(action="export journal")
    assert (entry.by, entry.theater_id) == (accountant, theater.pk)


def test_what_datev_needs_is_said(show: Show, theater: Theater, customer: User, accountant: User):
    make_paid(show, 0, customer=customer)
    today = timezone.localdate(timezone=theater.tz)
    assert "tax consultant" in send(accountant, theater, today, today)[1]
    BookSettings.objects.create(theater=theater, consultant_number=1001, client_number=7)
    status, content = send(accountant, theater, today, today)
    assert (status, "admission, 7 %" in content, "test payments" in content) == (422, True, True)
    assert "one business year" in send(accountant, theater, today - timedelta(days=366), today)[1]
    assert "before the first" in send(accountant, theater, today, today - timedelta(days=1))[1]


def test_only_those_who_see_the_money_get_the_file(
    theater: Theater, other_theater: Theater, accountant: User, box_office: User, other_manager: User
):
    today = timezone.localdate()
    assert send(box_office, theater, today, today)[0] == 403
    assert send(other_manager, theater, today, today)[0] == 422
    assert send(accountant, other_theater, today, today)[0] == 422


@pytest.mark.parametrize(
    ("day", "month", "begins"),
    [(date(2026, 3, 1), 1, date(2026, 1, 1)), (date(2026, 3, 1), 8, date(2025, 8, 1)), (date(2026, 8, 1), 8, None)],
)
def test_the_business_year_begins_in_its_month(day: date, month: int, begins: date | None):
    assert begin_of_year(day, month) == (begins or day)


@pytest.mark.slow
def test_journal_agrees_with_the_day_end_after_random_days(show: Show, theater: Theater, box_office: User):
    """Whatever is sold, refunded and moved in cash: each day's postings are the day end's figures."""
    make_fee(theater, "1.55", is_returned=True)
    make_tax_rate(theater, "fee", "19")
    show.refresh_from_db()
    chance = random.Random(7)
    drawer = open_till(box_office, theater)
    seats = iter(range(24))
    for number in range(12):
        gateway = chance.choice(["cash", "terminal", "sandbox"])
        wanted = [next(seats) for _ in range(chance.randint(1, 2))]
        if gateway == "sandbox":
            booking = make_paid(show, *wanted, customer=make_user(f"buyer{number}@example.com"))
        else:
            hold = hold_at_counter(show=show, seller=box_office, cart=f"{number:032}", seats=choose(show, *wanted))
            booking = take_money(hold=hold, gateway=gateway, seller=box_office)
        if chance.random() < 0.6:
            ticket = booking.tickets.first()
            amount = chance.choice([ticket.amount + ticket.fees, D(chance.randint(1, 1999)) / 100])
            cancel_tickets(booking=booking, tickets=[ticket], by=box_office, amount=amount, reason="x")
            refund = Refund.objects.latest("pk")
            if gateway == "cash":
                hand_out_refund(refund=refund, by=box_office)
                issue_for_booking(booking)
            else:
                settle_refund(refund.pk)
        if chance.random() < 0.3:
            kind = chance.choice(["pay_in", "pay_out"])
            entry = move_cash(drawer=drawer, kind=kind, amount=D("7.50"), reason="Ice", by=box_office, key=uuid4())
            issue_for_drawer(entry)
    due = expected_cash(drawer)
    counted = due - D("0.37")
    close_drawer(drawer=drawer, counted=counted, expected=due, explanation="Lost", by=box_office)
    issue_missing(theater)
    assert_receipts_agree(theater)
    day = timezone.localdate(timezone=theater.tz)
    report = read_day_end(theater, day)
    assert report.is_balanced
    sums = balance(read_postings(theater, *day_bounds(day, theater)))
    money = {ledger.subject.value: amount for ledger, amount in sums.items()}
    means = [money.get(one, D(0)) for one in ("terminal", "sandbox")]
    # The drawer's cash: its sales and refunds, what was paid in and out, and what is missing.
    in_drawer = counted - drawer.opening_float
    assert money["cash"] == in_drawer
    moved = -money.get("transit", D(0))
    assert sum(means) + in_drawer == report.net + moved - D("0.37")
    assert money["difference"] == D("0.37")
    assert set(ReceiptLine.objects.values_list("kind", "tax_rate")) >= {("admission", D(7)), ("fee", D(19))}
    assert ReceiptLine.objects.filter(kind="fee", gross__lt=0).exists()
    taxes = sum((one.tax for one in ReceiptLine.objects.all()), D(0))
    assert -sum(amount for ledger, amount in sums.items() if ledger.subject == Subject.TAX) == taxes
