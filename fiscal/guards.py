"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

GUARDS = [
    Guard(
        "receipt_without_gap",
        "fiscal_receipt",
        "INSERT",
        "NEW.number <> 1 + COALESCE((SELECT MAX(r.number) FROM fiscal_receipt r WHERE r.series_id = NEW.series_id), 0)",
        _("Receipts of a series are numbered one after the other."),
    ),
    Guard(
        "receipt_series_fits",
        "fiscal_receipt",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM fiscal_receiptseries s "
        "WHERE s.id = NEW.series_id AND s.theater_id = NEW.theater_id)",
        _("A receipt is numbered in a series of its theater."),
    ),
    Guard("receipt_fixed", "fiscal_receipt", "UPDATE", "1 = 1", _("Receipts never change.")),
    Guard("receipt_kept", "fiscal_receipt", "DELETE", "1 = 1", _("Receipts are kept.")),
    Guard(
        "receipt_lines_sum",
        "fiscal_receiptline",
        "INSERT",
        # Whoever writes the lines of a receipt writes all of them at once, and the last one makes them complete.
        "EXISTS (SELECT 1 FROM fiscal_receipt r WHERE r.id = NEW.receipt_id AND (NEW.position > r.line_count "
        "OR (NEW.position = r.line_count AND ROUND(r.total - NEW.gross - (SELECT COALESCE(SUM(l.gross), 0) "
        "FROM fiscal_receiptline l WHERE l.receipt_id = NEW.receipt_id), 3) <> 0)))",
        _("The lines of a receipt add up to its total."),
    ),
    Guard("receipt_line_fixed", "fiscal_receiptline", "UPDATE", "1 = 1", _("Lines of receipts never change.")),
    Guard("receipt_line_kept", "fiscal_receiptline", "DELETE", "1 = 1", _("Lines of receipts are kept.")),
    Guard(
        "receipt_series_forward",
        "fiscal_receiptseries",
        "UPDATE",
        "NEW.theater_id <> OLD.theater_id OR NEW.prefix <> OLD.prefix OR NEW.year <> OLD.year "
        "OR NEW.last_number < OLD.last_number",
        _("A series of receipts keeps its name and only counts up."),
    ),
    Guard("receipt_series_kept", "fiscal_receiptseries", "DELETE", "1 = 1", _("Series of receipts are kept.")),
    Guard(
        "signature_in_order",
        "fiscal_signature",
        "INSERT",
        "NEW.position <> 1 + COALESCE((SELECT MAX(s.position) FROM fiscal_signature s "
        "WHERE s.device_id = NEW.device_id), 0)",
        _("A device signs one receipt after the other."),
    ),
    Guard(
        "signature_final",
        "fiscal_signature",
        "UPDATE",
        "OLD.state <> 'pending' OR NEW.receipt_id <> OLD.receipt_id OR NEW.device_id <> OLD.device_id "
        "OR NEW.position <> OLD.position OR NEW.turnover <> OLD.turnover",
        _("A signature never changes."),
    ),
    Guard("signature_kept", "fiscal_signature", "DELETE", "1 = 1", _("Signatures are kept.")),
]
