"""What a customer reads as people come, go and pass on: on chats, and on chats alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import perform
from conversations.actions.lifecycle import run_due_timers
from conversations.models import Conversation, Message
from conversations.states import Status
from routing.kinds import Channel
from tests import factories


def told(row):
    rows = Message.objects.filter(conversation=row, author="system", visibility="public")
    return list(rows.order_by("pk").values_list("text", flat=True))


def ana(harbor):
    return harbor.actor(harbor.agent)


@pytest.fixture
def open_chat(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders)


@pytest.fixture
def held_chat(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def test_who_picks_it_is_named(harbor, open_chat):
    with harbor.scope():
        perform("pick", [open_chat.pk], actor=ana(harbor))
        assert told(open_chat) == ["You are now talking to Ana Ruiz."]


def test_who_accepts_it_is_named_and_not_before(harbor, open_chat):
    with harbor.scope():
        perform(
            "assign_to_representative",
            [open_chat.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
        )
        assert told(open_chat) == []
        perform("accept", [open_chat.pk], actor=ana(harbor))
        assert told(open_chat) == ["You are now talking to Ana Ruiz."]


def test_a_transfer_names_the_second_once_it_is_accepted(harbor, held_chat):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative")
        ben = factories.make_representative("Ben Osei", queues=[harbor.orders], membership=member)
        parameters = {"representative": ben.pk}
        perform("transfer_to_representative", [held_chat.pk], actor=harbor.actor(), parameters=parameters)
        assert told(held_chat) == []
        perform("accept", [held_chat.pk], actor=harbor.actor(member))
        assert told(held_chat) == ["You are now talking to Ben Osei."]


def test_a_rejected_offer_says_nothing(harbor, open_chat):
    with harbor.scope():
        parameters = {"representative": harbor.ana.pk}
        perform("assign_to_representative", [open_chat.pk], actor=harbor.actor(), parameters=parameters)
        perform("reject", [open_chat.pk], actor=ana(harbor))
        assert told(open_chat) == []


@pytest.mark.parametrize(
    ("action", "sentence"),
    [
        ("release_own", "Ana Ruiz has left the conversation. Somebody else will be with you as soon as possible."),
        ("end", "Ana Ruiz has ended the conversation."),
    ],
)
def test_who_leaves_is_named(harbor, held_chat, action, sentence):
    with harbor.scope():
        perform(action, [held_chat.pk], actor=ana(harbor))
        assert told(held_chat) == [sentence]


def test_who_leaves_a_persistent_chat_to_wait_and_comes_back_is_named(harbor):
    with harbor.scope():
        row = factories.make_conversation(
            queue=harbor.orders, channel=Channel.PERSISTENT_CHAT, status=Status.ACTIVE, representative=harbor.ana
        )
        perform("leave_waiting", [row.pk], actor=ana(harbor))
        perform("reopen", [row.pk], actor=ana(harbor))
        assert told(row) == [
            "Ana Ruiz has left the conversation. Write here whenever you like; somebody will answer.",
            "Ana Ruiz is back in the conversation.",
        ]


def test_a_chat_that_closes_by_itself_says_so(harbor, held_chat):
    with harbor.scope():
        past = timezone.now() - timedelta(minutes=1)
        Conversation.objects.filter(pk=held_chat.pk).update(due_at=past)
        run_due_timers(actor=harbor.actor(), now=timezone.now())
        assert told(held_chat) == ["This conversation was closed because nothing was written for a while."]


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP, Channel.VOICE])
def test_other_channels_are_spared(harbor, channel):
    with harbor.scope():
        row = factories.make_conversation(
            queue=harbor.orders, channel=channel, status=Status.ACTIVE, representative=harbor.ana
        )
        perform("release_own", [row.pk], actor=ana(harbor))
        perform("pick", [row.pk], actor=ana(harbor))
        assert told(row) == []
