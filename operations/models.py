"""Heartbeats of background parts, and what the nightly pruning removed."""

from django.db import models


class Heartbeat(models.Model):
    """When a part of the site last worked; see `heartbeats.py`."""

    class Part(models.TextChoices):
        SCHEDULER = "scheduler"
        WORKER = "worker"
        PRUNING = "pruning"

    part = models.CharField(primary_key=True, max_length=10, choices=Part.choices)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.part


class Pruning(models.Model):
    """How many rows of one table were pruned so far; see `retention.py`.

    `until` is set only inside the transaction that deletes. The guards of append-only tables allow rows
    before it to be deleted; no other session can see it, so none can delete any.
    """

    label = models.CharField(primary_key=True, max_length=100)
    removed = models.PositiveBigIntegerField(default=0)
    pruned_at = models.DateTimeField(null=True)
    until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label
