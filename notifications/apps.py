from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "notifications"
    verbose_name = _("Messages")

    def ready(self) -> None:
        from anymail.signals import tracking

        from notifications.deliveries import record_event

        tracking.connect(record_event, dispatch_uid="record deliveries")
