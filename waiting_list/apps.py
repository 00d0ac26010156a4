"""The waiting list listens: to places that come free, offers that move, and addresses that are proven."""

from django.apps import AppConfig


class WaitingListConfig(AppConfig):
    name = "waiting_list"

    def ready(self) -> None:
        from allauth.account.signals import email_confirmed
        from django.contrib.auth.signals import user_logged_in

        from bookings.signals import offer_moved, places_freed
        from waiting_list import join, offers

        places_freed.connect(offers.offer_freed, dispatch_uid="offer free places")
        offer_moved.connect(offers.follow_hold, dispatch_uid="follow an offered hold")
        email_confirmed.connect(join.attach_after_confirmation, dispatch_uid="claim waiting list entries")
        user_logged_in.connect(join.attach_after_sign_in, dispatch_uid="claim waiting list entries")
