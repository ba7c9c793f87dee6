"""Targets: when the next one is due, at risk or breached, through the life of a conversation."""

from datetime import timedelta

import pytest
from django.utils import timezone

from conversations.actions import perform
from conversations.actions.drafts import Draft, Said
from conversations.actions.lifecycle import open_conversations, representative_wrote
from conversations.due import AT_RISK, BREACHED, ON_TIME
from conversations.models import Conversation
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_queue, make_work_stream

pytestmark = pytest.mark.django_db
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def opened(cast, ago=timedelta(), channel=Channel.SMS, **seconds):
    queue = make_queue(kind="record" if channel == Channel.RECORD else "messaging", **seconds)
    draft = Draft(make_work_stream(channel, queue=queue), "Subject", queue=queue)
    return open_conversations([draft], actor=cast.actor(), now=timezone.now() - ago)[0]


def test_the_first_response_comes_first_and_then_the_resolution(harbor):
    with harbor.scope():
        row = opened(harbor, first_response_seconds=60, resolution_seconds=3600)
        assert row.target_due_at - row.created_at == MINUTE
        assert row.target_risk_at - row.created_at == timedelta(seconds=45)
        Conversation.objects.filter(pk=row.pk).update(status=Status.ACTIVE, representative=harbor.ana)
        said = [Said(row.pk, "m1", "Hello", harbor.ana)]
        representative_wrote(said, actor=harbor.actor(), now=timezone.now())
        row.refresh_from_db()
        assert row.target_due_at - row.created_at == HOUR
        assert row.target_risk_at - row.created_at == 45 * MINUTE
        representative_wrote([Said(row.pk, "m2", "More", harbor.ana)], actor=harbor.actor(), now=timezone.now())
        assert Conversation.objects.get(pk=row.pk).target_due_at == row.target_due_at


def test_a_reply_at_the_desk_is_a_first_response_too(harbor):
    with harbor.scope():
        row = opened(harbor, first_response_seconds=60, resolution_seconds=3600)
        harbor.ana.queue_memberships.create(queue_id=row.queue_id)
        actor = harbor.actor(harbor.agent)
        row.work_stream.picking_allowed = True
        row.work_stream.save()
        perform("pick", [row.pk], actor=actor, single=True)
        perform("reply", [row.pk], actor=actor, parameters={"text": "Hello"}, single=True)
        row.refresh_from_db()
        assert row.target_due_at == row.resolution_due_at


def test_without_a_resolution_target_nothing_is_due_after_the_response(harbor):
    with harbor.scope():
        row = opened(harbor, first_response_seconds=60)
        representative_wrote([Said(row.pk, "m1", "Hello", harbor.ana)], actor=harbor.actor(), now=timezone.now())
        row.refresh_from_db()
        assert (row.target_due_at, row.target_risk_at) == (None, None)


def test_a_queue_without_targets_and_a_record_without_a_response(harbor):
    with harbor.scope():
        assert opened(harbor).target_due_at is None
        record = opened(harbor, channel=Channel.RECORD, first_response_seconds=60, resolution_seconds=3600)
        assert record.target_due_at - record.created_at == HOUR


@pytest.mark.parametrize(
    ("ago", "standing"), [(10, "on time"), (44, "on time"), (46, "at risk"), (59, "at risk"), (61, "breached")]
)
def test_each_stands_in_exactly_one_way(harbor, ago, standing):
    with harbor.scope():
        opened(harbor, ago * MINUTE, first_response_seconds=3600)
        found = {
            name
            for name, condition in (("on time", ON_TIME), ("at risk", AT_RISK), ("breached", BREACHED))
            if Conversation.objects.filter(condition).exists()
        }
    assert found == {standing}


def test_what_is_closed_is_not_due(harbor):
    past = timezone.now() - HOUR
    with harbor.scope():
        make_conversation(status=Status.CLOSED, target_due_at=past, target_risk_at=past)
        assert not Conversation.objects.filter(BREACHED | AT_RISK | ON_TIME).exists()
