"""Style sheets of the site and of the console."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from ticketing.static_files import WHOLE_SHEETS
from tools.processes import PROJECT

pytestmark = pytest.mark.once
STATIC = PROJECT / "static"


def test_no_page_fades_into_the_next():
    """Chromium breaks that off, with an error in the page, when the styles of the next page come late."""
    sheets = list((PROJECT / "static" / "css").rglob("*.css"))
    assert sheets
    assert [sheet.name for sheet in sheets if "@view-transition" in sheet.read_text()] == []


def test_sheets_are_whole_in_production(tmp_path: Path, settings: Any):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "ticketing.static_files.SiteStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    for name in WHOLE_SHEETS:
        collected, sheet = read_collected(name), STATIC / name
        assert "@import" not in collected
        for imported in re.findall(r'@import "([^"]+)"', sheet.read_text()):
            rule = (sheet.parent / imported).read_text().partition("*/")[2].strip().splitlines()[-3].strip()
            assert rule in collected
    collected = read_collected("css/site.css")
    # The typefaces' addresses name their content.
    assert re.search(r"\.\./fonts/gloock-latin-400-normal\.[0-9a-f]{12}\.woff2", collected)
    # Scripts import each other by such names as well, so that none is from before.
    imported = re.findall(r'from "\./([^"]+)"', read_collected("js/seat-map/main.js"))
    assert imported
    assert all(re.fullmatch(r"[\w-]+\.[0-9a-f]{12}\.js", name) for name in imported)
    assert re.search(r'await import\("\./camera\.[0-9a-f]{12}\.js"\)', read_collected("js/door/main.js"))
    # A type in a comment is no import: those may be in a circle, which has no names for contents.
    assert 'import("./document.js")' in read_collected("js/seat-editor/plan/values.js")


def read_collected(name: str) -> str:
    return Path(staticfiles_storage.path(staticfiles_storage.stored_name(name))).read_text()  # type: ignore[attr-defined]


def test_only_whole_sheets_import_others():
    """`SiteStaticFilesStorage` puts in only those, from other folders, whose own addresses would be wrong there."""
    sheets = {f"{sheet.relative_to(STATIC)}": sheet.read_text() for sheet in (STATIC / "css").rglob("*.css")}
    assert {name for name, text in sheets.items() if "@import" in text} == set(WHOLE_SHEETS)
    parts = [name for name in sheets if name.startswith(("css/components/", "css/pages/seat-map/"))]
    assert [name for name in parts if "url(" in sheets[name]] == []


# What is on a side of the screen in every language, and why.
PHYSICAL = {
    # `dir="auto"` would put a name at the side of its own script.
    "css/console/box_office.css": ["text-align: left", "text-align: right"],
    # Scripts reckon from the left edge of the map and of the timetable.
    "css/console/timetable.css": ["left:"],
    "css/pages/seat-map/marks.css": ["left:"],
}


def test_styles_name_the_start_and_the_end_instead_of_left_and_right():
    """A page in a script from right to left is then mirrored by itself."""
    named = re.compile(
        r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right)|left|right)\b[\w-]*:|text-align: (?:left|right)"
    )
    found = {
        f"{sheet.relative_to(STATIC)}": named.findall(sheet.read_text()) for sheet in (STATIC / "css").rglob("*.css")
    }
    assert {name: sides for name, sides in found.items() if sides} == PHYSICAL
