"""Where things stand, in the customer's words: the place in line as routing offers, and only what is known."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.chat.standing import standing
from conversations.chat.waiting import SharedLines, line_of
from conversations.models import Conversation, QueueSegment
from conversations.states import Priority, Status, StatusReason
from routing.kinds import Channel, Presence
from tests import factories

NOW = timezone.now()


def sentence(row, at=None):
    row = Conversation.objects.select_related("representative", "queue__operating_hours").get(pk=row.pk)
    return standing(row, lambda queue: line_of(queue, now=at or timezone.now()), now=at or timezone.now())


@pytest.fixture
def three(harbor):
    with harbor.scope():
        rows = factories.make_conversations(3, queue=harbor.orders)
        factories.make_conversation(queue=harbor.refunds)
        yield rows


def test_the_place_in_line_counts_those_offered_before(three):
    assert [sentence(row) for row in three] == [
        "You are next in line.",
        "One person is before you.",
        "2 people are before you.",
    ]


def test_priority_comes_before_age(three):
    Conversation.objects.filter(pk=three[2].pk).update(priority=Priority.HIGH)
    assert sentence(three[2]) == "You are next in line."
    assert sentence(three[0]) == "One person is before you."


def test_who_is_answered_is_no_longer_before(harbor, three):
    Conversation.objects.filter(pk=three[0].pk).update(
        status=Status.ACTIVE, status_reason=StatusReason.IN_CONVERSATION, representative=harbor.ana
    )
    assert sentence(three[0]) == "You are talking to Ana Ruiz."
    assert sentence(three[1]) == "You are next in line."


def test_that_nobody_is_there_is_said(harbor, three):
    harbor.ana.presence = Presence.AWAY
    harbor.ana.save()
    assert sentence(three[0]) == ("You are next in line. Nobody is at their desk at this moment; you keep your place.")


@pytest.mark.parametrize(
    ("seconds", "words"), [(10, "less than a minute"), (70, "about a minute"), (290, "about 5 minutes")]
)
def test_the_usual_wait_is_that_of_those_answered_in_the_last_hour(harbor, three, seconds, words):
    now = timezone.now()
    answered = factories.make_conversations(5, queue=harbor.orders, status=Status.CLOSED)
    entered = now - timedelta(minutes=20)
    segments = QueueSegment.objects.filter(conversation__in=answered)
    segments.update(entered_at=entered, accepted_at=entered + timedelta(seconds=seconds), left_at=now)
    assert sentence(three[0]) == f"You are next in line. In the last hour people waited {words}."


def test_four_answers_and_those_of_yesterday_tell_nothing(harbor, three):
    now = timezone.now()
    answered = factories.make_conversations(9, queue=harbor.orders, status=Status.CLOSED)
    for rows, hours in ((answered[:4], 0.3), (answered[4:], 30)):
        entered = now - timedelta(hours=hours)
        QueueSegment.objects.filter(conversation__in=rows).update(entered_at=entered, accepted_at=entered, left_at=now)
    assert sentence(three[0]) == "You are next in line."


def test_a_persistent_chat_keeps_the_message_and_says_when_it_is_closed(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, channel=Channel.PERSISTENT_CHAT)
        assert sentence(row) == "We have your message. You can close this page and come back to it."
        harbor.orders.closed_until = timezone.now() + timedelta(hours=2)
        harbor.orders.save()
        assert sentence(row).endswith("We have your message and will answer it here.")


@pytest.mark.parametrize("status", [Status.WRAP_UP, Status.CLOSED])
def test_what_is_over_for_the_customer_is_said_so(harbor, status):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=status)
        assert sentence(row) == "This conversation has ended."


def test_an_offer_is_no_promise(harbor):
    with harbor.scope():
        row = factories.make_conversation(
            queue=harbor.orders,
            status=Status.ACTIVE,
            status_reason=StatusReason.AWAITING_ACCEPTANCE,
            representative=harbor.ana,
        )
        assert sentence(row) == "Somebody is being asked to take your conversation."


def test_all_who_wait_share_one_reading_of_their_line(harbor, three, django_assert_num_queries):
    lines = SharedLines()
    with django_assert_num_queries(3):
        found = [lines.of(harbor.orders) for _ in range(50)]
    assert all(line is found[0] for line in found)
    with django_assert_num_queries(3):
        lines.of(harbor.refunds)
