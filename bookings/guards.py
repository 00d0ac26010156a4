"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

_PLACE_OF_SHOW = (
    "SELECT 1 FROM bookings_booking b JOIN events_show s ON s.id = NEW.show_id "
    "JOIN theaters_hall h ON h.id = s.hall_id AND h.theater_id = b.theater_id "
    "WHERE b.id = NEW.booking_id AND ("
    "EXISTS (SELECT 1 FROM theaters_seat p WHERE p.id = NEW.seat_id AND p.seat_map_id = s.seat_map_id) OR "
    "EXISTS (SELECT 1 FROM theaters_area p WHERE p.id = NEW.area_id AND p.seat_map_id = s.seat_map_id))"
)
_TICKET_PLACE = f"NOT EXISTS ({_PLACE_OF_SHOW})"
# Takes a shared lock on the show's row until the end of the transaction, so that no ticket slips into a hall
# that the show is leaving: either the move (`events.locking.lock_show_alone`) waits, or this waits and looks again.
_TICKET_PLACE_SHARED = f"NOT EXISTS ({_PLACE_OF_SHOW} FOR KEY SHARE OF s)"
_TICKET_PLACE_MESSAGE = _("A ticket names a place of its show, which is at its booking's theater.")

# Of other bookings: a hold that changes places has both its old and its new ones for a moment. A ticket that was
# moved to another seat keeps its type, even if staff have lowered the quota since.
_OVER_QUOTA = (
    "NEW.state IN ('held', 'issued') AND NEW.moved_from_id IS NULL AND EXISTS (SELECT 1 FROM events_tickettype k "
    "WHERE k.id = NEW.ticket_type_id AND k.quota IS NOT NULL AND k.quota <= (SELECT COUNT(*) FROM bookings_ticket t "
    "WHERE t.show_id = NEW.show_id AND t.ticket_type_id = k.id AND t.booking_id <> NEW.booking_id "
    "AND t.state IN ('held', 'issued')))"
)
_OVER_QUOTA_MESSAGE = _("No more tickets of a type are sold for a show than its quota.")

