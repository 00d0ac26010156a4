"""Put the drawn posters and façades where pages find them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.core.files.base import ContentFile

from demo.posters import FACADES, POSTERS
from demo.posters.canvas import Sheet
from demo.season import Loaded
from events.models import Event
from theaters.models import Theater

# Drawing and encoding are done outside Python, so that two threads halve the time on two cores.
THREADS = 2


def load_pictures(loaded: Loaded) -> None:
    """Draw the posters and pictures that are missing; one that somebody uploaded stays."""
    events = list(Event.objects.filter(slug__in=POSTERS, poster=""))
    theaters = list(Theater.objects.filter(slug__in=FACADES, photo=""))

    def store(item: Event | Theater) -> None:
        drawings: dict[str, Callable[[], Sheet]] = POSTERS if isinstance(item, Event) else FACADES
        field = item.poster if isinstance(item, Event) else item.photo
        field.save(f"{item.slug}.png", ContentFile(drawings[item.slug]().png()), save=False)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(store, [*events, *theaters]))
    # Only the picture is written: whatever else was edited meanwhile stays.
    for event in events:
        Event.objects.filter(pk=event.pk, poster="").update(poster=event.poster.name)
    for theater in theaters:
        Theater.objects.filter(pk=theater.pk, photo="").update(photo=theater.photo.name)
    loaded.counts["pictures"] = len(events) + len(theaters)
