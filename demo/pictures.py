"""Store the posters and façades, which were drawn for the demo season, where pages find them."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from django.core.files.base import ContentFile

from demo.season import Loaded
from events.models import Event
from theaters.models import Theater

_HERE = Path(__file__).resolve().parent
# By the slug of the event or theater.
POSTERS = {path.stem: path for path in sorted((_HERE / "posters").glob("*.webp"))}
FACADES = {path.stem: path for path in sorted((_HERE / "facades").glob("*.webp"))}
# Encoding runs outside of Python's lock, so that two threads take half the time on two cores.
THREADS = 2


def load_pictures(loaded: Loaded) -> None:
    """Store the missing posters and façades; uploaded ones stay."""
    events = list(Event.objects.filter(slug__in=POSTERS, poster=""))
    theaters = list(Theater.objects.filter(slug__in=FACADES, photo=""))

    def store(item: Event | Theater) -> None:
        pictures, field = (POSTERS, item.poster) if isinstance(item, Event) else (FACADES, item.photo)
        field.save(f"{item.slug}.webp", ContentFile(pictures[item.slug].read_bytes()), save=False)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(store, [*events, *theaters]))
    # Only the picture is saved, so that other edits made meanwhile stay.
    for event in events:
        Event.objects.filter(pk=event.pk, poster="").update(poster=event.poster.name)
    for theater in theaters:
        Theater.objects.filter(pk=theater.pk, photo="").update(photo=theater.photo.name)
    loaded.counts["pictures"] = len(events) + len(theaters)
