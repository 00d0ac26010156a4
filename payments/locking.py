"""Row locks of drawers; the order of all locks is in `bookings/locking.py`."""

from payments.models import Drawer


def lock_drawer(drawer_id: int) -> Drawer:
    """Lock one drawer and return it as it is now, with its theater. Raises `Drawer.DoesNotExist`."""
    return (
        Drawer.objects.select_for_update(of=("self",), no_key=True)
        .select_related("theater__city", "person")
        .get(pk=drawer_id)
    )
