"""Files of gateways and banks: each is read by its columns or its form, and signs count."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from lib.tables import DayOrder
from payments.reconciliation import (
    ColumnMapping,
    ExportUnreadable,
    GatewayExport,
    RefundSigns,
    UnknownColumns,
    read_export,
)
from payments.reconciliation.mapping import KNOWN

pytestmark = pytest.mark.once
VIENNA = ZoneInfo("Europe/Vienna")
PAYPAL = """"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","Transaction ID","Reference Txn ID","Invoice Number","Custom Number"
"22/11/2026","19:30:05","CET","A","Express Checkout Payment","Completed","EUR","28,00","-1,05","26,95","9AB","","","abc"
"23/11/2026","10:00:00","CET","A","Payment Refund","Completed","EUR","-8,00","0,00","-8,00","9AC","9AB","",""
"24/11/2026","10:00:00","CET","","General Withdrawal","Completed","EUR","-18,95","0,00","-18,95","9AD","","",""
"""  # noqa: E501
SUMUP = """Date,Transaction ID,Transaction Type,Status,Currency,Total,Fee,Reference
2026-11-22 19:30,TAAA1,Sale,Successful,EUR,28.00,0.49,
2026-11-22 19:40,TAAA2,Refund,Successful,EUR,-8.00,0,
"""
ZETTLE = """Date & time;Receipt number;Amount;Currency;Fee
22/11/2026 19:30;1017;28,00;EUR;0,48
22/11/2026 19:40;1018;-8,00;EUR;0
"""
CAMT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id>
<Ntry><Amt Ccy="EUR">28.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-22</Dt></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf><Ustrd>Tickets ABCDEFGH thanks</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">8.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><DtTm>2026-11-23T10:00:00+01:00</DtTm></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>AT-2026-0815</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">28.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><RvslInd>true</RvslInd><Sts>BOOK</Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-11-24</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""  # noqa: E501
MT940 = """:20:STARTUMSE
:25:10010010/123456
:28C:00001/001
:60F:C261121EUR1000,00
:61:2611221122CR28,00N024NONREF
:86:166?00GUTSCHRIFT?20Tickets ABCD?21EFGH thanks?30BANKDEFF
:61:2611231123D8,00NTRFAT-2026-0815//B1
:86:Refund
 AT-2026-0815
:61:2611241124RC28,00N024NONREF
:62F:C261124EUR992,00
-
"""


def tell(export: GatewayExport) -> list[tuple[str, Decimal]]:
    return [(line.kind, line.amount) for line in export.lines]


SAME = [("payment", Decimal(28)), ("refund", Decimal(8))]


@pytest.mark.parametrize(
    ("file", "references", "fee"),
    [(PAYPAL, ("abc", "9AB"), "1.05"), (SUMUP, ("TAAA1",), "0.49"), (ZETTLE, ("1017",), "0.48")],
)
def test_tables_that_are_known_by_their_columns(file: str, references: tuple[str, ...], fee: str):
    export = read_export(file.encode(), VIENNA, order=DayOrder.DAY_FIRST)
    assert tell(export) == SAME
    assert (export.lines[0].references, export.lines[0].fee) == (references, Decimal(fee))
    assert f"{export.lines[0].at:%Y-%m-%d %H:%M}" == "2026-11-22 19:30"
    assert set(export.ignored) <= {"general withdrawal"}


def test_each_known_mapping_fits_only_its_own_files():
    for place, mapping in enumerate(KNOWN):
        header = {*mapping.needed(), mapping.references[-1]}
        found = [one for one in KNOWN if one.fits(header)]
        assert mapping in found, place
        # Those that come first read the same amounts.
        assert found[0].amount == mapping.amount or found[0].kind == mapping.kind


@pytest.mark.parametrize(("signs", "amounts"), [("minus", (-8, 8)), ("plus", (8, -8)), ("either", (8, 8))])
def test_the_sign_of_a_refund_is_as_it_was_chosen(signs: str, amounts: tuple[int, int]):
    mapping = ColumnMapping(
        date="tag", amount="betrag", references=("ref",), default_currency="EUR", kind="art",
        payments=frozenset({"verkauf"}), refunds=frozenset({"storno"}), refund_signs=RefundSigns(signs),
    )  # fmt: skip
    file = "Tag;Ref;Art;Betrag\n22.11.2026;a;Verkauf;-28,00\n22.11.2026;b;Storno;8,00\n22.11.2026;c;Storno;-8,00\n"
    export = read_export(file.encode(), VIENNA, mapping=mapping)
    assert [line.amount for line in export.lines] == [-28, *amounts]


def test_an_unknown_table_asks_for_its_columns():
    with pytest.raises(UnknownColumns):
        read_export(b"Tag;Ref;Betrag\n22.11.2026;a;28,00\n", VIENNA)
    mapping = ColumnMapping(date="gone", amount="amount", references=("reference",))
    # One that fits no more gives way to a ready one.
    assert read_export(SUMUP.encode(), VIENNA, mapping=mapping).lines


@pytest.mark.parametrize(
    "file", [CAMT.encode(), ("\ufeff" + CAMT).encode(), MT940.encode(), MT940.replace("\n", "\r\n").encode()]
)
def test_statements_of_banks(file: bytes):
    export = read_export(file, VIENNA)
    assert export.is_statement
    assert tell(export) == [*SAME, ("payment", Decimal(-28))]
    assert "ABCDEFGH" in export.lines[0].references
    assert "AT-2026-0815" in export.lines[1].references
    assert export.lines[0].at == datetime(2026, 11, 21, 23, tzinfo=UTC)
    assert {line.currency for line in export.lines} == {"EUR"}


@pytest.mark.parametrize(
    "file",
    [
        '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + CAMT.partition("?>")[2].replace("thanks", "&b;"),
        '<!DOCTYPE a SYSTEM "file:///etc/passwd">' + CAMT.partition("?>")[2],
        CAMT[:300],
        CAMT.replace(">28.00<", ">many<"),
        CAMT.replace("<Dt>2026-11-22</Dt>", "<Dt>soon</Dt>"),
        MT940.replace("CR28,00", "XX"),
        MT940.replace("2611221122CR", "2613401340CR"),
        MT940.replace("28,00N024", "28,005N024"),
    ],
)
def test_statements_that_are_none(file: str):
    with pytest.raises(ExportUnreadable) as refused:
        read_export(file.encode(), VIENNA)
    assert refused.value.problems


def test_transfers_that_a_bank_booked_together_are_lines_of_their_own():
    parts = "".join(
        f'<TxDtls><Amt Ccy="EUR">{amount}</Amt><RltdPties><Dbtr><Nm>{payer}</Nm></Dbtr></RltdPties>'
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>"
        for amount, payer, text in (("20.00", "Asha", "RF15ABCD2345"), ("8.00", "Ravi", "rent"))
    )
    statement = (
        '<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><Stmt><Ntry><Amt Ccy="EUR">{}</Amt>'
        "<CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2026-11-22</Dt></BookgDt><NtryDtls>{}</NtryDtls></Ntry></Stmt></Document>"
    )
    lines = read_export(statement.format("28.00", parts).encode(), VIENNA).lines
    assert [(one.number, one.amount, one.payer, one.text) for one in lines] == [
        (1, Decimal(20), "Asha", "RF15ABCD2345"),
        (2, Decimal(8), "Ravi", "rent"),
    ]
    # If they do not add up, the bank's own sum counts.
    (line,) = read_export(statement.format("30.00", parts).encode(), VIENNA).lines
    assert line.amount == 30
