"""Remove: a record leaves its queue, for a reason that the run keeps. The case, e-mail or activity stays as it is."""

from typing import Any

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed, TypedText
from bulk_actions.models import BulkAction
from contact_center.tenancy.access import Actor
from conversations.models import RecordItem
from conversations.rules import Action

REASON_LENGTH = 250
WHAT = {RecordItem.Type.CASE: "case", RecordItem.Type.EMAIL: "e-mail", RecordItem.Type.ACTIVITY: "activity"}


class RemoveForm(RunForm):
    reason = TypedText(
        max_length=REASON_LENGTH,
        error_messages={
            "required": "Say why it is removed.",
            "max_length": f"The reason is longer than {REASON_LENGTH} characters. Shorten it.",
        },
    )

    def parameters(self) -> dict[str, Any]:
        return {"reason": self.cleaned_data["reason"]}


def _extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    ids = run.items.values("target_id")
    kinds = RecordItem.objects.filter(conversations__in=ids).values_list("record_type", flat=True)
    found = kinds[0] if run.single and kinds else ""
    return {
        "what": WHAT.get(RecordItem.Type(found), "record") if found else "record",
        "reason": typed.get("reason", ""),
        "reason_length": REASON_LENGTH,
    }


def _done(run: BulkAction, target: str) -> str:
    return f"{target} removed from its queue"


KIND = RunKind(
    action=Action.REMOVE,
    form=RemoveForm,
    template=CONFIRM,
    details="conversations/_remove_details.html",
    proceed="Remove",
    is_final=True,
    heading="Remove",
    passive="removed",
    started="Remove started",
    icon="remove",
    done=_done,
    extras=_extras,
    parameters=(("Reason", "reason"),),
    words=("reason",),
)
