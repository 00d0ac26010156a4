"""Payment accounts of theaters in tests, at the doubles of their gateways."""

from typing import Any

from payments.accounts import Keys, add_account, check_account, use_account
from payments.models import GatewayAccount
from theaters.models import Theater

SIGNING_SECRET = "whsec_own_secret_4444"


def make_account(
    theater: Theater, by: Any, key: str, *, gateway: str = "stripe", secret: str = SIGNING_SECRET
) -> GatewayAccount:
    """Make an account that is in use."""
    made = add_account(theater=theater, gateway=gateway, keys=Keys(key, secret), by=by)
    use_account(account=check_account(account=made, by=by), by=by)
    theater.refresh_from_db()
    made.refresh_from_db()
    return made
