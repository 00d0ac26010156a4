"""Style sheets of the site and of the console."""

import pytest

from tools.processes import PROJECT

pytestmark = pytest.mark.once


def test_no_page_fades_into_the_next():
    """Chromium breaks that off, with an error in the page, when the styles of the next page come late."""
    sheets = list((PROJECT / "static" / "css").rglob("*.css"))
    assert sheets
    assert [sheet.name for sheet in sheets if "@view-transition" in sheet.read_text()] == []
