"""The console as Django's default admin site, where every app registers its models."""

from django.contrib.admin.apps import AdminConfig


class DefaultSiteConfig(AdminConfig):
    default_site = "console.site.ConsoleSite"
