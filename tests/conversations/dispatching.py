"""How tests of push routing run it and read what came of it."""

from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations import dispatch
from conversations.actions.lifecycle import run_due_timers
from conversations.models import Offer
from conversations.states import OfferOutcome

NOW = timezone.now()


def run(cast, now=None):
    return dispatch.run(actor=system_actor(cast.organization), now=now or timezone.now())


def offered():
    """Conversation id → the name of whom it is offered to."""
    pending = Offer.objects.filter(outcome=OfferOutcome.PENDING)
    return dict(pending.values_list("conversation_id", "representative__name"))


def time_out(cast, now):
    run_due_timers(actor=system_actor(cast.organization), now=now)
