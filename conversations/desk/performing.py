"""One action of a representative's: the conversation within reach, the version that was seen, done once."""

from collections.abc import Mapping
from typing import Any

from contact_center.errors import Conflict, Invalid, NotFound, Refused
from contact_center.tenancy.access import OrganizationRequest
from conversations.actions import perform
from conversations.actions.context import SAYING
from conversations.desk.place import LARGEST_ID, number_in
from conversations.desk.reading import within_reach
from conversations.rules import Action, sentence_of

LARGEST_VERSION = 2**31 - 1
SAID_ALREADY = "said_already"


def require_within_reach(request: OrganizationRequest, conversation_id: int) -> None:
    if conversation_id > LARGEST_ID or not within_reach(request.actor, conversation_id):
        raise NotFound(sentence_of("not_found"))


def perform_one(
    action: Action, conversation_id: int, request: OrganizationRequest, parameters: Mapping[str, Any]
) -> None:
    """Judged and done by `actions.perform`; a lost race is a Conflict with what it is now."""
    version = number_in(request.POST.get("version", ""), LARGEST_VERSION)
    if version is None:
        raise Invalid("Reload the page and try again.", fields={"version": "The version is missing."})

    def do(versions: Mapping[int, int]) -> None:
        ids = [conversation_id]
        perform(action, ids, actor=request.actor, parameters=parameters, versions=versions, single=True)

    try:
        do({conversation_id: version})
    except Conflict as changed:
        # Whatever changed, say the priority: while it is one's own, what one has written is still meant.
        if action not in SAYING:
            raise
        try:
            do({})
        except Refused as refused:
            if refused.code != SAID_ALREADY:
                raise changed from None
    except Refused as refused:
        # A double click: the first one has done it.
        if refused.code != SAID_ALREADY:
            raise
