"""Conditions that Python and SQL both state agree, and what a migration repeats is what the rule says."""

import re
from importlib import import_module

import pytest

from conversations.models import Conversation
from conversations.rules.guards import WAITS_ONCE_MESSAGED, customer_may_end, is_intent_based, waits_once_messaged
from conversations.states import MOST_DECLINES, Status
from routing.kinds import Channel
from routing.models import Intent, IntentFamily, IntentGroup
from tests import factories


@pytest.mark.parametrize("channel", [Channel.LIVE_CHAT, Channel.SMS, Channel.PERSISTENT_CHAT, Channel.VOICE])
@pytest.mark.parametrize("status", [Status.OPEN, Status.ACTIVE, Status.WAITING])
def test_what_waits_once_it_was_messaged_is_the_same_in_python_and_in_sql(harbor, channel, status):
    with harbor.scope():
        row = factories.make_conversation(channel=channel, status=status)
        assert Conversation.objects.filter(WAITS_ONCE_MESSAGED).exists() is waits_once_messaged(row)


@pytest.mark.parametrize(
    ("channel", "may"),
    [
        (Channel.LIVE_CHAT, True),
        (Channel.VOICE, True),
        (Channel.SMS, False),
        (Channel.PERSISTENT_CHAT, False),
        (Channel.RECORD, False),
    ],
)
def test_customers_end_live_chats_and_calls(harbor, channel, may):
    with harbor.scope():
        assert customer_may_end(factories.make_conversation(channel=channel)) is may


@pytest.mark.parametrize(
    ("status", "may"),
    [(Status.OPEN, True), (Status.ACTIVE, True), (Status.WRAP_UP, False), (Status.CLOSED, False)],
)
def test_customers_end_what_goes_on(harbor, status, may):
    with harbor.scope():
        assert customer_may_end(factories.make_conversation(status=status)) is may


def test_intent_based_is_what_has_an_intent_or_is_in_such_a_queue(harbor):
    with harbor.scope():
        plain = factories.make_conversation(queue=harbor.orders)
        assert not is_intent_based(plain)
        group = IntentGroup.objects.create(family=IntentFamily.objects.create(name="Returns"), name="Damaged")
        plain.intent = Intent.objects.create(group=group, name="Broken on arrival")
        assert is_intent_based(plain)
        harbor.refunds.intent_based = True
        assert is_intent_based(factories.make_conversation(queue=harbor.refunds))


def test_the_dispatchers_net_gives_up_after_as_many_declines_as_the_rule():
    migration = import_module("conversations.migrations.0007_work_to_dispatch")
    assert re.findall(r"decline_count < (\d+)", migration.FORWARD) == [str(MOST_DECLINES)]
