from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TheatersConfig(AppConfig):
    name = "theaters"
    verbose_name = _("Theaters")

    def ready(self) -> None:
        from notifications.looks import register_finder
        from notifications.wordings import register_source
        from theaters.mail_looks import find_mail_look
        from theaters.wordings.find import find_words_for_mail

        register_source(find_words_for_mail)
        register_finder(find_mail_look)
