"""The embedded queue loses nothing to a reader that looks at the wrong moment."""

import tempfile
import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection
from kombu.transport import filesystem

from ticketing.celery import app
from ticketing.folder_queue import Channel


@pytest.fixture
def connect(tmp_path):
    (tmp_path / "control").mkdir()
    options = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options |= {"control_folder": str(tmp_path / "control")}
    connections = []

    def open_channel():
        connections.append(Connection("filesystem://", transport_options=options))
        return connections[-1].default_channel

    yield open_channel
    for connection in connections:
        connection.release()


def test_the_project_uses_it(connect):
    assert isinstance(connect(), Channel)
    if str(app.conf.broker_url).startswith("filesystem"):
        with app.connection_for_write() as connection:
            assert isinstance(connection.default_channel, Channel)


def test_a_message_is_never_seen_half_written(connect, monkeypatch):
    writer, reader = connect(), connect()
    replace = Path.replace

    def look_before(source, target):
        with pytest.raises(Empty):
            reader._get("q")
        replace(source, target)

    monkeypatch.setattr(Path, "replace", look_before)
    writer._put("q", {"n": 1})
    assert reader._get("q") == {"n": 1}
    with pytest.raises(Empty):
        reader._get("q")


def test_kombus_own_is_seen_half_written(connect, monkeypatch):
    """The control: what is guarded against does happen without the guard."""
    writer, reader = connect(), connect()

    def look(file, flags):
        with pytest.raises(Empty):
            reader._get("q")

    monkeypatch.setattr(filesystem, "lock", look)
    filesystem.Channel._put(writer, "q", {"n": 1})
    # It was taken before it was filled.
    with pytest.raises(Empty):
        reader._get("q")


def test_a_message_is_taken_on_its_own_file_system(connect, monkeypatch, tmp_path):
    """Moved to another one, as kombu does with the temporary folder, it could be copied by two at the same moment."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    channel = connect()
    channel._put("q", {"n": 1})
    assert channel._get("q") == {"n": 1}
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_many_writers_and_readers_lose_nothing(connect):
    channels = [connect() for _ in range(6)]
    got, done = [], threading.Event()

    def write(channel, first):
        for number in range(first, first + 100):
            channel._put("q", number)

    def read(channel):
        while True:
            is_last = done.is_set()
            try:
                got.append(channel._get("q"))
            except Empty:
                if is_last:
                    return

    writers = [threading.Thread(target=write, args=(channel, 100 * n)) for n, channel in enumerate(channels[:3])]
    readers = [threading.Thread(target=read, args=(channel,)) for channel in channels[3:]]
    for thread in [*writers, *readers]:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    for thread in readers:
        thread.join()
    assert sorted(got) == list(range(300))


def test_what_a_loss_of_power_emptied_stops_nothing(connect, tmp_path):
    """Files that were whole before can be empty then: those of messages, and that of the exchange."""
    channel = connect()
    channel._queue_bind("x", "key", "", "q")
    channel._put("q", {"n": 1})
    next(tmp_path.glob("*.q.msg")).write_bytes(b"")
    channel._exchange_file("x").write_bytes(b"")
    channel._put("q", {"n": 2})
    assert channel._get("q") == {"n": 2}
    assert channel.get_table("x") == []
    connect()._queue_bind("x", "key", "", "q")
    assert [row.queue for row in channel.get_table("x")] == ["q"]


def test_queues_that_are_bound_at_once_are_all_known(connect):
    bind = [
        threading.Thread(target=connect()._queue_bind, args=("x", f"key {number}", "", f"q{number}"))
        for number in range(8)
    ]
    for thread in bind:
        thread.start()
    for thread in bind:
        thread.join()
    assert {row.queue for row in connect().get_table("x")} == {f"q{number}" for number in range(8)}
