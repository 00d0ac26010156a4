"""The waiting list listens to places that come free, offers that move, and addresses that are confirmed."""

from django.apps import AppConfig


class WaitingListConfig(AppConfig):
    name = "waiting_list"

    def ready(self) -> None:
        from accounts.signals import addresses_proven
        from bookings.signals import offer_moved, places_freed
        from waiting_list import join, offers

        places_freed.connect(offers.offer_freed, dispatch_uid="offer free places")
        offer_moved.connect(offers.follow_hold, dispatch_uid="follow an offered hold")
        addresses_proven.connect(join.attach_entries, dispatch_uid="attach waiting list entries")