GUARDS = [
    Guard("ticket_place_insert", "bookings_ticket", "INSERT", _TICKET_PLACE, _TICKET_PLACE_MESSAGE, only="sqlite"),
    Guard(
        "ticket_place_shared",
        "bookings_ticket",
        "INSERT",
        _TICKET_PLACE_SHARED,
        _TICKET_PLACE_MESSAGE,
        only="postgresql",
    ),
    Guard(
        "ticket_place_again",
        "bookings_ticket",
        "UPDATE OF state",
        f"OLD.state = 'released' AND NEW.state <> 'released' AND {_TICKET_PLACE}",
        _("A released ticket is not issued again once its show has left the hall."),
    ),
    Guard(
        "ticket_place_update",
        "bookings_ticket",
        "UPDATE OF booking_id, show_id, seat_id, area_id",
        _TICKET_PLACE,
        _TICKET_PLACE_MESSAGE,
    ),
    Guard("ticket_quota_insert", "bookings_ticket", "INSERT", _OVER_QUOTA, _OVER_QUOTA_MESSAGE),
    Guard(
        "ticket_quota_again",
        "bookings_ticket",
        "UPDATE OF state",
        f"OLD.state = 'released' AND {_OVER_QUOTA}",
        _OVER_QUOTA_MESSAGE,
    ),
    Guard(
        "ticket_price_fixed",
        "bookings_ticket",
        "UPDATE OF price, discount, amount, fees, tax, fees_tax, tax_rate, fees_tax_rate, returned_fees",
        "NEW.price <> OLD.price OR ((NEW.discount <> OLD.discount OR NEW.amount <> OLD.amount "
        "OR NEW.fees <> OLD.fees OR NEW.tax <> OLD.tax OR NEW.fees_tax <> OLD.fees_tax OR NEW.tax_rate <> OLD.tax_rate "
        "OR NEW.fees_tax_rate <> OLD.fees_tax_rate OR NEW.returned_fees <> OLD.returned_fees) "
        "AND NOT (OLD.state = NEW.state AND NEW.state IN ('held', 'released')))",
        _("A ticket keeps the price that it was quoted."),
    ),
    Guard(
        "ticket_credited_on_cancellation",
        "bookings_ticket",
        "UPDATE OF credited, credited_fees",
        "(NEW.credited <> OLD.credited OR NEW.credited_fees <> OLD.credited_fees) "
        "AND NOT (OLD.state = 'issued' AND NEW.state = 'canceled')",
        _("Only a ticket that is given up pays for others, once."),
    ),
    Guard(
        "ticket_state_forward",
        "bookings_ticket",
        "UPDATE OF state",
        "(OLD.state = 'canceled' AND NEW.state <> 'canceled') "
        "OR (OLD.state = 'issued' AND NEW.state NOT IN ('issued', 'canceled')) "
        "OR (OLD.state = 'released' AND NEW.state NOT IN ('released', 'issued'))",
        _("A canceled ticket stays canceled, and an issued one is never held again."),
    ),
    Guard(
        "booking_state_forward",
        "bookings_booking",
        "UPDATE OF state",
        "(OLD.state = 'canceled' AND NEW.state <> 'canceled') OR (OLD.state <> 'held' AND NEW.state = 'held')",
        _("A canceled booking stays canceled, and none becomes a hold again."),
    ),
    Guard(
        "booking_amounts_fixed",
        "bookings_booking",
        "UPDATE OF currency, total, discount, fees, tax, credit",
        "NEW.currency <> OLD.currency OR (NOT (OLD.state = 'held' AND NEW.state = 'held') AND ("
        "NEW.credit <> OLD.credit OR ((NEW.total <> OLD.total OR NEW.discount <> OLD.discount "
        "OR NEW.fees <> OLD.fees OR NEW.tax <> OLD.tax) AND NOT EXISTS "
        "(SELECT 1 FROM bookings_exchange e WHERE e.booking_id = NEW.id AND e.completed_at IS NOT NULL))))",
        _("A booking keeps the amounts that it was quoted, unless tickets are exchanged."),
    ),
    Guard(
        "booking_total_sum",
        "bookings_booking",
        "UPDATE OF state, total",
        # Rounded, because SQLite adds amounts up in binary.
        "NEW.state IN ('confirmed', 'canceled') AND (NEW.state <> OLD.state OR NEW.total <> OLD.total) "
        "AND ROUND(NEW.total - "
        "(SELECT COALESCE(SUM(t.amount + t.fees - t.credited), 0) FROM bookings_ticket t "
        "WHERE t.booking_id = NEW.id AND t.state IN ('held', 'issued', 'canceled')), 3) <> 0",
        _("A booking costs what its tickets add up to."),
    ),
    Guard(
        "booking_fees_sum",
        "bookings_booking",
        "UPDATE OF state, fees",
        "NEW.state IN ('confirmed', 'canceled') AND (NEW.state <> OLD.state OR NEW.fees <> OLD.fees) AND ("
        "ROUND(NEW.fees - (SELECT COALESCE(SUM(f.amount - f.credited), 0) FROM bookings_feeline f "
        "WHERE f.booking_id = NEW.id), 3) <> 0 OR ROUND(NEW.fees - "
        "(SELECT COALESCE(SUM(t.fees - t.credited_fees), 0) FROM bookings_ticket t "
        "WHERE t.booking_id = NEW.id AND t.state IN ('held', 'issued', 'canceled')), 3) <> 0)",
        _("The fees of a booking are what its lines add up to, and its tickets have them all."),
    ),
    Guard(
        "fee_line_fixed",
        "bookings_feeline",
        "UPDATE OF name, amount, tax, tax_rate, is_returned",
        "NEW.name <> OLD.name OR NEW.amount <> OLD.amount OR NEW.tax <> OLD.tax OR NEW.tax_rate <> OLD.tax_rate "
        "OR NEW.is_returned <> OLD.is_returned",
        _("A fee stays as it was quoted."),
    ),
    Guard(
        "booking_companions",
        "bookings_booking",
        "UPDATE OF state",
        # Services know when places are released by the clock; this knows only shows that never release them.
        "NEW.state = 'confirmed' AND OLD.state <> 'confirmed' AND EXISTS (SELECT 1 FROM bookings_ticket t "
        "JOIN theaters_seat p ON p.id = t.seat_id AND p.companion_of_id IS NOT NULL "
        "JOIN events_show s ON s.id = t.show_id AND s.access_released_at IS NULL AND s.access_release_hours IS NULL "
        "WHERE t.booking_id = NEW.id AND t.state IN ('held', 'issued') "
        "AND NOT EXISTS (SELECT 1 FROM events_ownsettings o WHERE o.access_release_hours IS NOT NULL "
        "AND (o.theater_id IS NULL OR o.theater_id = NEW.theater_id) "
        "AND (o.event_id IS NULL OR o.event_id = s.event_id)) "
        "AND NOT EXISTS (SELECT 1 FROM bookings_ticket w "
        "WHERE w.booking_id = NEW.id AND w.show_id = t.show_id AND w.seat_id = p.companion_of_id "
        "AND w.state IN ('held', 'issued')))",
        _("A companion seat is sold only together with its wheelchair place."),
    ),
    Guard(
        "booking_theater_fixed",
        "bookings_booking",
        "UPDATE OF theater_id",
        "NEW.theater_id <> OLD.theater_id",
        _("A booking stays with its theater."),
    ),
    Guard(
        "ticket_moved_within_booking",
        "bookings_ticket",
        "INSERT",
        "NEW.moved_from_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bookings_ticket t "
        "WHERE t.id = NEW.moved_from_id AND t.booking_id = NEW.booking_id AND t.state = 'canceled' "
        "AND t.price = NEW.price AND t.discount = NEW.discount AND t.amount = NEW.amount "
        "AND t.fees = NEW.fees AND t.tax = NEW.tax AND t.fees_tax = NEW.fees_tax "
        "AND t.returned_fees = NEW.returned_fees AND t.credited = t.amount + t.fees)",
        _("A ticket replaces a canceled one of its booking, at the same price."),
    ),
    Guard(
        "ticket_moved_fixed",
        "bookings_ticket",
        "UPDATE OF moved_from_id",
        "COALESCE(NEW.moved_from_id, 0) <> COALESCE(OLD.moved_from_id, 0)",
        _("Which ticket another one replaced stays on record."),
    ),
    Guard("acceptance_fixed", "bookings_acceptance", "UPDATE", "1 = 1", _("What a customer accepted never changes.")),
    Guard("ticket_print_fixed", "bookings_ticketprint", "UPDATE", "1 = 1", _("What was printed never changes.")),
    Guard("ticket_print_kept", "bookings_ticketprint", "DELETE", "1 = 1", _("What was printed stays on record.")),
    Guard(
        "hall_theater_fixed",
        "theaters_hall",
        "UPDATE OF theater_id",
        "NEW.theater_id <> OLD.theater_id AND EXISTS (SELECT 1 FROM bookings_ticket t "
        "JOIN events_show s ON s.id = t.show_id WHERE s.hall_id = NEW.id)",
        _("A hall stays with its theater once tickets were sold in it."),
    ),
    Guard(
        "theater_currency_fixed",
        "theaters_theater",
        "UPDATE OF currency",
        "NEW.currency <> OLD.currency AND EXISTS (SELECT 1 FROM bookings_booking b WHERE b.theater_id = NEW.id)",
        _("A theater keeps its currency once it has sold something."),
    ),
]
