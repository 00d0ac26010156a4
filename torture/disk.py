"""Disks of the torture's own, which can be full and can lose their power. Linux only.

Where root may mount them, each is ext4 in a file. Elsewhere, where people may have namespaces, it is a file system in
memory, which can be full and no more. Only this process and its children see it.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import shutil
import struct
import subprocess
import time
from pathlib import Path

MEGABYTES = 400
UNMOUNT_SECONDS = 10
_NEW_NAMESPACE, _NEW_USERS = 0x00020000, 0x10000000
_RECURSIVE, _PRIVATE, _LAZY = 0x4000, 0x40000, 2
# EXT4_IOC_SHUTDOWN, by which the file system's own tests lose power, and its flag not to write the journal before.
_SHUTDOWN, _WITHOUT_JOURNAL = 0x8004587D, 2


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
    """A file system at `folder`. `image` is the file that it is in, or None if it is in memory."""

    def __init__(self, folder: Path, *, user: int, group: int, megabytes: int = MEGABYTES) -> None:
        self.folder = folder
        self.image: Path | None = folder.with_name(f"{folder.name}.ext4")
        try:
            self._make_image(megabytes)
            self._mount_image()
        except (OSError, subprocess.CalledProcessError):
            self.image.unlink(missing_ok=True)
            self.image = None
            options = f"size={megabytes}m,mode=0700,uid={user},gid={group}"
            _call("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", 0, options.encode())
        else:
            # PostgreSQL wants an empty folder.
            (folder / "lost+found").rmdir()
            os.chown(folder, user, group)
            folder.chmod(0o700)

    def _make_image(self, megabytes: int) -> None:
        assert self.image is not None
        with self.image.open("wb") as image:
            image.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", self.image)

    def _mount_image(self) -> None:
        _run("mount", "-o", "loop", self.image, self.folder)

    def lose_power(self) -> None:
        """Lose everything that is not yet on the disk. Every use fails until `come_back`."""
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, _SHUTDOWN, struct.pack("I", _WITHOUT_JOURNAL))
        finally:
            os.close(opened)

    def come_back(self) -> None:
        """Mount the disk as it is after the loss of power, once no process has a file of it open any more."""
        ends_at = time.monotonic() + UNMOUNT_SECONDS
        while True:
            try:
                _run("umount", self.folder)
                break
            except subprocess.CalledProcessError:
                if time.monotonic() > ends_at:
                    raise
                time.sleep(0.05)
        self._mount_image()

    @property
    def filler(self) -> Path:
        return self.folder / "filler"

    def fill(self) -> None:
        """Take all space that is left."""
        with self.filler.open("wb") as filler:
            end = 0
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while True:
                        os.posix_fallocate(filler.fileno(), end, size)
                        end += size

    def clear(self) -> None:
        self.filler.unlink(missing_ok=True)

    def remove(self) -> None:
        _call("umount2", os.fsencode(self.folder), _LAZY)
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.image:
            self.image.unlink(missing_ok=True)


def _run(program: str, *arguments: str | Path | None) -> None:
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
    found = shutil.which(program, path=path)
    if found is None:
        raise FileNotFoundError(program)
    subprocess.run([found, *map(str, arguments)], check=True, capture_output=True)


def _call(name: str, *arguments: int | bytes | None) -> None:
    if getattr(ctypes.CDLL(None, use_errno=True), name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
