"""Verbs of customers, of representatives outside the console, and of the system: what intake and timers call.

They are no rows of the rule table (which is about people's rights in the console), but write through the same steps.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from contact_center.audit.actions import AuditAction
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from conversations.actions import desk
from conversations.actions.automatic import customer_stays_away
from conversations.actions.clocks import due_anew, ids_due, wrap_up_freed, wrap_up_goes_on
from conversations.actions.connection import has_stayed_away, notice_silence
from conversations.actions.context import Context, load_offers
from conversations.actions.drafts import Draft, Said
from conversations.actions.effects import closes, due, enters_queue, new_primary
from conversations.actions.locking import lock_conversations
from conversations.actions.offer_notices import overtake_transfer
from conversations.actions.step import Notice, Step
from conversations.actions.telling import CLOSED_BY_ITSELF, tell
from conversations.actions.write import write
from conversations.due import once_responded_in_rows, targets_of
from conversations.masking import mask
from conversations.models import (
    Conversation,
    ConversationSkill,
    Message,
    OutboxEntry,
    QueueSegment,
    SentimentScore,
    Session,
)
from conversations.rules import Action
from conversations.rules.guards import customer_may_end
from conversations.states import Author, OfferOutcome, Phase, SessionClosure, Status, StatusReason
from routing.kinds import Kind


def open_conversations(drafts: Sequence[Draft], *, actor: Actor, now: datetime) -> list[Conversation]:
    """T1: Open in the work stream's queue, or Active with an AI agent. One row per draft, in their order."""
    with transaction.atomic():
        rows = Conversation.objects.bulk_create([_opened(draft, now) for draft in drafts])
        ConversationSkill.objects.bulk_create(
            ConversationSkill(conversation_id=row.pk, skill_id=skill, proficiency=proficiency)
            for row, draft in zip(rows, drafts, strict=True)
            for skill, proficiency in draft.skills.items()
        )
        steps = [_opening(row, draft, now) for row, draft in zip(rows, drafts, strict=True)]
        write(steps, actor=actor, now=now, operation_id=uuid.uuid4())
    return rows


def _opened(draft: Draft, now: datetime) -> Conversation:
    stream = draft.work_stream
    queue = draft.queue or stream.default_queue
    held = draft.ai_agent is not None
    status = Status.ACTIVE if held else Status.OPEN
    return Conversation(
        work_stream=stream,
        queue=queue,
        customer=draft.customer,
        customer_name=draft.customer.name if draft.customer else "",
        record=draft.record,
        record_reference=draft.record.reference if draft.record else "",
        previous=draft.previous,
        intent=draft.intent,
        representative=draft.ai_agent,
        kind=stream.kind,
        channel=stream.channel,
        mode=stream.mode,
        external_id=draft.external_id,
        # Shown in lists, searched and mailed: what only the handling representative may read doesn't get there.
        subject=mask(draft.subject),
        priority=draft.priority,
        status=status,
        status_reason=StatusReason.IN_CONVERSATION if held else StatusReason.AWAITING_ASSIGNMENT,
        created_at=now,
        queued_at=now,
        status_since=now,
        accepted_at=now if held else None,
        due_at=due(stream, status, now),
        **targets_of(queue, stream.kind, now),
    )


def _opening(row: Conversation, draft: Draft, now: datetime) -> Step:
    held_by = row.representative_id
    accepted = now if held_by else None
    step = Step(row, AuditAction.CREATED, created=True, event="ConversationCreated")
    step.open_session = Session(
        conversation_id=row.pk,
        queue_id=row.queue_id,
        representative_id=held_by,
        opened_at=now,
        offered_at=accepted,
        accepted_at=accepted,
    )
    step.open_segment = QueueSegment(
        conversation_id=row.pk, queue_id=row.queue_id, entered_at=now, accepted_at=accepted
    )
    if held_by:
        new_primary(step, held_by, "BotStart", now, joined=True)
    return step


