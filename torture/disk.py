"""A small disk for the database, which can be full. Linux only; without root, where it lets people have namespaces.

It is a file system in memory that only this process and its children see, so it is gone when they are.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
from pathlib import Path

MEGABYTES = 400
_NEW_NAMESPACE, _NEW_USERS = 0x00020000, 0x10000000
_RECURSIVE, _PRIVATE, _LAZY = 0x4000, 0x40000, 2


def own_mounts() -> bool:
    """Give this process mounts of its own, before it has threads or children; return False where it may not."""
    user, group = os.geteuid(), os.getegid()
    try:
        if user == 0:
            _call("unshare", _NEW_NAMESPACE)
        else:
            _call("unshare", _NEW_NAMESPACE | _NEW_USERS)
            Path("/proc/self/setgroups").write_text("deny")
            Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
            Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
        _call("mount", None, b"/", None, _RECURSIVE | _PRIVATE, None)
    except (OSError, AttributeError):
        return False
    return True


class Disk:
    def __init__(self, folder: Path, *, user: int, group: int) -> None:
        self.folder = folder
        options = f"size={MEGABYTES}m,mode=0700,uid={user},gid={group}"
        _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options.encode())

    @property
    def filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Take all space that is left."""
        with self.filler.open("wb", buffering=0) as filler, contextlib.suppress(OSError):
            while True:
                filler.write(bytes(1 << 20))

    def clear(self) -> None:
        self.filler.unlink(missing_ok=True)

    def remove(self) -> None:
        _call("umount2", os.fsencode(self.folder), _LAZY)


def _call(name: str, *arguments: int | bytes | None) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
