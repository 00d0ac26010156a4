"""App configurations: the console as Django's default admin site, and the project itself."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class ConsoleConfig(AdminConfig):
    default_site = "ticketing.console.ConsoleSite"


class TicketingConfig(AppConfig):
    name = "ticketing"

    def ready(self) -> None:
        from django_structlog.signals import bind_extra_request_metadata

        from ticketing import checks, guards, logs  # noqa: F401 (checks register themselves)

        pre_migrate.connect(guards.before_migrate, dispatch_uid="marquee-guards")
        post_migrate.connect(guards.after_migrate, dispatch_uid="marquee-guards")
        bind_extra_request_metadata.connect(logs.bind_client)
