"""Without its Redis a process goes on with a cache of its own, and comes back by itself."""

from importlib import import_module

import pytest
from allauth.core import ratelimit
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.core.cache import caches
from django.test import Client
from redis.exceptions import RedisError

from lib.throttling import Throttle
from ticketing.redis_cache import FallbackRedisCache
from tools.servers import free_port

pytestmark = pytest.mark.once
PARAMS = {
    "KEY_PREFIX": "test",
    "OPTIONS": {"SERIALIZER": "ticketing.cache_serializers.SignedPickleSerializer", "SOCKET_CONNECT_TIMEOUT": 1},
}


@pytest.fixture
def lonely(monkeypatch) -> FallbackRedisCache:
    """A cache whose server is not there, in the place of both of the site's."""
    cache = FallbackRedisCache(f"redis://127.0.0.1:{free_port()}/0", PARAMS)
    for alias in caches:
        assert caches[alias]
        monkeypatch.setattr(caches._connections, alias, cache)
    return cache


def test_each_method_of_a_cache_works_without_its_server(lonely):
    """Also those that Django adds: what is not done here would raise `NotImplementedError`."""
    assert lonely.add("a", 1)
    assert not lonely.add("a", 2)
    assert (lonely.incr("a"), lonely.decr("a", 2)) == (2, 0)
    lonely.set_many({"b": [1], "c": {2}})
    assert lonely.get_many(["b", "c", "d"]) == {"b": [1], "c": {2}}
    assert lonely.get_or_set("d", lambda: 4) == 4
    assert lonely.touch("d", 10)
    assert lonely.has_key("d")
    assert "d" in lonely
    assert lonely.delete("d")
    lonely.delete_many(["b", "c"])
    assert lonely.get("b", "gone") == "gone"
    with pytest.raises(ValueError, match="not found"):
        lonely.incr("nothing")
    lonely.clear()
    lonely.close()


def test_the_server_is_asked_again_after_a_rest_and_one_line_is_logged(lonely, monkeypatch, caplog):
    asked = []
    ask = lonely._redis.get

    def count(*args, **kwargs):
        asked.append(args)
        return ask(*args, **kwargs)

    monkeypatch.setattr(lonely._redis, "get", count)
    for _ in range(5):
        lonely.get("a")
    assert len(asked) == 1
    lonely._breaker.rests_until = 0.0
    lonely.get("a")
    assert len(asked) == 2
    assert caplog.text.count("cache_down") == 1
    assert len(caplog.text) < 500


def test_it_comes_back(lonely, monkeypatch):
    lonely.set("a", 1)
    monkeypatch.setattr(lonely, "_redis", caches.create_connection("pages"))
    lonely._breaker.rests_until = 0.0
    lonely.set("a", 2)
    assert not lonely._breaker.is_open
    assert lonely._own.get("a") == 1


def test_the_probe_asks_the_server(lonely):
    lonely.get("a")
    with pytest.raises(RedisError):
        lonely.ask_server()


def test_limits_go_on_counting(lonely, rf, db):
    limit = Throttle("of-a-test", limit=2, seconds=60)
    assert [limit.count("somebody") for _ in range(3)] == [True, True, False]
    request = rf.post("/accounts/login/")
    tries = [bool(ratelimit.consume(request, action="login")) for _ in range(40)]
    assert tries[0]
    assert not tries[-1]


def test_pages_with_a_session_go_on(lonely, db, customer):
    client = Client()
    client.force_login(customer)
    assert client.get("/accounts/profile/").status_code == 200
    assert client.get("/").status_code == 200


def test_sessions_are_in_the_database(settings):
    """A cache that comes back would bring back sessions that were ended while it was away."""
    assert issubclass(import_module(settings.SESSION_ENGINE).SessionStore, DatabaseSessionStore)


def test_an_outage_is_known_to_all_threads():
    url = f"redis://127.0.0.1:{free_port()}/0"
    assert FallbackRedisCache(url, PARAMS)._breaker is FallbackRedisCache(url, PARAMS)._breaker
