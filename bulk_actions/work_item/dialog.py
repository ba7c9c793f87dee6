"""What the dialogs Assign work item and Transfer work item are given: two tabs, their lists, and what exceeds what."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from bulk_actions.models import BulkAction
from bulk_actions.previewing import TakesOn, queues_take_on
from bulk_actions.work_item.people import PeopleFilter, filter_options, find_people, is_intent_based
from bulk_actions.work_item.queues import QueueFilter, QueueLine, find_queues
from contact_center.tenancy.access import Actor
from conversations.models import Conversation
from conversations.rules import Action, Refusal, needed, sentence_of, why_not
from conversations.visibility import visible_to
from routing.eligibility import Candidate
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
FILTER_LABELS = {
    "served": ("Queue", "Any queue"),
    "family": ("Intent family", "Any family"),
    "intent_group": ("Intent group", "Any group"),
    "intent": ("Intent", "Any intent"),
    "user_group": ("User group", "Any user group"),
    "skill": ("Skill", "Any skill"),
    "presence": ("Presence", "Any presence"),
}
USUAL_FILTERS = ("served", "skill", "presence")
INTENT_FILTERS = ("family", "intent_group", "intent", "user_group", "presence")


def conversation_of(run: BulkAction, actor: Actor) -> Conversation | None:
    """The one of a single action, with what the rule table reads; None when it left the person's queues."""
    if not run.single:
        return None
    return needed(visible_to(actor), actor).filter(pk__in=run.items.values("conversation_id")).first()


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


# --- Find an agent ---


def people_context(
    run: BulkAction, conversation: Conversation, actor: Actor, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """The panel: filters and lines."""
    chosen = PeopleFilter.of(typed)
    with_intents = run.action in TRANSFERS and is_intent_based(conversation)
    options = filter_options(conversation, with_intents=with_intents)
    return {
        **people_lines(conversation, typed),
        "url": _url("work-item-people", run, actor),
        "filter": chosen,
        "filters": [
            {
                "name": name,
                "label": FILTER_LABELS[name][0],
                "any": FILTER_LABELS[name][1],
                "options": [(value, label, value == getattr(chosen, name)) for value, label in options[name]],
            }
            for name in (INTENT_FILTERS if with_intents else USUAL_FILTERS)
        ],
    }


def people_lines(conversation: Conversation, typed: Mapping[str, Any]) -> dict[str, Any]:
    """The lines alone, as they change with the filters."""
    offered = find_people(conversation, PeopleFilter.of(typed))
    chosen = str(typed.get("representative") or "")
    return {"lines": [_person(one, chosen) for one in offered.people], "nobody": offered.nobody}


def _person(one: Candidate, chosen: str) -> dict[str, Any]:
    used = one.total_units - one.free_units
    return {
        "id": one.id,
        "name": one.name,
        "presence": one.presence,
        "presence_text": one.presence_text,
        "used": used,
        "total": one.total_units,
        "free": one.free_units,
        "exceeds_by": one.exceeds_by,
        "skills": one.skills,
        "reasons": [reason.sentence for reason in one.reasons],
        "chosen": str(one.id) == chosen,
        "note": f"{one.name} would exceed by {units(one.exceeds_by)}." if one.exceeds_by else "",
    }


def units(number: int) -> str:
    return f"{number} unit{'' if number == 1 else 's'}"


# --- Find a queue ---


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
    return {
        "url": _url("work-item-queues", run, actor),
        "filter": chosen,
        "kind": Kind(kind).label.lower(),
        "narrow": run.action in TRANSFERS,
        "priorities": [(str(number), str(number) == chosen.priority) for number in found.priorities],
        "lines": [_queue(line, takes_on[line.queue.pk], eligible, actor, picked) for line in found.lines],
        "nobody": found.none,
    }


def _queue(line: QueueLine, takes_on: TakesOn, eligible: int, actor: Actor, picked: str) -> dict[str, Any]:
    queue, more = line.queue, takes_on.then - takes_on.now
    note = f"{queue.name} has {takes_on.now:,} waiting, takes on {more:,} more."
    if already := eligible - more:
        note += f" {already:,} of them {'is' if already == 1 else 'are'} in it already and will be skipped."
    if actor.queue_ids is not None and queue.pk not in actor.queue_ids:
        note += " You don’t see this queue: what goes there leaves your list."
    return {
        "id": queue.pk,
        "name": queue.name,
        "intent_based": queue.intent_based,
        "priority": queue.priority or "",
        "waiting": takes_on.now,
        "reason": line.refusal.sentence if line.refusal else "",
        "chosen": str(queue.pk) == picked and line.refusal is None,
        "note": note,
    }


def _url(name: str, run: BulkAction, actor: Actor) -> str:
    return reverse(f"bulk_actions:{name}", args=[actor.organization_slug, run.action])
