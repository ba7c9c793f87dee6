"""Push routing: what nobody can take keeps nothing behind it waiting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conversations import offer_plan
from conversations.actions.drafts import Said
from conversations.actions.lifecycle import customer_wrote
from conversations.models import ConversationSkill
from conversations.states import Priority, Status
from routing.kinds import Channel, Presence
from routing.models import (
    Intent,
    IntentFamily,
    IntentGroup,
    Representative,
    RepresentativeSkill,
    Skill,
    UserGroup,
    WorkStream,
)
from routing.models.intents import UserGroupIntentGroup
from tests import factories, invariants
from tests.conversations.dispatching import NOW, offered, run


def asking_for(rows, **skills):
    for name, proficiency in skills.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        for row in rows:
            ConversationSkill.objects.create(conversation=row, skill=skill, proficiency=proficiency)


def knows(person, **skills):
    for name, proficiency in skills.items():
        skill, _ = Skill.objects.get_or_create(name=name)
        RepresentativeSkill.objects.create(representative=person, skill=skill, proficiency=proficiency)


def a_skill_nobody_has(cast):
    asking_for(factories.make_conversations(5, queue=cast.orders), German=5)


def one_skill_each_of_two_people(cast):
    ben = factories.make_representative("Ben Osei", queues=[cast.orders], total_units=30)
    knows(cast.ana, German=5)
    knows(ben, Spanish=5)
    asking_for(factories.make_conversations(5, queue=cast.orders), German=5, Spanish=4)


def more_units_than_anybody_has(cast):
    factories.make_work_stream(Channel.SMS, queue=cast.orders)
    WorkStream.objects.filter(channel=Channel.SMS).update(units_per_conversation=200)
    factories.make_conversations(5, channel=Channel.SMS, queue=cast.orders)


def a_presence_nobody_has(cast):
    factories.make_work_stream(Channel.SMS, queue=cast.orders, allowed_presences=[Presence.AWAY])
    factories.make_conversations(5, channel=Channel.SMS, queue=cast.orders)


def an_intent_nobody_there_serves(cast):
    group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Retail"), name="After sales")
    UserGroupIntentGroup.objects.create(user_group=UserGroup.objects.create(name="Team"), intent_group=group)
    factories.make_conversations(5, queue=cast.orders, intent=Intent.objects.create(group=group, name="Return"))


@pytest.mark.parametrize(
    "fill",
    [
        a_skill_nobody_has,
        one_skill_each_of_two_people,
        more_units_than_anybody_has,
        a_presence_nobody_has,
        an_intent_nobody_there_serves,
    ],
)
def test_what_nobody_can_take_keeps_nothing_behind_it_waiting(harbor, monkeypatch, fill):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "LOTS", 3)
    with harbor.scope():
        fill(harbor)
        behind = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        run(harbor)
        assert list(offered()) == [behind.pk]


def test_what_each_asks_for_something_else_is_gone_through_in_lots(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "MOST_LACKS", 1)
    with harbor.scope():
        for number, row in enumerate(factories.make_conversations(6, queue=harbor.orders)):
            asking_for([row], **{f"Skill {number}": 1})
        behind = factories.make_conversation(queue=harbor.orders, created_at=NOW)
        run(harbor)
        assert list(offered()) == [behind.pk]


def test_the_order_holds_beyond_what_nobody_can_take(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 3)
    with harbor.scope():
        a_skill_nobody_has(harbor)
        Representative.objects.filter(pk=harbor.ana.pk).update(total_units=60)
        later = factories.make_conversations(4, queue=harbor.orders, created_at=NOW)
        urgent = factories.make_conversation(queue=harbor.orders, created_at=NOW, priority=Priority.HIGH)
        run(harbor)
        assert set(offered()) == {urgent.pk, later[0].pk}
        invariants.assert_all()


def test_who_held_it_before_gets_it_beyond_what_nobody_else_can_take(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(presence=Presence.DO_NOT_DISTURB, presence_held=True)
        factories.make_work_stream(Channel.SMS, queue=harbor.orders, keep_same_representative=True)
        factories.make_conversations(5, channel=Channel.SMS, queue=harbor.orders, created_at=NOW - timedelta(hours=9))
        row = factories.make_conversation(
            channel=Channel.SMS, queue=harbor.orders, status=Status.WAITING, representative=harbor.ana
        )
        customer_wrote([Said(row.pk, "", "Hello again")], actor=harbor.actor(), now=NOW)
        run(harbor)
        assert offered() == {row.pk: "Ana Ruiz"}


def test_a_run_reads_so_many_lots_at_most(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    monkeypatch.setattr(offer_plan, "LOTS", 3)
    monkeypatch.setattr(offer_plan, "MOST_LACKS", 0)
    with harbor.scope():
        asking_for(factories.make_conversations(30, queue=harbor.orders), German=5)
        with CaptureQueriesContext(connection) as queries:
            assert run(harbor) is False
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 9 + 2 * 3


def test_nothing_further_is_read_once_nobody_has_units_left(harbor, monkeypatch):
    monkeypatch.setattr(offer_plan, "LOOKED_AT", 2)
    with harbor.scope():
        Representative.objects.update(units_used=100)
        factories.make_conversations(30, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            run(harbor)
        assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 9
