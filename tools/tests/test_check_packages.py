"""The check of packages finds what a site would miss where it runs."""

import pytest

from tools import requirements

pytestmark = pytest.mark.once


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(requirements, "PROJECT", tmp_path)
    monkeypatch.setattr(requirements, "SITE", ("app",))
    files = {
        "requirements.in": "Django~=5.2\npsycopg[binary]~=3.3\n",
        "requirements.txt": "django==5.2.19\npsycopg[binary]==3.3.1\n",
        "requirements-dev.in": "-r requirements.in\npytest\n",
        "requirements-dev.txt": "django==5.2.19\npsycopg[binary]==3.3.1\npytest==9.2.0\n",
        "app/models.py": "import re\nfrom django.db import models\n",
        "app/tests/test_it.py": "import pytest\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_it_passes(project):
    assert list(requirements.find_faults()) == []


def test_it_finds_a_development_package_in_the_site(project):
    (project / "app/views.py").write_text("import re\n\nimport pytest\n")
    assert list(requirements.find_faults()) == [
        "app/views.py:3 imports pytest, of a package that is not in requirements.txt"
    ]


def test_it_lets_types_come_from_anywhere(project):
    (project / "app/views.py").write_text("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pytest\n")
    assert list(requirements.find_faults()) == []


@pytest.mark.parametrize("wish", ["Django~=6.0", "celery"])
def test_it_finds_pins_that_are_behind(project, wish):
    (project / "requirements.in").write_text(f"{wish}\npsycopg[binary]~=3.3\n")
    faults = list(requirements.find_faults())
    assert faults
    assert wish in faults[0]


def test_it_finds_pins_that_differ(project):
    text = (project / "requirements-dev.txt").read_text()
    (project / "requirements-dev.txt").write_text(text.replace("5.2.19", "5.2.18"))
    assert "django 5.2.19 is pinned otherwise in requirements-dev.txt: make pins" in requirements.find_faults()
