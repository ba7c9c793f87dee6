"""Takes the word that somebody of us is typing to the customer; who only watches is never told of."""

from django.db.models import Q
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from contact_center.errors import NotFound
from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.models import Conversation, Participant
from conversations.rules import sentence_of
from conversations.states import Status
from conversations.typing import Side, has_stopped, is_typing

LARGEST_ID = 2**63 - 1


@require_POST
@organization_view(Right.MEMBER)
def tell_typing(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """Of the primary or a consultant who is in the conversation now; to anybody else it doesn't exist. One query."""
    actor = request.actor
    side = _side(actor, conversation_id) if conversation_id <= LARGEST_ID else None
    if side is None:
        raise NotFound(sentence_of("not_found"))
    who = actor.representative_id if side is Side.REPRESENTATIVE else actor.membership_id
    tell = has_stopped if request.POST.get("stopped") else is_typing
    tell(actor.organization_id, conversation_id, side, who or 0)
    return HttpResponse(status=204)


def _side(actor: Actor, conversation_id: int) -> Side | None:
    going_on = Conversation.objects.filter(pk=conversation_id, status=Status.ACTIVE)
    me = Q(membership_id=actor.membership_id or 0)
    if actor.representative_id:
        me |= Q(representative_id=actor.representative_id)
    present = Participant.objects.filter(me, conversation_id__in=going_on.values("pk"), left_at=None)
    modes = present.exclude(mode=Participant.Mode.MONITOR).values_list("representative_id", flat=True)
    found = list(modes[:2])
    if not found:
        return None
    as_representative = actor.representative_id is not None and actor.representative_id in found
    return Side.REPRESENTATIVE if as_representative else Side.SUPERVISOR
