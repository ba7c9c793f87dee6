"""What the tests of monitoring do again and again."""

from conversations.actions import perform
from conversations.models import Message, Participant
from conversations.rules import Action


def do(cast, action, conversation, member=None, **parameters):
    """One supervisor's action on one conversation; raises what the rules refuse."""
    with cast.scope():
        return perform(action, [conversation.pk], actor=cast.actor(member), parameters=parameters, single=True)


def monitor(cast, conversation, member=None):
    do(cast, Action.MONITOR, conversation, member)
    return ledger(cast, conversation)[-1]


def join(cast, conversation, member=None):
    monitor(cast, conversation, member)
    do(cast, Action.JOIN, conversation, member)


def ledger(cast, conversation, **conditions):
    with cast.scope():
        rows = Participant.objects.filter(conversation=conversation, mode="monitor", **conditions)
        return list(rows.order_by("pk"))


def consultants(cast, conversation):
    with cast.scope():
        return list(Participant.objects.filter(conversation=conversation, mode="consult", left_at=None).order_by("pk"))


def said(cast, conversation):
    with cast.scope():
        return list(
            Message.objects.filter(conversation=conversation).order_by("pk").values_list("author", "visibility", "text")
        )
