from django.apps import AppConfig


class BoxOfficeConfig(AppConfig):
    name = "box_office"
