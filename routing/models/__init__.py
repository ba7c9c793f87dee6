"""Work streams, queues, representatives, skills, presence, capacity and intents."""

from routing.models.intents import Intent, IntentFamily, IntentGroup, UserGroup
from routing.models.queues import OperatingHours, OverflowRule, Queue, QueueMember, QueueScope
from routing.models.representatives import (
    CapacityProfile,
    CustomPresence,
    PresenceChange,
    Representative,
    RepresentativeSkill,
    Skill,
)
from routing.models.work_streams import WorkStream

__all__ = [
    "CapacityProfile",
    "CustomPresence",
    "Intent",
    "IntentFamily",
    "IntentGroup",
    "OperatingHours",
    "OverflowRule",
    "PresenceChange",
    "Queue",
    "QueueMember",
    "QueueScope",
    "Representative",
    "RepresentativeSkill",
    "Skill",
    "UserGroup",
    "WorkStream",
]
