"""Who could take a conversation: what it asks for, put to `routing/eligibility.py`."""

from collections import defaultdict
from collections.abc import Iterable

from conversations.models import Conversation, ConversationSkill
from routing.eligibility import Candidate, Demand, Pool, RequiredSkill
from routing.models import Queue

Skills = dict[int, tuple[RequiredSkill, ...]]


def candidates(conversation: Conversation, *, queue: Queue | None = None) -> list[Candidate]:
    """Everybody who could hold it, by name, each with the reasons why they wouldn't normally be offered it.

    `queue` stands in for the conversation's own. Six queries when work stream and intent are loaded.
    """
    skills = required_skills([conversation.pk]).get(conversation.pk, ())
    demand = demand_of(conversation, skills, queue_id=queue.pk if queue else conversation.queue_id)
    return Pool.load().candidates(demand)


def demand_of(conversation: Conversation, skills: tuple[RequiredSkill, ...], *, queue_id: int) -> Demand:
    """Needs work stream and intent loaded."""
    stream = conversation.work_stream
    return Demand(
        queue_id=queue_id,
        units=stream.units_per_conversation,
        allowed_presences=tuple(stream.allowed_presences),
        skills=skills,
        intent_group_id=conversation.intent.group_id if conversation.intent else None,
    )


def required_skills(conversation_ids: Iterable[int]) -> Skills:
    """By conversation; one query."""
    found: dict[int, list[RequiredSkill]] = defaultdict(list)
    rows = ConversationSkill.objects.filter(conversation_id__in=list(conversation_ids)).order_by("skill__name")
    for pk, skill_id, name, proficiency in rows.values_list(
        "conversation_id", "skill_id", "skill__name", "proficiency"
    ):
        found[pk].append(RequiredSkill(skill_id, name, proficiency))
    return {pk: tuple(skills) for pk, skills in found.items()}
