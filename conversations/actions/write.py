"""Writes steps: one transaction, a fixed number of statements whatever the number of conversations."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, F, Model, Value, When
from django.db.models.functions import Coalesce

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.audit.record import record_all
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.actions import hand, outbox
from conversations.actions.answered import tell_answers
from conversations.actions.step import Step
from conversations.alerts import settling as alerts
from conversations.models import (
    Conversation,
    ConversationTag,
    Notification,
    Offer,
    Participant,
    QueueSegment,
    RecordItem,
    Session,
)
from conversations.states import OfferOutcome, Status
from routing import capacity
from routing.models import Representative
from routing.nudge import nudge_dispatch_on_commit
from routing.presence import presence_changed

NOTIFICATION_LIVES = timedelta(days=14)


def write(steps: list[Step], *, actor: Actor, now: datetime, operation_id: uuid.UUID) -> None:
    """Store every step with its audit event, deliveries and notices, and tell the live views on commit."""
    if not steps:
        return
    hand.lower_left_behind(steps)
    _write_conversations(steps)
    _write_sessions(steps, now)
    _write_segments(steps, now)
    _write_participants(steps, now)
    _write_offers(steps, now)
    moved = capacity.move(_capacity(steps), now=now)
    presence_changed(moved.presence_changed, actor.organization_id)
    outbox.write(steps, now=now, operation_id=operation_id)
    _write_records(steps, now)
    _write_tags(steps)
    _write_notifications(steps, now, operation_id)
    _settle_alerts(steps, now)
    tell_answers(steps)
    _write_audit(steps, actor, now, operation_id)
    _publish(steps, actor.organization_id)
    if any(step.leaves_something_to_offer() for step in steps):
        nudge_dispatch_on_commit(actor.organization_id)


def _by(steps: Iterable[Step], key: Callable[[Step], Hashable]) -> dict[Any, list[int]]:
    """Conversation ids grouped by a key; steps whose key is empty are left out."""
    groups: dict[Any, list[int]] = defaultdict(list)
    for step in steps:
        if value := key(step):
            groups[value].append(step.conversation.pk)
    return groups


def _write_conversations(steps: list[Step]) -> None:
    """Steps that store the same columns share one UPDATE, whatever their values."""
    groups: dict[tuple[Any, ...], list[Step]] = defaultdict(list)
    for step in steps:
        if not step.created:
            groups[(step.counts_as_version, *sorted(step.fields))].append(step)
    for (counts, *names), alike in groups.items():
        Conversation.objects.filter(pk__in=[step.conversation.pk for step in alike]).update(
            **{name: _values(name, alike) for name in names},
            row_stamp=F("row_stamp") + 1,
            **({"version": F("version") + 1} if counts else {}),
        )


def _values(name: str, steps: list[Step]) -> Any:
    """The column's new value, or one for each conversation where they differ."""
    ids: dict[Any, list[int]] = defaultdict(list)
    for step in steps:
        ids[step.fields[name]].append(step.conversation.pk)
    if len(ids) == 1:
        return next(iter(ids))
    return _per_conversation(Conversation, "pk", name, ids)


def _per_conversation(model: type[Model], key: str, name: str, ids: dict[Any, list[int]]) -> Case:
    field: Any = model._meta.get_field(name)
    target = getattr(field, "target_field", field)
    whens = [When(**{f"{key}__in": pks}, then=Value(value, output_field=target)) for value, pks in ids.items()]
    return Case(*whens, output_field=target)


def _write_sessions(steps: list[Step], now: datetime) -> None:
    open_ones = Session.objects.filter(closed_at=None)
    for closure, ids in _by(steps, lambda step: step.close_session).items():
        open_ones.filter(conversation_id__in=ids).update(closed_at=now, closure=closure)
    if offered := _by(steps, lambda step: step.offer_session_to):
        to_whom = _per_conversation(Session, "conversation_id", "representative_id", offered)
        all_ids = [pk for ids in offered.values() for pk in ids]
        open_ones.filter(conversation_id__in=all_ids).update(representative_id=to_whom, offered_at=now)
    if ids := [step.conversation.pk for step in steps if step.accept_session]:
        open_ones.filter(conversation_id__in=ids).update(accepted_at=now)
    Session.objects.bulk_create([step.open_session for step in steps if step.open_session])


