"""A TCP proxy before a database or Valkey that cuts, refuses and delays, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from functools import partial

from tools.servers import free_port

HOST = "127.0.0.1"
BACKLOG = 200


class Proxy:
    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.delay_seconds = 0.0
        self.is_refusing = False
        self._open: set[asyncio.Transport] = set()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        serving = self._loop.create_server(partial(_Near, self), HOST, self.port, backlog=BACKLOG)
        asyncio.run_coroutine_threadsafe(serving, self._loop).result()

    def cut(self) -> int:
        """Cut all connections, in the middle of whatever they carry; return how many."""
        cut = len(self._open)
        self._loop.call_soon_threadsafe(self._cut)
        return cut

    def _cut(self) -> None:
        for transport in list(self._open):
            transport.abort()

    def pass_on(self, transport: asyncio.Transport, data: bytes) -> None:
        if self.delay_seconds:
            self._loop.call_later(self.delay_seconds, self._write, transport, data)
        else:
            transport.write(data)

    def _write(self, transport: asyncio.Transport, data: bytes) -> None:
        if not transport.is_closing():
            transport.write(data)

    def note(self, transport: asyncio.Transport, *, is_open: bool) -> None:
        (self._open.add if is_open else self._open.discard)(transport)


class _Side(asyncio.Protocol):
    """One end of a connection; what it receives goes to the other end."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self.transport: asyncio.Transport | None = None
        self.other: _Side | None = None
        # What came before the other end was connected.
        self.waiting: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        if self.other is not None and self.other.transport is not None:
            self.proxy.pass_on(self.other.transport, data)
        else:
            self.waiting.append(data)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.proxy.note(transport, is_open=True)

    def connection_lost(self, error: Exception | None) -> None:
        if self.transport is not None:
            self.proxy.note(self.transport, is_open=False)
        if self.other is not None and self.other.transport is not None:
            self.other.transport.close()


class _Near(_Side):
    """The client's end; connects the far one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.transport is not None
        if self.proxy.is_refusing:
            self.transport.abort()
        else:
            self.connecting = asyncio.ensure_future(self._connect())

    async def _connect(self) -> None:
        far = _Side(self.proxy)
        far.other = self
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            await loop.create_connection(lambda: far, HOST, self.proxy.target)
        if self.transport is None or far.transport is None:
            if self.transport is not None:
                self.transport.abort()
            return
        self.other = far
        for data in self.waiting:
            self.proxy.pass_on(far.transport, data)
        self.waiting.clear()
