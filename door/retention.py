"""How long this app keeps what it holds; see `operations/retention.py`."""

from door.models import CheckIn
from operations.retention import Kept

RETENTION = [Kept(CheckIn, "Who came: visits are counted from it.")]

BOOKS = [CheckIn]
