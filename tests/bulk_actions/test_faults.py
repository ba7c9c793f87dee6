"""Faults in the middle of every bulk action, with real processes: whatever dies, each conversation is done once."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone

from bulk_actions.limits import SMALLEST_CHUNK, STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import UNFINISHED
from contact_center.embedded import Servers
from conversations.models import OutboxEntry
from tests import invariants
from tests.bulk_actions.conftest import fresh
from tests.bulk_actions.middle import Middle
from tests.bulk_actions.the_four import make_the_four
from tests.cast import Cast
from tests.real_console import Console, wait_until
from tests.receiver import Receiver, receiver
from tests.redis_server import OwnRedis

__all__ = ["receiver"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

# Three chunks, while four runs share the organization.
SIZE = 125
# One more than there are runs: all four stand in their middle at once, and the sweeper still works.
WORKERS = 5
# As PostgreSQL's list of connections names those of the console's processes.
APPLICATION = "the console under test"


@dataclass(frozen=True)
class Place:
    """The console's processes with a Redis of their own, on the database of this test."""

    console: Console
    redis: OwnRedis

    def start_worker(self) -> None:
        self.console.start_worker(concurrency=WORKERS)

    def kill_worker(self) -> None:
        self.console.kill("worker")

    def lose_redis(self) -> None:
        self.redis.stop(keep=False)

    def stop_redis(self) -> None:
        self.redis.stop(keep=True)

    def start_redis(self) -> None:
        self.redis.start()

    def drop_connections(self) -> None:
        """Those of every process of the console, as the restart of a database's proxy would."""
        with psycopg.connect(self.console.database_url, autocommit=True) as other:
            found = other.execute(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = %s",
                [APPLICATION],
            ).fetchone()
        assert found
        assert found[0] >= WORKERS - 1

    def leave(self) -> None:
        """It mends itself."""


@dataclass(frozen=True)
class Fault:
    strike: Callable[[Place], None]
    mend: Callable[[Place], None]
    # Whether the chunks in hand are committed all the same.
    spares_chunks: bool


FAULTS = {
    "worker-killed": Fault(Place.kill_worker, Place.start_worker, spares_chunks=False),
    "redis-restarted-with-nothing-left": Fault(Place.lose_redis, Place.start_redis, spares_chunks=True),
    "redis-restarted-with-its-queues": Fault(Place.stop_redis, Place.start_redis, spares_chunks=True),
    "database-connections-dropped": Fault(Place.drop_connections, Place.leave, spares_chunks=False),
}


@pytest.fixture
def place(tmp_path, transactional_db) -> Iterator[Place]:
    redis = OwnRedis(tmp_path)
    servers = Servers(os.environ["DATABASE_URL"], os.environ["DATABASE_OWNER_URL"], redis.url)
    variables = {"PGAPPNAME": APPLICATION, "DELIVER_TO_PRIVATE_NETWORKS": "true"}
    console = Console(tmp_path, servers, str(connection.settings_dict["NAME"]), 0, variables=variables)
    yield Place(console, redis)
    print(console.last_lines())  # noqa: T201 - shown when the test fails
    console.stop()
    redis.stop(keep=False)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_each_conversation_of_every_bulk_action_is_done_once(harbor, receiver, place, fault):
    """Four runs at once, one of each action; the fault strikes when every one is in the middle of its second chunk."""
    place.console.start_beat()
    place.start_worker()
    with harbor.scope():
        cases = make_the_four(harbor, receiver, SIZE)
    middle = Middle(place.console, [case.ids[SMALLEST_CHUNK + SMALLEST_CHUNK // 2] for case in cases])
    try:
        with middle.held():
            runs = [case.start() for case in cases]
            # The test's own broker is another one: as if the web's messages had been lost.
            some_time_passes(harbor)
            wait_until(lambda: middle.waiting() == len(runs))
            assert [progress(harbor, run) for run in runs] == [("running", SMALLEST_CHUNK, 0, 0)] * len(runs)
            fault.strike(place)
        wait_until(lambda: middle.waiting() == 0)
        done = SMALLEST_CHUNK * (2 if fault.spares_chunks else 1)
        wait_until(lambda: all(progress(harbor, run)[1] >= done for run in runs))
        fault.mend(place)
        some_time_passes(harbor)
        wait_until(lambda: not any(progress(harbor, run)[0] in UNFINISHED for run in runs))
    finally:
        middle.remove()
    for case, run in zip(cases, runs, strict=True):
        case.assert_once(run)
    with harbor.scope():
        invariants.assert_all()
    place.console.start_deliverer()
    assert_everything_is_delivered(harbor, receiver)


def some_time_passes(cast: Cast) -> None:
    """Enough for the sweeper to take up what stalled."""
    with cast.scope():
        long_ago = timezone.now() - STALLED_AFTER - timedelta(seconds=1)
        BulkAction.objects.filter(status__in=UNFINISHED).update(enqueued_at=long_ago)


def progress(cast: Cast, run: BulkAction) -> tuple[str, int, int, int]:
    found = fresh(cast, run)
    return found.status, found.succeeded, found.skipped, found.failed


def assert_everything_is_delivered(cast: Cast, receiver: Receiver) -> None:
    """Every row of the outbox, under its key; what is delivered again says the same."""

    def left() -> int:
        with cast.scope():
            return OutboxEntry.objects.exclude(status=OutboxEntry.Status.SENT).count()

    wait_until(lambda: left() == 0)
    with cast.scope():
        keys = set(OutboxEntry.objects.values_list("idempotency_key", flat=True))
    assert set(receiver.keys()) == keys
    bodies = defaultdict(set)
    for headers, body in receiver.received:
        bodies[headers["Idempotency-Key"]].add(body)
    assert {len(each) for each in bodies.values()} == {1}
