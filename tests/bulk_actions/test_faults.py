"""Faults in the middle of every bulk action, with real processes: whatever dies, each conversation is done once."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_actions.limits import SMALLEST_CHUNK, STALLED_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import UNFINISHED
from conversations.models import OutboxEntry
from tests import invariants
from tests.bulk_actions.conftest import fresh
from tests.bulk_actions.middle import Middle
from tests.bulk_actions.the_four import make_the_four
from tests.cast import Cast
from tests.own_console import Place, place
from tests.real_console import wait_until
from tests.receiver import Receiver, receiver

__all__ = ["place", "receiver"]
pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True, databases=["default", "owner"])]

# Three chunks, while four runs share the organization.
SIZE = 125


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
