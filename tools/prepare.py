"""Bring the database up to date and fill it with the demo season; runs in the environment.

One process for all of it: each `manage.py` command alone takes a second to start.
"""

import os
import sys

import django
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    django.setup()
    try:
        # Also whether this version can go on with the database.
        call_command("migrate", verbosity=0, skip_checks=False)
    except SystemCheckError as error:
        sys.exit(str(error))
    call_command("createcachetable", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
