"""The packages are what the code needs: pinned as asked for, and none missing where the site runs."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.check import steps
from tools.processes import PROJECT

pytestmark = pytest.mark.once
LISTS = ("requirements", "requirements-dev")


def read_wishes(name: str) -> Iterator[Requirement]:
    for line in (PROJECT / f"{name}.in").read_text().splitlines():
        if line and not line.startswith(("#", "-r")):
            yield Requirement(line)


def read_pins(name: str) -> dict[str, str]:
    found = re.findall(r"(?m)^([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", (PROJECT / f"{name}.txt").read_text())
    return {canonicalize_name(package): version for package, version in found}


@pytest.mark.parametrize("name", LISTS)
def test_the_pins_are_what_is_asked_for(name):
    pins = read_pins(name)
    assert [
        str(wish) for wish in read_wishes(name) if pins.get(canonicalize_name(wish.name), "none") not in wish.specifier
    ] == []


def test_development_has_the_versions_of_the_site():
    assert read_pins("requirements").items() <= read_pins("requirements-dev").items()


def find_faults(folder: Path, source: str) -> str:
    """Run the step of `make check` over a project of one module, with our lists."""
    for name in ("deptry.toml", "requirements.in", "requirements-dev.in"):
        shutil.copy(PROJECT / name, folder)
    (folder / "views.py").write_text(source)
    [step] = [step for step in steps() if "deptry" in step.name]
    done = subprocess.run(step.command, cwd=folder, capture_output=True, text=True, check=False)
    return "\n".join(line for line in done.stderr.splitlines() if "views.py" in line)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("import re\n\nimport django\n", ""),
        ("import re\n\nimport pytest\n", "'pytest' imported but declared as a dev dependency"),
        ("import yaml\n", "'yaml' imported but it is a transitive dependency"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import mypy\n", ""),
    ],
)
def test_a_package_that_the_site_would_miss_is_found(tmp_path, source, fault):
    found = find_faults(tmp_path, source)
    assert (fault in found) if fault else (found == "")
