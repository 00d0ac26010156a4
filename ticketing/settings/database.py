"""The database, and how long to wait for it."""

import os

from ticketing.settings.base import DATA_DIR, env

# How long a statement may take, how long it may wait for a lock (0 lifts these limits), and how long for a connection,
# in seconds. `wsgi.py` and `manage.py` name the kind of process. Pages have to be quick, a worker does not; a migration
# that waited long for a lock would hold up every page behind it.
_timeouts = {
    "web": (env.int("WEB_STATEMENT_SECONDS", 20), env.int("WEB_LOCK_SECONDS", 5), 0.8),
    "worker": (env.int("WORKER_STATEMENT_SECONDS", 600), env.int("WORKER_LOCK_SECONDS", 60), 10.0),
    "command": (env.int("COMMAND_STATEMENT_SECONDS", 0), env.int("COMMAND_LOCK_SECONDS", 10), 10.0),
}
_statement_seconds, _lock_seconds, _connect_seconds = _timeouts[os.environ.get("MARQUEE_PROCESS", "worker")]
# A transaction that is idle for this long is ended, with its locks: its process hangs or is lost.
IDLE_TRANSACTION_SECONDS = env.int("IDLE_TRANSACTION_SECONDS", 120)
if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": DATA_DIR / "marquee.sqlite3"}}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, because tests race from several threads and a worker process.
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits for its turn before its first statement, so that nothing it has read is stale when it writes.
        "transaction_mode": "IMMEDIATE",
        "timeout": _lock_seconds or 3600,
        # What was acknowledged is on the disk, also after a loss of power.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=134217728;",
    }
else:
    # A pooler such as PgBouncer may run each transaction in another session of the server, so nothing may be left in
    # one: the pooler keeps the pool, and `ALTER ROLE … SET` sets the limits.
    DATABASE_POOLER = env.bool("DATABASE_POOLER", False)
    _given = DATABASES["default"].get("OPTIONS", {})
    _limits = {
        "statement_timeout": _statement_seconds,
        "lock_timeout": _lock_seconds,
        "idle_in_transaction_session_timeout": IDLE_TRANSACTION_SECONDS,
    }
    DATABASES["default"]["OPTIONS"] = {
        # The shortest that libpq knows; the pool's own limit decides.
        "connect_timeout": max(2, int(_connect_seconds)),
        # Compiled queries are prepared (`lib/compiled.py`), others never: Django writes their values into them.
        "prepare_threshold": env.int("DATABASE_PREPARE_AFTER", 0 if DATABASE_POOLER else 5) or None,
        # Notice a server that has vanished without closing the connection.
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **_given,
    }
    if DATABASE_POOLER:
        DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
        # Of a thread to the pooler. Connecting takes longer than a quick page.
        DATABASES["default"]["CONN_MAX_AGE"] = 60
    else:
        DATABASES["default"]["OPTIONS"] |= {
            "options": " ".join(
                [
                    _given.get("options", ""),
                    *(f"-c {name}={value}s" for name, value in _limits.items()),
                    # Of prepared statements: otherwise PostgreSQL plans some of them again at each run.
                    "-c plan_cache_mode=force_generic_plan",
                ]
            ),
            "pool": {
                "min_size": 2,
                "max_size": env.int("DATABASE_POOL", 16),
                "timeout": _connect_seconds,
                # The pool retries after ever longer pauses. When it gives up early, the next request tries at once.
                "reconnect_timeout": 2,
            },
        }
    # No request gets a connection that died with a restarted server.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if env.str("REPLICA_URL", ""):
        _replica = env.db_url("REPLICA_URL")
        _options = {**DATABASES["default"]["OPTIONS"], **_replica.get("OPTIONS", {})}
        DATABASES["replica"] = {**DATABASES["default"], **_replica, "OPTIONS": _options, "TEST": {"MIRROR": "default"}}
        DATABASE_ROUTERS = ["lib.replica.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
