"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_DRAWER_OPEN = "EXISTS (SELECT 1 FROM payments_drawer d WHERE d.id = NEW.drawer_id AND d.closed_at IS NULL)"
# Of the drawer's theater, currency and amount, and in cash.
_DRAWER_PAYMENT = (
    "EXISTS (SELECT 1 FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id "
    "JOIN payments_drawer d ON d.id = NEW.drawer_id "
    "WHERE p.id = NEW.payment_id AND p.gateway = 'cash' AND p.amount = NEW.amount AND p.currency = d.currency "
    "AND b.theater_id = d.theater_id)"
)
_DRAWER_REFUND = (
    "EXISTS (SELECT 1 FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id "
    "JOIN bookings_booking b ON b.id = p.booking_id "
    "JOIN payments_drawer d ON d.id = NEW.drawer_id "
    "WHERE r.id = NEW.refund_id AND (r.way = 'cash' OR (r.way = 'as_paid' AND p.gateway = 'cash')) "
    "AND r.amount = NEW.amount AND p.received_currency = d.currency "
    "AND b.theater_id = d.theater_id)"
)
_DRAWER_SUM = (
    "(SELECT COALESCE(SUM(CASE WHEN e.kind IN ('sale', 'pay_in') THEN e.amount ELSE -e.amount END), 0) "
    "FROM payments_drawerentry e WHERE e.drawer_id = NEW.id)"
)
# Money that came in cash, or that staff give back in cash. What goes back by another way moves no cash.
_REFUND_IN_CASH = (
    "(NEW.way = 'cash' OR (NEW.way = 'as_paid' AND EXISTS ("
    "SELECT 1 FROM payments_payment p WHERE p.id = NEW.payment_id AND p.gateway = 'cash')))"
)
_REFUND_BOOKED = "EXISTS (SELECT 1 FROM payments_drawerentry e WHERE e.refund_id = NEW.id)"

# For a payment by transfer of its own theater, and for its own booking.
_FITTING = (
    "(SELECT p.id FROM payments_payment p JOIN bookings_booking b ON b.id = p.booking_id "
    "WHERE p.gateway = 'transfer' AND b.id = NEW.booking_id AND b.theater_id = NEW.theater_id)"
)
_TRANSFER_ELSEWHERE = (
    f"(NEW.payment_id IS NOT NULL AND (NEW.booking_id IS NULL OR NEW.payment_id NOT IN {_FITTING})) "
    f"OR (NEW.surplus_id IS NOT NULL AND (NEW.booking_id IS NULL OR NEW.surplus_id NOT IN {_FITTING}))"
)
_TRANSFER_MESSAGE = _("A transfer pays for a booking of its own theater that waits for one.")

