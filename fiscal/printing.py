"""Receipts on paper: a roll of 80 mm at the counter, sheets for customers. Words are in the booking's language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext, override

from bookings.own_words import write_words
from bookings.tickets.qr import draw_qr
from fiscal.devices import get_device
from fiscal.devices.rksv import OUT_OF_ORDER
from fiscal.models import Receipt, ReceiptLine, Signature
from lib.languages import date_locale
from lib.money import format_money, format_percent
from lib.typesetting import direct, rasterize, typeset
from payments.gateways import name_gateway
from payments.models import Payment
from theaters.letterheads import letterhead_of

_TEMPLATE = "receipt.typ"
# As wide as the paper; a receipt printer reaches the middle 72 mm of its 80 mm and gets just these.
_EDGE_MM, _NO_EDGE_MM = 4, 0
Kind = Receipt.Kind


def receipts_pdf(receipts: Sequence[Receipt], *, is_sheet: bool, is_copy: bool = False) -> bytes:
    """Typeset receipts, one a page, on sheets or for a roll. One query."""
    content = _describe_paper(receipts, is_copy=is_copy, is_sheet=is_sheet) | {"edge": _EDGE_MM}
    return typeset(_TEMPLATE, content, made_at=receipts[-1].issued_at)


def receipt_pictures(receipts: Sequence[Receipt], *, is_copy: bool = False) -> list[bytes]:
    """Draw receipts for a receipt printer. One query."""
    content = _describe_paper(receipts, is_copy=is_copy, is_sheet=False) | {"edge": _NO_EDGE_MM}
    return rasterize(_TEMPLATE, content)


def _describe_paper(receipts: Sequence[Receipt], *, is_copy: bool, is_sheet: bool) -> dict[str, Any]:
    letterhead = letterhead_of(receipts[0].theater_id, in_black=not is_sheet)
    return {**describe_all(receipts, is_copy=is_copy), **letterhead.content, "is_sheet": is_sheet}


def describe_all(receipts: Sequence[Receipt], *, is_copy: bool = False) -> dict[str, Any]:
    """Return what receipts of one booking or one till say."""
    lines: dict[int, list[ReceiptLine]] = defaultdict(list)
    for line in ReceiptLine.objects.filter(receipt__in=receipts).order_by("receipt", "position"):
        lines[line.receipt_id].append(line)
    language = receipts[0].content["language"]
    with override(language):
        qr_words = gettext("Code of the signing device")
        told = [_describe(one, lines[one.pk], is_copy=is_copy) for one in receipts]
    return {
        "language": language.partition("-")[0],
        "title": ", ".join(one["title"] for one in told),
        "author": receipts[0].content["theater"],
        "qr_alt": qr_words,
        "receipts": told,
    }


def _describe(receipt: Receipt, lines: list[ReceiptLine], *, is_copy: bool) -> dict[str, Any]:
    content = receipt.content
    language = content["language"]

    def money(amount: Decimal) -> str:
        return format_money(amount, receipt.currency, language)

    def told(line: ReceiptLine) -> dict[str, Any]:
        return {"text": direct(line.text), "amount": money(line.gross)}

    of_show = {line.position: line for line in lines if line.kind == ReceiptLine.Kind.ADMISSION}
    fees = _add_up([line for line in lines if line.kind == ReceiptLine.Kind.FEE])
    others = [line for line in lines if line.kind not in ReceiptLine.SOLD]
    facts = [
        *([(gettext("Booking:"), receipt.booking.code)] if receipt.booking else []),
        (gettext("Date:"), _write_moment(receipt.moved_at, content)),
        *([(gettext("For receipt:"), receipt.corrects.code)] if receipt.corrects else []),
        *([(gettext("Till:"), receipt.till.name)] if receipt.till else []),
        *([(gettext("For:"), receipt.control)] if receipt.control else []),
    ]
    return {
        "title": f"{_name_kind(receipt)} {receipt.code}",
        "copy": gettext("Copy") if is_copy else "",
        "theater": direct(content["theater"]),
        "seller": [direct(line) for line in content["seller"]],
        "facts": facts,
        "shows": [
            {
                "title": direct(show["title"]),
                "starts": date_format(_local(datetime.fromisoformat(show["starts_at"]), content), "DATETIME_FORMAT"),
                "hall": direct(show["hall"]),
                "lines": [told(of_show[position]) for position in show["lines"]],
            }
            for show in content["shows"]
        ],
        "others": [
            *([{"text": direct(gettext("Fees")), "amount": money(fees[0])}] if any(fees) else []),
            *map(told, others),
        ],
        "total": (gettext("Total"), money(receipt.total)),
        "taxes": _tell_taxes(receipt, lines),
        "payments": [(_name_means(receipt), money(receipt.total))] if receipt.means else [],
        **_tell_signature(receipt),
        "words": direct(_write_words(receipt)),
    }


def _write_moment(moment: datetime, content: dict[str, Any]) -> str:
    """Write a moment to the second, as signing devices do, by the theater's clock."""
    return str(format_datetime(_local(moment, content), locale=date_locale(content["language"])))


