"""Translations: `python -m tools.messages` keeps `locale/` in step with the code.

It finds the texts marked for translation in code, templates and scripts, adds new ones to each `.po`,
removes those that are gone, and compiles each `.mo`, which is kept in the repository, so that gettext's
tools are not needed. `--check` changes nothing and lists what is missing.
"""

from __future__ import annotations

import argparse
import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from tools.british import spell
from tools.processes import PROJECT

LOCALE = PROJECT / "locale"
LANGUAGES = ("de", "hi")
BRITISH = "en_GB"
APPS = sorted(path.parent.name for path in PROJECT.glob("*/apps.py"))

TEMPLATES = {".html", ".txt", ".mjml"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
# Texts for staff: one that appears nowhere else may lack its translation.
CONSOLE = re.compile(r"(^|/)(admin|console)\b|/admin_|templates/admin/|/management/|ticketing/checks")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?\w+")


@dataclass
class Found:
    """A text where it stands in the source."""

    id: str | tuple[str, ...]
    context: str | None
    places: list[str] = field(default_factory=list)

    @property
    def is_for_staff(self) -> bool:
        return all(CONSOLE.search(f"/{place}") for place in self.places)


def find_texts(domain: str) -> dict[tuple[str | None, str], Found]:
    """Return every marked text of the domain: `django`, or `djangojs` for scripts."""
    texts: dict[tuple[str | None, str], Found] = {}
    for path in sorted(_sources(domain)):
        name = path.relative_to(PROJECT).as_posix()
        source = path.read_text(encoding="utf-8")
        if path.suffix in TEMPLATES:
            # Everything else is blanked out; what is left is Python, except for its indentation.
            source = "\n".join(line.strip() for line in templatize(source, origin=name).splitlines())
        method = "javascript" if domain == "djangojs" else "python"
        lines = extract(method, io.BytesIO(source.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})
        for _line, text, _comments, context in lines:
            key = (context, text if isinstance(text, str) else text[0])
            if not key[1]:
                continue
            found = texts.setdefault(key, Found(text, context))
            if not isinstance(text, str):
                found.id = text
            found.places.append(name)
    return texts


def _sources(domain: str) -> Iterator[Path]:
    if domain == "djangojs":
        yield from (PROJECT / "static" / "js").rglob("*.js")
        return
    for app in APPS:
        for path in (PROJECT / app).rglob("*.py"):
            if not {"tests", "migrations"} & set(path.relative_to(PROJECT).parts):
                yield path
    for path in (PROJECT / "templates").rglob("*"):
        if path.suffix in TEMPLATES:
            yield path


def catalog_path(language: str, domain: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{domain}.po"


def read_catalog(language: str, domain: str) -> Catalog:
    path = catalog_path(language, domain)
    if not path.exists():
        return _new_catalog(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, domain: str) -> None:
    """Write the texts of the source into the `.po`, keeping its translations, and compile it."""
    known, fresh = read_catalog(language, domain), _new_catalog(language)
    fresh.creation_date, fresh.revision_date = known.creation_date, known.revision_date
    for (context, _text), found in sorted(find_texts(domain).items(), key=_by_text):
        old = known.get(found.id, context)
        string = old.string if old and _fits(old, found) else ""
        fresh.add(found.id, string, context=context)
    _write(fresh, language, domain)


def spell_catalog(domain: str) -> Catalog:
    """Return the texts of the source that Britons spell otherwise."""
    fresh = _new_catalog(BRITISH)
    for (context, _text), found in sorted(find_texts(domain).items(), key=_by_text):
        british = spell(found.id) if isinstance(found.id, str) else tuple(map(spell, found.id))
        if british != found.id:
            fresh.add(found.id, british, context=context)
    return fresh


def _new_catalog(language: str) -> Catalog:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    return Catalog(locale=language, project="Marquee", creation_date=start, revision_date=start, fuzzy=False)


def _by_text(item: tuple[tuple[str | None, str], Found]) -> tuple[str, str]:
    (context, text), _found = item
    return text, context or ""


def _write(catalog: Catalog, language: str, domain: str) -> None:
    path = catalog_path(language, domain)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalog, width=0, no_location=True, omit_header=False)
    compile_catalog(language, domain)


def _fits(old: Message, found: Found) -> bool:
    return isinstance(old.string, str) == isinstance(found.id, str)


def compile_catalog(language: str, domain: str) -> None:
    with catalog_path(language, domain).with_suffix(".mo").open("wb") as file:
        write_mo(file, read_catalog(language, domain))


def problems(language: str, domain: str) -> list[str]:
    """Return what is missing or inconsistent in the language, one line each."""
    catalog = read_catalog(language, domain)
    lines = []
    for (context, text), found in find_texts(domain).items():
        message = catalog.get(found.id, context)
        if message is None or not _is_translated(message):
            if not found.is_for_staff:
                lines.append(f"{language}: not translated: {text!r} ({found.places[0]})")
        else:
            lines += [f"{language}: {text!r}: {problem}" for problem in _disagreements(message)]
    return lines


def british_problems(domain: str) -> list[str]:
    """Return which texts the catalog of British English has otherwise than it would be made, one line each."""
    kept, fresh = read_catalog(BRITISH, domain), spell_catalog(domain)
    texts = {message.id: message.context for catalog in (kept, fresh) for message in catalog if message.id}
    return [
        f"{BRITISH}: not up to date: {text!r}"
        for text, context in texts.items()
        if _string(kept.get(text, context)) != _string(fresh.get(text, context))
    ]


def _string(message: Message | None) -> object:
    return message and message.string


def _is_translated(message: Message) -> bool:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    return bool(strings) and all(strings) and not message.fuzzy


def _disagreements(message: Message) -> Iterator[str]:
    """Compare placeholders and tags; a singular form may write its number out."""
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    if len(ids) == 1:
        pairs = [(ids[0], strings[0])]
    else:
        pairs = [(ids[0], strings[0]), *((ids[1], string) for string in strings[1:])]
    for source, string in pairs:
        wanted, given = sorted(PLACEHOLDER.findall(source)), sorted(PLACEHOLDER.findall(string))
        if wanted != given and not (len(ids) > 1 and sorted(PLACEHOLDER.findall(ids[1])) == given):
            yield f"placeholders {wanted} became {given} in {string!r}"
        if sorted(TAG.findall(source)) != sorted(TAG.findall(string)):
            yield f"tags differ in {string!r}"
        if source[:1].isspace() != string[:1].isspace() or source[-1:].isspace() != string[-1:].isspace():
            yield f"space at an edge differs in {string!r}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description="Keep translations in step.")
    parser.add_argument("--check", action="store_true", help="change nothing, list what is missing")
    is_check = parser.parse_args().check
    found = []
    for domain in ("django", "djangojs"):
        if not is_check:
            _write(spell_catalog(domain), BRITISH, domain)
        found += british_problems(domain)
    for language in LANGUAGES:
        for domain in ("django", "djangojs"):
            if not is_check:
                update(language, domain)
            found += problems(language, domain)
    for line in found:
        print(line)
    print(f"{len(found)} texts to look at." if found else "Everything is translated.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
