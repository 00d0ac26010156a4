"""Bring the database up to date and fill it with the demo season; runs in the environment.

One process for all of it: each `manage.py` command alone takes a second to start.
"""

import os
import sys

import django
from django.conf import settings
from django.core.checks import Tags, run_checks
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketing.settings")
    django.setup()
    # Refuse a database that this version cannot use.
    if found := [one for one in run_checks(tags=[Tags.database], databases=["default"]) if one.is_serious()]:
        sys.exit("\n".join(f"{one.msg} {one.hint}" for one in found))
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
    call_command("demo")


if __name__ == "__main__":
    main()
