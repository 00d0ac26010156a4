"""How long staff stay signed in to the console: not as long as customers, who see only what is theirs.

Both limits are kept in the session, and every page of the console checks them.
"""

import time

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

_SINCE, _SEEN = "staff_since", "staff_seen"
# The session is not written at every click.
PRECISION_SECONDS = 60


def keep(request: HttpRequest) -> bool:
    """Note that a member of staff is at work; return False if they have to sign in again.

    `STAFF_SESSION_HOURS` count from the sign-in, `STAFF_IDLE_MINUTES` from the last call, exact to a minute.
    """
    session, now = request.session, time.time()
    since = session.get(_SINCE)
    if since is None:
        records = get_authentication_records(request, request.user)
        since = session[_SINCE] = records[0]["at"] if records else now
    seen = session.get(_SEEN, now)
    if now - since >= settings.STAFF_SESSION_HOURS * 3600 or now - seen >= settings.STAFF_IDLE_MINUTES * 60:
        return False
    if _SEEN not in session or now - seen >= PRECISION_SECONDS:
        session[_SEEN] = now
    return True
