"""The project itself."""

from django.apps import AppConfig


class TicketingConfig(AppConfig):
    name = "ticketing"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django_structlog import signals

        from ticketing import checks, request_log  # noqa: F401 (checks register themselves)

        signals.bind_extra_request_metadata.connect(request_log.begin)
        signals.bind_extra_request_finished_metadata.connect(request_log.describe)
        signals.bind_extra_request_failed_metadata.connect(request_log.describe)
        connection_created.connect(request_log.count_statements)
