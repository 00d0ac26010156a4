"""Style sheets of the site and of the console."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from tools.processes import PROJECT

pytestmark = pytest.mark.once
STATIC = PROJECT / "static"


def test_no_page_fades_into_the_next():
    """Chromium breaks that off, with an error in the page, when the styles of the next page come late."""
    sheets = list((PROJECT / "static" / "css").rglob("*.css"))
    assert sheets
    assert [sheet.name for sheet in sheets if "@view-transition" in sheet.read_text()] == []


def test_the_site_has_one_style_sheet_in_production(tmp_path: Path, settings: Any):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "ticketing.static_files.SiteStaticFilesStorage"},
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    collected = read_collected("css/site.css")
    assert "@import" not in collected
    for imported in re.findall(r'@import "([^"]+)"', (STATIC / "css" / "site.css").read_text()):
        rule = (STATIC / "css" / imported).read_text().partition("*/")[2].strip().splitlines()[-3].strip()
        assert rule in collected
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


def test_only_the_site_imports_style_sheets():
    """`SiteStaticFilesStorage` puts in only those, from one folder up, whose own addresses would be wrong there."""
    sheets = {sheet.name: sheet.read_text() for sheet in (STATIC / "css").rglob("*.css")}
    assert [name for name, text in sheets.items() if "@import" in text] == ["site.css"]
    assert [sheet.name for sheet in (STATIC / "css" / "components").glob("*.css") if "url(" in sheet.read_text()] == []