def _write_segments(steps: list[Step], now: datetime) -> None:
    open_ones = QueueSegment.objects.filter(left_at=None)
    if ids := [step.conversation.pk for step in steps if step.offer_segment]:
        open_ones.filter(conversation_id__in=ids, first_offered_at=None).update(first_offered_at=now)
    if ids := [step.conversation.pk for step in steps if step.accept_segment]:
        open_ones.filter(conversation_id__in=ids, accepted_at=None).update(accepted_at=now)
    for (closure, target, abandoned), ids in _by(steps, _segment_exit).items():
        open_ones.filter(conversation_id__in=ids).update(
            left_at=now, exit=closure, target_queue_id=target, is_abandoned=abandoned
        )
    QueueSegment.objects.bulk_create([step.open_segment for step in steps if step.open_segment])


def _segment_exit(step: Step) -> tuple[str, int | None, bool] | None:
    if step.close_segment is None:
        return None
    target = step.open_segment.queue_id if step.open_segment else None
    moved = target if target != step.conversation.queue_id else None
    return (step.close_segment, moved, bool(step.fields.get("is_abandoned")))


def _write_participants(steps: list[Step], now: datetime) -> None:
    present = Participant.objects.filter(left_at=None)
    primary = present.filter(mode=Participant.Mode.PRIMARY)
    for reason, ids in _by(steps, lambda step: step.everybody_leaves).items():
        present.filter(conversation_id__in=ids).update(left_at=now, left_reason=reason)
    for reason, ids in _by(steps, lambda step: step.primary_leaves).items():
        primary.filter(conversation_id__in=ids).update(left_at=now, left_reason=reason)
    for gone, ids in _by(steps, lambda step: step.departure).items():
        theirs = present.filter(conversation_id__in=ids, membership_id=gone.membership_id, mode__in=gone.modes)
        seen_last = Coalesce("seen_at", Value(now))
        theirs.update(left_at=seen_last if gone.when_seen_last else now, left_reason=gone.reason)
    new = [participant for step in steps for participant in step.new_participants]
    if ids := [step.conversation.pk for step in steps if step.primary_becomes_consultant]:
        new = [*_consultants(primary.filter(conversation_id__in=ids), now), *new]
    for representative_id, ids in _by(steps, lambda step: step.consultant_leaves).items():
        consulting = present.filter(mode=Participant.Mode.CONSULT, representative_id=representative_id)
        consulting.filter(conversation_id__in=ids).update(left_at=now, left_reason="left")
    if ids := [step.conversation.pk for step in steps if step.primary_joins]:
        primary.filter(conversation_id__in=ids, joined_at=None).update(joined_at=now)
    Participant.objects.bulk_create(new)


def _consultants(primaries: Any, now: datetime) -> list[Participant]:
    """Each primary ends as such and goes on as a consultant."""
    rows = list(primaries)
    primaries.update(left_at=now, left_reason="transferred")
    return [
        Participant(
            conversation_id=row.conversation_id,
            representative_id=row.representative_id,
            mode=Participant.Mode.CONSULT,
            added_at=now,
            joined_at=now,
            assign_reason="AgentConsult",
        )
        for row in rows
    ]


def _write_offers(steps: list[Step], now: datetime) -> None:
    pending = Offer.objects.filter(outcome=OfferOutcome.PENDING)
    for outcome, ids in _by(steps, lambda step: step.answer_offer).items():
        pending.filter(conversation_id__in=ids).update(outcome=outcome, answered_at=now)
    Offer.objects.bulk_create([step.new_offer for step in steps if step.new_offer])


