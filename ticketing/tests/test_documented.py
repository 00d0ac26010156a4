"""What operators read is what the code does: every setting and every system check."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tools.compose import read_env_file, read_image, read_stack
from tools.environment import read_setting_names

ROOT: Path = settings.BASE_DIR
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()


def stack_variables() -> set[str]:
    compose = re.sub(r"(?m)^\s*#.*$", "", (ROOT / "docker-compose.yml").read_text())
    granian = re.findall(r"(GRANIAN_(?:WORKERS|BLOCKING_THREADS))=", (ROOT / "Dockerfile").read_text())
    return {*re.findall(r"\$\{(\w+)", compose), *granian}


def rows(title: str) -> set[str]:
    """Return the names in the first column of the tables under a heading."""
    section = OPERATIONS.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return set(re.findall(r"(?m)^\| `([\w.]+)` \|", section))


def test_every_setting_is_in_the_example():
    example = set(re.findall(r"(?m)^(?:# )?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text()))
    assert example == (read_setting_names() | stack_variables()) - {"ENV_FILE"}


def test_every_setting_is_in_the_guide():
    assert rows("Settings") == read_setting_names() | stack_variables()


@pytest.mark.slow
@pytest.mark.once
def test_a_first_start_as_described_gets_no_message(tmp_path):
    """The shell block that writes `.env`, word for word, then the check in the environment of the stack."""
    section = OPERATIONS.split("\n## First start\n")[1].split("\n## ")[0]
    write, start = re.findall(r"(?s)```sh\n(.*?)```", section)
    assert "check --deploy" in start
    subprocess.run(["/bin/sh", "-e", "-c", write], cwd=tmp_path, check=True, timeout=60)
    file = read_env_file(tmp_path / ".env")
    stack = read_stack(file)["web"]["environment"]
    env = {**read_image()[1], **file, **stack, "PATH": os.environ["PATH"], "ENV_FILE": os.devnull}
    env |= {"DATA_DIR": str(tmp_path / "data"), "PROMETHEUS_MULTIPROC_DIR": str(tmp_path / "metrics")}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_every_test_that_the_guide_names_is_there():
    named = set(re.findall(r"`(\w+(?:/\w+)*/test_\w+\.py)`", (ROOT / "docs" / "security.md").read_text()))
    assert len(named) > 30
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []


def test_every_system_check_is_in_the_guide():
    used = set(re.findall(r'id="(marquee\.\w+)"', (ROOT / "ticketing" / "checks.py").read_text()))
    assert rows("System checks") == used


@pytest.mark.parametrize(
    "document", sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md")), ids=lambda document: document.name
)
def test_links_lead_somewhere(document):
    text = document.read_text()
    headings = {
        re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in re.findall(r"(?m)^#+ (.+)$", text)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)|<img[^>]+src=\"([^\"]+)\"", text):
        path, _, anchor = "".join(target).partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        assert not path or (document.parent / path).exists(), f"{document.name} leads to {path}, which there is not."
        assert path or not anchor or anchor in headings, f"{document.name} leads to #{anchor}, which there is not."
