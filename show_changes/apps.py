from django.apps import AppConfig


class ShowChangesConfig(AppConfig):
    name = "show_changes"
