"""Tell the waiting list at once where places came free."""

from bookings.models import WaitingListEntry
from lib.after_commit import after_commit


def offer_soon(show_id: int) -> None:
    """Offer what this transaction frees to those who wait, right after its commit and before anything else.

    So a passer-by has no more than that moment to be faster; what goes wrong then is made good by the
    sweep of the next minute. One query more for a show that nobody waits for.
    """
    after_commit(_offer, show_id)


def _offer(show_id: int) -> None:
    # Imported here, because an offer is a hold, and holds free what stands in their way.
    from bookings.services.offer_places import offer_free_places  # noqa: PLC0415

    if WaitingListEntry.objects.waiting().filter(show=show_id).exists():
        offer_free_places(show_id)
