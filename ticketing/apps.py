"""The project itself."""

from django.apps import AppConfig


class TicketingConfig(AppConfig):
    name = "ticketing"

    def ready(self) -> None:
        from django_structlog.signals import bind_extra_request_metadata

        from ticketing import checks, logs  # noqa: F401 (checks register themselves)

        bind_extra_request_metadata.connect(logs.bind_client)
