"""`manage.py demo`: load the demo season."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from demo import people, pictures, season


class Command(BaseCommand):
    help = (
        "Load the demo season: theaters, halls, events, two weeks of shows before and after today, and logins. "
        "What exists is left as it is; a run on a later day adds the shows of the days since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--yes-this-is-a-demo",
            action="store_true",
            help="Load it although DEBUG is off. Its logins have a password that everybody knows.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["yes_this_is_a_demo"]:
            raise CommandError(
                "The demo season brings logins with a known password, and DEBUG is off. "
                "If this really is a demo, say --yes-this-is-a-demo."
            )
        started = monotonic()
        loaded = season.Loaded()
        self.stdout.write("Loading the demo season …")
        season.load_places(loaded)
        season.load_events(loaded)
        self.stdout.write("Drawing posters …")
        pictures.load_pictures(loaded)
        season.load_shows(timezone.now(), loaded)
        loaded.counts["logins"] = people.load_logins()
        added = ", ".join(f"{count} {name}" for name, count in loaded.counts.items() if count)
        self.stdout.write(f"Added {added or 'nothing: all of it is there'}. ({monotonic() - started:.1f} s)")
        self.stdout.write(f"\nSign in with the password “{people.PASSWORD}”:")
        for login in people.LOGINS:
            self.stdout.write(f"  {login.email:<26} {login.may}")
