from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Bookings")

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from accounts.signals import addresses_proven
        from bookings.access import recall_baskets
        from bookings.places_of_words import register_places
        from bookings.services.guests import attach_guest_bookings
        from bookings.tickets import attachments
        from notifications.attachments import register

        register("tickets.pdf", attachments.tickets)
        register("calendar.ics", attachments.calendar)
        register("changed-calendar.ics", attachments.changed_calendar)
        register("ticket.pdf", attachments.passed_on_ticket)
        register("ticket.ics", attachments.passed_on_calendar)
        register("transfer.png", attachments.transfer_code)
        register_places()
        addresses_proven.connect(attach_guest_bookings, dispatch_uid="attach guest bookings")
        user_logged_in.connect(recall_baskets, dispatch_uid="recall baskets")
