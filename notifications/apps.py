from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        from anymail.signals import tracking

        from notifications.deliveries import record_event

        tracking.connect(record_event, dispatch_uid="record deliveries")
