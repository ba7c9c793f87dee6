"""Celery's side of runs: thin tasks that carry ids, and the sweeper that takes up again what stalled."""

from functools import partial
from typing import Any

import structlog
from celery import shared_task
from celery.signals import worker_ready
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError
from redis import RedisError

from bulk_actions import execution, finishing, sweeping
from bulk_actions.execution import Next
from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.tasks import OrganizationTask

logger = structlog.get_logger(__name__)

# Seconds, twice as long each time: a database that was away for a moment is asked again before the sweeper looks.
FIRST_PAUSE = 0.5
# So often a chunk is tried as a whole before the item that it always fails at is looked for.
PATIENCE = 3


class ChunkTask(OrganizationTask):
    """Tried again soon after an outage, its transaction rolled back; after the last time the sweeper asks again."""

    abstract = True
    max_retries = 5

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        tried = self.request.retries
        try:
            # The task itself sees a request of its own, which knows nothing of this.
            return super().__call__(*args, **kwargs, tried=tried)
        except execution.OUTAGES as error:
            logger.warning("chunk_not_done", tried=tried + 1, error=f"{type(error).__name__}: {error}", **kwargs)
            raise self.retry(exc=error, countdown=FIRST_PAUSE * 2**tried) from error


@shared_task(base=ChunkTask, name="bulk_actions.run_chunk")
def run_chunk(*, organization_id: int, bulk_action_id: int, turn: int = 0, tried: int = 0) -> None:
    """One chunk in one transaction. The next one goes to the end of the queue, so runs take turns."""
    following = execution.run_chunk(bulk_action_id, patient=tried < PATIENCE)
    if following is Next.FINISH:
        transaction.on_commit(partial(finish_run, organization_id, bulk_action_id))
    elif following is Next.CHUNK and sweeping.is_latest_turn(bulk_action_id, turn):
        enqueue(run_chunk, organization_id, bulk_action_id, turn=turn)


@shared_task(name="bulk_actions.sweep_runs")
def sweep_runs() -> None:
    """Ask again for the next chunk of runs that nobody is working on."""
    for organization_id in sweeping.organizations_with_unfinished_runs():
        for run_id, turn in sweeping.take_up_stalled(organization_id):
            logger.warning("run_taken_up_again", organization_id=organization_id, bulk_action_id=run_id, turn=turn)
            enqueue(run_chunk, organization_id, run_id, turn=turn)


@shared_task(name="bulk_actions.forget_previews")
def forget_previews() -> None:
    sweeping.forget_old_previews()


@shared_task(name="bulk_actions.expire_approvals")
def expire_approvals() -> None:
    sweeping.expire_approvals()


@worker_ready.connect
def sweep_at_start(**_: object) -> None:
    """A worker that comes back after a crash doesn't wait for the beat."""
    _send(partial(sweep_runs.delay))


def finish_run(organization_id: int, bulk_action_id: int) -> None:
    """The terminal transition commits alone, after the chunk: whatever ails it can't undo one. No queue in between, so
    that a small run doesn't wait behind the chunks of large ones once more."""
    with organization_scope(organization_id):
        finishing.finish(bulk_action_id)


def enqueue(task: Any, organization_id: int, bulk_action_id: int, **arguments: int) -> None:
    """After the commit. A broker that is down undoes nothing: the sweeper asks again."""
    call = partial(task.delay, organization_id=organization_id, bulk_action_id=bulk_action_id, **arguments)
    transaction.on_commit(partial(_send, call))


def _send(call: partial[Any]) -> None:
    try:
        call()
    except (BrokerError, RedisError, OSError) as error:
        logger.warning("task_not_sent", error=str(error))
