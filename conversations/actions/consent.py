"""A customer says whether they may be monitored, and may change their mind; the chat goes on either way."""

import uuid
from datetime import datetime

from django.db import transaction

from contact_center.audit.actions import AuditAction
from contact_center.tenancy.access import Actor
from conversations.actions.locking import lock_conversations
from conversations.actions.step import Step
from conversations.actions.write import write
from conversations.models import Conversation, Participant
from conversations.states import Phase

WITHDRAWN = "consent_withdrawn"


def customer_decides(conversation_id: int, *, consents: bool, actor: Actor, now: datetime) -> None:
    """The answer with its time, audited. Without consent nobody watches on: who does is out at this moment."""
    with transaction.atomic():
        rows = lock_conversations([conversation_id], actor)
        steps = [_step(row, consents, now) for row in rows if _is_news(row, consents)]
        if steps and not consents:
            _end_watching(conversation_id, now)
        write(steps, actor=actor, now=now, operation_id=uuid.uuid4())


def _is_news(row: Conversation, consents: bool) -> bool:
    return row.phase is not Phase.CLOSED and row.monitoring_consent is not consents


def _step(row: Conversation, consents: bool, now: datetime) -> Step:
    audit = AuditAction.CONSENT_GIVEN if consents else AuditAction.CONSENT_DECLINED
    step = Step(row, audit, counts_as_version=False)
    step.fields.update(monitoring_consent=consents, monitoring_consent_at=now)
    step.audit_extra = {"monitoring_consent": consents}
    return step


def _end_watching(conversation_id: int, now: datetime) -> None:
    """Supervisors, watching or joined; representatives stay."""
    watching = Participant.objects.filter(conversation_id=conversation_id, left_at=None, representative=None)
    watching.exclude(mode=Participant.Mode.PRIMARY).update(left_at=now, left_reason=WITHDRAWN)
