from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    name = "events"
    verbose_name = _("Program")

    def ready(self) -> None:
        from events.models.settings import LANGUAGES, Scope
        from theaters.wordings.find import register_languages

        register_languages(lambda theater_id: LANGUAGES.of(Scope(theater_id)))
