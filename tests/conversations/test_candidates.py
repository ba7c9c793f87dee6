"""Candidates for the dialogs: everybody, with units, skills and the reasons why not normally offered."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations.candidates import candidates
from conversations.models import Conversation, ConversationSkill
from routing.kinds import Presence
from routing.models import (
    CustomPresence,
    Intent,
    IntentFamily,
    IntentGroup,
    Representative,
    RepresentativeSkill,
    Skill,
    UserGroup,
)
from routing.models.intents import UserGroupIntentGroup
from tests import factories


def of(row, **arguments):
    found = Conversation.objects.select_related("work_stream", "intent").get(pk=row.pk)
    return {one.name: one for one in candidates(found, **arguments)}


def test_a_member_who_is_there_is_listed_without_a_reason(harbor):
    with harbor.scope():
        spanish = Skill.objects.create(name="Spanish")
        RepresentativeSkill.objects.create(representative=harbor.ana, skill=spanish, proficiency=9)
        ana = of(factories.make_conversation(queue=harbor.orders))["Ana Ruiz"]
        assert (ana.reasons, ana.is_listed, ana.presence_text) == ((), True, "Available")
        assert (ana.free_units, ana.total_units, ana.exceeds_by) == (100, 100, 0)
        assert ana.skills == (("Spanish", 9),)
        assert ana.queue_ids == {harbor.orders.pk, harbor.refunds.pk}


@pytest.mark.parametrize(
    ("used", "free", "exceeded_by", "exceeds_by"), [(70, 30, 0, 0), (80, 20, 0, 10), (130, -30, 30, 60)]
)
def test_members_short_of_units_stay_listed_with_by_how_much(harbor, used, free, exceeded_by, exceeds_by):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(units_used=used)
        ana = of(factories.make_conversation(queue=harbor.orders))["Ana Ruiz"]
        assert ana.is_listed
        assert (ana.free_units, ana.exceeded_by, ana.exceeds_by) == (free, exceeded_by, exceeds_by)


def test_everybody_else_is_told_with_the_reason(harbor):
    with harbor.scope():
        lunch = CustomPresence.objects.create(name="Lunch", text="At lunch", base=Presence.AWAY)
        factories.make_representative("Away", queues=[harbor.orders], presence=Presence.AWAY, custom_presence=lunch)
        factories.make_representative("Elsewhere")
        people = of(factories.make_conversation(queue=harbor.orders))
        assert not people["Away"].is_listed
        assert [reason.sentence for reason in people["Away"].reasons] == [
            "Is At lunch; this work stream doesn't allow that."
        ]
        assert not people["Elsewhere"].is_listed
        assert [(one.code, one.sentence) for one in people["Elsewhere"].reasons] == [
            ("not_member", "Doesn't serve this queue.")
        ]


def test_missing_skills_and_intents_are_said_but_hide_nobody(harbor):
    with harbor.scope():
        german, spanish = Skill.objects.create(name="German"), Skill.objects.create(name="Spanish")
        RepresentativeSkill.objects.create(representative=harbor.ana, skill=spanish, proficiency=3)
        group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Retail"), name="After sales")
        UserGroupIntentGroup.objects.create(user_group=UserGroup.objects.create(name="Team"), intent_group=group)
        row = factories.make_conversation(
            queue=harbor.orders, intent=Intent.objects.create(group=group, name="Return item")
        )
        for skill in (german, spanish):
            ConversationSkill.objects.create(conversation=row, skill=skill, proficiency=5)
        ana = of(row)["Ana Ruiz"]
        assert ana.is_listed
        assert [reason.sentence for reason in ana.reasons] == [
            "Lacks the skill German.",
            "Has Spanish at 3; 5 is asked for.",
            "Isn't in a user group that serves this intent.",
        ]


def test_another_queue_may_be_asked_about(harbor):
    with harbor.scope():
        other = factories.make_queue("Other")
        row = factories.make_conversation(queue=harbor.orders)
        assert [reason.code for reason in of(row, queue=other)["Ana Ruiz"].reasons] == ["not_member"]


def test_ai_agents_inactive_people_and_other_organizations_are_no_candidates(harbor, summit):
    with harbor.scope():
        factories.make_representative("Assistant", queues=[harbor.orders], type=Representative.Type.AI_AGENT)
        factories.make_representative("Former", queues=[harbor.orders], is_active=False)
        people = of(factories.make_conversation(queue=harbor.orders))
        assert list(people) == ["Ana Ruiz"]
        assert people["Ana Ruiz"].id == harbor.ana.pk


@pytest.mark.parametrize("count", [1, 40])
def test_the_number_of_queries_does_not_grow(harbor, count):
    with harbor.scope():
        for _ in range(count):
            factories.make_representative(queues=[harbor.orders])
        row = factories.make_conversation(queue=harbor.orders)
        found = Conversation.objects.select_related("work_stream", "intent").get(pk=row.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(candidates(found)) == count + 1
        assert len(queries) == 6
