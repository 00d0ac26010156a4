"""Time an empty list of Django's own admin, without theme and without rows: the floor of the console's lists.

Prints milliseconds. It is a process of its own, because a theme replaces the admin's templates.
"""

from __future__ import annotations

import sys
from statistics import median
from time import process_time

import django
from django.conf import settings

ROUNDS = 15


def main() -> None:
    settings.configure(
        SECRET_KEY="benchmark",
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF=__name__,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=[
            f"django.contrib.{name}"
            for name in ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        TEMPLATES=[
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
        STATIC_URL="/static/",
        USE_TZ=True,
    )
    django.setup()
    from django.contrib import admin
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client
    from django.urls import path

    sys.modules[__name__].urlpatterns = [path("admin/", admin.site.urls)]  # type: ignore[attr-defined]
    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser("admin"))  # type: ignore[arg-type]
    times = []
    for _round in range(ROUNDS):
        start = process_time()
        answer = client.get("/admin/auth/group/")
        times.append(process_time() - start)
        if answer.status_code != 200:
            raise SystemExit(f"The floor answered {answer.status_code}.")
    print(1000 * median(times[3:]))


if __name__ == "__main__":
    main()
