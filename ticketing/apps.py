"""App configurations: the console as Django's default admin site, and the project itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class ConsoleConfig(AdminConfig):
    default_site = "ticketing.console.ConsoleSite"


class TicketingConfig(AppConfig):
    name = "ticketing"

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from django_structlog import signals

        from ticketing import checks, guards, request_log  # noqa: F401 (checks register themselves)

        pre_migrate.connect(guards.before_migrate, dispatch_uid="marquee-guards")
        post_migrate.connect(guards.after_migrate, dispatch_uid="marquee-guards")
        signals.bind_extra_request_metadata.connect(request_log.begin)
        signals.bind_extra_request_finished_metadata.connect(request_log.describe)
        signals.bind_extra_request_failed_metadata.connect(request_log.describe)
        connection_created.connect(request_log.count_statements)
