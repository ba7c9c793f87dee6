"""Who may act on people and queues at all, and what one verb answers for one of them."""

from contact_center.errors import NotFound, Refused
from contact_center.tenancy.access import Actor
from contact_center.tenancy.roles import Role
from conversations.actions import Result
from conversations.rules import sentence_of


def refusal_of_person(actor: Actor) -> str:
    """The code of what speaks against the person whatever the target; empty when nothing does."""
    if Role.SUPERVISOR not in actor.roles:
        return "not_supervisor"
    return "api_access" if actor.api_access else ""


def refused(id: int, code: str, *, single: bool) -> Result:
    """Of one alone it is told at once, of many beside the others."""
    if single:
        raise NotFound(sentence_of(code)) if code == "not_found" else Refused(sentence_of(code), code=code)
    return Result(id, "skipped", code, sentence_of(code))
