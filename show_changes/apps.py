from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ShowChangesConfig(AppConfig):
    name = "show_changes"
    verbose_name = _("Canceled shows")
