"""The titles' data, and the labels of the demo season."""

from dataclasses import dataclass


@dataclass(frozen=True)
class EventPlan:
    """A title. `theater` is empty when several show it; `price_factor` scales the theater's price level."""

    slug: str
    title: str
    kind: str
    tagline: str
    synopsis: str
    minutes: int
    credits: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    interval: int = 0
    age: str = ""
    languages: tuple[str, ...] = ()
    subtitles: tuple[str, ...] = ()
    cast: tuple[tuple[str, str], ...] = ()
    theater: str = ""
    price_factor: float = 1.0
    # How well it is liked: the stars of most of its reviews.
    liking: float = 4.0


# Name and kind by slug.
LABELS = {
    "tragedy": ("Tragedy", "genre"),
    "comedy": ("Comedy", "genre"),
    "classic": ("Classic", "genre"),
    "opera": ("Opera", "genre"),
    "ballet": ("Ballet", "genre"),
    "silent-film": ("Silent film", "genre"),
    "horror": ("Horror", "genre"),
    "science-fiction": ("Science fiction", "genre"),
    "indian-classical": ("Indian classical", "genre"),
    "orchestral": ("Orchestral", "genre"),
    "chamber-music": ("Chamber music", "genre"),
    "storytelling": ("Storytelling", "genre"),
    "dance": ("Dance", "genre"),
    "mythology": ("Mythology", "genre"),
    "improvised": ("Improvised", "genre"),
    "live-music": ("Live music", "format"),
    "surtitles": ("With surtitles", "format"),
    "35-mm": ("35 mm", "format"),
    "standing": ("Standing", "format"),
    "family": ("Family", "audience"),
    "late-night": ("Late night", "audience"),
    "new-here": ("Good first visit", "audience"),
    "silent-season": ("The Silent Season", "series"),
    "house-classics": ("House Classics", "series"),
    "river-evenings": ("River Evenings", "series"),
}
