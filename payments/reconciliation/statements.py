"""Bank statements: CAMT.053 (ISO 20022, XML) and MT940 (SWIFT).

An entry that adds to the account is a payment, one that takes from it a refund; a reversal is the other
way round. Its references and every long word of its text may name something of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, tzinfo
from decimal import Decimal
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext

from payments.reconciliation.lines import ExportLine, ExportUnreadable, GatewayExport, LineError, parse_amount
from payments.reconciliation.mapping import LineKind

# Shorter words of a text are not taken for references.
MIN_REFERENCE_LENGTH = 5
MAX_REFERENCES = 40
# What people read of a transfer.
_TEXT_TAGS = ("Ustrd", "Ref")
_REFERENCE_TAGS = ("EndToEndId", "TxId", "InstrId", "AcctSvcrRef", "PmtInfId", "Ref", "NtryRef", "UETR")


def is_camt(content: bytes) -> bool:
    start = content[:2000].lstrip(b"\xef\xbb\xbf \t\r\n")
    return start.startswith(b"<") and b"camt.053" in start


def is_mt940(content: bytes) -> bool:
    return re.search(rb"(?m)^:20:", content[:5000]) is not None and b":61:" in content


def read_camt(content: bytes, zone: tzinfo) -> GatewayExport:
    """Read the booked entries of all statements. Raises `ExportUnreadable`."""
    export = GatewayExport([], is_statement=True)
    number = 0
    for statement in _parse(content).iter("Stmt"):
        account = _compact(statement.findtext("Acct/Id/IBAN"))
        for entry in statement.iter("Ntry"):
            number += 1
            try:
                if (entry.findtext("Sts/Cd") or entry.findtext("Sts") or "BOOK").strip() != "BOOK":
                    export.ignored["pending"] += 1
                    continue
                lines = [replace(line, account=account) for line in _read_entry(entry, number, zone)]
            except LineError as error:
                raise ExportUnreadable([(number, str(error))]) from error
            export.lines.extend(lines)
            number += len(lines) - 1
    return export


def _compact(text: str | None) -> str:
    return re.sub(r"\s", "", text or "").upper()


def _read_entry(entry: Element, number: int, zone: tzinfo) -> Iterator[ExportLine]:
    """Yield the line of an entry, or one for each of several transfers that the bank has booked together."""
    amount = entry.find("Amt")
    if amount is None or not amount.text:
        raise LineError(gettext("There is no amount."))
    currency = amount.get("Ccy", "")
    is_out = (entry.findtext("CdtDbtInd") or "").strip() == "DBIT"
    is_reversal = (entry.findtext("RvslInd") or "").strip() == "true"
    said = entry.findtext("BookgDt/DtTm") or entry.findtext("BookgDt/Dt") or entry.findtext("ValDt/Dt") or ""
    moment = parse_datetime(said.strip()) if "T" in said else None
    day = parse_date(said.strip()[:10])
    if day is None:
        raise LineError(gettext("“%s” is not a date.") % said)
    at = moment or datetime.combine(day, time(), zone)
    at = at if at.tzinfo else at.replace(tzinfo=zone)
    total = parse_amount(amount.text, currency)
    details = entry.findall("NtryDtls/TxDtls")
    parts = [(detail, _read_part(detail, currency)) for detail in details]
    if len(parts) < 2 or sum(part or 0 for _detail, part in parts) != total:  # noqa: PLR2004
        parts = [(entry, total)]
    for at_part, (element, part) in enumerate(parts):
        texts = [found.text or "" for tag in _REFERENCE_TAGS for found in element.iter(tag)]
        texts += [word for found in element.iter("Ustrd") for word in _words(found.text or "")]
        parties = f"RltdPties/{'Cdtr' if is_out != is_reversal else 'Dbtr'}"
        party = element if element is not entry else (details[0] if details else entry)
        line = _line(
            number=number + at_part,
            is_out=is_out,
            is_reversal=is_reversal,
            texts=texts,
            amount=part or total,
            currency=currency,
            at=at,
            has_time=moment is not None,
        )
        yield replace(
            line,
            text=" ".join(found.text.strip() for tag in _TEXT_TAGS for found in element.iter(tag) if found.text),
            payer=(party.findtext(f"{parties}/Nm") or party.findtext(f"{parties}/Pty/Nm") or "").strip(),
            payer_iban=_compact(party.findtext(f"{parties}Acct/Id/IBAN")),
        )


def _read_part(detail: Element, currency: str) -> Decimal | None:
    """Return the amount of one transfer of several, if the bank says it in the currency of the account."""
    amount = detail.find("Amt")
    if amount is None:
        amount = detail.find("AmtDtls/TxAmt/Amt")
    if amount is None or not amount.text or amount.get("Ccy") != currency:
        return None
    return parse_amount(amount.text, currency)


def _parse(content: bytes) -> Element:
    """Parse XML without its namespaces. Entities are refused: they could expand without end."""
    parser, tree = expat.ParserCreate(namespace_separator="}"), TreeBuilder()

    def refuse(*_args: object) -> NoReturn:
        raise ExportUnreadable(
            [(parser.CurrentLineNumber, gettext("A bank statement must not declare a document type."))]
        )

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, given: tree.start(tag.rpartition("}")[2], given)
    parser.EndElementHandler = lambda tag: tree.end(tag.rpartition("}")[2])
    parser.CharacterDataHandler = tree.data
    try:
        parser.Parse(content, True)  # noqa: FBT003 positional only
        root: Element = tree.close()
    except (expat.ExpatError, AssertionError) as error:
        raise ExportUnreadable([(parser.CurrentLineNumber, gettext("This XML can't be read."))]) from error
    return root


# Value date, entry date, debit or credit or a reversal of one, funds code, amount, kind and the references.
_ENTRY = re.compile(
    r"(?P<day>\d{6})(?P<entry>\d{4})?(?P<mark>R?[DC])[A-Z]?(?P<amount>\d+,\d*)[A-Z][A-Z0-9]{3}(?P<rest>.*)", re.DOTALL
)
_FIELD = re.compile(r"^:(\d\d[A-Z]?):", re.MULTILINE)


def read_mt940(content: bytes, zone: tzinfo) -> GatewayExport:
    """Read the entries (`:61:`) with what follows them (`:86:`). Raises `ExportUnreadable`."""
    text = content.decode("utf-8", errors="replace").replace("\r\n", "\n")
    export = GatewayExport([], is_statement=True)
    currency, entry = "", ("", 0)
    for tag, body, number in [*_fields(text), ("", "", 0)]:
        if entry[0] and tag != "86":
            export.lines.append(_read_mt940_entry(*entry, "", currency, zone))
            entry = ("", 0)
        if tag in ("60F", "60M"):
            currency = body[7:10]
        elif tag == "61":
            entry = (body, number)
        elif tag == "86" and entry[0]:
            export.lines.append(_read_mt940_entry(*entry, body, currency, zone))
            entry = ("", 0)
    return export


def _fields(text: str) -> Iterator[tuple[str, str, int]]:
    """Yield tag, text and line of each field."""
    found = list(_FIELD.finditer(text))
    ends = [match.start() for match in found[1:]] + [len(text)]
    for match, end in zip(found, ends, strict=True):
        yield match[1], text[match.end() : end].strip().removesuffix("\n-"), text.count("\n", 0, match.start()) + 1


def _read_mt940_entry(body: str, number: int, about: str, currency: str, zone: tzinfo) -> ExportLine:
    match = _ENTRY.match(body)
    if match is None:
        raise ExportUnreadable([(number, gettext("This entry of the statement can't be read."))])
    try:
        at = datetime.strptime(match["day"], "%y%m%d").replace(tzinfo=zone)
        amount = parse_amount(match["amount"].rstrip(","), currency)
    except (LineError, ValueError) as error:
        raise ExportUnreadable([(number, str(error))]) from error
    # Banks break words at the end of a line, and mark parts of the text by ?20, ?21 …
    joined = re.sub(r"\?\d\d", "", about.replace("\n", ""))
    spaced = re.sub(r"\?\d\d", " ", about.replace("\n", " "))
    texts = [*re.split(r"//|\n", match["rest"]), *_words(joined), *_words(spaced)]
    mark = match["mark"]
    line = _line(
        number=number,
        # RC takes back a credit, RD a debit.
        is_out=mark in ("D", "RC"),
        is_reversal=mark.startswith("R"),
        texts=texts,
        amount=amount,
        currency=currency,
        at=at,
        has_time=False,
    )
    subfields = dict(re.findall(r"\?(\d\d)([^?]*)", about.replace("\n", "")))
    purpose = "".join(subfields[key] for key in sorted(subfields) if "20" <= key <= "29" or "60" <= key <= "63")
    return replace(
        line,
        text=purpose or about.replace("\n", " ").strip(),
        payer=f"{subfields.get('32', '')}{subfields.get('33', '')}".strip(),
        payer_iban=_compact(subfields.get("31")),
    )


def _line(
    *,
    number: int,
    is_out: bool,
    is_reversal: bool,
    texts: list[str],
    amount: Decimal,
    currency: str,
    at: datetime,
    has_time: bool,
) -> ExportLine:
    # A reversal that takes money takes back a payment.
    kind = LineKind.REFUND if is_out != is_reversal else LineKind.PAYMENT
    names = (name.strip() for name in texts)
    references = tuple(dict.fromkeys(name for name in names if name and name != "NOTPROVIDED"))[:MAX_REFERENCES]
    return ExportLine(number, kind, references or ("–",), -amount if is_reversal else amount, currency, at, has_time)


def _words(text: str) -> list[str]:
    words = re.split(r"[\s,;:/+()]+", text)
    return [text.strip(), *(word for word in words if len(word) >= MIN_REFERENCE_LENGTH)]
