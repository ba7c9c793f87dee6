"""What crosses Redis: once for each kind and transaction, after the commit, without content."""

import json

import pytest
import redis
from django.conf import settings
from django.db import transaction

from contact_center.live.publish import MAX_IDS, channel_name, publish_now, publish_on_commit
from tests.embedded_servers import JOURNEYS_REDIS_NUMBER, REDIS_NUMBER
from tests.real_console import with_redis_number

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def heard():
    """Gives what was published for organization 7 since the last time it was asked."""
    with redis.Redis.from_url(settings.REDIS_URL) as client, client.pubsub() as pubsub:
        pubsub.subscribe(channel_name(7))
        assert pubsub.get_message(timeout=5)["type"] == "subscribe"

        def messages():
            client.publish(channel_name(7), '"end"')
            found = []
            while (message := json.loads(pubsub.get_message(timeout=5)["data"])) != "end":
                found.append(message)
            return found

        yield messages


def test_ids_of_one_kind_in_one_transaction_go_out_as_one_message_after_the_commit(heard):
    with transaction.atomic():
        publish_on_commit(7, "conversation", [3, 1])
        with transaction.atomic():
            publish_on_commit(7, "conversation", [2])
        publish_on_commit(7, "bulk_action", [9])
        assert heard() == []
    assert heard() == [{"kind": "conversation", "ids": [1, 2, 3]}, {"kind": "bulk_action", "ids": [9]}]


def test_a_second_transaction_publishes_for_itself(heard):
    for number in (1, 2):
        with transaction.atomic():
            publish_on_commit(7, "conversation", [number])
    assert [message["ids"] for message in heard()] == [[1], [2]]


def test_a_rolled_back_transaction_publishes_nothing(heard):
    with transaction.atomic():
        publish_on_commit(7, "conversation", [1])
        transaction.set_rollback(True)
    assert heard() == []


def test_a_rolled_back_savepoint_takes_nothing_else_with_it(heard):
    with transaction.atomic():
        with transaction.atomic():
            publish_on_commit(7, "conversation", [1])
            transaction.set_rollback(True)
        publish_on_commit(7, "conversation", [2])
    assert heard() == [{"kind": "conversation", "ids": [2]}]


def test_above_the_cap_anything_of_the_kind_is_meant(heard):
    publish_now(7, "conversation", range(MAX_IDS))
    publish_now(7, "conversation", range(MAX_IDS + 1))
    assert [message["ids"] is None for message in heard()] == [False, True]


def test_no_ids_mean_anything_of_the_kind(heard):
    with transaction.atomic():
        publish_on_commit(7, "rights", [4])
        publish_on_commit(7, "rights")
    assert heard() == [{"kind": "rights", "ids": None}]


def test_another_number_of_the_same_redis_is_another_channel(settings, heard):
    """Two installations with an organization of the same id don't hear each other."""
    own = channel_name(7)
    settings.REDIS_URL = with_redis_number(settings.REDIS_URL, JOURNEYS_REDIS_NUMBER)
    assert channel_name(7) != own
    publish_now(7, "conversation", [1])
    settings.REDIS_URL = with_redis_number(settings.REDIS_URL, REDIS_NUMBER)
    publish_now(7, "conversation", [2])
    assert heard() == [{"kind": "conversation", "ids": [2]}]


@pytest.mark.parametrize(
    ("address", "number"),
    [
        ("redis://redis:6379", 0),
        ("redis://redis:6379/3", 3),
        ("rediss://:word@redis:6379/12", 12),
        ("unix:///run/redis.sock", 0),
        ("unix:///run/redis.sock?db=2", 2),
    ],
)
def test_the_channel_carries_the_number_of_its_address(settings, address, number):
    settings.REDIS_URL = address
    assert channel_name(7) == f"live:{number}:7"


def test_a_redis_fault_is_no_error_for_the_committed_change(settings, tmp_path):
    settings.REDIS_URL = f"unix://{tmp_path}/nobody.sock?db=0"
    with transaction.atomic():
        publish_on_commit(7, "conversation", [1])
    publish_now(7, "conversation", [1])


def test_publications_captured_by_a_test_are_merged_within_one_capture_only(django_capture_on_commit_callbacks, heard):
    with transaction.atomic():
        for number in (1, 2):
            with django_capture_on_commit_callbacks(execute=True):
                publish_on_commit(7, "conversation", [number])
        assert [message["ids"] for message in heard()] == [[1], [2]]
        transaction.set_rollback(True)
