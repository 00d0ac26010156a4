"""Write what the tax office or the accountant gets, for a period of a theater's own days."""

from datetime import date, datetime, time, timedelta

from fiscal.datev import write_datev
from fiscal.journal import Accounts, read_postings
from fiscal.services.issue import issue_missing
from theaters.models import Theater


def export_datev(theater: Theater, first: date, last: date, *, now: datetime) -> bytes:
    """Return the journal of these days for DATEV, with all receipts issued. Raises `NotReadyForDatev`."""
    begin = datetime.combine(first, time(), tzinfo=theater.tz)
    end = datetime.combine(last + timedelta(days=1), time(), tzinfo=theater.tz)
    issue_missing(theater, since=begin)
    settings = Accounts(theater).settings
    return write_datev(list(read_postings(theater, begin, end)), settings, first, last, made_at=now)