def customer_wrote(
    said: Sequence[Said], *, actor: Actor, now: datetime, held: Mapping[int, str] | None = None
) -> list[Message]:
    """Store customers' messages of ongoing conversations; T21: a Waiting one is Open again in its queue.

    At most one message per conversation and call moves its state; the order of `said` is kept. `held` has the statuses
    of conversations that the caller has locked.
    """
    # Nothing here refuses: a savepoint of its own would be two statements of each message for nobody.
    with transaction.atomic(savepoint=False):
        ids = list(dict.fromkeys(message.conversation_id for message in said))
        # Most messages move nothing; only those that do pay for all that the verbs read.
        statuses = _lock_statuses(ids) if held is None else held
        if waiting := [pk for pk in ids if statuses.get(pk) == Status.WAITING]:
            context, rows = _locked(waiting, actor, now)
            write([_returning(row, context) for row in rows], actor=actor, now=now, operation_id=context.operation_id)
        messages = _store(said, Author.CUSTOMER, now)
        SentimentScore.objects.bulk_create(SentimentScore(conversation_id=pk, at=now) for pk in ids)
        Conversation.objects.filter(pk__in=ids).update(
            last_customer_message_at=now,
            unanswered_since=Coalesce("unanswered_since", now),
            row_stamp=F("row_stamp") + 1,
            customer_connected=True,
            customer_disconnected_at=None,
        )
        publish_on_commit(actor.organization_id, "conversation", ids)
    return messages


def _lock_statuses(ids: Sequence[int]) -> dict[int, str]:
    locked = Conversation.objects.filter(pk__in=ids).order_by("pk").select_for_update()
    return dict(locked.values_list("pk", "status"))


def _returning(row: Conversation, context: Context) -> Step:
    step = Step(row, AuditAction.CUSTOMER_RETURNED, event="CustomerReturned")
    why = "the customer wrote again and the conversation is open in its queue"
    overtake_transfer(step, context.offers.get(row.pk), why, context)
    enters_queue(
        step,
        row.queue_id,
        QueueSegment.Entry.CUSTOMER_RETURNED,
        SessionClosure.CONVERSATION_CLOSED,
        context.now,
    )
    return step


def representative_wrote(said: Sequence[Said], *, actor: Actor, now: datetime) -> list[Message]:
    """Store replies of the conversations' own representatives; the first one is the first response."""
    with transaction.atomic(savepoint=False):
        ids = list(dict.fromkeys(message.conversation_id for message in said))
        messages = _store(said, Author.REPRESENTATIVE, now)
        Conversation.objects.filter(pk__in=ids).update(
            **once_responded_in_rows(),
            unanswered_since=None,
            first_response_at=Coalesce("first_response_at", now),
            row_stamp=F("row_stamp") + 1,
        )
        _deliver(messages, now)
        publish_on_commit(actor.organization_id, "conversation", ids)
    return messages


def _store(said: Sequence[Said], author: Author, now: datetime) -> list[Message]:
    return Message.objects.bulk_create(
        Message(
            conversation_id=message.conversation_id,
            author=author,
            representative=message.representative,
            text=message.text,
            external_id=message.external_id,
            created_at=now,
        )
        for message in said
    )


def _deliver(messages: Iterable[Message], now: datetime) -> None:
    OutboxEntry.objects.bulk_create(
        OutboxEntry(
            kind=OutboxEntry.Kind.CUSTOMER_MESSAGE,
            conversation_id=message.conversation_id,
            message_id=message.pk,
            idempotency_key=f"message:{message.pk}",
            created_at=now,
            due_at=now,
        )
        for message in messages
    )


