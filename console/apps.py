"""The console's own app: its templatetags, and the admins of what no other app registers."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "console"
