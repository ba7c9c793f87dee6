"""The registry of what supervisors do through a dialog: one entry, and everything else follows."""

from bulk_actions.kinds import force_close, message_customer, notify, release, remove
from bulk_actions.kinds.marking import KINDS as MARKING_KINDS
from bulk_actions.kinds.people import KINDS as PEOPLE_KINDS
from bulk_actions.kinds.queues import KINDS as QUEUE_KINDS
from bulk_actions.kinds.relieving import KINDS as RELIEVING_KINDS
from bulk_actions.kinds.run_kind import RunForm, RunKind, Typed
from bulk_actions.kinds.work_item import KINDS as WORK_ITEM_KINDS
from contact_center.errors import NotFound

_MODULES = (force_close, message_customer, notify, release, remove)
KINDS: dict[str, RunKind] = {module.KIND.action: module.KIND for module in _MODULES}
KINDS |= {
    kind.action: kind for kind in (*WORK_ITEM_KINDS, *MARKING_KINDS, *RELIEVING_KINDS, *PEOPLE_KINDS, *QUEUE_KINDS)
}


def kind_of(action: str) -> RunKind:
    """Raises NotFound for an action that has no dialog."""
    if action not in KINDS:
        raise NotFound("There is no such action.")
    return KINDS[action]


__all__ = ["KINDS", "RunForm", "RunKind", "Typed", "kind_of"]
