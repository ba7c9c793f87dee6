"""The registry of what supervisors do to conversations through a dialog: one entry, and everything else follows."""

from bulk_actions.kinds import force_close, release, remove
from bulk_actions.kinds.run_kind import RunForm, RunKind, Typed
from contact_center.errors import NotFound
from conversations.rules import Action

KINDS: dict[Action, RunKind] = {kind.action: kind for kind in (force_close.KIND, release.KIND, remove.KIND)}


def kind_of(action: str) -> RunKind:
    """Raises NotFound for an action that has no dialog."""
    if action not in KINDS:
        raise NotFound("There is no such action.")
    return KINDS[Action(action)]


__all__ = ["KINDS", "RunForm", "RunKind", "Typed", "kind_of"]
