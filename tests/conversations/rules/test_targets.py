"""Which chosen targets can take a conversation; every refusal has its sentence in the one list."""

import pytest

from conversations.rules.targets import has_members, why_not_queue, why_not_representative
from conversations.states import Status
from routing.kinds import Kind
from routing.models import Queue, Representative
from tests.factories import make_conversation, make_queue, make_representative


@pytest.mark.parametrize(
    ("fields", "staffed", "code"),
    [
        ({}, True, None),
        ({"kind": Kind.RECORD}, True, "queue_of_other_kind"),
        ({"is_active": False}, True, "queue_inactive"),
        ({}, False, "queue_without_members"),
    ],
)
def test_a_queue_takes_its_own_kind_while_it_is_active_and_staffed(harbor, fields, staffed, code):
    with harbor.scope():
        conversation, queue = make_conversation(queue=harbor.orders), make_queue("Target", **fields)
        if staffed:
            make_representative(queues=[queue])
        assert Queue.objects.annotate(staffed=has_members()).get(pk=queue.pk).staffed is staffed
        refusal = why_not_queue(queue, conversation, has_members=staffed)
    assert (refusal.code if refusal else None) == code


def test_the_queue_it_is_in_is_no_target(harbor):
    with harbor.scope():
        conversation = make_conversation(queue=harbor.orders)
        refusal = why_not_queue(harbor.orders, conversation, has_members=True)
    assert refusal.sentence == "It is already in this queue."


def test_a_person_is_a_target_in_any_presence_but_an_ai_agent_and_the_holder_are_not(harbor):
    with harbor.scope():
        conversation = make_conversation(status=Status.ACTIVE, queue=harbor.orders, representative=harbor.ana)
        agent = make_representative(type=Representative.Type.AI_AGENT)
        away = make_representative(presence="away", units_used=100)
        assert why_not_representative(agent, conversation).code == "target_is_ai_agent"
        assert why_not_representative(harbor.ana, conversation).code == "same_representative"
        assert why_not_representative(away, conversation) is None
