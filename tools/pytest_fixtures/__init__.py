"""Real parts for tests: a browser, a mail server, a Celery worker. The cast is in the root `conftest.py`."""
