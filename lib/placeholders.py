"""Texts with placeholders, such as “Welcome, {first_name}”, that staff write and the program fills.

Nothing in them is evaluated: a known name in braces becomes its value, and all else is text. They are Markdown
(`lib/markdown.py`), in which a value is never markup, and in which each line stays one. A line with a placeholder
that has no value is left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lib.markdown import to_html, to_text

# Longer values are cut, so that a name can't become the whole of a message.
LONGEST_VALUE = 200
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
# CommonMark takes a backslash before any of these for the sign itself.
_MARKUP = re.compile(r"([!-/:-@\[-`{-~])")
_ISOLATE, _END_ISOLATE = "\u2068", "\u2069"
_RIGHT_TO_LEFT = {"R", "AL"}
# What a placeholder is filled with to find those that stand in the address of a link.
_PROBE = "placeholderprobe"
_ADDRESS = re.compile(rf'href="[^"]*{_PROBE}')


def check(text: str, names: Collection[str]) -> None:
    """Raise a `ValidationError` that says all that is wrong with the text's braces."""
    problems = list(dict.fromkeys(_find_problems(text, names)))
    if not problems and _ADDRESS.search(to_html(_replace(text, dict.fromkeys(names, _PROBE)))):
        problems.append(_("A placeholder can’t stand in the address of a link."))
    if problems:
        raise ValidationError(problems)


def _find_problems(text: str, names: Collection[str]) -> Iterator[str]:
    for name in _PLACEHOLDER.findall(text):
        if name not in names:
            offered = ", ".join(f"{{{one}}}" for one in names) or _("none")
            problem = _("There is no placeholder {%(name)s} here. You can use: %(offered)s.")
            yield problem % {"name": name[:40], "offered": offered}
    for line in _PLACEHOLDER.sub("", text).splitlines():
        if brace := re.search(r"[{}]", line):
            near = line[max(brace.start() - 15, 0) : brace.end() + 15].strip()
            problem = _("A brace stands alone near “%(near)s”. Braces are for placeholders, such as %(example)s.")
            yield problem % {"near": near, "example": f"{{{next(iter(names), 'name')}}}"}


def fill_html(text: str, values: Mapping[str, str]) -> SafeString:
    """Return the text as safe HTML, with these values; "" if nothing is left of it. Never raises."""
    filled = _fill(text, values)
    return to_html(filled) if filled else SafeString("")


def fill_text(text: str, values: Mapping[str, str]) -> str:
    """Return the same as plain text."""
    filled = _fill(text, values)
    return to_text(filled) if filled else ""


def fill_line(text: str, values: Mapping[str, str]) -> str:
    """Return a text that is no Markdown, such as a subject, as one line."""
    tidy = {name: _tidy(value) for name, value in values.items()}
    return " ".join(_PLACEHOLDER.sub(lambda match: tidy.get(match[1], ""), text).split())


def _fill(text: str, values: Mapping[str, str]) -> str:
    is_rtl = _is_rtl(_PLACEHOLDER.sub("", text))
    escaped = {name: _escape(value, is_rtl) for name, value in values.items()}
    return _replace(text, escaped).strip()


def _replace(text: str, values: Mapping[str, str]) -> str:
    lines = []
    for line in text.splitlines():
        if all(values.get(name) for name in _PLACEHOLDER.findall(line)):
            filled = _PLACEHOLDER.sub(lambda match: values[match[1]], line).rstrip()
            # Two spaces keep the end of a line, which Markdown would take for a space.
            lines.append(f"{filled}  " if filled else "")
    return "\n".join(lines)


def _escape(value: str, is_rtl: bool) -> str:
    tidy = _tidy(value)
    escaped = _MARKUP.sub(r"\\\1", tidy)
    return f"{_ISOLATE}{escaped}{_END_ISOLATE}" if tidy and _is_rtl(tidy) != is_rtl else escaped


def _tidy(value: str) -> str:
    """Return the value on one line, without signs that turn the direction of what follows, and not endless."""
    shown = "".join(" " if sign.isspace() else sign for sign in value if _is_shown(sign))
    words = " ".join(shown.split())
    return words if len(words) <= LONGEST_VALUE else f"{words[: LONGEST_VALUE - 1]}…"


def _is_shown(sign: str) -> bool:
    # Joiners shape the letters of many scripts.
    return sign.isspace() or sign in "\u200c\u200d" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs", "Co"}


def _is_rtl(text: str) -> bool:
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((one for one in directions if one in {"L", *_RIGHT_TO_LEFT}), "L") in _RIGHT_TO_LEFT
