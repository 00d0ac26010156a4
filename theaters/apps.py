from django.apps import AppConfig


class TheatersConfig(AppConfig):
    name = "theaters"
