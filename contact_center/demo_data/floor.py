"""Who and what there is on a demo organization's floor, read once."""

import random
from collections.abc import Collection

from contact_center.demo_data.cast import Cast
from contact_center.tenancy.access import Actor, actor_of_membership, system_actor
from contact_center.tenancy.models import Membership, Organization
from conversations.intake.names import acting
from conversations.models import Conversation, Disposition, ForceCloseReason
from routing.kinds import Presence
from routing.models import Intent, Queue, QueueMember, Representative, Skill, WorkStream

AT_WORK = frozenset({Presence.AVAILABLE, Presence.BUSY, Presence.DO_NOT_DISTURB, Presence.AWAY})
ROOM_OF_THE_FIRST = 20


class Floor:
    """In the organization's scope."""

    def __init__(self, cast: Cast, organization: Organization) -> None:
        self.system = system_actor(organization)
        self.supervisor = self._supervisor(cast)
        self.streams = {row.channel: row for row in WorkStream.objects.select_related("default_queue").order_by("pk")}
        queues = {row.name: row for row in Queue.objects.all()}
        self.queues = [queues[queue.name] for queue in cast.queues]
        self.intents = {row.name: row for row in Intent.objects.all()}
        self.skills = dict(Skill.objects.values_list("name", "pk"))
        self.people = list(Representative.objects.filter(type=Representative.Type.PERSON).order_by("pk"))
        self.ai_agent = Representative.objects.filter(type=Representative.Type.AI_AGENT).first()
        self.reasons = list(ForceCloseReason.objects.values_list("pk", flat=True))
        self.dispositions = list(Disposition.objects.values_list("pk", flat=True))
        self._members = set(QueueMember.objects.values_list("queue_id", "representative_id"))
        self._free = {person.pk: person.total_units for person in self.people}
        # The first one is left to whoever tries the desk: with some work there, and room for offers.
        self._first = self.people[0].pk
        self._free[self.people[0].pk] = ROOM_OF_THE_FIRST

    def _supervisor(self, cast: Cast) -> Actor:
        return actor_of_membership(Membership.objects.get(user__email=cast.address("supervisor")).pk)

    def as_person(self, person: Representative) -> Actor:
        return acting(person, self.system)

    def somebody(
        self,
        row: Conversation,
        source: random.Random,
        *,
        lasting: bool,
        presences: Collection[str] = AT_WORK,
    ) -> Representative:
        """A member of the conversation's queue, with room where the conversation stays with them."""
        members = [person for person in self.people if (row.queue_id, person.pk) in self._members]
        units = row.work_stream.units_per_conversation
        # What they have picked themselves; nothing is offered to an empty desk.
        chosen = {self._first} if presences is AT_WORK else set()
        there = [person for person in members if person.presence in presences or person.pk in chosen]
        fit = [person for person in there if self._free[person.pk] >= units]
        person = source.choice(fit) if fit else max(members, key=lambda member: self._free[member.pk])
        if lasting:
            self._free[person.pk] -= units
        return person
