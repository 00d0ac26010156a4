"""The waiting list listens to places that come free and to addresses that are confirmed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaitingListConfig(AppConfig):
    name = "waiting_list"
    verbose_name = _("Waiting list")

    def ready(self) -> None:
        from accounts.signals import addresses_proven
        from bookings.signals import places_freed
        from waiting_list import join, offers

        places_freed.connect(offers.offer_freed, dispatch_uid="offer free places")
        addresses_proven.connect(join.attach_entries, dispatch_uid="attach waiting list entries")
