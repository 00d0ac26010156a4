"""Rules of cash in drawers that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_DRAWER_OPEN = "EXISTS (SELECT 1 FROM bookings_drawer d WHERE d.id = NEW.drawer_id AND d.closed_at IS NULL)"
# Of the drawer's theater, currency and amount, and in cash.
_DRAWER_PAYMENT = (
    "EXISTS (SELECT 1 FROM bookings_payment p JOIN bookings_booking b ON b.id = p.booking_id "
    "JOIN events_show s ON s.id = b.show_id JOIN theaters_hall h ON h.id = s.hall_id "
    "JOIN bookings_drawer d ON d.id = NEW.drawer_id "
    "WHERE p.id = NEW.payment_id AND p.gateway = 'cash' AND p.amount = NEW.amount AND p.currency = d.currency "
    "AND h.theater_id = d.theater_id)"
)
_DRAWER_REFUND = (
    "EXISTS (SELECT 1 FROM bookings_refund r JOIN bookings_payment p ON p.id = r.payment_id "
    "JOIN bookings_booking b ON b.id = p.booking_id "
    "JOIN events_show s ON s.id = b.show_id JOIN theaters_hall h ON h.id = s.hall_id "
    "JOIN bookings_drawer d ON d.id = NEW.drawer_id "
    "WHERE r.id = NEW.refund_id AND (r.way = 'cash' OR (r.way = 'as_paid' AND (p.gateway = 'cash' "
    "OR EXISTS (SELECT 1 FROM bookings_payment o WHERE o.id = p.origin_id AND o.gateway = 'cash')))) "
    "AND r.amount = NEW.amount AND p.received_currency = d.currency "
    "AND h.theater_id = d.theater_id)"
)
_DRAWER_SUM = (
    "(SELECT COALESCE(SUM(CASE WHEN e.kind IN ('sale', 'pay_in') THEN e.amount ELSE -e.amount END), 0) "
    "FROM bookings_drawerentry e WHERE e.drawer_id = NEW.id)"
)
# Money that came in cash, also by way of an exchange, or that staff give back in cash. What is carried
# over to another booking, or goes back by another way, moves no cash.
_REFUND_IN_CASH = (
    "NEW.carried_to_id IS NULL AND (NEW.way = 'cash' OR (NEW.way = 'as_paid' AND EXISTS ("
    "SELECT 1 FROM bookings_payment p LEFT JOIN bookings_payment o ON o.id = p.origin_id "
    "WHERE p.id = NEW.payment_id AND COALESCE(o.gateway, p.gateway) = 'cash')))"
)
_REFUND_BOOKED = "EXISTS (SELECT 1 FROM bookings_drawerentry e WHERE e.refund_id = NEW.id)"

CASH_GUARDS = [
    Guard(
        "drawer_closed_fixed",
        "bookings_drawer",
        "UPDATE",
        "OLD.closed_at IS NOT NULL OR NEW.theater_id <> OLD.theater_id OR NEW.person_id <> OLD.person_id "
        "OR NEW.currency <> OLD.currency OR NEW.opening_float <> OLD.opening_float OR NEW.opened_at <> OLD.opened_at",
        _("A drawer keeps what it was opened with, and a closed one never changes."),
    ),
    Guard(
        "drawer_closed_sum",
        "bookings_drawer",
        "UPDATE OF closed_at, expected",
        f"NEW.closed_at IS NOT NULL AND ROUND(NEW.expected - NEW.opening_float - {_DRAWER_SUM}, 3) <> 0",
        _("A drawer closes with what its entries add up to."),
    ),
    Guard("drawer_kept", "bookings_drawer", "DELETE", "1 = 1", _("Drawers are kept.")),
    Guard(
        "drawer_entry_fits",
        "bookings_drawerentry",
        "INSERT",
        f"NOT {_DRAWER_OPEN} OR (NEW.payment_id IS NOT NULL AND NOT {_DRAWER_PAYMENT}) "
        f"OR (NEW.refund_id IS NOT NULL AND NOT {_DRAWER_REFUND})",
        _("Cash moves in an open drawer of its own theater only."),
    ),
    Guard("drawer_entry_fixed", "bookings_drawerentry", "UPDATE", "1 = 1", _("Cash movements never change.")),
    Guard("drawer_entry_kept", "bookings_drawerentry", "DELETE", "1 = 1", _("Cash movements are kept.")),
    Guard(
        "cash_insert_drawer",
        "bookings_payment",
        "INSERT",
        "NEW.gateway = 'cash' AND NEW.state IN ('captured', 'surplus')",
        _("Cash is taken through a drawer."),
    ),
    Guard(
        "cash_taken_drawer",
        "bookings_payment",
        "UPDATE OF state, gateway",
        "NEW.gateway = 'cash' AND NEW.state IN ('captured', 'surplus') AND OLD.state <> NEW.state "
        "AND NOT EXISTS (SELECT 1 FROM bookings_drawerentry e WHERE e.payment_id = NEW.id)",
        _("Cash is taken through a drawer."),
    ),
    Guard(
        "cash_refund_insert_drawer",
        "bookings_refund",
        "INSERT",
        f"NEW.state = 'succeeded' AND {_REFUND_IN_CASH}",
        _("Cash is given back out of a drawer."),
    ),
    Guard(
        "cash_refund_drawer",
        "bookings_refund",
        "UPDATE OF state",
        f"NEW.state = 'succeeded' AND OLD.state <> NEW.state AND {_REFUND_IN_CASH} AND NOT {_REFUND_BOOKED}",
        _("Cash is given back out of a drawer."),
    ),
]
