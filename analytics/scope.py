"""Whose numbers a figure is about: the queues a viewer sees, narrowed to the queues and channels they chose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from contact_center.tenancy.access import Actor
from routing.kinds import Channel

# Records have lists of their own; no figure counts them unless their channel is asked for by name.
MEASURED_CHANNELS = frozenset(Channel.values) - {Channel.RECORD.value}


@dataclass(frozen=True, slots=True)
class Scope:
    """`queue_ids` None means every queue of the organization; no channels mean all but records."""

    queue_ids: frozenset[int] | None = None
    channels: frozenset[str] = frozenset()

    @classmethod
    def of(cls, actor: Actor, *, queue_ids: Iterable[int] = (), channels: Iterable[str] = ()) -> "Scope":
        """What the person asks for, never more than what they may see."""
        chosen = frozenset(queue_ids)
        if actor.queue_ids is not None:
            chosen = chosen & actor.queue_ids if chosen else actor.queue_ids
            return cls(chosen, frozenset(channels))
        return cls(chosen or None, frozenset(channels))

    @property
    def key(self) -> tuple[object, ...]:
        queues = None if self.queue_ids is None else tuple(sorted(self.queue_ids))
        return (queues, tuple(sorted(self.channels)))

    def of_queue(self, column: str = "queue_id") -> Q:
        return Q() if self.queue_ids is None else Q(**{f"{column}__in": sorted(self.queue_ids)})

    def condition(self, *, queue: str = "queue_id", channel: str = "channel") -> Q:
        """The rows that count, by the columns that name their queue and channel."""
        if self.channels:
            return self.of_queue(queue) & Q(**{f"{channel}__in": sorted(self.channels)})
        return self.of_queue(queue) & ~Q(**{channel: Channel.RECORD})


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to but not including `until`."""

    since: datetime
    until: datetime
