"""The ground: installs guards and bounds in the database after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from lib import guards


class LibConfig(AppConfig):
    name = "lib"

    def ready(self) -> None:
        pre_migrate.connect(guards.before_migrate, dispatch_uid="marquee-guards")
        post_migrate.connect(guards.after_migrate, dispatch_uid="marquee-guards")
