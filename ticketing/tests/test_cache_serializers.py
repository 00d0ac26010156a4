"""What lies in a shared cache is only unpickled if this site put it there."""

from __future__ import annotations

import base64
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.conf import settings as project
from django.core.cache import caches
from django.db import connection

from ticketing.cache_serializers import SIGNATURE_BYTES, SignedPickleSerializer
from ticketing.celery import app
from ticketing.database_cache import SignedDatabaseCache

ran: list[str] = []


def run(what: str) -> None:
    ran.append(what)


class Attack:
    def __reduce__(self) -> Any:
        return run, ("code of a stranger",)


@pytest.fixture
def serializer() -> SignedPickleSerializer:
    return SignedPickleSerializer({})


@pytest.mark.once
@pytest.mark.parametrize("value", [None, 1.5, "text", b"bytes", {"a": [1, Decimal("2.50")]}, datetime.now(UTC)])
def test_values_come_back(serializer: SignedPickleSerializer, value: Any):
    assert serializer.loads(serializer.dumps(value)) == value


@pytest.mark.once
@pytest.mark.parametrize("prefix", [b"", b"x" * SIGNATURE_BYTES])
def test_a_strangers_pickle_is_not_run(serializer: SignedPickleSerializer, prefix: bytes):
    assert serializer.loads(prefix + pickle.dumps(Attack())) is None
    assert ran == []
    pickle.loads(pickle.dumps(Attack()))  # noqa: S301 (it would be)
    assert ran.pop() == "code of a stranger"


@pytest.mark.once
def test_what_was_changed_is_not_there(serializer: SignedPickleSerializer):
    kept = bytearray(serializer.dumps("text"))
    kept[-3] ^= 1
    assert serializer.loads(bytes(kept)) is None


@pytest.mark.once
def test_a_new_key_still_reads_what_the_earlier_one_signed(serializer: SignedPickleSerializer, settings: Any):
    kept = serializer.dumps("text")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert serializer.loads(kept) == "text"
    settings.SECRET_KEY_FALLBACKS = []
    assert serializer.loads(kept) is None


@pytest.mark.skipif(not project.REDIS_URL, reason="Caches are in the database and in the process.")
@pytest.mark.parametrize("name", list(project.CACHES))
def test_every_cache_in_redis_goes_by_it(name: str):
    assert project.CACHES[name]["OPTIONS"]["SERIALIZER"].endswith("SignedPickleSerializer")
    cache = caches[name]
    cache.set("kept", {"a": 1}, 60)
    redis = cache._redis  # type: ignore[attr-defined]
    redis.client.get_client().set(redis.make_key("kept"), pickle.dumps(Attack()))
    assert cache.get("kept") is None
    assert ran == []
    # Counters are numbers there, so that they can be counted up in one step.
    cache.set("counted", 1, 60)
    assert cache.incr("counted") == 2


@pytest.mark.skipif(bool(project.REDIS_URL), reason="The shared cache is in Redis.")
@pytest.mark.django_db
@pytest.mark.parametrize("attack", [Attack(), b"x" * SIGNATURE_BYTES + pickle.dumps(Attack()), 7, None])
def test_a_database_cache_goes_by_it_too(attack: object):
    cache = caches["default"]
    assert isinstance(cache, SignedDatabaseCache)
    value = {"a": [1, Decimal("2.50")]}
    cache.set("kept", value, 60)
    assert (cache.get("kept"), cache.get_many(["kept", "other"])) == (value, {"kept": value})
    text = "no pickle" if attack is None else base64.b64encode(pickle.dumps(attack)).decode()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE cache SET value = %s", [text])
    assert cache.get("kept") is None
    with pytest.raises(ValueError, match="not found"):
        cache.incr("kept")
    assert ran == []


@pytest.mark.skipif(bool(project.REDIS_URL), reason="The shared cache is in Redis.")
@pytest.mark.django_db
def test_a_counter_in_the_database_counts_what_others_have_counted(monkeypatch: pytest.MonkeyPatch):
    cache = caches["default"]
    cache.set("counted", 1, 60)
    read, others = SignedDatabaseCache._read, iter([True])

    def read_before_another_counts(self: SignedDatabaseCache, *names: str) -> dict[str, str]:
        found = read(self, *names)
        if next(others, False):
            cache.incr("counted")
        return found

    monkeypatch.setattr(SignedDatabaseCache, "_read", read_before_another_counts)
    assert cache.incr("counted") == 3


@pytest.mark.once
def test_the_queue_takes_json_alone():
    assert set(app.conf.accept_content) == {"json"}
    assert app.conf.task_serializer == app.conf.result_serializer == app.conf.event_serializer == "json"
