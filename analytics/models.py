"""What analytics keeps: counts of five minutes each, samples of the present, and the organization's own thresholds."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.utils import timezone

from analytics.metrics import METRICS
from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel
from routing.kinds import Channel


class _OfPlace(OrganizationModel):
    """A row about one queue and one channel."""

    queue = OrganizationForeignKey("routing.Queue", on_delete=models.CASCADE, related_name="+", db_index=False)
    channel = models.CharField(max_length=20, choices=Channel.choices)

    class Meta:
        abstract = True


class Rollup(_OfPlace):
    """The measures of one queue and channel over the five minutes from `starts_at`: one column for each of them.

    Written by `analytics/rollups.py` alone, and made anew from the stays at any time.
    """

    starts_at = models.DateTimeField()

    conversations = models.IntegerField(default=0)
    incoming = models.IntegerField(default=0)
    stays = models.IntegerField(default=0)
    transfers_in = models.IntegerField(default=0)
    overflow_in = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)
    answer_wait = models.DurationField(default=timedelta)
    answered_within_10 = models.IntegerField(default=0)
    answered_within_20 = models.IntegerField(default=0)
    answered_within_30 = models.IntegerField(default=0)
    answered_within_40 = models.IntegerField(default=0)
    answered_within_60 = models.IntegerField(default=0)
    answered_within_120 = models.IntegerField(default=0)
    stays_answered = models.IntegerField(default=0)
    stay_wait = models.DurationField(default=timedelta)
    stays_in_service_level = models.IntegerField(default=0)
    abandoned = models.IntegerField(default=0)
    abandon_wait = models.DurationField(default=timedelta)
    disconnected = models.IntegerField(default=0)
    short_abandoned = models.IntegerField(default=0)
    transfers_out = models.IntegerField(default=0)
    overflow_out = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    conversation_time = models.DurationField(default=timedelta)
    handled = models.IntegerField(default=0)
    handle_time = models.DurationField(default=timedelta)
    transferred = models.IntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            # Also the index that periods are read by.
            models.UniqueConstraint(fields=["organization", "starts_at", "queue", "channel"], name="rollup_once")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M} {self.channel}"


class Sample(_OfPlace):
    """How the ongoing conversations of one queue and channel stood at one minute; nothing can count that later."""

    at = models.DateTimeField()
    open = models.IntegerField(default=0)
    awaiting_acceptance = models.IntegerField(default=0)
    active_with_representatives = models.IntegerField(default=0)
    active_with_ai_agents = models.IntegerField(default=0)
    waiting = models.IntegerField(default=0)
    wrap_up = models.IntegerField(default=0)
    longest_wait = models.DurationField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "at", "queue", "channel"], name="sample_once")
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.channel}"


class Counting(OrganizationModel):
    """How far the organization's counts reach: the high-water mark of the roll-ups, the last sample."""

    counted_until = models.DateTimeField(null=True)
    sampled_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization"], name="counting_once")]

    def __str__(self) -> str:
        return f"counted until {self.counted_until}"


class Threshold(OrganizationModel):
    """From where on a metric is At risk or Critical in this organization; a metric without a row has its own."""

    metric = models.CharField(max_length=60)
    at_risk = models.FloatField(null=True, blank=True)
    critical = models.FloatField(null=True, blank=True)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "metric"], name="threshold_once")]

    def __str__(self) -> str:
        return METRICS[self.metric].label if self.metric in METRICS else self.metric
