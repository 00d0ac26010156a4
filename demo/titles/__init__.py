"""The titles of the demo season: works in the public domain, and evenings that need no author."""

from demo.titles.evenings import EVENINGS
from demo.titles.films import FILMS
from demo.titles.music import MUSIC
from demo.titles.plan import LABELS, EventPlan
from demo.titles.plays import PLAYS

TITLES = (*PLAYS, *FILMS, *MUSIC, *EVENINGS)

__all__ = ["LABELS", "TITLES", "EventPlan"]
