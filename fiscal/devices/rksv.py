"""Austria's RKSV: the machine-readable code of a receipt, its chain and its turnover counter.

As the finance ministry's “Detailfragen zur RKSV” has it: the code is signed as a compact JWS with ES256. In it are the
gross amounts by tax rate, the turnover counter encrypted with AES-256 in counter mode, and the hash of the receipt
before. Where the device fails, fixed words stand for the signature, and the chain goes on.
"""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from fiscal.devices.base import ToSign

# The suite of algorithms, and the trust service: 0 is a closed system of the seller's own.
SUITE = "R1-AT0"
HEADER = urlsafe_b64encode(b'{"alg":"ES256"}').rstrip(b"=").decode()
OUT_OF_ORDER = "Sicherheitseinrichtung ausgefallen"
REVERSAL = b"STO"
# Normal, reduced 1, reduced 2, zero, special: each gross, at these rates. Any other rate is told as special.
RATES: Sequence[Decimal | None] = (Decimal(20), Decimal(10), Decimal(13), Decimal(0), None)
TURNOVER_BYTES = 8
_CHAIN_BYTES = 8
_VIENNA = ZoneInfo("Europe/Vienna")


def write_data(request: ToSign, *, key: bytes, certificate: str) -> str:
    """Return what is signed: the code without the signature. `key` has 32 bytes, `certificate` is its number in hex."""
    if request.is_reversal:
        turnover = b64encode(REVERSAL).decode()
    else:
        turnover = encrypt_turnover(request.turnover, register=request.register, number=request.number, key=key)
    local = request.moved_at.astimezone(_VIENNA)
    fields = [
        SUITE,
        request.register,
        request.number,
        f"{local:%Y-%m-%dT%H:%M:%S}",
        *(_amount(one) for one in amounts_by_rate(request.by_rate)),
        turnover,
        certificate,
        chain(request.previous or request.register),
    ]
    return "_" + "_".join(fields)


def amounts_by_rate(sums: Mapping[Decimal, Decimal]) -> list[Decimal]:
    """Return the gross amounts in the order of the code."""
    named = {rate.normalize(): amount for rate, amount in sums.items()}
    known = [named.pop(rate.normalize(), Decimal(0)) for rate in RATES if rate is not None]
    return [*known, sum(named.values(), Decimal(0))]


def encrypt_turnover(cents: int, *, register: str, number: str, key: bytes) -> str:
    """Encrypt the turnover counter, a signed integer in cents; the receipt's number makes each cipher another."""
    return b64encode(_cipher(cents.to_bytes(TURNOVER_BYTES, "big", signed=True), register, number, key)).decode()


def decrypt_turnover(text: bytes, *, register: str, number: str, key: bytes) -> int:
    return int.from_bytes(_cipher(text, register, number, key), "big", signed=True)


def _cipher(text: bytes, register: str, number: str, key: bytes) -> bytes:
    start = sha256(f"{register}{number}".encode()).digest()[:16]
    encryptor = Cipher(algorithms.AES(key), modes.CTR(start)).encryptor()
    return encryptor.update(text) + encryptor.finalize()


def chain(previous: str) -> str:
    """Return what a receipt says of the one before: of its JWS, or for the first one of the register's name."""
    return b64encode(sha256(previous.encode()).digest()[:_CHAIN_BYTES]).decode()


def signing_input(data: str) -> bytes:
    return f"{HEADER}.{encode(data.encode())}".encode()


def compact(data: str, signature: bytes) -> str:
    """Return the compact JWS, as it is chained and exported."""
    return f"{signing_input(data).decode()}.{encode(signature)}"


def code_of(jws: str) -> str:
    """Return the text of the QR code: the data, and the signature in plain base64."""
    _header, data, signature = jws.split(".")
    return f"{decode(data).decode()}_{b64encode(decode(signature)).decode()}"


def export_dep(groups: Mapping[tuple[str, Sequence[str]], Sequence[str]]) -> dict[str, object]:
    """Return the “Datenerfassungsprotokoll” for JSON: a group of receipts for each certificate and its issuers."""
    return {
        "Belege-Gruppe": [
            {
                "Signaturzertifikat": certificate,
                "Zertifizierungsstellen": list(issuers),
                "Belege-kompakt": list(receipts),
            }
            for (certificate, issuers), receipts in groups.items()
        ]
    }


def encode(content: bytes) -> str:
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")
