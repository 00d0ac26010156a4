"""The HTTP client of benchmarks and torture."""

import socket
from threading import Thread

import pytest

from benchmarks.client import Client

pytestmark = pytest.mark.once


def test_an_answer_that_takes_too_long_is_not_taken_for_the_next_one():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        late, whole = (
            b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<!doc",
            b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
        )
        kept = []

        def serve() -> None:
            for answer in (late, whole):
                connection, _address = listener.accept()
                kept.append(connection)
                connection.recv(4096)
                connection.sendall(answer)

        server = Thread(target=serve, daemon=True)
        server.start()
        client = Client("127.0.0.1", listener.getsockname()[1], seconds=0.2)
        with pytest.raises(TimeoutError):
            client.get("/")
        client.seconds = 30
        assert client.get("/").body == b"hi"
        server.join()
        for connection in kept:
            connection.close()
        client.close()
