"""Scripts: small modules that import each other in one direction."""

import re
from pathlib import Path

import pytest
from django.conf import settings

SCRIPTS = Path(settings.BASE_DIR) / "static" / "js"


def imports_of(script: Path) -> list[Path]:
    """Return the modules of this project that a script imports."""
    names = re.findall(r'(?m)^(?:import|export)\b[^;]*?from "(\.[^"]+)"', script.read_text())
    return [(script.parent / name).resolve() for name in names]


@pytest.mark.once
@pytest.mark.parametrize("script", sorted(SCRIPTS.rglob("*.js")), ids=lambda path: str(path.relative_to(SCRIPTS)))
def test_no_script_imports_itself_by_way_of_others(script: Path):
    waiting, met = imports_of(script), set()
    while waiting:
        found = waiting.pop()
        assert found.exists(), f"{script.name} leads to {found.name}, which is not there."
        assert found != script
        if found not in met:
            met.add(found)
            waiting += imports_of(found)


@pytest.mark.once
def test_all_that_the_seat_map_imports_is_requested_at_once():
    folder = SCRIPTS / "seat-map"
    entries = {folder / "first-view.js", folder / "main.js"}
    waiting, met = [*entries], set()
    while waiting:
        found = waiting.pop()
        if found not in met:
            met.add(found)
            waiting += imports_of(found)
    template = (Path(settings.BASE_DIR) / "templates" / "bookings" / "_seat_map_script.html").read_text()
    assert set(re.findall(r'modulepreload" href="{% static "js/seat-map/([\w-]+\.js)"', template)) == {
        script.name for script in met - entries
    }
