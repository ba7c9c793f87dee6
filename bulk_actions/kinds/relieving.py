"""Return to queue, Give to a colleague: a person is relieved of conversations, usually of all they hold."""

from typing import Any

from django.urls import reverse

from bulk_actions import giving
from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed
from bulk_actions.kinds.work_item import PersonForm
from bulk_actions.models import BulkAction
from bulk_actions.previewing import eligible_conversations, queues_take_on, returning_to
from contact_center.tenancy.access import Actor
from conversations.rules import Action
from routing.kinds import Presence
from routing.models import Representative

# Said before the names of at most so many.
FEW = 3


def _holders(run: BulkAction) -> list[Representative]:
    held = eligible_conversations(run).values("representative_id")
    return list(Representative.objects.filter(pk__in=held).order_by("name", "pk"))


def _of_whom(run: BulkAction) -> str:
    """For example " of Ana Ruiz"; empty where they are several people's."""
    names = [person.name for person in _holders(run)[:2]]
    return f" of {names[0]}" if len(names) == 1 else ""


def _return_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    coming, people = returning_to(run), _holders(run)
    waiting = queues_take_on(run, coming)
    names = [person.name for person in people]
    there = [person.name for person in people if person.presence == Presence.AVAILABLE]
    return {
        "returns_to": [(name, number, waiting[pk].now) for pk, (name, number) in coming.items()],
        "told": ", ".join(names[:FEW]) + (f" and {len(names) - FEW} more" if len(names) > FEW else ""),
        "several_told": len(names) > 1,
        "available": there[0] if len(there) == 1 else "",
    }


def _returned(run: BulkAction, target: str) -> str:
    return f"{target} returned to its queue"


def _return_title(run: BulkAction, target: str) -> str:
    return f"Return to queue: {target}{_of_whom(run)}"


def _give_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    url = reverse("bulk_actions:colleagues", args=[actor.organization_slug])
    return {"people": giving.panel(run, typed, url)}


def _given(run: BulkAction, target: str) -> str:
    return f"{target} was offered to {run.parameters.get('representative_label', '')}"


def _give_title(run: BulkAction, target: str) -> str:
    name = run.parameters.get("representative_label")
    return (f"Give to {name}" if name else "Give to a colleague") + f": {target}{_of_whom(run)}"


RETURN = RunKind(
    action=Action.RETURN_TO_QUEUE,
    form=RunForm,
    template=CONFIRM,
    details="conversations/_return_details.html",
    proceed="Return",
    joint="",
    heading="Return",
    passive="returned to their queues",
    started="Returning the conversations has started",
    icon="release",
    done=_returned,
    title=_return_title,
    extras=_return_extras,
)
GIVE = RunKind(
    action=Action.GIVE_TO_COLLEAGUE,
    form=PersonForm,
    template="bulk_actions/_give_dialog.html",
    heading="Give",
    passive="offered to the colleague",
    started="Offering the conversations has started",
    icon="give",
    done=_given,
    title=_give_title,
    extras=_give_extras,
    parameters=(("Representative", "representative_label"),),
)
KINDS = (RETURN, GIVE)
