"""The open seating-plan JSON format, read defensively."""

import json
from collections.abc import Iterator
from math import isinf
from typing import Any, NoReturn

from django.utils.translation import gettext

from theaters.seat_maps.layout import Layout, read_layout
from theaters.seat_maps.problems import InvalidSeatMap, Problem

MAX_JSON_DEPTH = 40
MAX_NUMBER_DIGITS = 100


def parse_json(text: str) -> Layout:
    """Read a seating plan; raise `InvalidSeatMap` if it is not a JSON object at all.

    Every key survives. Problems inside are in `Layout.problems` and found by `check`.
    """
    return read_layout(parse_document(text))


def parse_document(text: str) -> dict[str, Any]:
    """Return a JSON object as it is; raise `InvalidSeatMap` for anything else, and for what can't be stored."""
    document = _load(text.removeprefix("\ufeff"))
    if not isinstance(document, dict):
        raise InvalidSeatMap([Problem("not-an-object", gettext("A seating plan is a JSON object: { … }."))])
    return document


def to_json(layout: Layout) -> str:
    """Return the document with every key that it came with, and what reading filled in."""
    return json.dumps(layout.document, ensure_ascii=False, indent=1, allow_nan=False)


class _NotAllowed(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _NotAllowed(gettext("“%s” is not a number that JSON allows.") % name)


def _read_float(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise _NotAllowed(gettext("The number %s… is too large.") % text[:20])
    return value


def _read_int(text: str) -> int:
    if len(text) > MAX_NUMBER_DIGITS:
        raise _NotAllowed(gettext("The number %s… is too large.") % text[:20])
    return int(text)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    item = dict(pairs)
    if len(item) < len(pairs):
        keys = [key for key, _ in pairs]
        repeated = next(key for key in keys if keys.count(key) > 1)
        raise _NotAllowed(gettext("The key “%s” appears twice in one object.") % repeated[:60])
    return item


def _load(text: str) -> Any:
    try:
        document = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_read_float,
            parse_int=_read_int,
            object_pairs_hook=_read_object,
        )
    except json.JSONDecodeError as error:
        where = gettext("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        message = gettext("This is not valid JSON: %s.") % error.msg
        raise InvalidSeatMap([Problem("not-json", message, where)]) from error
    except _NotAllowed as error:
        raise InvalidSeatMap([Problem("not-json", str(error))]) from error
    except RecursionError as error:
        raise InvalidSeatMap([_too_deep("")]) from error
    problems = list(_unstorable(document))
    if problems:
        raise InvalidSeatMap(problems)
    return document


def _too_deep(where: str) -> Problem:
    return Problem("too-deep", gettext("The file is nested more than %d levels deep.") % MAX_JSON_DEPTH, where)


def _unstorable(document: Any) -> Iterator[Problem]:
    """Find what a database cannot keep: NUL, half a surrogate pair, endless nesting."""
    waiting: list[tuple[Any, str, int]] = [(document, "", 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if isinstance(value, str):
            if not _is_storable(value):
                yield Problem("bad-characters", gettext("This text has characters that cannot be stored."), path)
        elif depth > MAX_JSON_DEPTH:
            yield _too_deep(path)
            return
        elif isinstance(value, dict):
            for key, item in value.items():
                if not _is_storable(key):
                    yield Problem("bad-characters", gettext("A key has characters that cannot be stored."), path)
                if isinstance(item, str | dict | list):
                    waiting.append((item, f"{path}.{key}" if path else key, depth + 1))
        elif isinstance(value, list):
            waiting += [(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]


def _is_storable(text: str) -> bool:
    return "\0" not in text and (text.isascii() or not any("\ud800" <= c <= "\udfff" for c in text))
