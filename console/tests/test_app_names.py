"""Breadcrumbs name an app in people's words, not by its folder."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.utils.functional import Promise


def test_every_app_of_ours_with_pages_in_the_console_has_a_translated_name():
    labels = {model._meta.app_label for model in admin.site._registry} & set(settings.OWN_APPS)
    assert labels
    assert [label for label in labels if not isinstance(apps.get_app_config(label).verbose_name, Promise)] == []