def _local(moment: datetime, content: dict[str, Any]) -> datetime:
    return moment.astimezone(ZoneInfo(content["zone"]))


def _tell_signature(receipt: Receipt) -> dict[str, Any]:
    """Return the code of the signing device, and what has to be said of it."""
    signature: Signature | None = getattr(receipt, "signature", None)
    if signature is None:
        return {"qr": "", "notes": []}
    notes = [get_device(signature.device).notice]
    if signature.state != Signature.State.SIGNED:
        # In German too, in whatever language: those are the words of the countries that want a device.
        words = f"{gettext('The signing device has failed.')} {OUT_OF_ORDER}"
        notes.append(words if signature.state == Signature.State.FAILED else gettext("Not signed yet."))
    return {"qr": draw_qr(signature.code).svg if signature.code else "", "notes": [note for note in notes if note]}


def _write_words(receipt: Receipt) -> str:
    """Return what the theater says on receipts. It is no part of the receipt, and as it is now."""
    return write_words("receipt", receipt.booking, receipt.theater, None) if receipt.booking else ""


def _tell_taxes(receipt: Receipt, lines: list[ReceiptLine]) -> list[tuple[str, str]]:
    """Return net and tax by rate, of what is sold; nothing where nothing is."""
    by_rate: dict[Decimal, list[ReceiptLine]] = defaultdict(list)
    for line in lines:
        if line.kind in ReceiptLine.SOLD:
            by_rate[line.tax_rate].append(line)
    told = []
    for rate, of_rate in sorted(by_rate.items()):
        gross, tax = _add_up(of_rate)
        language = receipt.content["language"]
        words = {"rate": format_percent(rate, language), "net": format_money(gross - tax, receipt.currency, language)}
        told.append((gettext("%(rate)s tax on %(net)s") % words, format_money(tax, receipt.currency, language)))
    return told


def _add_up(lines: list[ReceiptLine]) -> tuple[Decimal, Decimal]:
    return sum((line.gross for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0))


def _name_kind(receipt: Receipt) -> str:
    return {
        Kind.SALE: gettext("Receipt"),
        Kind.EXCHANGE: gettext("Receipt for an exchange"),
        Kind.SURPLUS: gettext("Receipt for a payment without a sale"),
        Kind.REFUND: gettext("Refund"),
        Kind.REVERSAL: gettext("Refund taken back"),
        Kind.PAY_IN: gettext("Paid in"),
        Kind.PAY_OUT: gettext("Paid out"),
        Kind.DIFFERENCE: gettext("Difference of a drawer"),
        Kind.CONTROL: gettext("Control receipt"),
    }[Kind(receipt.kind)]


def _name_means(receipt: Receipt) -> str:
    words = {
        str(Payment.Gateway.CASH): gettext("Paid in cash"),
        str(Payment.Gateway.TERMINAL): gettext("Paid by card"),
    }
    name = words.get(receipt.means, gettext("Paid"))
    if receipt.total < 0:
        name = f"{gettext('Paid back')} · {name_gateway(receipt.means)}"
    reference = receipt.content["reference"]
    return f"{name} · {reference}" if reference else name
