"""The fair line before the seats of shows in high demand."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WaitingRoomConfig(AppConfig):
    name = "waiting_room"
    verbose_name = _("Waiting rooms")
