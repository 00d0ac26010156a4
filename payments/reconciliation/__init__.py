"""Read what a gateway or a bank says it moved.

Tables (CSV, XLSX) are read through a `ColumnMapping`: a known one that fits their columns, or one that staff
chose. Bank statements (CAMT.053, MT940) need none. Nothing here reads the database.
"""

from payments.reconciliation.lines import ExportLine, ExportUnreadable, GatewayExport, parse_amount
from payments.reconciliation.mapping import ColumnMapping, RefundSigns
from payments.reconciliation.reading import MAX_BYTES, UnknownColumns, read_export, read_header

__all__ = [
    "MAX_BYTES",
    "ColumnMapping",
    "ExportLine",
    "ExportUnreadable",
    "GatewayExport",
    "RefundSigns",
    "UnknownColumns",
    "parse_amount",
    "read_export",
    "read_header",
]
