"""The site's settings with the floor's addresses, without apps, middleware and context."""

from ticketing.settings import *  # noqa: F403
from ticketing.settings import BASE_DIR

ROOT_URLCONF = "benchmarks.floor.urls"
INSTALLED_APPS: list[str] = []
MIDDLEWARE: list[str] = []
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "benchmarks" / "floor" / "templates"],
    }
]
