"""Does the next chunk of a run: claim, perform, store the outcomes, all in the caller's transaction."""

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from bulk_actions import lifecycle, progress
from bulk_actions.answers import OFFERING
from bulk_actions.finishing import finish
from bulk_actions.kinds import kind_of
from bulk_actions.limits import CHUNK, SMALLEST_CHUNK
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.states import UNFINISHED, Outcome, RunStatus
from contact_center.errors import DomainError
from contact_center.tenancy.access import Actor, NotAMember, actor_of_membership
from contact_center.tenancy.scope import current_organization_id
from conversations.actions import Result
from conversations.actions.yielding import lock_offered, withdraw_offers_of
from conversations.rules import sentence_of

logger = structlog.get_logger(__name__)

# What usually says nothing about an item: the chunk is tried again, and again when the server is back.
OUTAGES = (OperationalError, InterfaceError, MemoryError)

_STORE = f"""
update {BulkActionItem._meta.db_table} item
set outcome = done.outcome, code = done.code, sentence = done.sentence,
    before = done.before::jsonb, after = done.after::jsonb, done_at = %s
from unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
     as done (target_id, outcome, code, sentence, before, after)
where item.organization_id = %s and item.bulk_action_id = %s
  and item.target_id = done.target_id and item.outcome = 'pending'
"""  # noqa: S608 - the name of our own table


class Next(StrEnum):
    """What a run needs after a chunk."""

    CHUNK = "chunk"
    FINISH = "finish"
    NOTHING = "nothing"


def run_chunk(bulk_action_id: int, *, patient: bool = True) -> Next:
    """Process the next pending items. Two workers on one run take different ones.

    An outage is raised, for the chunk to be tried again as a whole. Not `patient` any more, and still connected, it is
    taken for the fault of an item, which is found and has failed.
    """
    run = BulkAction.objects.filter(pk=bulk_action_id, status__in=UNFINISHED).first()
    if run is None:
        return Next.NOTHING
    if run.cancel_requested_at is not None:
        # Conversations before the run, which both of these touch: as whoever answers an offer locks them.
        withdraw_offered(run)
        skip(run, claim(run, run.total))
        return Next.FINISH
    if run.status == RunStatus.QUEUED:
        lifecycle.move(run.pk, "begin")
    size = chunk_size()
    versions = claim(run, size)
    if not versions:
        return Next.FINISH
    store(run, results_of(run, versions, patient=patient))
    return Next.CHUNK if len(versions) == size else Next.FINISH


def chunk_size() -> int:
    """How many conversations a chunk of the organization in scope takes now."""
    runs = BulkAction.objects.filter(status__in=UNFINISHED, enqueued_at__isnull=False).count()
    return max(SMALLEST_CHUNK, CHUNK // max(runs, 1))


def run_single(run: BulkAction, actor: Actor) -> None:
    """Process the one item of a single action in the request. Raises what the action raises; nothing is stored then."""
    versions = claim(run, 1)
    store(
        run,
        kind_of(run.action).subject.perform(
            run.action,
            versions,
            actor=actor,
            parameters=run.parameters,
            versions=versions,
            operation_id=run.key,
            single=True,
        ),
    )
    finish(run.pk)


def claim(run: BulkAction, limit: int, *, waits: bool = False) -> dict[int, int]:
    """Lock the next pending items, in the order in which their targets are locked: id → version when selected.

    Those that somebody works on are left to them, or with `waits` waited for and left out when done.
    """
    pending = BulkActionItem.objects.filter(bulk_action_id=run.pk, outcome=Outcome.PENDING)
    locked = pending.select_for_update(skip_locked=not waits).order_by("target_id")[:limit]
    return dict(locked.values_list("target_id", "version"))


def results_of(run: BulkAction, versions: Mapping[int, int], *, patient: bool = True) -> list[Result]:
    """The outcome of every item, with the rights its person has now."""
    try:
        actor = actor_of_membership(run.created_by_id)
    except NotAMember:
        sentence = sentence_of("no_right")
        return [Result(pk, "skipped", "no_right", sentence) for pk in versions]
    return _results(run, actor, versions, patient=patient)


def _results(run: BulkAction, actor: Actor, versions: Mapping[int, int], *, patient: bool) -> list[Result]:
    try:
        with transaction.atomic():
            found = kind_of(run.action).subject.perform(
                run.action,
                versions,
                actor=actor,
                parameters=run.parameters,
                versions=versions,
                operation_id=run.key,
                bulk=not run.single,
            )
            # Keys between tenant tables are checked at the end otherwise, when nobody knows which item it was.
            connection.check_constraints()
            return found
    except OUTAGES:
        if patient or not connection.is_usable():
            raise
        if len(versions) == 1:
            return [_failed(run, pk, "database") for pk in versions]
    except DomainError as reason:
        # About the run's parameters, and so about every item.
        return [Result(pk, "failed", reason.code, reason.sentence) for pk in versions]
    except Exception:  # noqa: BLE001 - the item at fault must not stop the others
        if len(versions) == 1:
            return [_failed(run, pk, "failed") for pk in versions]
    ids = list(versions)
    halves = ids[: len(ids) // 2], ids[len(ids) // 2 :]
    return [
        result for half in halves for result in _results(run, actor, {pk: versions[pk] for pk in half}, patient=patient)
    ]


def _failed(run: BulkAction, pk: int, code: str) -> Result:
    """Called while the exception is handled, so that the log has it."""
    logger.exception("bulk_item_failed", bulk_action_id=run.pk, target_id=pk)
    return Result(pk, "failed", code, sentence_of(code))


def store(run: BulkAction, results: Sequence[Result]) -> None:
    """Outcomes with one statement, counters with another."""
    columns: list[list[Any]] = [
        [result.id for result in results],
        [_outcome(run, result) for result in results],
        [result.code for result in results],
        [result.sentence[:250] for result in results],
        [json.dumps(result.before) for result in results],
        [json.dumps(result.after) for result in results],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [timezone.now(), *columns, current_organization_id(), run.pk])
        if cursor.rowcount != len(results):
            raise RuntimeError(f"{cursor.rowcount} of {len(results)} outcomes of run {run.pk} were stored.")
    outcomes = columns[1]
    number = {name: outcomes.count(name) for name in ("succeeded", "skipped", "failed")}
    changes: dict[str, Any] = {name: F(name) + change for name, change in number.items() if change}
    lifecycle.touch(run.pk, enqueued_at=timezone.now(), **changes)


def _outcome(run: BulkAction, result: Result) -> str:
    """An offer that was made is done once it is answered."""
    return Outcome.OFFERED.value if run.action in OFFERING and result.outcome == "succeeded" else result.outcome


def withdraw_offered(run: BulkAction) -> bool:
    """Take back what the run has offered and nobody has answered yet; its items are settled with it."""
    if run.action not in OFFERING:
        return False
    actor = Actor(run.organization_id, membership_id=run.created_by_id)
    if offered := lock_offered(run.key, actor=actor):
        withdraw_offers_of(run.key, offered, actor=actor, now=timezone.now())
    return bool(offered)


def skip(run: BulkAction, claimed: Iterable[int]) -> None:
    """What was claimed is skipped as cancelled."""
    said = sentence_of(progress.CANCELLED)
    if results := [Result(pk, "skipped", progress.CANCELLED, said) for pk in claimed]:
        store(run, results)
