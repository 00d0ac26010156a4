"""The examples that staff copy from the guide work as they stand."""

import re

from django.conf import settings

from theaters.seat_maps import check, parse_csv, parse_json

GUIDE = (settings.BASE_DIR / "docs/seat-maps.md").read_text(encoding="utf-8")


def example(kind: str) -> str:
    (text,) = re.findall(rf"```{kind}\n(.*?)```", GUIDE, re.DOTALL)
    return text


def test_the_table_is_valid():
    layout = parse_csv(example("csv"))
    assert check(layout) == []
    assert [len(run) for run in layout.runs] == [3, 2, 2]
    assert layout.capacity == 307


def test_the_document_is_valid():
    layout = parse_json(example("json"))
    assert check(layout) == []
    assert (len(layout.seats), layout.areas[0].capacity) == (2, 300)
