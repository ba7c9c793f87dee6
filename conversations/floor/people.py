"""Supervisors' verbs on representatives: their presence, and the queues they serve. One transaction, set-based."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, Value, When
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.record import record_all
from contact_center.errors import Invalid
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.actions import Result
from conversations.actions.write import NOTIFICATION_LIVES
from conversations.floor.rights import refusal_of_person, refused
from conversations.models import Conversation, Notification
from conversations.models.conversation import ONGOING_ROW
from conversations.visibility import queues_of, representatives_of
from routing.floor import FloorAction
from routing.holding import hold
from routing.kinds import Presence
from routing.models import CustomPresence, Queue, QueueMember, Representative
from routing.nudge import nudge_dispatch_on_commit
from routing.presence import is_already, set_presences

NO_CHANGE = "Choose a queue to add or to take away."


def refusal_code(actor: Actor) -> Case | Value:
    """Over representatives: what is known before the choice. The empty string where nothing speaks against it."""
    if code := refusal_of_person(actor):
        return Value(code, output_field=CharField())
    return Case(
        When(type=Representative.Type.AI_AGENT, then=Value("is_ai_agent")),
        When(is_active=False, then=Value("person_inactive")),
        default=Value(""),
        output_field=CharField(),
    )


def perform(
    action: str,
    ids: Iterable[int],
    *,
    actor: Actor,
    parameters: Mapping[str, Any],
    operation_id: uuid.UUID,
    single: bool = False,
    now: datetime | None = None,
) -> list[Result]:
    """One result for each id, in their order. Raises Invalid for parameters that make no sense."""
    wanted = list(dict.fromkeys(ids))
    verb = _set_presence if action == FloorAction.SET_PRESENCE else _change_queues
    with transaction.atomic():
        rows = _locked(wanted, actor)
        codes = {pk: _why_not(rows.get(pk), actor) for pk in wanted}
        able = {pk: rows[pk] for pk in wanted if not codes[pk]}
        done = verb(able, actor, parameters, operation_id, now or timezone.now()) if able else {}
    found = []
    for pk in wanted:
        answer = codes[pk] or done[pk]
        found.append(refused(pk, answer, single=single) if isinstance(answer, str) else answer)
    return found


def _locked(ids: Collection[int], actor: Actor) -> dict[int, Representative]:
    """In id order, as capacity locks them."""
    seen = representatives_of(actor).filter(pk__in=ids).values("pk")
    rows = Representative.objects.filter(pk__in=seen).order_by("pk").select_related("custom_presence")
    return {row.pk: row for row in rows.select_for_update(of=("self",), no_key=True)}


def _why_not(row: Representative | None, actor: Actor) -> str:
    if code := refusal_of_person(actor):
        return code
    if row is None:
        return "not_found"
    if row.type == Representative.Type.AI_AGENT:
        return "is_ai_agent"
    return "" if row.is_active else "person_inactive"


def _set_presence(
    rows: dict[int, Representative],
    actor: Actor,
    parameters: Mapping[str, Any],
    operation_id: uuid.UUID,
    now: datetime,
) -> dict[int, Result | str]:
    chosen = _presence(parameters)
    before = {pk: _presence_of(row) for pk, row in rows.items()}
    changing = [row for row in rows.values() if not is_already(row, chosen)]
    set_presences(changing, chosen, by=actor, now=now, operation_id=operation_id)
    changed = {row.pk for row in changing}
    label = str(chosen) if isinstance(chosen, CustomPresence) else Presence(chosen).label
    _tell(changing, f"Your presence was set to {label}", f"{actor.name} set it.", actor, operation_id, now)
    return {
        pk: Result(pk, "succeeded", before=before[pk], after=_presence_of(row)) if pk in changed else "presence_already"
        for pk, row in rows.items()
    }


def _presence(parameters: Mapping[str, Any]) -> str | CustomPresence:
    if not (custom := parameters.get("custom")):
        return str(parameters.get("presence") or "")
    found = CustomPresence.objects.filter(pk=custom).first()
    if found is None:
        raise Invalid("Choose a presence from the list.", fields={"presence": "Choose a presence from the list."})
    return found


def _presence_of(row: Representative) -> dict[str, Any]:
    state: dict[str, Any] = {"presence": row.presence}
    return state | ({"custom": row.custom_presence_id} if row.custom_presence_id else {})


def _change_queues(
    rows: dict[int, Representative],
    actor: Actor,
    parameters: Mapping[str, Any],
    operation_id: uuid.UUID,
    now: datetime,
) -> dict[int, Result | str]:
    added, dropped = _queues(parameters, "add", actor), _queues(parameters, "drop", actor)
    if not added and not dropped:
        raise Invalid(NO_CHANGE, fields={"add": NO_CHANGE})
    # Nobody deactivates a queue that somebody is just being put in.
    inactive = added - hold(Queue, *sorted(added))
    served: dict[int, set[int]] = defaultdict(set)
    for pk, queue_id in QueueMember.objects.filter(representative__in=rows).values_list(
        "representative_id", "queue_id"
    ):
        served[pk].add(queue_id)
    held = Conversation.objects.filter(ONGOING_ROW, representative__in=rows, queue__in=dropped)
    holding = defaultdict(set)
    for pk, queue_id in held.values_list("representative_id", "queue_id").distinct():
        holding[pk].add(queue_id)
    found: dict[int, Result | str] = {}
    for pk in rows:
        after = (served[pk] | added) - dropped
        if added and inactive:
            found[pk] = "queue_inactive"
        elif after == served[pk]:
            found[pk] = "queues_already"
        elif holding[pk] & served[pk]:
            found[pk] = "holds_work_there"
        else:
            found[pk] = Result(pk, "succeeded", before={"queues": sorted(served[pk])}, after={"queues": sorted(after)})
    changes = [each for each in found.values() if isinstance(each, Result)]
    _write_queues(changes, actor, operation_id, now)
    told = [rows[each.id] for each in changes]
    _tell(told, "The queues you serve were changed", f"{actor.name} changed them.", actor, operation_id, now)
    return found


def _queues(parameters: Mapping[str, Any], name: str, actor: Actor) -> set[int]:
    """Those of the choice that the person sees. Raises Invalid for any other."""
    typed = {int(value) for value in parameters.get(name) or ()}
    known = set(queues_of(actor).filter(pk__in=typed).values_list("pk", flat=True)) if typed else set()
    if typed - known:
        raise Invalid("Choose queues from the list.", fields={name: "Choose queues from the list."})
    return known


def _tell(
    people: Iterable[Representative], title: str, text: str, actor: Actor, operation_id: uuid.UUID, now: datetime
) -> None:
    """Whoever has a desk; one's own change is no news."""
    members = sorted({row.membership_id for row in people if row.membership_id} - {actor.membership_id or 0})
    Notification.objects.bulk_create(
        [
            Notification(
                membership_id=member,
                kind="changed_by_supervisor",
                title=title[:100],
                text=text,
                operation_id=operation_id,
                created_at=now,
                expires_at=now + NOTIFICATION_LIVES,
            )
            for member in members
        ],
        ignore_conflicts=True,
    )
    if members:
        publish_on_commit(actor.organization_id, "notification", members)


def _write_queues(changes: list[Result], actor: Actor, operation_id: uuid.UUID, now: datetime) -> None:
    if not changes:
        return
    new, gone = [], defaultdict(list)
    for each in changes:
        before, after = set(each.before["queues"]), set(each.after["queues"])
        new += [QueueMember(queue_id=queue_id, representative_id=each.id) for queue_id in sorted(after - before)]
        for queue_id in before - after:
            gone[queue_id].append(each.id)
    QueueMember.objects.bulk_create(new, ignore_conflicts=True)
    for queue_id, people in gone.items():
        QueueMember.objects.filter(queue_id=queue_id, representative__in=people).delete()
    record_all(
        AuditEvent(
            action=AuditAction.QUEUES_CHANGED,
            at=now,
            membership_id=actor.membership_id,
            object_type="representative",
            object_id=each.id,
            operation_id=operation_id,
            before=each.before,
            after=each.after,
        )
        for each in changes
    )
    publish_on_commit(actor.organization_id, "representative", [each.id for each in changes])
    nudge_dispatch_on_commit(actor.organization_id)
