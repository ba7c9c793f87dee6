"""The delivery worker as a real process: killed after a post, and held up by a server that never answers."""

import time
from datetime import timedelta

import pytest
import redis
from django.utils import timezone

from conversations.actions import perform
from conversations.delivery import silence, turns
from conversations.models import OutboxEntry
from routing.kinds import Channel
from tests import factories
from tests.bulk_actions.conftest import fresh
from tests.bulk_actions.the_four import make_the_four
from tests.own_console import place
from tests.real_console import wait_until
from tests.receiver import Receiver, receiver, serving

__all__ = ["place", "receiver"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]


def write(cast, url, number):
    """So many messages to customers of a work stream that delivers there."""
    with cast.scope():
        factories.make_work_stream(Channel.SMS, queue=cast.orders, delivery_url=url)
        rows = factories.make_conversations(number, channel=Channel.SMS, queue=cast.orders)
        perform("message_customer", [row.pk for row in rows], actor=cast.actor(), parameters={"text": "We are late."})


def statuses(cast):
    with cast.scope():
        return sorted(OutboxEntry.objects.values_list("status", flat=True))


def test_who_dies_after_the_post_posts_again_under_the_same_key(harbor, receiver, place):
    """The server has taken the delivery, and nobody has written that down."""
    receiver.before_answer = receiver.over.wait
    write(harbor, receiver.url, 3)
    place.console.start_beat()
    place.console.start_deliverer()
    wait_until(lambda: len(receiver.received) == 1)
    place.console.kill("deliverer")
    receiver.before_answer = lambda: None
    assert statuses(harbor) == ["pending"] * 3
    # So much time passes: lease and turn of the dead end.
    with harbor.scope():
        OutboxEntry.objects.update(due_at=timezone.now())
    with redis.Redis.from_url(place.redis.url) as client:
        client.delete(turns.name_of(harbor.organization.pk))
    place.console.start_deliverer()
    wait_until(lambda: statuses(harbor) == ["sent"] * 3)
    (first, body), *_ = receiver.received
    again = [told for headers, told in receiver.received if headers["Idempotency-Key"] == first["Idempotency-Key"]]
    assert again == [body, body]
    assert len(receiver.received) == 4


def test_a_server_that_never_answers_delays_neither_runs_nor_other_organizations(harbor, summit, receiver, place):
    with serving(Receiver()) as silent:
        silent.before_answer = silent.over.wait
        with harbor.scope():
            force_close, *_ = make_the_four(harbor, silent, 25)
        write(harbor, silent.url, 20)
        place.console.start_beat()
        place.console.start_deliverer()
        wait_until(lambda: len(silent.received) == 1)
        begun = time.monotonic()
        write(summit, receiver.url, 20)
        run = force_close.start()
        place.console.start_worker(concurrency=1)
        with harbor.scope():
            type(run).objects.update(enqueued_at=timezone.now() - timedelta(minutes=1))
        wait_until(lambda: statuses(summit) == ["sent"] * 20 and fresh(harbor, run).status == "completed")
        # One request of one task, however often beat looked; the next one not before the pause.
        assert len(silent.received) <= 1 + (time.monotonic() - begun) // silence.SECONDS
        assert "sent" not in statuses(harbor)
