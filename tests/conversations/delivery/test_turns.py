"""One delivery task at a time for each organization, and a server that is silent keeps nothing else waiting."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.web import outgoing
from conversations.actions import perform
from conversations.delivery import claims, silence, turns
from conversations.delivery.tasks import deliver
from conversations.models import OutboxEntry
from routing.kinds import Channel
from tests import factories
from tests.receiver import Receiver, receiver, serving

__all__ = ["receiver"]
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture(autouse=True)
def anywhere(settings, monkeypatch):
    settings.DELIVER_TO_PRIVATE_NETWORKS = True
    monkeypatch.setattr(outgoing, "TIMEOUT_SECONDS", 0.5)
    silence._until.clear()


def write(cast, url, number=1, channel=Channel.SMS):
    """So many messages to customers of a work stream that delivers there."""
    with cast.scope():
        factories.make_work_stream(channel, queue=cast.orders, delivery_url=url)
        rows = factories.make_conversations(number, channel=channel, queue=cast.orders)
        perform("message_customer", [row.pk for row in rows], actor=cast.actor(), parameters={"text": "We are late."})


def outbox(cast):
    with cast.scope():
        return list(OutboxEntry.objects.order_by("pk").values_list("status", "attempts", "last_answer"))


def test_who_finds_the_turn_taken_sends_nothing(harbor, summit, receiver):
    write(harbor, receiver.url)
    write(summit, receiver.url)
    held = turns.take(harbor.organization.pk)
    assert turns.take(harbor.organization.pk) is None
    assert turns.without_one([harbor.organization.pk, summit.organization.pk]) == [summit.organization.pk]
    deliver(organization_id=harbor.organization.pk)
    assert receiver.received == []
    deliver(organization_id=summit.organization.pk)
    assert len(receiver.received) == 1
    held.give_back()
    deliver(organization_id=harbor.organization.pk)
    assert len(receiver.received) == 2
    assert turns.without_one([harbor.organization.pk]) == [harbor.organization.pk]


def test_whose_turn_has_run_out_stops_and_gives_back_the_rest(harbor, receiver):
    """A second task has begun meanwhile: it goes on with what the first has not sent."""
    write(harbor, receiver.url, number=3)
    second = []

    def lose_the_turn():
        if not second:
            turns._client(turns.settings.REDIS_URL).delete(turns.name_of(harbor.organization.pk))
            second.append(turns.take(harbor.organization.pk))

    receiver.before_answer = lose_the_turn
    deliver(organization_id=harbor.organization.pk)
    assert len(receiver.received) == 1
    assert sorted(outbox(harbor)) == [("pending", 0, ""), ("pending", 0, ""), ("sent", 1, "200 OK")]
    second[0].give_back()


def test_a_silent_server_is_asked_once_and_the_others_get_theirs(harbor, summit, receiver):
    with serving(Receiver()) as silent:
        silent.before_answer = silent.over.wait
        write(harbor, silent.url, number=3)
        write(harbor, receiver.url, number=2, channel=Channel.WHATSAPP)
        deliver(organization_id=harbor.organization.pk)
        assert len(silent.received) == 1
        assert len(receiver.received) == 2
        tried, *others = [row for row in outbox(harbor) if row[0] == "pending"]
        assert tried == ("pending", 1, f"No answer within {outgoing.TIMEOUT_SECONDS} seconds")
        assert others == [("pending", 0, silence.NOT_ASKED)] * 2
        # Another organization finds out for itself.
        write(summit, silent.url)
        deliver(organization_id=summit.organization.pk)
        assert len(silent.received) == 2


def test_what_a_silent_server_was_not_asked_is_no_attempt_however_often_and_arrives_in_the_end(harbor, receiver):
    with serving(Receiver()) as silent:
        write(harbor, silent.url)
        with harbor.scope():
            OutboxEntry.objects.update(attempts=claims.ATTEMPTS - 1)
        server = silent.url.removesuffix("/console")
        silence._until[harbor.organization.pk, server] = time.monotonic() + silence.SECONDS
        for _ in range(2):
            begun = timezone.now()
            deliver(organization_id=harbor.organization.pk)
            assert outbox(harbor) == [("pending", claims.ATTEMPTS - 1, silence.NOT_ASKED)]
            with harbor.scope():
                assert OutboxEntry.objects.get().due_at >= begun + timedelta(seconds=silence.SECONDS)
                OutboxEntry.objects.update(due_at=begun)
        assert silent.received == []
        silence._until.clear()
        deliver(organization_id=harbor.organization.pk)
        assert outbox(harbor) == [("sent", claims.ATTEMPTS, "200 OK")]
