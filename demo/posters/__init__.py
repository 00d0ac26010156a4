"""Posters of the demo season's events and pictures of its theaters, drawn by the project itself.

One function per picture gives a `Sheet`; `demo.pictures` prints the missing ones.
"""

from demo.posters.concerts import POSTERS as CONCERTS
from demo.posters.evenings import POSTERS as EVENINGS
from demo.posters.facades import FACADES
from demo.posters.films import POSTERS as FILMS
from demo.posters.plays import POSTERS as PLAYS
from demo.posters.stage_music import POSTERS as STAGE_MUSIC
from demo.posters.stories import POSTERS as STORIES

POSTERS = {**PLAYS, **STORIES, **FILMS, **STAGE_MUSIC, **CONCERTS, **EVENINGS}

__all__ = ["FACADES", "POSTERS"]
