"""Runs the JavaScript tests, which lie beside those of the app that they belong to."""

import subprocess

import pytest

from tools.environment import clean_environment
from tools.javascript import NODE
from tools.processes import PROJECT

FILES = sorted(path.relative_to(PROJECT) for path in PROJECT.glob("[!.]*/tests/**/*.test.js"))


@pytest.mark.once
@pytest.mark.parametrize("file", FILES, ids=str)
def test_it_passes(file):
    command = [NODE, "--test", "--test-reporter=tap", file]
    done = subprocess.run(command, cwd=PROJECT, env=clean_environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 0" not in done.stdout