GUARDS = [
    Guard(
        "drawer_closed_fixed",
        "payments_drawer",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR NEW.theater_id <> OLD.theater_id OR NEW.person_id <> OLD.person_id "
        "OR NEW.currency <> OLD.currency OR NEW.opening_float <> OLD.opening_float OR NEW.opened_at <> OLD.opened_at "
        "OR COALESCE(NEW.till_id, 0) <> COALESCE(OLD.till_id, 0)",
        _("A drawer keeps what it was opened with, and a closed one never changes."),
    ),
    Guard(
        "drawer_closed_sum",
        "payments_drawer",
        "UPDATE OF closed_at, expected",
        f"NEW.closed_at IS NOT NULL AND ROUND(NEW.expected - NEW.opening_float - {_DRAWER_SUM}, 3) <> 0",
        _("A drawer closes with what its entries add up to."),
    ),
    Guard(
        "drawer_till_of_theater",
        "payments_drawer",
        "INSERT",
        "NEW.till_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_till t "
        "WHERE t.id = NEW.till_id AND t.theater_id = NEW.theater_id)",
        _("A drawer stands at a till of its own theater."),
    ),
    Guard(
        "till_theater_fixed",
        "payments_till",
        "UPDATE OF theater_id",
        "NEW.theater_id <> OLD.theater_id",
        _("A till stays in its theater."),
    ),
    Guard("drawer_kept", "payments_drawer", "DELETE", "1 = 1", _("Drawers are kept.")),
    Guard(
        "drawer_entry_fits",
        "payments_drawerentry",
        "INSERT",
        f"NOT {_DRAWER_OPEN} OR (NEW.payment_id IS NOT NULL AND NOT {_DRAWER_PAYMENT}) "
        f"OR (NEW.refund_id IS NOT NULL AND NOT {_DRAWER_REFUND})",
        _("Cash moves in an open drawer of its own theater only."),
    ),
    Guard("drawer_entry_fixed", "payments_drawerentry", "UPDATE", "1 = 1", _("Cash movements never change.")),
    Guard("drawer_entry_kept", "payments_drawerentry", "DELETE", "1 = 1", _("Cash movements are kept.")),
    Guard(
        "cash_insert_drawer",
        "payments_payment",
        "INSERT",
        "NEW.gateway = 'cash' AND NEW.state IN ('captured', 'surplus')",
        _("Cash is taken through a drawer."),
    ),
    Guard(
        "cash_taken_drawer",
        "payments_payment",
        "UPDATE OF state, gateway",
        "NEW.gateway = 'cash' AND NEW.state IN ('captured', 'surplus') AND OLD.state <> NEW.state "
        "AND NOT EXISTS (SELECT 1 FROM payments_drawerentry e WHERE e.payment_id = NEW.id)",
        _("Cash is taken through a drawer."),
    ),
    Guard(
        "cash_refund_insert_drawer",
        "payments_refund",
        "INSERT",
        f"NEW.state = 'succeeded' AND {_REFUND_IN_CASH}",
        _("Cash is given back out of a drawer."),
    ),
    Guard(
        "cash_refund_drawer",
        "payments_refund",
        "UPDATE OF state",
        f"NEW.state = 'succeeded' AND OLD.state <> NEW.state AND {_REFUND_IN_CASH} AND NOT {_REFUND_BOOKED}",
        _("Cash is given back out of a drawer."),
    ),
    Guard(
        "payment_amount_fixed",
        "payments_payment",
        "UPDATE OF amount, currency, booking_id, key, account_id, received_amount, received_currency",
        "NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency OR NEW.booking_id <> OLD.booking_id "
        "OR NEW.key <> OLD.key OR COALESCE(NEW.account_id, 0) <> COALESCE(OLD.account_id, 0) "
        "OR (OLD.received_amount IS NOT NULL AND (NEW.received_amount IS NULL "
        "OR NEW.received_amount <> OLD.received_amount OR NEW.received_currency <> OLD.received_currency))",
        _("A payment keeps its amount, its booking, its account and what was received."),
    ),
    Guard(
        "payment_account_fits",
        "payments_payment",
        "INSERT",
        "NEW.account_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM payments_gatewayaccount a "
        "JOIN bookings_booking b ON b.theater_id = a.theater_id "
        "WHERE a.id = NEW.account_id AND a.gateway = NEW.gateway AND b.id = NEW.booking_id)",
        _("A payment goes to an account of its theater, at its gateway."),
    ),
    Guard(
        "gateway_account_fixed",
        "payments_gatewayaccount",
        "UPDATE OF theater_id, gateway, token, is_live, remote_id",
        "NEW.theater_id <> OLD.theater_id OR NEW.gateway <> OLD.gateway OR NEW.token <> OLD.token "
        "OR NEW.is_live <> OLD.is_live OR (OLD.remote_id <> '' AND NEW.remote_id <> OLD.remote_id)",
        _("A payment account stays what it is; another account at the gateway is added beside it."),
    ),
    Guard(
        "gateway_account_unused_first",
        "payments_gatewayaccount",
        "INSERT",
        "NEW.is_in_use",
        _("A new payment account is not in use yet."),
    ),
    Guard(
        "gateway_account_named",
        "payments_gatewayaccount",
        "UPDATE OF is_in_use",
        "NEW.is_in_use AND NOT EXISTS (SELECT 1 FROM theaters_theater t WHERE t.id = NEW.theater_id "
        "AND ' ' || t.own_gateways || ' ' LIKE '% ' || NEW.gateway || ' %')",
        _("The theater names where it has a payment account in use."),
    ),
    Guard(
        "own_gateways_complete",
        "theaters_theater",
        "UPDATE OF own_gateways",
        "EXISTS (SELECT 1 FROM payments_gatewayaccount a WHERE a.theater_id = NEW.id AND a.is_in_use "
        "AND ' ' || NEW.own_gateways || ' ' NOT LIKE '% ' || a.gateway || ' %')",
        _("The theater names where it has a payment account in use."),
    ),
    Guard(
        "payment_state_forward",
        "payments_payment",
        "UPDATE OF state",
        "(OLD.state = 'captured' AND NEW.state <> 'captured') "
        "OR (OLD.state = 'surplus' AND NEW.state NOT IN ('surplus', 'captured'))",
        _("Money that was received stays received; it goes back by a refund, or buys its booking late."),
    ),
    Guard(
        "refund_amount_fixed",
        "payments_refund",
        "UPDATE OF amount, payment_id, key, state, way, source, reference",
        "NEW.amount <> OLD.amount OR NEW.payment_id <> OLD.payment_id OR NEW.key <> OLD.key "
        "OR NEW.source <> OLD.source OR (NEW.source <> 'here' AND NEW.reference <> OLD.reference) "
        "OR (OLD.state <> 'pending' AND (NEW.way <> OLD.way OR (NEW.state <> OLD.state "
        "AND NOT (OLD.state = 'succeeded' AND NEW.state = 'failed' AND OLD.way = 'as_paid'))))",
        _("A refund keeps its amount and payment. Once made, it can only fail."),
    ),
    Guard(
        "refund_within_payment",
        "payments_refund",
        "INSERT",
        # Rounded, because SQLite adds amounts up in binary. What was taken without us is a fact, whatever it
        # comes to: a bank may take back what was refunded already.
        "NEW.source = 'here' AND ROUND(NEW.amount + (SELECT COALESCE(SUM(r.amount), 0) FROM payments_refund r "
        "WHERE r.payment_id = NEW.payment_id AND r.state <> 'failed'), 3) > "
        "(SELECT COALESCE(p.received_amount, 0) FROM payments_payment p WHERE p.id = NEW.payment_id)",
        _("Refunds never exceed what was received."),
    ),
    Guard(
        "refund_line_fits",
        "payments_refundline",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id "
        "JOIN bookings_ticket t ON t.booking_id = p.booking_id WHERE r.id = NEW.refund_id AND t.id = NEW.ticket_id "
        "AND ROUND(NEW.amount + (SELECT COALESCE(SUM(l.amount), 0) FROM payments_refundline l "
        "WHERE l.refund_id = NEW.refund_id), 3) <= r.amount)",
        _("A refund is for tickets of its booking, and its lines never exceed it."),
    ),
    Guard(
        "bank_transfer_fits",
        "payments_banktransfer",
        "INSERT",
        _TRANSFER_ELSEWHERE,
        _TRANSFER_MESSAGE,
    ),
    Guard(
        "bank_transfer_stays_fit",
        "payments_banktransfer",
        "UPDATE OF payment_id, surplus_id, booking_id",
        _TRANSFER_ELSEWHERE,
        _TRANSFER_MESSAGE,
    ),
    Guard(
        "bank_transfer_fixed",
        "payments_banktransfer",
        "UPDATE",
        "NEW.theater_id <> OLD.theater_id OR NEW.amount <> OLD.amount OR NEW.currency <> OLD.currency "
        "OR NEW.fingerprint <> OLD.fingerprint OR (OLD.state = 'booked' AND (NEW.state <> 'booked' "
        "OR NEW.payment_id <> OLD.payment_id "
        "OR (OLD.surplus_id IS NOT NULL AND COALESCE(NEW.surplus_id, 0) <> OLD.surplus_id)))",
        _("A transfer keeps its amount, and what it was booked for."),
    ),
    Guard("refund_line_fixed", "payments_refundline", "UPDATE", "1 = 1", _("The lines of a refund never change.")),
]
