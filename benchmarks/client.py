"""A small HTTP client that keeps its connection and its cookies, and takes little time itself."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


class Answer:
    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body


class Client:
    def __init__(self, host: str, port: int, *, seconds: float = 60) -> None:
        self.host, self.port, self.seconds = host, port, seconds
        self.cookies: dict[str, str] = {}
        self._socket: socket.socket | None = None
        self._rest = b""

    def forget_cookies(self) -> None:
        self.cookies.clear()

    def close(self) -> None:
        if self._socket:
            self._socket.close()
            self._socket = None

    def get(self, path: str, **headers: str) -> Answer:
        return self.send(b"GET", path, b"", headers)

    def post(self, path: str, body: bytes, content_type: str = "application/json", **headers: str) -> Answer:
        return self.send(b"POST", path, body, {"Content-Type": content_type, **headers})

    def encode(self, method: bytes, path: str, body: bytes, headers: dict[str, str]) -> bytes:
        lines = [b"%s %s HTTP/1.1" % (method, path.encode()), b"Host: %s:%d" % (self.host.encode(), self.port)]
        if self.cookies:
            lines.append(b"Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()).encode())
        lines += [f"{name.replace('_', '-')}: {value}".encode() for name, value in headers.items()]
        if body or method == b"POST":
            lines.append(b"Content-Length: %d" % len(body))
        return b"\r\n".join(lines) + b"\r\n\r\n" + body

    def send(self, method: bytes, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        return self.exchange(self.encode(method, path, body, headers))

    def exchange(self, request: bytes) -> Answer:
        """Send an encoded request and read its answer; retry once if the server had closed the connection."""
        for attempt in (1, 2):
            is_kept = self._socket is not None
            try:
                if self._socket is None:
                    self._socket = socket.create_connection((self.host, self.port), self.seconds)
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self._rest = b""
                self._socket.sendall(request)
                return self._read()
            except (OSError, EOFError) as error:
                # Also when it took too long: the rest of that answer would be taken for the next one.
                self.close()
                if isinstance(error, TimeoutError) or not is_kept or attempt == 2:
                    raise
        raise AssertionError

    def _more(self) -> None:
        assert self._socket is not None
        data = self._socket.recv(262144)
        if not data:
            raise EOFError
        self._rest += data

    def _read(self) -> Answer:
        while (end := self._rest.find(b"\r\n\r\n")) < 0:
            self._more()
        first, *lines = self._rest[:end].decode("latin-1").split("\r\n")
        self._rest = self._rest[end + 4 :]
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                cookie, _, given = value.partition(";")[0].partition("=")
                self.cookies[cookie] = given
            headers[name.lower()] = value
        status = int(first.split(" ", 2)[1])
        if headers.get("transfer-encoding") == "chunked":
            body = self._read_chunks()
        else:
            length = 0 if status == 304 else int(headers.get("content-length", 0))
            while len(self._rest) < length:
                self._more()
            body, self._rest = self._rest[:length], self._rest[length:]
        if headers.get("connection") == "close":
            self.close()
        return Answer(status, headers, body)

    def _read_chunks(self) -> bytes:
        body = b""
        while True:
            while (end := self._rest.find(b"\r\n")) < 0:
                self._more()
            size = int(self._rest[:end], 16)
            while len(self._rest) < end + 2 + size + 2:
                self._more()
            body += self._rest[end + 2 : end + 2 + size]
            self._rest = self._rest[end + 2 + size + 2 :]
            if not size:
                return body


def path_of(location: str) -> str:
    """Return the path and query of a redirect's address."""
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")
