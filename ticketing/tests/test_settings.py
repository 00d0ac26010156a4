"""What the settings refuse, and what is off outside of development unless somebody asks for it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project

pytestmark = [pytest.mark.slow, pytest.mark.once]
READ = """
import json
from ticketing import settings
names = ["PAYMENT_GATEWAYS", "REQUIRE_ADMIN_MFA", "REQUIRE_STAFF_MFA", "DEBUG"]
print(json.dumps({name: getattr(settings, name) for name in names}))
"""
PRODUCTION = {"DEBUG": "0", "SECRET_KEY": "of-a-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"}


def read_settings(folder: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Read the settings in a process of their own, with this environment and nothing else."""
    command = [sys.executable, "-c", READ]
    env = {"ENV_FILE": "/dev/null", "DATA_DIR": str(folder), **env}
    return subprocess.run(command, cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "keys",
    [
        {"SECRET_KEY": ""},
        {"SECRET_KEY": project.DEVELOPMENT_KEY},
        {"SECRET_KEY_FALLBACKS": f"an-earlier-one,{project.DEVELOPMENT_KEY}"},
    ],
)
def test_a_key_that_everybody_knows_is_refused(tmp_path: Path, keys: dict[str, str]):
    done = read_settings(tmp_path, **{**PRODUCTION, **keys})
    assert done.returncode != 0
    assert "ImproperlyConfigured: SECRET_KEY" in done.stderr


def test_production_is_safe_by_default(tmp_path: Path):
    found: dict[str, Any] = json.loads(read_settings(tmp_path, **PRODUCTION).stdout)
    assert found == {"PAYMENT_GATEWAYS": [], "REQUIRE_ADMIN_MFA": True, "REQUIRE_STAFF_MFA": False, "DEBUG": False}


def test_development_works_without_settings(tmp_path: Path):
    found: dict[str, Any] = json.loads(read_settings(tmp_path, DEBUG="1").stdout)
    assert found["PAYMENT_GATEWAYS"] == ["sandbox"]
    assert found["REQUIRE_ADMIN_MFA"] is False


@pytest.mark.parametrize(
    ("first", "timeouts"),
    [
        ("import ticketing.wsgi", {"statement_timeout": "20s", "lock_timeout": "5s"}),
        ("import ticketing.celery", {"statement_timeout": "600s", "lock_timeout": "60s"}),
        ("import sys, manage; sys.argv = ['', 'version']; manage.main()", {"statement_timeout": "0s"}),
    ],
)
def test_each_kind_of_process_has_its_timeouts(tmp_path: Path, first: str, timeouts: dict[str, str]):
    code = f"{first}\nfrom django.conf import settings\nprint(settings.DATABASES['default']['OPTIONS']['options'])"
    env = {"DEBUG": "1", "ENV_FILE": "/dev/null", "DATA_DIR": str(tmp_path), "DATABASE_URL": "postgres://there/is_none"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=project.BASE_DIR, env=env, capture_output=True, text=True, check=True)
    for name, value in {**timeouts, "idle_in_transaction_session_timeout": "120s"}.items():
        assert f"-c {name}={value}" in done.stdout.splitlines()[-1]