def end_by_customer(ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """T9, T10: nobody had accepted: Closed, abandoned. T12: Active goes to Wrap-up. What they may not end stays."""
    with transaction.atomic():
        context, rows = _locked(ids, actor, now)
        steps = [_left(row, context) for row in rows if customer_may_end(row)]
        write([step for step in steps if step], actor=actor, now=now, operation_id=context.operation_id)


def _left(row: Conversation, context: Context) -> Step | None:
    if row.phase in (Phase.OPEN, Phase.AWAITING):
        step = Step(row, AuditAction.CUSTOMER_LEFT, event="CustomerDisconnected")
        closes(
            step,
            StatusReason.CUSTOMER_LEFT_OPEN,
            SessionClosure.CUSTOMER_DISCONNECTED,
            context.now,
            pending_offer=context.offers.get(row.pk),
        )
        return step
    if row.phase is Phase.ACTIVE:
        return desk.wraps_up(
            row, context, StatusReason.ENDED_BY_CUSTOMER, AuditAction.ENDED, event="CustomerDisconnected"
        )
    return None


def resolve_records(ids: Iterable[int], *, actor: Actor, now: datetime) -> None:
    """T29: the system that keeps the records says that they are resolved; from any ongoing state.

    What is closed already stays as it is. The representative is told.
    """
    with transaction.atomic():
        context, rows = _locked(ids, actor, now)
        steps = [_resolved(row, context) for row in rows if row.kind == Kind.RECORD]
        write(steps, actor=actor, now=now, operation_id=context.operation_id)


def _resolved(row: Conversation, context: Context) -> Step:
    step = desk.resolve(row, context)
    if row.representative_id:
        text = f"“{row.subject[:120]}” was resolved where it is kept."
        step.notify.append(Notice(row.representative_id, "resolved", f"{row.number} was resolved", text))
    return step


def run_due_timers(*, actor: Actor, now: datetime, limit: int = 500) -> int:
    """What is due in the organization in scope: offers time out (T8), wrap-up frees units, the rest closes (T23, T25).

    Customers of live chats who stay away beyond the reconnect window leave the conversation (T9, T10, T13). Returns how
    many conversations were moved. Rows that another worker holds are left to it.
    """
    with transaction.atomic():
        notice_silence(organization_id=actor.organization_id, now=now)
        context, rows = _locked(ids_due(now, limit), actor, now, skip_locked=True)
        anew = due_anew(rows, now)
        steps = [step for row in rows if (step := _due(row, context, anew.get(row.pk))) is not None]
        write(steps, actor=actor, now=now, operation_id=context.operation_id)
    return len(steps)


def _due(row: Conversation, context: Context, due_again: datetime | None) -> Step | None:
    offer = context.offers.get(row.pk)
    if offer is not None and offer.expires_at is not None and offer.expires_at <= context.now:
        return _offer_timed_out(row, context)
    if has_stayed_away(row, context.now):
        return customer_stays_away(row, context)
    if row.due_at is None or row.due_at > context.now:
        return None
    if row.phase is Phase.WRAP_UP and wrap_up_goes_on(row, context.now):
        return wrap_up_freed(row)
    if due_again is not None:
        return Step(row, None, {"due_at": due_again}, counts_as_version=False)
    if row.phase is Phase.ACTIVE:
        step = desk.wraps_up(row, context, StatusReason.AUTO_CLOSED, AuditAction.AUTO_CLOSED, event="ConversationClose")
        tell(step, CLOSED_BY_ITSELF, context)
        return step
    reason = StatusReason.AUTO_CLOSED_WAITING if row.phase is Phase.WAITING else StatusReason.AUTO_CLOSED
    step = Step(row, AuditAction.AUTO_CLOSED, event="ConversationClose")
    closes(step, reason, SessionClosure.AUTO_CLOSED, context.now, pending_offer=offer)
    if row.phase is not Phase.WRAP_UP:
        tell(step, CLOSED_BY_ITSELF, context)
    return step


def _offer_timed_out(row: Conversation, context: Context) -> Step:
    return desk.unanswered(row, context, OfferOutcome.TIMED_OUT, SessionClosure.TIMED_OUT, AuditAction.OFFER_TIMED_OUT)


def _locked(
    ids: Iterable[int], actor: Actor, now: datetime, *, skip_locked: bool = False
) -> tuple[Context, list[Conversation]]:
    """What is ongoing of the conversations, locked; `skip_locked` for whoever holds other rows already."""
    locked = lock_conversations(ids, actor, skip_locked=skip_locked)
    rows = [row for row in locked if row.phase is not Phase.CLOSED]
    context = Context(actor, Action.END, now, uuid.uuid4(), {})
    load_offers(context, [row.pk for row in rows])
    return context, rows
