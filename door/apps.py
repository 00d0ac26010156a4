from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_out
from django.utils.translation import gettext_lazy as _


class DoorConfig(AppConfig):
    name = "door"
    verbose_name = _("Check-ins")

    def ready(self) -> None:
        from door.clear_site_data import note_sign_out

        user_logged_out.connect(note_sign_out)
