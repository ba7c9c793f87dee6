"""A customer says whether they may be monitored, and may change their mind; the chat goes on either way."""

import uuid
from datetime import datetime

from django.db import transaction

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.access import Actor, NotAMember, actor_of_membership
from conversations.actions.context import Context
from conversations.actions.locking import lock_conversations
from conversations.actions.monitoring import ends
from conversations.actions.step import Step
from conversations.actions.write import write
from conversations.models import Conversation, Participant
from conversations.rules import Action
from conversations.states import Phase

WITHDRAWN = "consent_withdrawn"


def customer_decides(conversation_id: int, *, consents: bool, actor: Actor, now: datetime) -> None:
    """The answer with its time, audited. Without consent nobody watches on: who does is out at this moment."""
    with transaction.atomic():
        rows = lock_conversations([conversation_id], actor)
        steps = [_step(row, consents, now) for row in rows if _is_news(row, consents)]
        operation_id = uuid.uuid4()
        write(steps, actor=actor, now=now, operation_id=operation_id)
        if steps and not consents:
            _end_watching(conversation_id, actor.organization_id, now, operation_id)


def _is_news(row: Conversation, consents: bool) -> bool:
    return row.phase is not Phase.CLOSED and row.monitoring_consent is not consents


def _step(row: Conversation, consents: bool, now: datetime) -> Step:
    audit = AuditAction.CONSENT_GIVEN if consents else AuditAction.CONSENT_DECLINED
    step = Step(row, audit, counts_as_version=False)
    step.fields.update(monitoring_consent=consents, monitoring_consent_at=now)
    step.audit_extra = {"monitoring_consent": consents}
    return step


def _end_watching(conversation_id: int, organization_id: int, now: datetime, operation_id: uuid.UUID) -> None:
    """Supervisors, watching or joined, are out as if they had stopped, each with an event of their own; representatives
    stay. The conversation is locked by then; it is read again for each of them, with what is theirs.
    """
    watching = Participant.objects.filter(conversation_id=conversation_id, left_at=None, representative=None)
    people = set(watching.exclude(mode=Participant.Mode.PRIMARY).values_list("membership_id", flat=True)) - {None}
    for membership_id in sorted(people):
        person = _person(membership_id, organization_id)
        context = Context(person, Action.STOP_MONITORING, now, operation_id, {})
        steps = [ends(row, context, WITHDRAWN) for row in lock_conversations([conversation_id], person)]
        write(steps, actor=person, now=now, operation_id=operation_id)


def _person(membership_id: int, organization_id: int) -> Actor:
    try:
        return actor_of_membership(membership_id)
    except NotAMember:
        return Actor(organization_id, membership_id=membership_id)
