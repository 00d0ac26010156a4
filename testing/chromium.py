"""Where the browser is that tests and benchmarks drive."""

import os
import shutil
from pathlib import Path

# The shell has no windows, and takes half the processor time of the whole browser.
_PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_CHROMIUM = (
    "no Chromium: `apt-get install chromium-headless-shell libatomic1`, or name one by CHROMIUM=/path/to/chromium"
)
# Playwright's own download, and the folder that CI images put it in.
_DOWNLOADS = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")


def find_chromium() -> str | None:
    """Return the path of a Chromium, "" where Playwright has downloaded its own, or None."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    for name in _PROGRAMS:
        if path := shutil.which(name):
            return path
    return "" if any(_DOWNLOADS.glob("chromium-*")) else None
