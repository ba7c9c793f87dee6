"""Message Customer and Notify CSR: what each does to one conversation (product.md §6)."""

from contact_center.audit.actions import AuditAction
from contact_center.errors import Refused
from conversations.actions.connection import is_connected
from conversations.actions.context import Context
from conversations.actions.effects import becomes, leaves_session
from conversations.actions.step import Notice, Step
from conversations.models import Conversation, Message
from conversations.outgoing import MESSAGE_LENGTH, TITLE_LENGTH, values_for_customer, values_for_representative
from conversations.placeholders import fill
from conversations.rules import sentence_of
from conversations.rules.guards import waits_once_messaged
from conversations.states import Author, SessionClosure, Status, StatusReason

NOTICE = "message"


def message_customer(conversation: Conversation, context: Context) -> Step:
    """In the organization's name, on the conversation's channel; no representative's reply.

    A persistent conversation in Open moves to Waiting (T27).
    """
    step = Step(conversation, AuditAction.MESSAGED_CUSTOMER, counts_as_version=False)
    text = fill(context.text, values_for_customer(conversation, context.organization_name))
    step.messages.append(
        Message(
            conversation_id=conversation.pk,
            author=Author.ORGANIZATION,
            membership_id=context.actor.membership_id,
            text=text,
            created_at=context.now,
        )
    )
    if waits_once_messaged(conversation):
        step.counts_as_version = True
        becomes(step, Status.WAITING, StatusReason.AWAITING_CUSTOMER, context.now)
        leaves_session(step, SessionClosure.MOVED_TO_WAITING)
    customer = conversation.customer
    if customer is not None and customer.email and not is_connected(conversation, context.now):
        step.email_to = customer.email
    return step


def notify(conversation: Conversation, context: Context) -> Step:
    """One notification per representative and run, however many of the conversations are theirs."""
    representative = conversation.representative
    if representative is None or representative.membership_id is None:
        raise Refused(sentence_of("no_account"), code="no_account")
    step = Step(conversation, AuditAction.NOTIFIED, counts_as_version=False)
    values = values_for_representative(representative, context.organization_name)
    step.notify.append(
        Notice(
            representative.pk,
            NOTICE,
            fill(context.title, values)[:TITLE_LENGTH],
            fill(context.text, values)[:MESSAGE_LENGTH],
            about_run=True,
        )
    )
    return step
