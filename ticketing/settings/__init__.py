"""Settings, all read from the environment; `.env.example` lists them with their defaults.

Without any, Marquee runs embedded: one SQLite file, Celery over a folder, the database cache.
Each module holds one subject and imports what it needs from the others.
"""

# ruff: noqa: F403

from ticketing.settings.accounts import *
from ticketing.settings.apps import *
from ticketing.settings.base import *
from ticketing.settings.bookings import *
from ticketing.settings.caches import *
from ticketing.settings.console import *
from ticketing.settings.database import *
from ticketing.settings.files import *
from ticketing.settings.jobs import *
from ticketing.settings.mail import *
from ticketing.settings.monitoring import *
from ticketing.settings.retention import *
from ticketing.settings.security import *
from ticketing.settings.wallets import *
