"""The dispatcher is woken once per organization and commit, by name, through the real broker."""

import pytest
import redis
from django.conf import settings
from django.db import transaction

from contact_center.celery import app
from conversations.actions import perform
from conversations.tasks import dispatch_work
from routing import nudge
from routing.kinds import Presence
from routing.presence import set_presence
from tests import factories
from tests.cast import make_cast

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def cast():
    return make_cast("harbor")


@pytest.fixture
def broker(cast):
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(f"dispatch:{cast.organization.pk}")
    yield client
    app.control.purge()


def waiting(broker):
    return sum(nudge.DISPATCH.encode() in task for task in broker.lrange("celery:console", 0, -1))


def test_the_name_is_the_tasks(cast):
    assert dispatch_work.name == nudge.DISPATCH


def test_many_changes_of_one_transaction_wake_it_once_after_the_commit(cast, broker):
    before = waiting(broker)
    with transaction.atomic(), cast.scope():
        for _ in range(5):
            nudge.nudge_dispatch_on_commit(cast.organization.pk)
        assert waiting(broker) == before
    assert waiting(broker) == before + 1


def test_a_second_one_is_sent_only_once_the_first_was_taken_up(cast, broker):
    before = waiting(broker)
    for _ in range(3):
        nudge.nudge_dispatch_on_commit(cast.organization.pk)
    assert waiting(broker) == before + 1
    nudge.taken_up(cast.organization.pk)
    nudge.nudge_dispatch_on_commit(cast.organization.pk)
    assert waiting(broker) == before + 2


def test_nothing_is_sent_when_the_change_is_rolled_back(cast, broker):
    before = waiting(broker)
    with cast.scope():
        nudge.nudge_dispatch_on_commit(cast.organization.pk)
        transaction.set_rollback(True)
    assert waiting(broker) == before


def test_nothing_is_sent_by_a_command_that_leaves_its_work_to_the_beat(cast, broker):
    before = waiting(broker)
    with nudge.left_to_the_beat(), cast.scope():
        nudge.nudge_dispatch_on_commit(cast.organization.pk)
    assert waiting(broker) == before
    nudge.nudge_dispatch_on_commit(cast.organization.pk)
    assert waiting(broker) == before + 1


@pytest.mark.parametrize("change", ["presence", "queue", "units"])
def test_presence_queues_and_freed_units_wake_it(cast, broker, change):
    with cast.scope():
        row = factories.make_conversation(queue=cast.orders)
        held = factories.make_conversation(queue=cast.orders, status="active", representative=cast.ana)
        actor, agent = cast.actor(), cast.actor(cast.agent)
    before = waiting(broker)
    with cast.scope():
        if change == "presence":
            set_presence(cast.ana, Presence.BUSY, by=agent)
        elif change == "queue":
            perform("assign_to_queue", [row.pk], actor=actor, parameters={"queue": cast.refunds.pk})
        else:
            perform("force_close", [held.pk], actor=actor, parameters={"reason": cast.reason.pk})
    assert waiting(broker) == before + 1
