"""What the season is made of, without a database."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from PIL import Image

from demo.pictures import FACADES, POSTERS
from demo.places import CITIES, THEATERS
from demo.programme import PROGRAMME, titles_on
from demo.season import DAYS_AHEAD, DAYS_BEFORE
from demo.titles import LABELS, TITLES
from theaters.seat_maps import check, parse_json

pytestmark = pytest.mark.once

HALLS = {(theater.slug, hall.key): hall for theater in THEATERS for hall in theater.halls}
# The rooms that the season promises, by the least and the most of their places.
SIZES = {
    ("lindenbruecke", "grosses-haus"): (700, 1100),
    ("lindenbruecke", "studio"): (60, 120),
    ("lichtspiele-am-markt", "saal-1"): (140, 320),
    ("north-quay-opera", "auditorium"): (1800, 2000),
    ("the-undercroft", "club"): (396, 396),
    ("the-undercroft", "back-room"): (60, 60),
}


@pytest.mark.parametrize("key", HALLS, ids="/".join)
def test_halls_are_sound(key):
    layout = parse_json(json.dumps(HALLS[key].layout))
    assert check(layout) == []
    least, most = SIZES.get(key, (60, 2000))
    assert least <= layout.capacity <= most
    accessible = [seat for seat in layout.seats if "accessible" in seat.flags]
    companions = [seat for seat in layout.seats if "companion" in seat.flags]
    assert len(accessible) == len(companions)
    assert 0.008 <= len(accessible) / len(layout.seats) <= 0.05


def test_there_is_a_room_of_each_kind():
    assert len(CITIES) >= 3
    assert len({city.time_zone for city in CITIES}) == len(CITIES)
    assert len({theater.currency for theater in THEATERS}) >= 3
    assert len(THEATERS) >= 5
    assert len(HALLS) >= 9
    club = parse_json(json.dumps(HALLS["the-undercroft", "club"].layout))
    assert (club.areas[0].capacity, Counter(map(len, club.runs))) == (300, {4: 24})
    saal = parse_json(json.dumps(HALLS["lichtspiele-am-markt", "saal-1"].layout))
    assert not {"I", "O"} & {seat.row for seat in saal.seats}


def test_titles_are_complete():
    assert len(TITLES) >= 24
    assert len({plan.slug for plan in TITLES}) == len(TITLES)
    assert {plan.kind for plan in TITLES} == {"film", "play", "concert", "comedy", "dance", "opera", "talk"}
    for plan in TITLES:
        assert plan.synopsis.count("\n\n") >= 1 or len(plan.synopsis) > 150, plan.slug
        assert plan.tagline
        assert plan.labels
        assert set(plan.labels) <= set(LABELS)
        assert not plan.theater or plan.theater in {theater.slug for theater in THEATERS}
    assert any("ऀ" <= letter <= "ॿ" for plan in TITLES for letter in plan.title)
    assert any("؀" <= letter <= "ۿ" for plan in TITLES for letter in plan.title)


def test_every_title_has_a_poster_and_every_theater_a_picture():
    assert set(POSTERS) == {plan.slug for plan in TITLES}
    assert set(FACADES) == {theater.slug for theater in THEATERS}


@pytest.mark.parametrize("path", [*POSTERS.values(), *FACADES.values()], ids=lambda path: path.stem)
def test_pictures_are_of_one_size_and_small(path):
    with Image.open(path) as picture:
        assert picture.size == ((800, 1200) if path.stem in POSTERS else (1200, 800))
    assert path.stat().st_size < 120_000


@pytest.mark.parametrize("begin", [date(2026, 11, 22) + timedelta(days=day) for day in range(0, 70, 9)])
def test_every_title_plays_within_the_season_whenever_it_begins(begin):
    days = [begin + timedelta(days=offset) for offset in range(-DAYS_BEFORE, DAYS_AHEAD + 1)]
    played = {slug for hall in PROGRAMME for day in days for _slot, slug in titles_on(hall, day)}
    assert played == {plan.slug for plan in TITLES}


def test_every_hall_has_a_programme_and_titles_take_turns():
    assert set(PROGRAMME) == set(HALLS)
    hall = ("lindenbruecke", "grosses-haus")
    days = [date(2026, 11, 23) + timedelta(days=day) for day in range(21)]
    played = [slug for day in days for _slot, slug in titles_on(hall, day)]
    assert len(played) == 18
    assert len(set(played)) == 5
