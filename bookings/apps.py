from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from django.contrib.auth.signals import user_logged_in

        from bookings.services.guests import attach_after_confirmation, attach_after_sign_in
        from bookings.tickets import attachments
        from notifications.attachments import register

        register("tickets.pdf", attachments.tickets)
        register("calendar.ics", attachments.calendar)
        register("changed-calendar.ics", attachments.changed_calendar)
        # What was booked as a guest, before there was the account or while signed out.
        email_confirmed.connect(attach_after_confirmation, dispatch_uid="claim guest bookings")
        user_logged_in.connect(attach_after_sign_in, dispatch_uid="claim guest bookings")
