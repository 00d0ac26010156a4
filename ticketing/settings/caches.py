"""Caches, in Redis where there is one, and the Sentinels that know where it is.

`default` is shared by all processes. `pages` holds what many people see at once; without Redis each
process has its own, which may be PAGES_STALE_SECONDS behind. Sessions are in the database: a cache may
lose its data, and must not bring back a session that was ended while the cache was away.
"""

from typing import Any

from ticketing.settings.base import env

REDIS_URL = env.str("REDIS_URL", "")
# With these, the host in REDIS_URL and CELERY_BROKER_URL is the name by which Sentinels know the primary.
REDIS_SENTINELS = env.list("REDIS_SENTINELS", default=[])
PAGES_STALE_SECONDS = 2
if REDIS_URL:
    _redis: dict[str, Any] = {
        "BACKEND": "ticketing.redis_cache.FallbackRedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "SOCKET_CONNECT_TIMEOUT": 1,
            "SOCKET_TIMEOUT": 2,
            "SERIALIZER": "ticketing.cache_serializers.SignedPickleSerializer",
        },
    }
    if REDIS_SENTINELS:
        # Everything is read from the primary: limits and versions on a replica may be old.
        _redis["OPTIONS"] |= {
            "CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory",
            "SENTINELS": [(host, int(port)) for host, _, port in (one.rpartition(":") for one in REDIS_SENTINELS)],
        }
    CACHES = {"default": _redis, "pages": {**_redis, "KEY_PREFIX": "pages"}}
else:
    CACHES = {
        "default": {
            "BACKEND": "ticketing.database_cache.SignedDatabaseCache",
            "LOCATION": "cache",
            # Beyond this Django drops a third of the rows, live or not, and a rate limit goes with its row.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        },
        "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}},
    }
