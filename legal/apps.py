"""Imprint, terms, privacy and the like, by theater, language and version; and who agreed to newsletters."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LegalConfig(AppConfig):
    name = "legal"
    verbose_name = _("Legal pages")
