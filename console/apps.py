"""The console's own app: its template tags, and the admins of libraries' models."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
