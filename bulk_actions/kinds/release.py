"""Release: a record goes back to its queue. A confirmation, nothing to enter."""

from bulk_actions.kinds.run_kind import RunForm, RunKind
from bulk_actions.models import BulkAction
from conversations.rules import Action


def _done(run: BulkAction, target: str) -> str:
    return f"{target} released to its queue"


KIND = RunKind(
    action=Action.RELEASE,
    form=RunForm,
    template="conversations/_release_dialog.html",
    heading="Release",
    passive="released",
    started="Release started",
    icon="release",
    done=_done,
)
