"""How long this app keeps what it holds; see `operations/retention.py`."""

from django.db.models import Exists, OuterRef, Q

from follows.models import AnnouncedShow, Announcement, Follow, Follower
from operations.retention import Follows, Pruned

RETENTION = [
    Pruned(
        Follower,
        "guests who follow nothing any more",
        "KEEP_FOLLOW_DAYS",
        "changed_at",
        when=lambda: Q(user=None) & ~Q(Exists(Follow.objects.filter(follower=OuterRef("pk")))),
        # A link to confirm that is older than the last change does nothing, and none lives longer.
        least=8,
    ),
    Pruned(Follow, "follows of shows, after the show", "KEEP_FOLLOW_DAYS", "show__ends_at", least=8),
    # The outbox's unique keys name them.
    Pruned(
        Announcement,
        "what followers were told of",
        "KEEP_MESSAGE_DAYS",
        "created_at",
        when=lambda: ~Q(finished_at=None),
        least=62,
    ),
    Follows(AnnouncedShow, Announcement),
]
