"""Rules of this app that the database itself keeps; see `lib/guards.py`."""

from django.utils.translation import gettext_lazy as _

from lib.guards import Guard

GUARDS = [
    Guard(
        "canceled_booking_of_show",
        "show_changes_canceledbooking",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM bookings_ticket t JOIN show_changes_showcancellation c ON c.show_id = t.show_id "
        "WHERE t.booking_id = NEW.booking_id AND c.id = NEW.cancellation_id)",
        _("A cancellation concerns bookings that have tickets for its show."),
    ),
]
