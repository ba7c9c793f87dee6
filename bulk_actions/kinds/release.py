"""Release: a record goes back to its queue. A confirmation, nothing to enter."""

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind
from bulk_actions.models import BulkAction
from conversations.rules import Action


def _done(run: BulkAction, target: str) -> str:
    return f"{target} released to its queue"


KIND = RunKind(
    action=Action.RELEASE,
    form=RunForm,
    template=CONFIRM,
    details="conversations/_release_details.html",
    proceed="Release",
    heading="Release",
    passive="released",
    started="Release started",
    icon="release",
    done=_done,
)
