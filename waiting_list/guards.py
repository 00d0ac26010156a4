"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

GUARDS = [
    Guard(
        "waiting_list_within_limit",
        "waiting_list_waitinglistentry",
        "INSERT",
        "NEW.party_size > (SELECT s.tickets_per_customer FROM events_show s WHERE s.id = NEW.show_id)",
        _("Nobody waits for more tickets than one customer may have."),
    ),
    Guard(
        "waiting_list_state_forward",
        "waiting_list_waitinglistentry",
        "UPDATE OF state",
        "OLD.state <> NEW.state AND (NEW.state = 'waiting' OR OLD.state IN ('booked', 'left', 'closed') "
        "OR (OLD.state = 'lapsed' AND NEW.state <> 'booked'))",
        _("An entry of the waiting list goes from waiting to offered to one end."),
    ),
    Guard(
        "waiting_list_offers_own_show",
        "waiting_list_waitinglistentry",
        "UPDATE OF booking_id",
        "NEW.booking_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM bookings_booking b "
        "WHERE b.id = NEW.booking_id AND b.show_id = NEW.show_id)",
        _("What is offered is a booking of the show that is waited for."),
    ),
]
