"""A disk of the torture's own forgets what it was not asked to keep."""

import json
import subprocess
import sys

import pytest

from tools.processes import PROJECT

pytestmark = [pytest.mark.once, pytest.mark.timeout(60)]
# In a process of its own, which may have other mounts than this one.
SCRIPT = """
import json, os, sys
from pathlib import Path
from torture.disk import Disk, own_mounts

folder = Path(sys.argv[1], "disk")
folder.mkdir()
disk = Disk(folder, user=os.geteuid(), group=os.getegid(), megabytes=32) if own_mounts() else None
if disk is None or disk.image is None:
    print(json.dumps(None))
    sys.exit()


def write(name, *, is_kept):
    with (folder / name).open("w") as file:
        file.write(name)
        if is_kept:
            file.flush()
            os.fsync(file.fileno())
    if is_kept:
        opened = os.open(folder, os.O_RDONLY)
        os.fsync(opened)
        os.close(opened)


write("kept", is_kept=True)
write("lost", is_kept=False)
before = sorted(os.listdir(folder))
disk.lose_power()
try:
    write("late", is_kept=False)
    refused = False
except OSError:
    refused = True
disk.come_back()
after = sorted(os.listdir(folder))
disk.fill()
try:
    write("more", is_kept=True)
    is_full = False
except OSError:
    is_full = True
disk.clear()
write("again", is_kept=True)
disk.remove()
print(json.dumps([before, refused, after, is_full, folder.exists() or disk.image.exists()]))
"""


def test_it_loses_power_and_runs_full(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    found = json.loads(done.stdout)
    if found is None:
        pytest.skip("Only root may mount a disk, and not everywhere.")
    assert found == [["kept", "lost"], True, ["kept"], True, False]
