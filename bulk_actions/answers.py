"""Runs that offered conversations to a representative end with the last answer, in the transaction of the answer."""

import json
import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import F
from django.utils import timezone

from bulk_actions import lifecycle
from bulk_actions.finishing import finish
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.progress import CANCELLED
from bulk_actions.states import UNFINISHED, Outcome
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.record import record_all
from contact_center.tenancy.scope import current_organization_id
from conversations.actions.answered import Answer
from conversations.rules import Action
from conversations.states import OfferOutcome

OFFERING: frozenset[str] = frozenset(
    {Action.ASSIGN_TO_REPRESENTATIVE, Action.TRANSFER_TO_REPRESENTATIVE, Action.GIVE_TO_COLLEAGUE}
)

_SETTLE = f"""
update {BulkActionItem._meta.db_table} item
set outcome = said.outcome, code = said.code, sentence = said.sentence, after = said.after::jsonb, done_at = %s
from unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
     as said (run_id, target_id, outcome, code, sentence, after)
where item.organization_id = %s and item.bulk_action_id = said.run_id
  and item.target_id = said.target_id and item.outcome = 'offered'
"""  # noqa: S608 - the name of our own table


@dataclass(frozen=True, slots=True)
class Ending:
    """What an answer makes of its item, and of a run that has no other."""

    outcome: Outcome
    code: str
    transition: str


_ENDINGS = {
    OfferOutcome.ACCEPTED: Ending(Outcome.SUCCEEDED, "", "complete"),
    OfferOutcome.REJECTED: Ending(Outcome.FAILED, "offer_rejected", "fail"),
    OfferOutcome.TIMED_OUT: Ending(Outcome.FAILED, "offer_timed_out", "fail"),
    OfferOutcome.WITHDRAWN: Ending(Outcome.FAILED, "offer_withdrawn", "fail"),
}
_CANCELLED = Ending(Outcome.SKIPPED, CANCELLED, "cancel")


def settle(answers: Sequence[Answer]) -> None:
    """A listener of conversations.actions.answered. Offers that no run waits for pass by.

    Seven statements at most for single actions, however many; five for each run of several.
    """
    by_key: dict[uuid.UUID, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_key[answer.operation_id].append(answer)
    waiting = BulkAction.objects.filter(key__in=list(by_key), status__in=UNFINISHED, action__in=OFFERING)
    runs = list(waiting.select_for_update().order_by("pk"))
    if not runs:
        return
    told = [(run, answer, _ending(run, answer)) for run in runs for answer in by_key[run.key]]
    _settle_items(told)
    _end_single([each for each in told if each[0].single])
    for run in runs:
        if not run.single:
            _advance(run, [ending for other, _, ending in told if other is run])


def _advance(run: BulkAction, endings: Sequence[Ending]) -> None:
    """One run of several: its counters, and its end once nothing else is awaited."""
    number = Counter(ending.outcome.value for ending in endings)
    lifecycle.touch(run.pk, **{name: F(name) + count for name, count in number.items()})
    finish(run.pk)


def _end_single(told: list[tuple[BulkAction, Answer, Ending]]) -> None:
    now = timezone.now()
    for transition in sorted({ending.transition for _, _, ending in told}):
        chosen = {run.pk: answer.sentence for run, answer, ending in told if ending.transition == transition}
        outcome = next(ending.outcome for _, _, ending in told if ending.transition == transition)
        lifecycle.move_each(chosen, transition, ended_at=now, **{outcome.value: 1})
    record_all(_finished(run, ending) for run, _, ending in told)


def _ending(run: BulkAction, answer: Answer) -> Ending:
    if answer.outcome == OfferOutcome.WITHDRAWN and run.cancel_requested_at is not None:
        return _CANCELLED
    return _ENDINGS[answer.outcome]


def _settle_items(told: list[tuple[BulkAction, Answer, Ending]]) -> None:
    columns: list[list[Any]] = [
        [run.pk for run, _, _ in told],
        [answer.conversation_id for _, answer, _ in told],
        [ending.outcome.value for _, _, ending in told],
        [ending.code for _, _, ending in told],
        [answer.sentence[:250] for _, answer, _ in told],
        [json.dumps(answer.after) for _, answer, _ in told],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, [timezone.now(), *columns, current_organization_id()])


def _finished(run: BulkAction, ending: Ending) -> AuditEvent:
    return AuditEvent(
        action=AuditAction.RUN_FINISHED,
        membership_id=run.created_by_id,
        object_type="bulk_action",
        object_id=run.pk,
        operation_id=run.key,
        before={"status": run.status},
        after={"status": lifecycle.TRANSITIONS[ending.transition].target, ending.outcome.value: 1},
    )
