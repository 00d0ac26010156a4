"""Names in any script: each of several in a line is set apart from the others."""

import re
from collections.abc import Iterator

import pytest

from tools.processes import PROJECT

pytestmark = pytest.mark.once

_OPENING = re.compile(r'<(\w+)\b[^>]*\bdir="auto"[^>]*>')
_TAG_OF_TEMPLATE = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


def _read_elements(text: str) -> Iterator[tuple[int, str]]:
    """Yield the line and the content of each element that takes its direction from its content."""
    for opening in _OPENING.finditer(text):
        depth, name = 1, opening[1]
        for tag in re.compile(rf"<(/?){name}\b[^>]*>").finditer(text, opening.end()):
            depth += -1 if tag[1] else 1
            if not depth:
                yield text.count("\n", 0, opening.start()) + 1, text[opening.end() : tag.start()]
                break


def test_a_line_of_several_values_does_not_take_the_direction_of_the_first():
    """With `dir="auto"`, an Arabic title turns around the date and the seat beside it; `<bdi>` keeps it to itself."""
    mixed = []
    for template in sorted((PROJECT / "templates").rglob("*.html")):
        for line, content in _read_elements(template.read_text()):
            values = re.findall(r"\{\{.*?\}\}", content)
            literal = re.sub(r"<[^>]*>", "", _TAG_OF_TEMPLATE.sub("", content)).strip()
            if len(values) > 1 and literal:
                mixed.append(f"{template.relative_to(PROJECT)}:{line}: {content.strip()}")
    assert not mixed, "\n".join(mixed)


def test_telephone_numbers_are_read_from_the_left():
    """In a line from right to left, +43 1 234 would become 234 1 43+."""
    links = [
        (template.relative_to(PROJECT).as_posix(), link)
        for folder in ("*.html", "*.mjml")
        for template in sorted((PROJECT / "templates").rglob(folder))
        for link in re.findall(r'<a [^>]*href="tel:', template.read_text())
    ]
    assert links
    assert [link for link in links if 'dir="ltr"' not in link[1]] == []
