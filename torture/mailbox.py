"""An SMTP server that keeps each message as a file: `python -m torture.mailbox <port> <folder>`.

The file is there before the message is accepted. It is slow at random, so that kills hit workers that wait for it.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

SLOWEST_SECONDS = 0.05


class Keeper:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        (self.folder / f"{time.time():.3f}-{uuid4().hex}.eml").write_bytes(envelope.content)
        await asyncio.sleep(random.uniform(0, SLOWEST_SECONDS))
        return "250 taken"


def main() -> None:
    from aiosmtpd.controller import Controller

    port, folder = sys.argv[1:]
    Controller(Keeper(Path(folder)), hostname="127.0.0.1", port=int(port)).start()
    asyncio.new_event_loop().run_forever()


if __name__ == "__main__":
    main()
