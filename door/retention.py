"""How long this app keeps what it holds; see `operations/retention.py`."""

from door.models import CheckIn, UnticketedPerson
from operations.retention import Kept

RETENTION = [
    Kept(CheckIn, "Who came: visits are counted from it."),
    Kept(UnticketedPerson, "How many came without a ticket, for the report of check-ins."),
]

BOOKS = [CheckIn]