def _capacity(steps: list[Step]) -> dict[int, capacity.Change]:
    """What every representative gains and gives back, and what their presence has to follow."""
    changes: dict[int, capacity.Change] = defaultdict(capacity.Change)
    for step in steps:
        for representative_id, units in step.capacity.items():
            changes[representative_id].units += units
        for representative_id, units in step.finishes().items():
            changes[representative_id].finished += units
        for representative_id in step.settles():
            changes[representative_id].settled = True
        for representative_id, presence in step.forces_presence.items():
            changes[representative_id].forced = presence
    return changes


def _write_records(steps: list[Step], now: datetime) -> None:
    """A record is resolved together with its conversation."""
    resolved = [step.conversation.record_id for step in steps if step.audit == AuditAction.RESOLVED]
    if ids := [pk for pk in resolved if pk is not None]:
        RecordItem.objects.filter(pk__in=ids, resolved_at=None).update(resolved_at=now)


def _write_tags(steps: list[Step]) -> None:
    """Steps that add or drop the same tags share a statement."""
    for dropped, ids in _by(steps, lambda step: step.drops_tags).items():
        ConversationTag.objects.filter(conversation_id__in=ids, tag_id__in=dropped).delete()
    added = [
        ConversationTag(conversation_id=step.conversation.pk, tag_id=tag) for step in steps for tag in step.adds_tags
    ]
    if added:
        ConversationTag.objects.bulk_create(added, ignore_conflicts=True)


def _write_notifications(steps: list[Step], now: datetime, operation_id: uuid.UUID) -> None:
    notices = [(step, notice) for step in steps for notice in step.notify]
    if not notices:
        return
    people = {notice.representative_id for _, notice in notices if notice.representative_id}
    members: dict[int | None, int] = dict(
        Representative.objects.filter(pk__in=people, membership__isnull=False).values_list("pk", "membership_id")
    )
    rows = [
        Notification(
            membership_id=notice.membership_id or members[notice.representative_id],
            kind=notice.kind,
            title=notice.title,
            text=notice.text,
            conversation_id=None if notice.about_run else step.conversation.pk,
            operation_id=operation_id,
            created_at=now,
            expires_at=now + NOTIFICATION_LIVES,
        )
        for step, notice in notices
        if notice.membership_id or notice.representative_id in members
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    if reached := sorted({row.membership_id for row in rows}):
        publish_on_commit(steps[0].conversation.organization_id, "notification", reached)


def _settle_alerts(steps: list[Step], now: datetime) -> None:
    """Where a hand went up or down, what closes, and what goes to other people's queues."""
    hands = [step.conversation.pk for step in steps if "hand_raised_at" in step.fields]
    if hands:
        alerts.settle(hands, now=now)
    over = {step.conversation.pk for step in steps if step.after()["status"] == Status.CLOSED} - set(hands)
    if over:
        alerts.end_of(over, now=now)
    if any(step.after()["queue_id"] != step.conversation.queue_id for step in steps):
        alerts.tell()


def _publish(steps: list[Step], organization_id: int) -> None:
    """Beside the conversations, whose desk changed and which queue's Open list: desks listen to these alone."""
    publish_on_commit(organization_id, "conversation", [step.conversation.pk for step in steps])
    if people := {pk for step in steps for pk in step.representatives()}:
        publish_on_commit(organization_id, "representative", people)
    if queues := {pk for step in steps for pk in step.open_queues()}:
        publish_on_commit(organization_id, "queue", queues)


def _write_audit(steps: list[Step], actor: Actor, now: datetime, operation_id: uuid.UUID) -> None:
    record_all(
        AuditEvent(
            action=step.audit,
            at=now,
            membership_id=actor.membership_id,
            conversation_id=step.conversation.pk,
            object_type="conversation",
            object_id=step.conversation.pk,
            operation_id=operation_id,
            before=step.before(),
            after={**step.after(), **step.audit_extra},
        )
        for step in steps
        if step.audit is not None
    )
