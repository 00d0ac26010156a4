"""The ground: what it keeps in the database is put in place after every migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate

from lib import guards


class LibConfig(AppConfig):
    name = "lib"

    def ready(self) -> None:
        pre_migrate.connect(guards.before_migrate, dispatch_uid="marquee-guards")
        post_migrate.connect(guards.after_migrate, dispatch_uid="marquee-guards")
