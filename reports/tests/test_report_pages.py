"""Reports as staff open them."""

import csv
import zipfile
from datetime import timedelta
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Capability
from bookings.models import Voucher
from bookings.services.cancel import cancel_tickets
from bookings.services.refund import settle_refund
from door.models import CheckIn
from events.models import Show
from fiscal.services.issue import issue_missing
from reports.catalog import REPORTS
from reports.exports.run import run_export, start_export
from reports.models import SettlementTerms
from testing.bookings import make_paid
from testing.builders import make_event, make_hall, make_show, make_theater
from testing.console import nothing_drawn
from theaters.directory import read_directory
from theaters.models import Theater

pytestmark = pytest.mark.django_db
CUSTOM = {"span": "custom", "date_from": "2020-01-01", "date_to": "2029-12-31"}
WAYS = [(slug, key) for slug, report in REPORTS.items() for key, _title in (report.groupings or [("", "")])]


MONEY = [slug for slug, report in REPORTS.items() if report.capability == Capability.SEE_MONEY]


def signed_in(user: User) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(user)
    return client


def address(slug: str) -> str:
    return reverse("admin:report", args=[slug])


def sell(theater: Theater, name: str, buyer: User) -> Show:
    """Sell five tickets at 20.00: one booking of two with a voucher, one of three of which one is given back."""
    event = make_event(f"{name} Hamlet", theater=theater)
    show = make_show(hall=make_hall(theater=theater, standing=2), event=event)
    Voucher.objects.create(code=f"{name}-TEN", theater=theater, percent=10)
    make_paid(show, 0, 1, customer=buyer, voucher_code=f"{name}-TEN")
    booking = make_paid(show, 2, 3, 4, email="guest@example.com")
    refund = cancel_tickets(booking=booking, tickets=[booking.tickets.first()], by=None)
    settle_refund(refund.pk)
    SettlementTerms.objects.create(event=event, theater=theater, partner=f"=Films of {name}", percent=50)
    issue_missing(theater)
    return show


@pytest.fixture
def sold(theater: Theater, other_theater: Theater, customer: User) -> tuple[Show, Show]:
    return sell(theater, "Mine", customer), sell(other_theater, "Foreign", customer)


def read_csv(client: Client, slug: str, **query: str) -> list[dict[str, str]]:
    response = client.get(address(slug), {**CUSTOM, "format": "csv", **query})
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(StringIO(response.getvalue().decode("utf-8-sig"), newline="")))


@pytest.mark.slow
@pytest.mark.once
def test_each_opens_with_own_figures_only(sold: tuple, manager: User):
    client = signed_in(manager)
    for slug, group_by in WAYS:
        query = {**CUSTOM, "group_by": group_by}
        page = client.get(address(slug), query)
        assert page.status_code == 200, query
        assert page.context["form"].is_valid(), (slug, page.context["form"].errors)
        assert "Foreign" not in page.content.decode(), (slug, group_by)
        if not REPORTS[slug].is_raw:
            assert page.context["rows"] or slug == "attendance", (slug, group_by)
            for file_format, begins in (("xlsx", b"PK\x03\x04"), ("pdf", b"%PDF")):
                answer = client.get(address(slug), {**query, "format": file_format})
                assert answer.getvalue()[:4] == begins, (slug, group_by)


@pytest.mark.slow
def test_sales_say_what_was_sold_and_given_back(sold: tuple, accountant: User):
    client = signed_in(accountant)
    # Five at 20.00, of which 4.00 are off by voucher; one of them given back. Tax of 10 % is in the price.
    expected = {
        "Sold": "5", "Complimentary": "0", "Canceled": "1", "Prices": "100.00", "Discount": "4.00", "Fees": "0.00",
        "Gross": "96.00", "Refunded": "20.00", "Currency": "EUR",
    }  # fmt: skip
    for key in ("day", "show", "event", "channel", "ticket_type"):
        (row,) = read_csv(client, "sales", group_by=key)
        assert {name: row[name] for name in expected} == expected
        assert Decimal(row["Net"]) == 76 - Decimal(row["Tax"])
        assert Decimal(row["Tax"]) == Decimal("3.27") + Decimal("5.45") - Decimal("1.82")
    assert row["Ticket type"] == "Adult"


