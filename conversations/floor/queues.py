"""Supervisors' verbs on one queue: close and reopen it, divert its new work, and what it tells its customers."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Q, Value, When
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Invalid, Refused
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.actions import Result
from conversations.floor.rights import refusal_of_person, refused
from conversations.rules import sentence_of
from conversations.rules.targets import has_members, why_no_queue
from conversations.visibility import queues_of
from routing.floor import FloorAction
from routing.models import Queue
from routing.nudge import nudge_dispatch_on_commit
from routing.operating_hours import closed_by_hand

MESSAGE_LENGTH = 500
# Minutes for which a queue can be closed; none closes it until somebody reopens it.
CLOSED_FOR = (15, 30, 60, 120, 240, 480)
STATE = ("closed_at", "closed_until", "diverts_to_id", "waiting_moves_to_id")


@dataclass(frozen=True, slots=True)
class Control:
    """Who acts, on what, when. `target` is locked with the queue."""

    queue: Queue
    target: Queue | None
    parameters: Mapping[str, Any]
    now: datetime


def refusal_code(action: str, actor: Actor) -> Case | Value:
    """Over queues, as `_why_not` says of one."""
    if code := refusal_of_person(actor):
        return Value(code, output_field=CharField())
    now = timezone.now()
    closed = Q(closed_until__gt=now) | Q(closed_at__isnull=False, closed_until=None)
    unless = {
        FloorAction.CLOSE_QUEUE: [When(closed, then=Value("queue_closed_already"))],
        FloorAction.REOPEN_QUEUE: [When(~closed, then=Value("queue_not_closed"))],
        FloorAction.END_DIVERTING: [When(diverts_to=None, then=Value("queue_not_diverting"))],
    }.get(FloorAction(action), [])
    whens = [When(is_active=False, then=Value("queue_inactive")), *unless]
    return Case(*whens, default=Value(""), output_field=CharField())


def perform(
    action: str,
    ids: list[int],
    *,
    actor: Actor,
    parameters: Mapping[str, Any],
    operation_id: uuid.UUID,
    single: bool = False,
    now: datetime | None = None,
) -> list[Result]:
    """One result for each id. Raises Invalid for parameters that make no sense."""
    now = now or timezone.now()
    target_id = _number(parameters.get("target"))
    with transaction.atomic():
        # Targets too and in id order: of two that divert to each other at once one is refused.
        locked = Queue.objects.select_for_update(of=("self",)).filter(pk__in={*ids, target_id}).order_by("pk")
        rows = {row.pk: row for row in locked.annotate(staffed=has_members())}
        seen = set(queues_of(actor).filter(pk__in=ids).values_list("pk", flat=True))
        found = []
        for pk in ids:
            row = rows.get(pk) if pk in seen else None
            code = _why_not(action, row, actor, now)
            if row is None or code:
                found.append(refused(pk, code or "not_found", single=single))
                continue
            try:
                found.append(_done(action, Control(row, rows.get(target_id), parameters, now), actor, operation_id))
            except Refused as reason:
                if single:
                    raise
                found.append(Result(pk, "skipped", reason.code, reason.sentence))
    return found


def _why_not(action: str, row: Queue | None, actor: Actor, now: datetime) -> str:
    if code := refusal_of_person(actor):
        return code
    if row is None:
        return "not_found"
    if not row.is_active:
        return "queue_inactive"
    closed = closed_by_hand(row, now)
    if action == FloorAction.CLOSE_QUEUE and closed:
        return "queue_closed_already"
    if action == FloorAction.REOPEN_QUEUE and not closed:
        return "queue_not_closed"
    if action == FloorAction.END_DIVERTING and row.diverts_to_id is None:
        return "queue_not_diverting"
    return ""


def _done(action: str, control: Control, actor: Actor, operation_id: uuid.UUID) -> Result:
    verb, audit = VERBS[FloorAction(action)]
    queue = control.queue
    before = state_of(queue)
    changed = verb(control)
    for name, value in changed.items():
        setattr(queue, name, value)
    queue.save(update_fields=[name.removesuffix("_id") for name in changed])
    after = state_of(queue)
    record(
        audit,
        actor=actor,
        object_type="queue",
        object_id=queue.pk,
        before=before,
        after=after,
        operation_id=operation_id,
    )
    publish_on_commit(actor.organization_id, "queue", [queue.pk])
    # What waits may be offered again, or goes elsewhere.
    nudge_dispatch_on_commit(actor.organization_id)
    return Result(queue.pk, "succeeded", before=before, after=after)


def state_of(queue: Queue) -> dict[str, Any]:
    """Ids and moments; the message is words, and only whether there is one is told."""
    found: dict[str, Any] = {}
    for name in STATE:
        value = getattr(queue, name)
        found[name] = value.isoformat(timespec="seconds") if isinstance(value, datetime) else value
    return found | {"message": bool(queue.customer_message)}


def _close(control: Control) -> dict[str, Any]:
    """Nothing new; what waits stays in line and is still answered, or goes to the target."""
    minutes = _number(control.parameters.get("minutes"))
    if minutes and minutes not in CLOSED_FOR:
        raise Invalid("Choose how long it is closed.", fields={"minutes": "Choose how long it is closed."})
    until = control.now + timedelta(minutes=minutes) if minutes else None
    return {"closed_at": control.now, "closed_until": until, **_moved(control, wanted=control.target is not None)}


def _reopen(control: Control) -> dict[str, Any]:
    return {"closed_at": None, "closed_until": None, **_moved(control, wanted=False)}


def _divert(control: Control) -> dict[str, Any]:
    target = _required(control)
    if target.pk == control.queue.diverts_to_id:
        raise Refused(sentence_of("diverts_already"), code="diverts_already")
    return {"diverts_to_id": target.pk, **_moved(control, wanted=bool(control.parameters.get("waiting")))}


def _end_diverting(control: Control) -> dict[str, Any]:
    return {"diverts_to_id": None, **_moved(control, wanted=False)}


def _tell(control: Control) -> dict[str, Any]:
    text = " ".join(str(control.parameters.get("text") or "").replace("\0", "").split())
    if len(text) > MESSAGE_LENGTH:
        sentence = f"Keep the message to {MESSAGE_LENGTH} characters; it has {len(text):,}."
        raise Invalid(sentence, fields={"text": sentence})
    if text == control.queue.customer_message:
        raise Refused(sentence_of("message_already"), code="message_already")
    return {"customer_message": text}


def _moved(control: Control, *, wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {"waiting_moves_to_id": None, "waiting_moves_before": None}
    return {"waiting_moves_to_id": _required(control).pk, "waiting_moves_before": control.now}


def _required(control: Control) -> Queue:
    """The target, which takes work of this queue. Raises Invalid and Refused."""
    queue, target = control.queue, control.target
    if target is None:
        raise Invalid("Choose a queue.", fields={"target": "Choose a queue."})
    if code := why_not_target(queue, target, staffed=getattr(target, "staffed", False), now=control.now):
        raise Refused(code[1], code=code[0])
    return target


def why_not_target(queue: Queue, target: Queue, *, staffed: bool, now: datetime) -> tuple[str, str] | None:
    """Code and sentence of why work of `queue` can't go on to `target`; None when it can.

    Work is moved once: a queue that diverts takes nothing that is diverted, so it never goes round in a circle.
    """
    if target.pk == queue.pk:
        return "diverts_to_itself", sentence_of("diverts_to_itself")
    if refusal := why_no_queue(target, queue.kind, has_members=staffed):
        return refusal.code, refusal.sentence
    if target.diverts_to_id == queue.pk:
        return "diverts_back", f"{target.name} diverts its work to {queue.name}: it would go round in a circle."
    if target.diverts_to_id is not None:
        return "diverts_itself", f"{target.name} diverts its own work. Choose the queue it diverts to."
    if closed_by_hand(target, now):
        return "target_closed", f"{target.name} is closed."
    names = list(Queue.objects.filter(diverts_to=queue).exclude(pk=queue.pk).values_list("name", flat=True)[:3])
    if names:
        return "diverted_here", f"{queue.name} takes what {', '.join(names)} diverts. End that first."
    return None


def _number(typed: object) -> int:
    text = str(typed or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


Verb = Callable[[Control], dict[str, Any]]
VERBS: dict[FloorAction, tuple[Verb, AuditAction]] = {
    FloorAction.CLOSE_QUEUE: (_close, AuditAction.QUEUE_CLOSED),
    FloorAction.REOPEN_QUEUE: (_reopen, AuditAction.QUEUE_REOPENED),
    FloorAction.DIVERT_QUEUE: (_divert, AuditAction.QUEUE_DIVERTED),
    FloorAction.END_DIVERTING: (_end_diverting, AuditAction.QUEUE_DIVERTING_ENDED),
    FloorAction.SET_QUEUE_MESSAGE: (_tell, AuditAction.QUEUE_MESSAGE_SET),
}
