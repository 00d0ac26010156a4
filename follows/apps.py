"""Followers listen to shows that go on sale and to addresses that are confirmed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FollowsConfig(AppConfig):
    name = "follows"
    verbose_name = _("Following")

    def ready(self) -> None:
        from accounts.signals import addresses_proven
        from events.signals import sales_opened
        from follows import announcing, guests

        sales_opened.connect(announcing.note_opened, dispatch_uid="note shows that went on sale")
        addresses_proven.connect(guests.attach_follows, dispatch_uid="attach follows")
