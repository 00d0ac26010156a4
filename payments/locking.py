"""Row locks of drawers and payment accounts; the order of all locks is in `bookings/locking.py`."""

from payments.models import Drawer, GatewayAccount
from theaters.models import Theater


def lock_drawer(drawer_id: int) -> Drawer:
    """Lock one drawer and return it as it is now, with its theater. Raises `Drawer.DoesNotExist`."""
    return (
        Drawer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("theater__city", "person")
        .get(pk=drawer_id)
    )


def lock_account(account_id: int) -> GatewayAccount:
    """Lock a payment account with its theater's row, which names those in use, and return it as it is now.

    Nothing else is locked with them. Raises `GatewayAccount.DoesNotExist`.
    """
    theaters = Theater.objects.filter(gateway_accounts=account_id)
    theater = theaters.select_for_update(of=("self",), no_key=True).first()
    account = GatewayAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account_id)
    if theater is not None:
        account.theater = theater
    return account
