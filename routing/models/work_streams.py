"""Work streams: how conversations of one channel are distributed and which clocks run on them."""

import secrets
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from contact_center.tenancy.fields import OrganizationForeignKey
from contact_center.tenancy.scope import OrganizationModel, same_organization_key
from routing.kinds import Channel, Kind, Mode, Presence
from routing.models.queues import Queue


def available_and_busy() -> list[str]:
    return [Presence.AVAILABLE, Presence.BUSY]


def new_chat_key() -> str:
    return secrets.token_urlsafe(12)


class WorkStream(OrganizationModel):
    """Fixes kind, channel and mode. Kind and distribution can't be changed later.

    Durations are seconds. An empty auto-close never closes; `routing.auto_close` knows the channel's usual ones.
    """

    class Distribution(models.TextChoices):
        PUSH = "push", "Push: offered automatically"
        PICK = "pick", "Pick: representatives choose"

    class WrapUpRule(models.TextChoices):
        ALWAYS = "always", "Hold units until wrap-up ends"
        NEVER = "never", "Free units at once"
        FOR_A_WHILE = "for_a_while", "Hold units for the time below"

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=40)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    mode = models.CharField(max_length=12, choices=Mode.choices)
    is_active = models.BooleanField(default=True)
    distribution = models.CharField(max_length=4, choices=Distribution.choices, default=Distribution.PUSH)
    picking_allowed = models.BooleanField("representatives may pick", default=True)
    default_queue = OrganizationForeignKey(Queue, on_delete=models.PROTECT, related_name="+")
    allowed_presences = ArrayField(
        models.CharField(max_length=16, choices=Presence.choices), default=available_and_busy
    )
    units_per_conversation = models.PositiveIntegerField(default=30)
    offer_seconds = models.PositiveIntegerField(default=120, validators=[MinValueValidator(5), MaxValueValidator(3600)])
    wrap_up_rule = models.CharField(max_length=12, choices=WrapUpRule.choices, default=WrapUpRule.ALWAYS)
    wrap_up_hold_seconds = models.PositiveIntegerField(
        default=60, validators=[MinValueValidator(30), MaxValueValidator(3600)]
    )
    reconnect_seconds = models.PositiveIntegerField(default=180)
    open_auto_close_seconds = models.PositiveIntegerField(null=True, blank=True)
    active_auto_close_seconds = models.PositiveIntegerField(null=True, blank=True)
    waiting_auto_close_seconds = models.PositiveIntegerField(null=True, blank=True)
    wrap_up_auto_close_seconds = models.PositiveIntegerField(null=True, blank=True)
    monitoring_notice = models.TextField(
        blank=True, help_text="Shown to customers of this work stream's chat; empty is the organization's notice."
    )
    keep_same_representative = models.BooleanField(
        default=False,
        help_text="A customer who comes back is offered to whoever served them last. Usual for SMS and other messages.",
    )
    # Deliveries to the channel's own system go here, signed with the secret.
    delivery_url = models.URLField(blank=True)
    delivery_secret = models.CharField(max_length=64, blank=True, editable=False)
    # The customers' chat page of this work stream, where it has one.
    chat_key = models.CharField(max_length=40, null=True, blank=True, unique=True, default=None)
    allowed_origins = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        help_text="Sites that may show the chat in a frame, such as https://www.example.com, separated by commas.",
    )

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "slug"], name="work_stream_slug_once"),
            models.CheckConstraint(
                condition=~models.Q(kind=Kind.VOICE, distribution="pick"), name="voice_work_streams_push"
            ),
            same_organization_key("work_stream_of_organization"),
        ]

    def __str__(self) -> str:
        return self.name
