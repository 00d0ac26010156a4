"""`manage.py demo`: load the demo season, or fill a database with very many shows."""

from argparse import ArgumentParser
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from bookings.also_booked import rank_also_booked
from demo import (
    brands,
    counter,
    legal_pages,
    overrides,
    people,
    pictures,
    reviews,
    season,
    sellers,
    showcase,
    volume,
    words,
)
from events.catalogue import forget_catalogue


class Command(BaseCommand):
    help = (
        "Load the demo season: theaters, halls, events with posters, shows from a week ago to two weeks ahead, their "
        "sales, reviews and logins. Existing rows stay as they are; a later run adds the shows of the days since."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--yes-this-is-a-demo",
            action="store_true",
            help="Load it although DEBUG is off. Its logins have a public password.",
        )
        parser.add_argument(
            "--volume",
            action="store_true",
            help=f"Instead, add {volume.EVENTS:,} events and {volume.SHOWS:,} shows, to see if pages stay fast.",
        )
        parser.add_argument("--events", type=int, default=volume.EVENTS, help="How many events --volume adds.")
        parser.add_argument("--shows", type=int, default=volume.SHOWS, help="How many shows --volume adds.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG and not options["yes_this_is_a_demo"]:
            raise CommandError(
                "The demo season brings logins with a known password, and DEBUG is off. "
                "If this really is a demo, add --yes-this-is-a-demo."
            )
        started = monotonic()
        if options["volume"]:
            self.fill(options["events"], options["shows"])
        else:
            self.load()
        _update_statistics()
        self.stdout.write(f"Done in {monotonic() - started:.1f} s.")

    def load(self) -> None:
        loaded = season.Loaded()
        now = timezone.now()
        self.stdout.write("Theaters, halls and events …")
        season.load_places(loaded)
        season.load_events(loaded)
        overrides.load_overrides()
        loaded.counts["logins"] = people.load_logins()
        loaded.counts["vouchers"] = showcase.load_vouchers()
        loaded.counts["settlement terms"] = showcase.load_terms()
        self.stdout.write("Posters …")
        pictures.load_pictures(loaded)
        loaded.counts["names and looks"] = brands.load_brands()
        loaded.counts["own words"] = words.load_words()
        loaded.counts["sellers"] = sellers.load_sellers()
        loaded.counts["legal pages"] = legal_pages.load_legal_pages()
        self.stdout.write("Shows and sales …")
        season.load_shows(now, people.load_customers(), loaded)
        # Queries of the services below are slow while PostgreSQL takes the tables for empty.
        _update_statistics()
        loaded.counts["reviews"] = reviews.load_reviews(loaded.shows, now)
        loaded.counts["reviews"] += reviews.load_theater_reviews(now)
        loaded.counts["bookings"] += showcase.load_customers_bookings(now)
        loaded.counts["bookings"] += showcase.load_redemptions(now)
        loaded.counts["waiting"] = showcase.load_waiting(now)
        loaded.counts["bookings"] += counter.load_set_aside(now)
        rank_also_booked(now)
        forget_catalogue()
        added = ", ".join(f"{count:,} {name}" for name, count in loaded.counts.items() if count)
        self.stdout.write(f"Added {added or 'nothing: everything was there'}.")
        self.stdout.write(f"\nSign in with the password “{people.PASSWORD}”:")
        for login in people.LOGINS:
            self.stdout.write(f"  {login.email:<26} {login.may}")
        codes = ", ".join(code for code, _theater, _off in showcase.VOUCHERS)
        self.stdout.write(f"Vouchers to try: {codes}\n")

    def fill(self, events: int, shows: int) -> None:
        if events < 1 or shows < 1:
            raise CommandError("--events and --shows are at least 1.")
        size = volume.Size(events, shows, min(volume.SHOWS_PER_HALL, shows))
        volume.load_volume(size, timezone.now(), self.stdout.write)


def _update_statistics() -> None:
    """Update PostgreSQL's statistics of its tables.

    It does so by itself a minute later. Until then it takes tables for empty, and a report takes minutes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
