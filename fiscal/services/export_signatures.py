"""What a signing device's receipts are handed over as: Austria's DEP, or Germany's list of transactions."""

from __future__ import annotations

import csv
import io
import json

from fiscal.devices import tse
from fiscal.devices.rksv import export_dep
from fiscal.models import Signature, SigningDevice

# The columns of “transactions_tse.csv” of DSFinV-K 2.4, which leads from each receipt to its transaction.
TSE_COLUMNS = (
    "Z_KASSE_ID", "Z_ERSTELLUNG", "Z_NR", "BON_ID", "TSE_ID", "TSE_TANR", "TSE_TA_START", "TSE_TA_ENDE",
    "TSE_TA_VORGANGSART", "TSE_TA_SIGZ", "TSE_TA_SIG", "TSE_TA_FEHLER", "TSE_TA_VORGANGSDATEN",
)  # fmt: skip
OUTAGE = "TSE ausgefallen"


def export_signatures(device: SigningDevice) -> tuple[str, bytes]:
    """Return the name and the content of the file. One query; what is not signed yet is left out."""
    done = device.signatures.exclude(state=Signature.State.PENDING).select_related("receipt").order_by("position")
    if device.is_austrian:
        # A test device has no certificate to hand over.
        content = export_dep({("", ()): [one.value for one in done]})
        return f"dep-{device.register}.json", json.dumps(content, indent=1).encode()
    return f"transactions_tse-{device.register}.csv", _write_transactions(device, list(done)).encode()


def _write_transactions(device: SigningDevice, signatures: list[Signature]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    writer.writerow(TSE_COLUMNS)
    for one in signatures:
        is_signed = one.state == Signature.State.SIGNED
        writer.writerow(
            [
                device.register,
                "",
                "",
                one.receipt.code,
                device.pk,
                one.transaction_number or "",
                tse.write_moment(one.started_at) if one.started_at else "",
                tse.write_moment(one.finished_at) if one.finished_at else "",
                tse.PROCESS_TYPE if is_signed else "",
                one.signature_number or "",
                one.value,
                "" if is_signed else OUTAGE,
                one.signed_text,
            ]
        )
    return file.getvalue()