@pytest.mark.slow
def test_a_settlement_splits_the_net_box_office(sold: tuple, accountant: User):
    client = signed_in(accountant)
    (row,) = read_csv(client, "settlement")
    assert (row["Tickets"], row["Net"], row["Partner gets"], row["Theater keeps"]) == ("4", "69.10", "34.55", "34.55")
    assert row["Partner"] == "'=Films of Mine"
    SettlementTerms.objects.update(guarantee=50)
    (row,) = read_csv(client, "settlement")
    assert (row["Partner gets"], row["Theater keeps"]) == ("50.00", "19.10")
    response = client.get(address("settlement"), {**CUSTOM, "format": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(response.getvalue())).worksheets[0]
    assert sheet["E2"].value == "=Films of Mine"
    assert sheet["E2"].data_type == "s"


@pytest.mark.slow
def test_payments_say_what_moved(sold: tuple, accountant: User):
    (row,) = read_csv(signed_in(accountant), "payments")
    expected = {"Payments": "2", "Paid in": "96.00", "Refunds": "1", "Paid back": "20.00", "Balance": "76.00"}
    assert {name: row[name] for name in expected} == expected


@pytest.mark.slow
def test_a_period_has_the_days_of_the_theater(theater: Theater, manager: User, customer: User, time_machine: Any):
    time_machine.move_to("2026-03-28T22:59:00Z", tick=False)
    show = make_show(hall=make_hall(theater=theater), in_hours=24 * 60)
    make_paid(show, 0, customer=customer)
    # A minute later it is Sunday in Vienna, the day of 23 hours.
    time_machine.move_to("2026-03-28T23:01:00Z", tick=False)
    make_paid(show, 1, customer=customer)
    time_machine.move_to("2026-03-29T21:59:00Z", tick=False)
    make_paid(show, 2, customer=customer)
    time_machine.move_to("2026-03-29T22:01:00Z", tick=False)
    make_paid(show, 3, customer=customer)
    rows = read_csv(signed_in(manager), "sales", date_from="2026-03-29", date_to="2026-03-29")
    assert [(row["Day"], row["Sold"]) for row in rows] == [("2026-03-29", "2")]
    rows = read_csv(signed_in(manager), "sales", date_from="2026-03-28", date_to="2026-03-30")
    assert [row["Sold"] for row in rows] == ["1", "2", "1"]


@pytest.mark.slow
def test_currencies_are_never_added_up(theater: Theater, platform_admin: User, customer: User):
    abroad = make_theater("Abroad", currency="JPY")
    sell(theater, "Mine", customer)
    make_paid(make_show(hall=make_hall(theater=abroad), price="3000"), 0, customer=customer)
    page = signed_in(platform_admin).get(address("sales"), {**CUSTOM, "group_by": "channel"})
    assert [[text for text, is_number in row if is_number][6] for row in page.context["totals"]] == ["€96.00", "¥3,000"]
    assert len(page.context["rows"]) == 2


@pytest.mark.slow
def test_wrong_parameters_are_named_and_nothing_is_shown(sold: tuple, manager: User):
    client = signed_in(manager)
    backwards = {**CUSTOM, "date_to": "2019-01-01"}
    for query in ({"date_from": "2026-02-01"}, backwards, {"span": "nonsense"}, {"theater": "x"}):
        page = client.get(address("sales"), {**query, "format": "csv"})
        assert page.status_code == 200
        assert page.context["form"].errors, query
        assert "result" not in page.context


@pytest.mark.slow
def test_another_theater_cannot_be_chosen(sold: tuple, manager: User):
    mine, foreign = sold
    client = signed_in(manager)
    for query in ({"theater": foreign.hall.theater_id}, {"event": foreign.event_id}):
        page = client.get(address("sales"), {**CUSTOM, **query})
        assert page.context["form"].errors
        assert "Foreign" not in page.content.decode()
    assert client.get(address("sales"), {**CUSTOM, "theater": mine.hall.theater_id}).context["rows"]


@pytest.mark.slow
@pytest.mark.once
def test_money_is_shown_to_those_alone_who_may_see_it(sold: tuple, request: pytest.FixtureRequest):
    for role in ("programmer", "box_office", "door_staff", "customer"):
        client = signed_in(request.getfixturevalue(role))
        for slug in MONEY:
            with nothing_drawn():
                answers = [client.get(address(slug), query) for query in ({}, {"format": "csv"})]
                answers.append(client.post(reverse("admin:report-export", args=[slug]), {"format": "csv"}))
            assert {answer.status_code for answer in answers} <= {302, 403}, (role, slug)


@pytest.mark.slow
def test_statements_do_not_grow_with_what_was_sold(
    theater: Theater, manager: User, customer: User, django_assert_max_num_queries: Any
):
    client = signed_in(manager)
    for number in range(3):
        sell(theater, f"N{number}", customer)
    # All theaters are read once a minute.
    read_directory()
    for slug, key in WAYS:
        with django_assert_max_num_queries(14):
            client.get(address(slug), {**CUSTOM, "group_by": key})


@pytest.mark.slow
def test_too_many_tickets_are_offered_as_a_file(sold: tuple, manager: User, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("reports.views.MAX_PAGE_TICKETS", 3)
    client = signed_in(manager)
    page = client.get(address("sales"), CUSTOM)
    assert "too many tickets" in page.content.decode()
    assert "result" not in page.context
    assert client.get(address("sales"), {**CUSTOM, "format": "csv"})["Content-Type"].startswith("text/html")


@pytest.mark.slow
def test_the_door_sees_who_came_and_no_money(sold: tuple, manager: User, door_staff: User):
    show = sold[0]
    seated = list(show.tickets.filter(state="issued").order_by("pk"))
    Show.objects.filter(pk=show.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    for passage in (1, 2, 3):
        direction = "in" if passage % 2 else "out"
        CheckIn.objects.create(ticket=seated[0], result="admitted", passage=passage, direction=direction, by=door_staff)
    CheckIn.objects.create(ticket=seated[1], result="already_in", by=door_staff)
    client = signed_in(door_staff)
    (row,) = read_csv(client, "attendance")
    assert (row["Tickets"], row["Came"], row["Did not come"], row["No-shows"], row["Refused scans"]) == (
        "4", "1", "3", "75.0", "1",
    )  # fmt: skip
    listed = client.get(reverse("admin:reports")).content.decode()
    assert [slug for slug in REPORTS if address(slug) in listed] == ["attendance"]
    assert reverse("admin:reports") in client.get(reverse("admin:index")).content.decode()


@pytest.mark.slow
def test_who_comes_back_is_told_from_who_is_new(theater: Theater, manager: User, customer: User, time_machine: Any):
    show = make_show(hall=make_hall(theater=theater, rows=3), in_hours=24 * 500)
    mails = {"2024-05-01": "lapsed-long-ago", "2025-05-01": "lapsed", "2025-06-01": "back"}
    for seat, (day, name) in enumerate(mails.items()):
        time_machine.move_to(f"{day}T12:00:00Z", tick=False)
        make_paid(show, seat, email=f"{name}@example.com")
    time_machine.move_to("2026-01-10T12:00:00Z", tick=False)
    make_paid(show, 3, email="BACK@example.com")
    make_paid(show, 4, customer=customer)
    make_paid(show, 5, email=customer.email)
    rows = read_csv(signed_in(manager), "customers", date_from="2026-01-01", date_to="2026-01-31")
    assert [(row["Customers"].partition(":")[0], row["People"], row["Bookings"], row["Gross"]) for row in rows] == [
        ("New", "1", "2", "40.00"),
        ("Returning", "1", "1", "20.00"),
        ("Lapsed", "1", "", ""),
    ]


@pytest.mark.slow
def test_a_portfolio_is_one_file_a_theater(sold: tuple, platform_admin: User, manager: User):
    answer = signed_in(platform_admin).get(address("portfolio"), {**CUSTOM, "format": "csv"})
    assert answer["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(BytesIO(answer.getvalue()))
    contents = [archive.read(name).decode("utf-8-sig") for name in archive.namelist()]
    assert [("Mine" in text, "Foreign" in text) for text in sorted(contents)] in (
        [(True, False), (False, True)],
        [(False, True), (True, False)],
    )
    (row,) = read_csv(signed_in(manager), "portfolio")
    assert (row["Shows"], row["Places"], row["Bookings"], row["Tickets"], row["Occupancy"]) == (
        "1", "10", "2", "4", "40.0",
    )  # fmt: skip


@pytest.mark.slow
def test_every_ticket_is_a_file_alone(sold: tuple, manager: User):
    client = signed_in(manager)
    assert client.get(address("tickets"), {**CUSTOM, "format": "csv"})["Content-Type"].startswith("text/html")
    export = start_export(report=REPORTS["tickets"], parameters=CUSTOM, format="csv", by=manager)
    assert run_export(export.pk)
    export.refresh_from_db()
    rows = list(csv.DictReader(StringIO(export.file.read().decode("utf-8-sig"), newline="")))
    assert (export.rows, export.rows_expected, len(rows)) == (5, 5, 5)
    assert sorted(row["Paid"] for row in rows) == ["18.00", "18.00", "20.00", "20.00", "20.00"]
    assert {row["Event"] for row in rows} == {"Mine Hamlet"}
    assert sorted(row["State"] for row in rows) == ["canceled", "issued", "issued", "issued", "issued"]
