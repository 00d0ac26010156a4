"""The environment of a test process, set before the settings are read (the root `conftest.py` imports it first).

Every process has its own data folder (database file, queue, media) and, with Redis, two
databases: one for the caches, which tests empty, and one for the queue. The
developer's `.env` and development data are left alone.
"""

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

PROJECT = Path(__file__).resolve().parent.parent

_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
_number = int(_worker.removeprefix("gw")) + 1 if _worker else 0

os.environ["ENV_FILE"] = os.devnull
os.environ["DJANGO_SETTINGS_MODULE"] = "ticketing.settings"
os.environ.setdefault("DEBUG", "1")
# Playwright's loop runs in the main thread for the rest of the process, and Django takes that for async code.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# For the processes that xdist starts: what their parent was given.
_base = Path(os.environ.setdefault("PYTEST_DATA_DIR", os.environ.get("DATA_DIR", str(PROJECT / ".run"))))
_data = _base / ("test" + (f"-{_worker}" if _worker else ""))
os.environ["DATA_DIR"] = str(_data)
shutil.rmtree(_data / "queue", ignore_errors=True)

_redis = os.environ.setdefault("PYTEST_REDIS_URL", os.environ.get("REDIS_URL", ""))
if _redis:
    _parts = urlsplit(_redis)
    _first = int(_parts.path.strip("/") or 0) + 2 * _number
    os.environ["REDIS_URL"] = _parts._replace(path=f"/{_first}").geturl()
    os.environ["CELERY_BROKER_URL"] = _parts._replace(path=f"/{_first + 1}").geturl()
