"""Reconciling with a gateway's export: every line has one result, and no theater sees another's."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from payments.models import ExportMapping, ExportUpload, Payment, Reconciliation, ReconciliationLine, Refund
from payments.reconciliation import ExportUnreadable, read_export
from payments.reconciliation.match import reconcile
from testing.bookings import captured, make_paid
from testing.builders import make_hall, make_show
from testing.console import signed_in
from theaters.models import Theater

VIENNA = ZoneInfo("Europe/Vienna")
BALANCE = """id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),payment_key (metadata)
txn_1,charge,ch_1,20.00,0.50,19.50,eur,2026-11-20 10:00:00,{key}
txn_2,refund,re_1,-5.00,0,-5.00,eur,2026-11-20 11:00:00,
txn_3,payout,po_1,-14.50,0,-14.50,eur,2026-11-20 12:00:00,
"""
PAYMENTS = """id,Created date (UTC),Amount,Amount Refunded,Currency,Status,PaymentIntent ID
ch_1,2026-11-20 10:00,20.00,5.00,eur,Refunded,pi_1
ch_2,2026-11-20 10:05,20.00,0.00,eur,Failed,pi_2
"""


@pytest.mark.once
@pytest.mark.parametrize(
    ("written", "currency", "amount"),
    [
        ("20", "EUR", "20"),
        ("1234.50", "EUR", "1234.50"),
        ("1,234.50", "EUR", "1234.50"),
        ("1.234,50", "EUR", "1234.50"),
        ("12,5", "EUR", "12.5"),
        ("1\u202f234,50", "EUR", "1234.50"),
        ("\u221220.00", "EUR", "-20.00"),
        ("1.250", "KWD", "1.250"),
        ("2000", "JPY", "2000"),
    ],
)
def test_amounts_as_people_write_them(written: str, currency: str, amount: str):
    file = f"reference;amount;currency;kind;date\nx;{written};{currency};payment;2026-11-20\n"
    [line] = read_export(file.encode(), VIENNA).lines
    assert line.amount == Decimal(amount)


@pytest.mark.once
@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("x;1,234;EUR;payment;2026-11-20", "two ways"),
        ("x;20.005;EUR;payment;2026-11-20", "more decimals"),
        ("x;20.5;JPY;payment;2026-11-20", "more decimals"),
        ("x;twenty;EUR;payment;2026-11-20", "not an amount"),
        ("x;Infinity;EUR;payment;2026-11-20", "not an amount"),
        ("x;1e12;EUR;payment;2026-11-20", "not an amount"),
        ("x;20;EURO;payment;2026-11-20", "not a currency"),
        ("x;20;EUR;gift;2026-11-20", "must be payment or refund"),
        ("x;20;EUR;payment;11/12/2026", "not a date"),
        ("x;20;EUR;payment;2026-02-30", "not a date"),
        (";20;EUR;payment;2026-11-20", "no reference"),
    ],
)
def test_a_wrong_line_is_named(row: str, said: str):
    good = "y;20;EUR;payment;20.11.2026"
    file = f"reference;amount;currency;kind;date\n{good}\n\n{row}\n"
    with pytest.raises(ExportUnreadable) as refused:
        read_export(file.encode("utf-16"), VIENNA)
    [(number, text)] = refused.value.problems
    assert (number, said in text) == (4, True), text


@pytest.mark.once
@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"reference,amount,currency,kind,date\n", b"\x00\xff\x00"])
def test_a_file_that_is_none_is_refused(content: bytes):
    with pytest.raises(ExportUnreadable):
        read_export(content, VIENNA)


@pytest.mark.once
def test_a_file_names_its_delimiter_or_is_in_an_old_encoding():
    text = "sep=;\nreference;amount;currency;kind;date;Käufer\nx1;28,00;EUR;payment;2026-11-27 11:26;Löhr\n"
    for content in (text.encode(), text.encode("cp1252")):
        [line] = read_export(content, ZoneInfo("Europe/Vienna")).lines
        assert (line.number, line.references, line.amount) == (3, ("x1",), Decimal("28.00"))


@pytest.mark.once
def test_the_exports_of_stripe():
    balance = read_export(BALANCE.format(key="abc").encode("utf-8-sig"), VIENNA)
    assert [(line.kind, line.amount, line.references[0]) for line in balance.lines] == [
        ("payment", 20, "abc"),
        ("refund", 5, "re_1"),
    ]
    assert balance.ignored == {"payout": 1}
    assert balance.lines[0].at == datetime(2026, 11, 20, 10, tzinfo=UTC)
    payments = read_export(PAYMENTS.encode(), VIENNA)
    assert [line.references[0] for line in payments.lines] == ["pi_1"]
    assert (payments.has_refunds, payments.ignored) == (False, {"failed": 1})


@pytest.fixture
def paid(theater: Theater) -> list[Payment]:
    """Five payments of 20, an hour apart, the first an hour ago; the first has a refund of 5."""
    show = make_show(hall=make_hall(theater=theater))
    payments = []
    for seat in range(5):
        payment = captured(make_paid(show, seat, email=f"{seat}@example.com"))
        Payment.objects.filter(pk=payment.pk).update(
            reference=f"pi_{seat}", captured_at=timezone.now() - timedelta(hours=seat + 1)
        )
        payment.refresh_from_db()
        payments.append(payment)
    Refund.objects.create(
        payment=payments[0], amount=5, state="succeeded", reference="re_0", key="0" * 8 + "-0000-4000-8000-" + "0" * 12,
        settled_at=timezone.now(),
    )  # fmt: skip
    return payments


def write(*rows: tuple[str, str, str]) -> bytes:
    today = timezone.localdate(timezone=VIENNA)
    lines = [f"{reference},{amount},EUR,{kind},{today}" for reference, amount, kind in rows]
    return "\n".join(["reference,amount,currency,kind,date", *lines]).encode()


def compare(theater: Theater | None, by: User, content: bytes) -> dict[str, list[tuple[str, Any]]]:
    day = timezone.localdate(timezone=VIENNA)
    done = reconcile(
        theater=theater, gateway="sandbox", file_name="export.csv", content=content, by=by,
        first_day=day - timedelta(days=1), last_day=day,
    )  # fmt: skip
    found: dict[str, list[tuple[str, Any]]] = {}
    for line in done.lines.all():
        found.setdefault(line.result, []).append((line.reference, line.our_amount))
    return {result: sorted(lines) for result, lines in found.items()}


@pytest.mark.slow
@pytest.mark.django_db
def test_each_line_has_one_result(theater: Theater, manager: User, paid: list[Payment]):
    found = compare(
        theater,
        manager,
        write(
            ("pi_0", "20.00", "payment"),
            ("re_0", "-5.00", "refund"),
            (str(paid[1].key), "20.00", "payment"),
            ("pi_2", "19.00", "payment"),
            ("pi_0", "20.00", "payment"),
            ("pi_unknown", "7.00", "payment"),
        ),
    )
    assert found == {
        "matched": sorted([("pi_0", 20), ("re_0", 5), (str(paid[1].key), 20)]),
        "differs": [("pi_2", 20)],
        # A payment that stands there twice is ours once.
        "only_gateway": [("pi_0", None), ("pi_unknown", None)],
        "only_ours": [("pi_3", 20), ("pi_4", 20)],
    }


@pytest.mark.slow
@pytest.mark.django_db
def test_refunds_are_found_by_their_payment(theater: Theater, manager: User, paid: list[Payment]):
    Refund.objects.create(
        payment=paid[0], amount=3, state="succeeded", key="00000000-0000-4000-8000-000000000009",
        settled_at=timezone.now(),
    )  # fmt: skip
    outside = {"way": "outside", "key": "00000000-0000-4000-8000-000000000008"}
    Refund.objects.create(payment=paid[0], amount=1, state="succeeded", settled_at=timezone.now(), **outside)
    whole = [(f"pi_{seat}", "20.00", "payment") for seat in range(5)]
    by_one = compare(theater, manager, write(*whole, ("pi_0", "8.00", "refund")))
    assert set(by_one) == {"matched"}
    by_two = compare(theater, manager, write(*whole, ("pi_0", "3.00", "refund"), ("pi_0", "5.00", "refund")))
    assert set(by_two) == {"matched"}
    wrong = compare(theater, manager, write(*whole, ("pi_0", "4.00", "refund"), ("pi_0", "3.00", "refund")))
    assert len(wrong["differs"]) + len(wrong.get("only_gateway", [])) >= 1


@pytest.mark.slow
@pytest.mark.django_db
def test_another_theaters_payments_are_neither_shown_nor_missed(
    theater: Theater, other_theater: Theater, other_manager: User, platform_admin: User, paid: list[Payment]
):
    assert compare(other_theater, other_manager, write(("pi_0", "20.00", "payment"))) == {
        "only_gateway": [("pi_0", None)]
    }
    found = compare(None, platform_admin, write(("pi_0", "20.00", "payment")))
    assert (found["matched"], len(found["only_ours"])) == ([("pi_0", 20)], 5)


@pytest.mark.slow
@pytest.mark.django_db
def test_from_the_file_to_the_result_and_back_to_a_file(theater: Theater, accountant: User, paid: list[Payment]):
    client = signed_in(accountant)
    page = reverse("admin:payments_reconciliation_upload")
    assert client.get(page).status_code == 200
    form = {"theater": theater.pk, "gateway": "sandbox"}
    wrong = client.post(page, {**form, "file": SimpleUploadedFile("e.csv", write(("pi_0", "x", "payment")))})
    assert wrong.context["problems"] == [(2, "“x” is not an amount.")]
    assert "Line 2" in wrong.content.decode()
    assert not Reconciliation.objects.exists()
    content = write(("pi_0", "20.00", "payment"), ("=1+1", "3.00", "payment"))
    answer = client.post(page, {**form, "file": SimpleUploadedFile("e.csv", content)}, follow=True)
    assert [part["count"] for part in answer.context["parts"]][0::2] == [0, 1]
    done = Reconciliation.objects.get()
    file = client.get(reverse("admin:payments_reconciliation_export", args=[done.pk]))
    rows = list(csv.DictReader(io.StringIO(b"".join(file.streaming_content).decode("utf-8-sig"))))
    assert {row["result"]: row["reference"] for row in rows}["only_gateway"] == "'=1+1"
    assert len(rows) == ReconciliationLine.objects.count()


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["box_office", "programmer", "door_staff", "other_manager", "customer"])
def test_people_without_the_capability_are_refused(
    role: str, theater: Theater, manager: User, paid: list[Payment], request: Any
):
    compare(theater, manager, write(("pi_0", "20.00", "payment")))
    done = Reconciliation.objects.get()
    client = signed_in(request.getfixturevalue(role))
    for name in ("change", "export"):
        answer = client.get(reverse(f"admin:payments_reconciliation_{name}", args=[done.pk]))
        assert answer.status_code in (302, 403, 404)
        assert "pi_0" not in answer.content.decode()
    sent = {"theater": theater.pk, "gateway": "sandbox"}
    client.post(
        reverse("admin:payments_reconciliation_upload"),
        {**sent, "file": SimpleUploadedFile("e.csv", write(("pi_0", "20.00", "payment")))},
    )
    assert Reconciliation.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db
def test_a_payment_that_took_money_is_none_of_ours(theater: Theater, manager: User, paid: list[Payment]):
    found = compare(theater, manager, write(("pi_0", "-20.00", "payment"), ("pi_1", "20.00", "payment")))
    assert (found["differs"], found["matched"]) == ([("pi_0", 20)], [("pi_1", 20)])
    line = ReconciliationLine.objects.get(result="differs")
    assert (line.gateway_amount, line.our_amount) == (-20, 20)


@pytest.mark.slow
@pytest.mark.django_db
def test_card_terminal_payments_are_found_by_amount_and_day(theater: Theater, manager: User, paid: list[Payment]):
    Payment.objects.filter(pk__in=[payment.pk for payment in paid]).update(reference="", captured_at=timezone.now())
    found = compare(
        theater, manager, write(("T1", "20.00", "payment"), ("T2", "20.00", "payment"), ("T3", "9.00", "payment"))
    )
    assert (len(found["matched"]), found["only_gateway"], len(found["only_ours"])) == (2, [("T3", None)], 4)


@pytest.mark.slow
@pytest.mark.django_db
def test_only_our_lines_of_a_bank_statement_are_compared(theater: Theater, manager: User, paid: list[Payment]):
    Refund.objects.create(
        payment=paid[1], amount=8, way="transfer", reference="AT-2026-0815", state="succeeded",
        key="00000000-0000-4000-8000-000000000007", settled_at=timezone.now(),
    )  # fmt: skip
    day = f"{timezone.localdate(timezone=VIENNA):%y%m%d}"
    statement = f":20:A\n:60F:C{day}EUR0,\n:61:{day}D8,00NTRFAT-2026-0815\n:61:{day}D950,00NTRFRENT\n:62F:C{day}EUR0,\n"
    done = reconcile(theater=theater, gateway="transfer", file_name="a.sta", content=statement.encode(), by=manager)
    assert [(line.result, line.kind, line.our_amount) for line in done.lines.all()] == [("matched", "refund", 8)]
    assert done.ignored == {"other": 1}


OWN = "Tag;Beleg;Betrag;Gebühr\n{day};pi_0;20,00;0,40\n{day};pi_1;19,00;0,40\n{day};re_0;-5,00;\n"
COLUMNS = {
    "date_column": "tag", "amount_column": "betrag", "reference_columns": ["beleg"], "fee_column": "gebühr",
    "default_currency": "eur", "refund_signs": "minus",
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.django_db
def test_columns_are_chosen_once_seen_and_kept(theater: Theater, accountant: User, paid: list[Payment]):
    client = signed_in(accountant)
    page = reverse("admin:payments_reconciliation_upload")
    day = timezone.localdate(timezone=VIENNA)
    content = OWN.format(day=f"{day:%d.%m.%Y}").encode()
    form = {"theater": theater.pk, "gateway": "sandbox", "first_day": day - timedelta(days=1), "last_day": day}
    asked = client.post(page, {**form, "file": SimpleUploadedFile("own.csv", content)}, follow=True)
    address = asked.redirect_chain[-1][0]
    assert asked.context["form"].initial["amount_column"] == "betrag"
    assert "pi_0" in asked.content.decode()
    wrong = client.post(address, {**COLUMNS, "default_currency": "", "action": "compare"})
    assert "enter the currency" in wrong.content.decode()
    wrong = client.post(address, {**COLUMNS, "amount_column": "beleg", "action": "compare"})
    assert wrong.context["problems"]
    assert not Reconciliation.objects.exists()
    seen = client.post(address, {**COLUMNS, "action": "preview"})
    assert [(line.kind, line.amount) for line, _text in seen.context["understood"]] == [
        ("payment", 20), ("payment", 19), ("refund", 5),
    ]  # fmt: skip
    assert not ExportMapping.objects.exists()
    done = client.post(address, {**COLUMNS, "action": "compare"}, follow=True)
    assert "€0.80" in done.content.decode()
    assert (ExportMapping.objects.count(), ExportUpload.objects.count()) == (1, 0)
    # The next file of the same gateway asks no more.
    again = client.post(page, {**form, "file": SimpleUploadedFile("own.csv", content)}, follow=True)
    assert again.redirect_chain[-1][0] == reverse(
        "admin:payments_reconciliation_change", args=[Reconciliation.objects.order_by("pk").last().pk]
    )
    results = ReconciliationLine.objects.filter(number__isnull=False).order_by("number")
    assert [line.result for line in results][:2] == ["matched", "matched"]
    # Unless staff want to choose again.
    chosen = client.post(page, {**form, "chooses": "on", "file": SimpleUploadedFile("own.csv", content)}, follow=True)
    assert chosen.context["form"].initial["fee_column"] == "gebühr"


@pytest.mark.django_db
def test_an_upload_is_its_senders_alone(theater: Theater, accountant: User, manager: User, other_manager: User):
    upload = ExportUpload.objects.create(
        theater=theater, gateway="sandbox", file_name="own.csv", content=OWN.encode(), made_by=accountant
    )
    address = reverse("admin:payments_reconciliation_columns", args=[upload.pk])
    for person in (manager, other_manager):
        assert signed_in(person).post(address, {**COLUMNS, "action": "compare"}).status_code in (302, 403, 404)
    assert not ExportMapping.objects.exists()


@pytest.mark.django_db
def test_the_database_keeps_one_mapping_for_a_theaters_gateway(theater: Theater, manager: User):
    columns = {"gateway": "sandbox", "date_column": "a", "amount_column": "b", "made_by": manager}
    for place in (theater, None):
        ExportMapping.objects.create(theater=place, default_currency="EUR", **columns)
        with pytest.raises(IntegrityError), transaction.atomic():
            ExportMapping.objects.create(theater=place, default_currency="EUR", **columns)
    with pytest.raises(IntegrityError, match="export_mapping_has_currency"), transaction.atomic():
        ExportMapping.objects.create(theater=theater, **{**columns, "gateway": "stripe"})
