"""The same thing sent twice at the same moment, over two real connections."""

import pytest
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions import perform
from conversations.intake import (
    ConversationParcel,
    CustomerParcel,
    MessageParcel,
    receive_conversations,
    receive_messages,
)
from conversations.models import Conversation, Customer, Message
from conversations.states import Status
from routing.kinds import Channel
from tests import factories, invariants
from tests.cast import make_cast
from tests.concurrency import at_once

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
ROUNDS = 8


@pytest.fixture
def cast():
    made = make_cast("harbor")
    with made.scope():
        for channel in (Channel.LIVE_CHAT, Channel.SMS):
            factories.make_work_stream(channel, queue=made.orders)
    return made


def opening(cast, external_id, *, stream="live-chat", customer="customer-1"):
    parcel = ConversationParcel(external_id, stream, "Lamp", CustomerParcel(customer, "Amara"), "It is broken.")
    return lambda: receive_conversations([parcel], actor=system_actor(cast.organization), now=timezone.now())


def message(cast, conversation, external_id, person=""):
    parcel = MessageParcel(conversation.pk, external_id, "Hello", person)
    return lambda: receive_messages([parcel], actor=system_actor(cast.organization), now=timezone.now())


def test_one_conversation_comes_of_the_same_id_sent_twice(cast):
    for number in range(ROUNDS):
        work = opening(cast, f"chat-{number}", customer=f"customer-{number}")
        (one,), (two,) = at_once(cast, work, work)
        assert one.conversation.pk == two.conversation.pk
        assert sorted([one.created, two.created]) == [False, True]
    with cast.scope():
        assert (Conversation.objects.count(), Customer.objects.count(), Message.objects.count()) == (ROUNDS,) * 3
        invariants.assert_all()


def test_one_conversation_comes_of_the_same_id_sent_for_two_customers(cast):
    for number in range(ROUNDS):
        works = [opening(cast, f"chat-{number}", customer=f"customer-{number}-{who}") for who in "ab"]
        (one,), (two,) = at_once(cast, *works)
        assert one.conversation.pk == two.conversation.pk
    with cast.scope():
        assert Conversation.objects.count() == ROUNDS


def test_a_persistent_customer_who_writes_twice_has_one_conversation(cast):
    for number in range(ROUNDS):
        works = [opening(cast, f"sms-{number}-{who}", stream="sms", customer=f"customer-{number}") for who in "ab"]
        (one,), (two,) = at_once(cast, *works)
        assert one.conversation.pk == two.conversation.pk
    with cast.scope():
        assert (Conversation.objects.count(), Message.objects.count()) == (ROUNDS, 2 * ROUNDS)


def test_one_message_comes_of_the_same_id_sent_twice(cast):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
    for number in range(ROUNDS):
        work = message(cast, row, f"message-{number}")
        (one,), (two,) = at_once(cast, work, work)
        assert one.message_id == two.message_id
    with cast.scope():
        assert Message.objects.count() == ROUNDS


def test_one_message_comes_of_the_same_id_sent_to_two_conversations(cast):
    with cast.scope():
        rows = factories.make_conversations(2, queue=cast.orders)
    for number in range(ROUNDS):
        (one,), (two,) = at_once(cast, *[message(cast, row, f"message-{number}") for row in rows])
        assert one.message_id == two.message_id
    with cast.scope():
        assert Message.objects.count() == ROUNDS


@pytest.mark.parametrize("channel", [Channel.LIVE_CHAT, Channel.SMS])
def test_two_messages_to_a_closed_conversation_open_one_that_follows(cast, channel):
    with cast.scope():
        rows = [factories.make_conversation(channel=channel, status=Status.CLOSED) for _ in range(ROUNDS)]
    for row in rows:
        (one,), (two,) = at_once(cast, message(cast, row, f"{row.pk}-a"), message(cast, row, f"{row.pk}-b"))
        assert one.conversation.pk == two.conversation.pk
        assert one.conversation.previous_id == row.pk
    with cast.scope():
        assert Conversation.objects.count() == 2 * ROUNDS
        invariants.assert_all()


def test_two_representatives_who_reply_at_once_do_not_both_get_it(cast):
    with cast.scope():
        ben = factories.make_representative("Ben", queues=[cast.orders], total_units=1_000)
        rows = [factories.make_conversation(queue=cast.orders) for _ in range(ROUNDS)]
    for row in rows:
        works = [message(cast, row, f"{row.pk}-{person.pk}", person.email) for person in (cast.ana, ben)]
        receipts = [receipt for (receipt,) in at_once(cast, *works)]
        assert sorted(receipt.error is None for receipt in receipts) == [False, True]
    with cast.scope():
        assert Message.objects.exclude(author="system").count() == ROUNDS
        invariants.assert_all()


def test_a_message_that_meets_a_force_close_is_kept_on_one_side_or_the_other(cast):
    with cast.scope():
        rows = [factories.make_conversation(queue=cast.orders) for _ in range(ROUNDS)]
    for row in rows:
        reason = {"reason": cast.reason.pk, "note": ""}
        close = lambda row=row, reason=reason: perform(  # noqa: E731
            "force_close", [row.pk], actor=cast.actor(), parameters=reason
        )
        (receipt,), (result,) = at_once(cast, message(cast, row, f"{row.pk}"), close)
        assert (receipt.error, result.outcome) == (None, "succeeded")
        with cast.scope():
            home = Message.objects.get(external_id=f"{row.pk}").conversation
        assert home.pk == row.pk or home.previous_id == row.pk
    with cast.scope():
        invariants.assert_all()
