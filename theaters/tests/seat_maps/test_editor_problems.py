"""The editor finds in a plan what publishing finds in it."""

import json
import random
import re
import subprocess
from collections import Counter
from typing import Any

import pytest

from theaters.seat_maps import check, read_layout
from theaters.seat_maps.arrange import arrange_rows, place_long_table, place_table, row_labels
from tools.environment import clean_environment
from tools.javascript import NODE
from tools.processes import PROJECT

pytestmark = pytest.mark.once

PROGRAM = PROJECT / "theaters" / "tests" / "seat_editor" / "report_problems.js"
# A program can write such a file by hand; the editor can't make it.
ONLY_HERE = {"wrong-type", "bad-size", "bad-shape", "too-far", "unknown-color"}
DOUBTFUL = {"jumping-numbers", "narrow-rows", "far-seat", "stage-side"}
WHERE = re.compile(r"zones\[\d+\](?:\.rows\[\d+\](?:\.seats\[\d+\])?|\.areas\[\d+\])?|categories\[\d+\]|")
LABELS = ["A", "", "A\u00a0", "1", "Ä", "\u202eA", "<b>", "a\tb", "R" * 21, "शून्य", "\u0633\u200c1", "x\u2028y"]


def find_here(document: dict[str, Any]) -> Counter[tuple[str, bool, str]]:
    found: Counter[tuple[str, bool, str]] = Counter()
    for problem in check(read_layout(document)):
        match = WHERE.match(problem.where)
        if problem.code not in ONLY_HERE:
            found[problem.code, problem.is_error, match[0] if match else ""] += 1
    return found


def find_in_editor(documents: list[dict[str, Any]]) -> list[Counter[tuple[str, bool, str]]]:
    done = subprocess.run(
        [NODE, PROGRAM],
        input=json.dumps(documents),
        env=clean_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    return [Counter(place for problem in report for place in _places(problem)) for report in json.loads(done.stdout)]


def _places(problem: dict[str, Any]) -> list[tuple[str, bool, str]]:
    """Return where the server would say that a problem is: it has an entry for each seat."""
    code, paths, values = problem["code"], problem["paths"], problem["values"]
    if code in DOUBTFUL:
        return []
    if code == "same-label":
        paths = paths[1:2]
    elif code == "row-too-long" or values.get("field") == "row":
        paths = [paths[0].rpartition(".")[0]]
    elif values.get("field") == "section":
        paths = [paths[0].partition(".")[0]]
    elif not paths:
        paths = [f"categories[{values['index']}]" if "index" in values else ""]
    return [(code, problem["isError"], path) for path in paths]


def make_document(chance: random.Random) -> dict[str, Any]:
    """Return a hall of one to three sections, in order."""
    categories = [{"name": name, "color": "#123456"} for name in ("Best", "Good", "Cheap")]
    zones = []
    for section in range(chance.randint(1, 3)):
        count = chance.randint(1, 4)
        blocks = [[chance.randint(1, 5) for _block in range(chance.randint(1, 2))] for _row in range(count)]
        rows = arrange_rows(
            row_labels(count),
            blocks,
            category="Best",
            radius=chance.choice([None, 90.0]),
            row_pitch=chance.choice([26, 18]),
        )
        place = chance.choice([place_table, place_long_table])
        table = [
            {"seat_number": str(index), "position": {"x": x + 300, "y": y}, "category": "Good"}
            for index, (x, y) in enumerate(place(chance.randint(1, 7)), start=1)
        ]
        rows.append({"row_number": chance.choice(["A", "1"]), "seats": table, "marquee": {"table": True}})
        areas = [{"uuid": f"bar-{section}", "shape": "rectangle", "rectangle": {"width": 9, "height": 9}}]
        if chance.random() < 0.7:
            areas.append({"shape": "circle", "circle": {"radius": 9}, "marquee": _sold(chance)})
        zones.append(
            {
                "name": chance.choice(["Stalls", "Balcony", ""]),
                "position": {"x": 0, "y": 400 * section},
                "rows": rows,
                "areas": areas,
            }
        )
    return {"name": "Hall", "categories": categories, "zones": zones}


def _sold(chance: random.Random) -> dict[str, Any]:
    sold = {"name": "Floor", "category": "Cheap", "capacity": 40}
    if chance.random() < 0.4:
        del sold[chance.choice(["name", "category", "capacity"])]
    return sold


def spoil(document: dict[str, Any], chance: random.Random) -> None:
    """Make a few mistakes."""
    seats = [seat for zone in document["zones"] for row in zone["rows"] for seat in row["seats"]]
    seat, other = chance.choice(seats), chance.choice(seats)
    flags = seat.setdefault("marquee", {})
    match chance.randint(0, 12):
        case 0:
            seat["seat_number"] = chance.choice(["", " ", *LABELS])
        case 1:
            seat["category"] = chance.choice(["", "Unknown", "Cheap"])
        case 2:
            seat["seat_guid"] = other["seat_guid"] = "same"
        case 3 | 4:
            seat["position"] = {
                "x": other["position"]["x"] + chance.choice([0, 4, 9.5, 10.5]),
                "y": other["position"]["y"],
            }
        case 5 | 6:
            flags[chance.choice(["accessible", "companion"])] = True
        case 7:
            flags["companion_of"] = chance.choice(["nobody", "same", other.get("seat_guid") or "x"])
        case 8:
            chance.choice(document["zones"])["name"] = chance.choice(["N" * 81, *LABELS])
        case 9:
            chance.choice(chance.choice(document["zones"])["rows"])["row_number"] = chance.choice(LABELS)
        case 10:
            chance.choice(document["categories"])["name"] = chance.choice(["", "Best", "Good\u200e", "<i>"])
        case 11:
            for category in document["categories"]:
                category["marquee"] = {"for_sale": chance.random() < 0.2}
        case 12:
            flags["quality"] = chance.choice([-4, 3, 0, 2.5])


def test_it_finds_the_same_in_plans_with_mistakes():
    chance = random.Random(20)
    documents = []
    for _ in range(400):
        document = make_document(chance)
        for _ in range(chance.randint(0, 6)):
            spoil(document, chance)
        read_layout(document)
        documents.append(document)
    codes = set()
    for index, (document, found) in enumerate(zip(documents, find_in_editor(documents), strict=True)):
        expected = find_here(document)
        assert found == expected, (index, found - expected, expected - found)
        codes |= {code for code, _is_error, _where in expected}
    assert len(codes) > 15, codes


def test_it_finds_the_same_where_a_plan_is_empty_or_a_row_too_long():
    seats = [{"seat_number": str(n), "category": "A", "position": {"x": n * 20, "y": 0}} for n in range(501)]
    documents: list[dict[str, Any]] = [
        {},
        {"categories": [], "zones": []},
        {"categories": [{"name": "A"}], "zones": [{"rows": [{"row_number": "A", "seats": seats}]}]},
    ]
    for document in documents:
        read_layout(document)
    expected = [find_here(document) for document in documents]
    assert find_in_editor(documents) == expected
    assert [code for found in expected for code, _is_error, _where in found] == ["empty", "empty", "row-too-long"]
