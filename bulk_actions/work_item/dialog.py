"""What the dialogs Assign work item and Transfer work item are given: two tabs, their lists, and what exceeds what."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from bulk_actions.models import BulkAction
from bulk_actions.previewing import TakesOn, queues_take_on
from contact_center.tenancy.access import Actor
from conversations.models import Conversation
from conversations.rules import Action, Refusal, needed, sentence_of, why_not
from conversations.visibility import visible_to
from conversations.work_item.presenters import people_panel, queue_line, queues_panel
from conversations.work_item.queues import QueueFilter, QueueLine, find_queues
from routing.kinds import Kind

TO_QUEUE = {
    Action.ASSIGN_TO_REPRESENTATIVE: Action.ASSIGN_TO_QUEUE,
    Action.ASSIGN_TO_QUEUE: Action.ASSIGN_TO_QUEUE,
    Action.TRANSFER_TO_REPRESENTATIVE: Action.TRANSFER_TO_QUEUE,
    Action.TRANSFER_TO_QUEUE: Action.TRANSFER_TO_QUEUE,
}
TO_REPRESENTATIVE = {queue: person for person, queue in TO_QUEUE.items() if person != queue}
ASSIGNS = frozenset({Action.ASSIGN_TO_REPRESENTATIVE, Action.ASSIGN_TO_QUEUE})
TRANSFERS = frozenset({Action.TRANSFER_TO_REPRESENTATIVE, Action.TRANSFER_TO_QUEUE})


def conversation_of(run: BulkAction, actor: Actor) -> Conversation | None:
    """The one of a single action, with what the rule table reads; None when it left the person's queues."""
    if not run.single:
        return None
    return needed(visible_to(actor), actor).filter(pk__in=run.items.values("target_id")).first()


def context(run: BulkAction, actor: Actor, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Extras of the four kinds. A fixed number of queries, however many people and queues there are."""
    to_queue = TO_QUEUE[Action(run.action)]
    conversation = conversation_of(run, actor)
    kept_from_people = _why_no_people(run)
    kept_from_queues = _why_no_queues(to_queue, conversation, actor, single=run.single)
    on_queues = run.action == to_queue or bool(kept_from_people)
    return {
        "verb": Action(run.action).label,
        "bulk": not run.single,
        "tabs": [
            _tab("people", "Find an agent", TO_REPRESENTATIVE[to_queue], kept_from_people, current=not on_queues),
            _tab("queues", "Find a queue", to_queue, kept_from_queues, current=on_queues),
        ],
        "choice": run.action,
        "people": people_context(run, conversation, actor, typed)
        if conversation is not None and not kept_from_people
        else None,
        "queues": queues_context(run, conversation, actor, typed) if not kept_from_queues else None,
    }


def _tab(name: str, label: str, action: Action, refusal: Refusal | None, *, current: bool) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "action": action.value,
        "current": current,
        "reason": refusal.sentence if refusal else "",
    }


def _why_no_people(run: BulkAction) -> Refusal | None:
    return None if run.single else Refusal("agent_in_bulk", sentence_of("agent_in_bulk"))


def _why_no_queues(action: Action, conversation: Conversation | None, actor: Actor, *, single: bool) -> Refusal | None:
    if conversation is None:
        return Refusal("not_found", sentence_of("not_found")) if single else None
    return why_not(action, conversation, actor)


def people_context(
    run: BulkAction, conversation: Conversation, actor: Actor, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """The panel: filters and lines."""
    url = _url("work-item-people", run, actor)
    return people_panel(conversation, typed, transfers=run.action in TRANSFERS, url=url)


def queues_context(
    run: BulkAction, conversation: Conversation | None, actor: Actor, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """The panel and its lines: four queries at most."""
    kind = conversation.kind if conversation else Kind.MESSAGING
    chosen = QueueFilter.of(typed)
    found = find_queues(kind, chosen, current_id=conversation.queue_id if conversation else None)
    takes_on = queues_take_on(run, [line.queue.pk for line in found.lines])
    picked = str(typed.get("queue") or "")
    eligible = 1 if run.single else run.items.filter(preview_code="").count()
    lines = [_queue(line, takes_on[line.queue.pk], eligible, actor, picked) for line in found.lines]
    url = _url("work-item-queues", run, actor)
    return queues_panel(found, chosen, kind, lines, narrow=run.action in TRANSFERS, url=url)


def _queue(line: QueueLine, takes_on: TakesOn, eligible: int, actor: Actor, picked: str) -> dict[str, Any]:
    queue, more = line.queue, takes_on.then - takes_on.now
    note = f"{queue.name} has {takes_on.now:,} waiting, takes on {more:,} more."
    if already := eligible - more:
        note += f" {already:,} of them {'is' if already == 1 else 'are'} in it already and will be skipped."
    if actor.queue_ids is not None and queue.pk not in actor.queue_ids:
        note += " You don’t see this queue: what goes there leaves your list."
    return queue_line(line, picked, waiting=takes_on.now, note=note)


def _url(name: str, run: BulkAction, actor: Actor) -> str:
    return reverse(f"bulk_actions:{name}", args=[actor.organization_slug, run.action])
