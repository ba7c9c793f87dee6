"""The one door for views, the desk and bulk runs: lock, judge by the table, plan, write, answer for every id."""

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from contact_center.errors import Conflict, NotFound, Refused
from contact_center.tenancy.access import Actor
from conversations.actions import desk, hand, marking, messaging, monitoring, supervisor
from conversations.actions.context import Context, load_offers, prepare
from conversations.actions.locking import lock_conversations
from conversations.actions.results import Result
from conversations.actions.step import Step, state_of
from conversations.actions.write import write
from conversations.models import Conversation
from conversations.rules import RULES, Action, Refusal, sentence_of, why_not
from conversations.rules.table import Audience
from conversations.visibility import visible_to
from conversations.wording import state_in_words

Plan = Callable[[Conversation, Context], Step]

PERFORMED: dict[Action, Plan] = {
    Action.FORCE_CLOSE: supervisor.force_close,
    Action.ASSIGN_TO_QUEUE: supervisor.assign_to_queue,
    Action.ASSIGN_TO_REPRESENTATIVE: supervisor.assign_to_representative,
    Action.TRANSFER_TO_QUEUE: supervisor.transfer_to_queue,
    Action.TRANSFER_TO_REPRESENTATIVE: supervisor.transfer_to_representative,
    Action.MESSAGE_CUSTOMER: messaging.message_customer,
    Action.NOTIFY: messaging.notify,
    Action.RELEASE: supervisor.release,
    Action.REMOVE: supervisor.remove,
    Action.RETURN_TO_QUEUE: supervisor.return_to_queue,
    Action.GIVE_TO_COLLEAGUE: supervisor.transfer_to_representative,
    Action.ACCEPT: desk.accept,
    Action.REJECT: desk.reject,
    Action.PICK: desk.pick,
    Action.TAKE_UP: desk.pick,
    Action.REPLY: desk.reply,
    Action.INTERNAL_NOTE: desk.internal_note,
    Action.LEAVE_WAITING: desk.leave_waiting,
    Action.REOPEN: desk.reopen,
    Action.RELEASE_OWN: desk.release_own,
    Action.TRANSFER_OWN: supervisor.transfer_to_representative,
    Action.TRANSFER_OWN_TO_QUEUE: supervisor.transfer_to_queue,
    Action.END: desk.end,
    Action.WRAP_UP_DONE: desk.wrap_up_done,
    Action.RESOLVE: desk.resolve,
    Action.LEAVE_CONSULTATION: desk.leave_consultation,
    Action.SET_PRIORITY: marking.set_priority,
    Action.SET_TAGS: marking.set_tags,
    Action.PIN_NOTE: marking.pin_note,
    **monitoring.PLANS,
    Action.RAISE_HAND: hand.raise_hand,
    Action.LOWER_HAND: hand.lower_hand,
    Action.ANSWER_HAND: hand.answer_hand,
}


def perform(
    action: Action,
    ids: Iterable[int],
    *,
    actor: Actor,
    parameters: Mapping[str, Any] | None = None,
    versions: Mapping[int, int] | None = None,
    operation_id: uuid.UUID | None = None,
    bulk: bool = False,
    single: bool = False,
    now: datetime | None = None,
) -> list[Result]:
    """Do `action` to the conversations; one Result for every id, in the order of the ids.

    `versions` are those the person saw. `bulk` judges by the table's column for more than one. `single` raises instead
    of answering: NotFound, Conflict when the version changed, Refused when the table says no. Raises Invalid when the
    parameters make no sense. Runs in one transaction with a fixed number of statements.
    """
    action = Action(action)
    wanted = list(dict.fromkeys(ids))
    operation_id = operation_id or uuid.uuid4()
    with transaction.atomic():
        context = prepare(
            action, actor=actor, parameters=parameters or {}, now=now or timezone.now(), operation_id=operation_id
        )
        rows = {row.pk: row for row in lock_conversations(wanted, actor, within=_within(action, actor))}
        load_offers(context, list(rows))
        marking.load_tags(context, list(rows))
        steps: list[Step] = []
        results = [_one(pk, rows.get(pk), context, versions or {}, steps, bulk=bulk, single=single) for pk in wanted]
        write(steps, actor=actor, now=context.now, operation_id=operation_id)
    return results


def _within(action: Action, actor: Actor) -> QuerySet[Conversation] | None:
    """A queue scope is a supervisor's; what a representative may touch, the guards of the table say."""
    return visible_to(actor) if RULES[action].audience is Audience.SUPERVISOR else None


def _one(
    pk: int,
    row: Conversation | None,
    context: Context,
    versions: Mapping[int, int],
    steps: list[Step],
    *,
    bulk: bool,
    single: bool,
) -> Result:
    if row is None:
        if single:
            raise NotFound(sentence_of("not_found"))
        return Result(pk, "skipped", "not_found", sentence_of("not_found"))
    changed = pk in versions and versions[pk] != row.version
    if single and changed:
        raise Conflict(f"It has changed: it is now {state_in_words(row)}.", current=state_in_words(row))
    refusal = why_not(context.action, row, context.actor, bulk=bulk)
    if refusal is None:
        try:
            step = PERFORMED[context.action](row, context)
        except Refused as reason:
            refusal = Refusal(reason.code, reason.sentence)
        else:
            steps.append(step)
            return Result(pk, "succeeded", before=step.before(), after={**step.after(), **step.audit_extra})
    if single:
        raise Refused(refusal.sentence, code=refusal.code)
    return _skipped(row, refusal, changed=changed)


def _skipped(row: Conversation, refusal: Refusal, *, changed: bool) -> Result:
    before = state_of(row)
    if changed:
        return Result(
            row.pk, "skipped", "changed", f"Changed since selected: now {state_in_words(row)}.", before, before
        )
    return Result(row.pk, "skipped", refusal.code, refusal.sentence, before, before)
