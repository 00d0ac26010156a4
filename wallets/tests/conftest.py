"""Wallets that are on."""

from __future__ import annotations

import pytest

from testing.wallets import apple_settings, google_settings


@pytest.fixture
def apple(settings):
    settings.SITE_URL = "https://tickets.example.org"
    for name, value in apple_settings().items():
        setattr(settings, name, value)


@pytest.fixture
def google(settings):
    for name, value in google_settings().items():
        setattr(settings, name, value)
