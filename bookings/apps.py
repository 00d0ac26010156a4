from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from bookings import attachments
        from notifications.attachments import register

        register("tickets.pdf", attachments.tickets)
        register("calendar.ics", attachments.calendar)
