"""Files of banks: a CAMT.053 statement of transfers that came."""

from __future__ import annotations

from collections.abc import Iterable

IBAN = "AT611904300234573201"
PAYER_IBAN = "DE89370400440532013000"
_ENTRY = (
    '<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>'
    "<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Pty>"
    "<Nm>Vera Payer</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>{iban}</IBAN></Id></DbtrAcct></RltdPties><RmtInf>"
    "<Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
)


def make_statement(lines: Iterable[tuple[str, str]], *, iban: str = IBAN, currency: str = "EUR") -> bytes:
    """Write a statement of an account; each line is an amount, with a minus if it went out, and a text."""
    entries = "".join(
        _ENTRY.format(
            amount=amount.removeprefix("-"),
            direction="DBIT" if amount.startswith("-") else "CRDT",
            currency=currency,
            day="2026-11-24",
            # As banks number what they book: the same in each file.
            reference=f"B{amount}{text}{at}".replace(" ", ""),
            iban=PAYER_IBAN,
            text=text,
        )
        for at, (amount, text) in enumerate(lines)
    )
    return (
        '<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
        f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>{entries}</Stmt></BkToCstmrStmt></Document>"
    ).encode()
