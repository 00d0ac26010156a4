"""A TCP proxy before a database or Valkey that cuts, refuses, delays and falls silent, on a thread of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from functools import partial

from tools.servers import free_port

HOST = "127.0.0.1"
BACKLOG = 200


class Proxy:
    def __init__(self, target: int) -> None:
        self.target, self.port = target, free_port()
        self.delay_seconds = 0.0
        self.is_refusing = False
        self._is_silent = False
        # What would have happened while it was silent, in order.
        self._kept: list[Callable[[], object]] = []
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

    def fall_silent(self) -> None:
        """Pass nothing on any more, neither data nor the ends of connections, and connect nobody."""
        self._is_silent = True

    def speak_again(self, *, is_lost: bool) -> None:
        """Pass on what came meanwhile, as TCP does after a short time; or cut all connections, as after a long one."""
        self._loop.call_soon_threadsafe(self._speak_again, is_lost)

    def _speak_again(self, is_lost: bool) -> None:
        self._is_silent = False
        if is_lost:
            self._cut()
        kept, self._kept = self._kept, []
        for act in kept:
            act()

    def do(self, act: Callable[[], object]) -> None:
        """Do this now, or later if the proxy is silent."""
        if self._is_silent:
            self._kept.append(act)
        else:
            act()

    def pass_on(self, transport: asyncio.Transport, data: bytes) -> None:
        self.do(partial(self._pass_on, transport, data))

    def _pass_on(self, transport: asyncio.Transport, data: bytes) -> None:
        if self.delay_seconds:
            self._loop.call_later(self.delay_seconds, self._write, transport, data)
        else:
            self._write(transport, data)

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
            self.proxy.do(self.other.transport.close)


class _Near(_Side):
    """The client's end; connects the far one."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        assert self.transport is not None
        if self.proxy.is_refusing:
            self.transport.abort()
        else:
            self.proxy.do(self._begin)

    def _begin(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
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
