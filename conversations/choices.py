"""The names a person may choose from in filters: queues, representatives, work streams, intents, each read once."""

from functools import cached_property

from django.utils import timezone

from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import OrganizationSettings
from conversations import stuck
from conversations.models import AlertSettings, Disposition, ForceCloseReason, Tag
from conversations.rules import RULES, Action, sentence_of
from conversations.rules.ask import actor_refusal
from conversations.visibility import queues_of, representatives_of
from routing.kinds import Kind
from routing.models import Intent, Queue, WorkStream
from routing.operating_hours import closed_by_hand


class Choices:
    """Values with their labels as this person may read them. One query for each kind of name that is asked for.

    Inactive ones may be filtered by, since conversations still carry them, but aren't offered.
    """

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    @cached_property
    def organization_time_zone(self) -> str:
        return OrganizationSettings.objects.values_list("time_zone", flat=True).first() or "UTC"

    @cached_property
    def no_messages(self) -> str:
        """Why this person's search doesn't look into messages; empty where it may. Of one conversation or another it
        may not all the same: rules.condition says of which.
        """
        code = actor_refusal(RULES[Action.SEARCH_MESSAGES], self.actor)
        return sentence_of(code) if code else ""

    @cached_property
    def stuck_limits(self) -> AlertSettings:
        return stuck.limits()

    @cached_property
    def _queues(self) -> list[Queue]:
        columns = ("pk", "name", "is_active", "kind", "closed_at", "closed_until")
        return list(queues_of(self.actor).order_by("name").only(*columns))

    @cached_property
    def _representatives(self) -> list[tuple[int, str, bool]]:
        return list(representatives_of(self.actor).order_by("name").values_list("pk", "name", "is_active"))

    @cached_property
    def queues(self) -> dict[str, str]:
        return {str(queue.pk): queue.name for queue in self._queues}

    @cached_property
    def representatives(self) -> dict[str, str]:
        return {"none": "Nobody assigned"} | {str(pk): name for pk, name, _ in self._representatives}

    @cached_property
    def offered_queues(self) -> dict[str, str]:
        return {str(queue.pk): _marked(queue) for queue in self._queues if queue.is_active}

    @cached_property
    def offered_record_queues(self) -> dict[str, str]:
        of_records = (queue for queue in self._queues if queue.is_active and queue.kind == Kind.RECORD)
        return {str(queue.pk): _marked(queue) for queue in of_records}

    @cached_property
    def offered_representatives(self) -> dict[str, str]:
        return {"none": "Nobody assigned"} | {str(pk): name for pk, name, active in self._representatives if active}

    @cached_property
    def work_streams(self) -> dict[str, str]:
        return {str(pk): name for pk, name in WorkStream.objects.order_by("name").values_list("pk", "name")}

    @cached_property
    def intents(self) -> dict[str, str]:
        return {str(pk): name for pk, name in Intent.objects.order_by("name").values_list("pk", "name")}

    @cached_property
    def force_close_reasons(self) -> dict[str, str]:
        return {str(pk): label for pk, label in ForceCloseReason.objects.values_list("pk", "label")}

    @cached_property
    def dispositions(self) -> dict[str, str]:
        return {str(pk): label for pk, label in Disposition.objects.values_list("pk", "label")}

    @cached_property
    def tags(self) -> dict[str, str]:
        return {str(pk): name for pk, name in Tag.objects.order_by("name").values_list("pk", "name")}


def _marked(queue: Queue) -> str:
    """“Billing (closed)”: whoever looks for its work knows that no more comes in."""
    return f"{queue.name} (closed)" if closed_by_hand(queue, timezone.now()) else queue.name
