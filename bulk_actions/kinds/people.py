"""Set presence, Change queues: on one representative or on many."""

from collections.abc import Iterable
from typing import Any

from django import forms

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed
from bulk_actions.models import BulkAction
from bulk_actions.subjects import REPRESENTATIVES
from contact_center.tenancy.access import Actor
from conversations.floor.people import NO_CHANGE
from conversations.models import Conversation
from conversations.rules import in_phase
from conversations.states import Phase
from conversations.visibility import queues_of
from routing.floor import FloorAction
from routing.kinds import Presence
from routing.models import CustomPresence, Queue, QueueMember

CHOICES = [(value, label) for value, label in Presence.choices if value != Presence.INACTIVE]
_CHOOSE = {"required": "Choose a presence.", "invalid_choice": "Choose a presence from the list."}
_NOT_OFFERED = {"invalid_choice": "Choose queues from the list.", "invalid_pk_value": "Choose queues from the list."}


class PresenceForm(RunForm):
    """A presence of the organization's own is posted as `custom:<id>`."""

    presence = forms.ChoiceField(error_messages=_CHOOSE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["presence"].choices = _presences()  # type: ignore[attr-defined]

    def parameters(self) -> dict[str, Any]:
        chosen = self.cleaned_data["presence"]
        label = dict(_presences())[chosen]
        if chosen.startswith("custom:"):
            custom = int(chosen.removeprefix("custom:"))
            return {"presence": chosen, "custom": custom, "presence_label": label}
        return {"presence": chosen, "presence_label": label}


class QueuesForm(RunForm):
    add: "forms.ModelMultipleChoiceField[Queue]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, error_messages=_NOT_OFFERED
    )
    drop: "forms.ModelMultipleChoiceField[Queue]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, error_messages=_NOT_OFFERED
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["add"].queryset = queues_of(self.actor).filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["drop"].queryset = queues_of(self.actor)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not (cleaned.get("add") or cleaned.get("drop")):
            self.add_error("add", NO_CHANGE)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        added, dropped = set(self.cleaned_data["add"]), set(self.cleaned_data["drop"])
        return {
            "add": sorted(queue.pk for queue in added),
            "drop": sorted(queue.pk for queue in dropped - added),
            "added_labels": _names(added),
            "dropped_labels": _names(dropped - added),
        }


def _presences() -> list[tuple[str, str]]:
    """The base ones but Inactive, then the organization's own. One query."""
    own = CustomPresence.objects.order_by("text", "pk").values_list("pk", "text")
    return [(str(value), str(label)) for value, label in CHOICES] + [(f"custom:{pk}", text) for pk, text in own]


def _names(queues: Iterable[Queue]) -> str:
    return ", ".join(sorted(queue.name for queue in queues))


def _people(run: BulkAction) -> Any:
    return run.items.filter(preview_code="").values("target_id")


def _presence_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    """Three queries: the presences to choose, and who is in the middle of something."""
    bases = {f"custom:{pk}": base for pk, base in CustomPresence.objects.values_list("pk", "base")}
    chosen = str(typed.get("presence") or "")
    active = Conversation.objects.filter(in_phase(Phase.ACTIVE), representative__in=_people(run)).order_by()
    return {
        "presences": [
            {"value": value, "label": label, "base": bases.get(value, value), "chosen": value == chosen}
            for value, label in _presences()
        ],
        "talking": active.values("representative").distinct().count(),
        "talks": active.count(),
    }


def _queue_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    """Two queries, however many queues and people there are."""
    serving: dict[int, int] = {}
    for queue_id in QueueMember.objects.filter(representative__in=_people(run)).values_list("queue_id", flat=True):
        serving[queue_id] = serving.get(queue_id, 0) + 1
    lists = {name: set(_listed(typed, name)) for name in ("add", "drop")}
    queues = [
        {
            "id": queue.pk,
            "name": queue.name,
            "kind": queue.get_kind_display(),
            "serving": serving.get(queue.pk, 0),
            "active": queue.is_active,
            "adding": str(queue.pk) in lists["add"],
            "dropping": str(queue.pk) in lists["drop"],
        }
        for queue in queues_of(actor).order_by("name", "pk")
        if queue.is_active or serving.get(queue.pk)
    ]
    return {"queues": queues, "any_serving": any(each["serving"] for each in queues)}


def _listed(typed: Typed, name: str) -> list[str]:
    getlist = getattr(typed, "getlist", None)
    return list(getlist(name)) if getlist else list(typed.get(name) or [])


def _presence_title(run: BulkAction, target: str) -> str:
    label = run.parameters.get("presence_label")
    return f"Set presence {label}: {target}" if label else f"Set presence: {target}"


PRESENCE = RunKind(
    action=FloorAction.SET_PRESENCE,
    subject=REPRESENTATIVES,
    form=PresenceForm,
    template=CONFIRM,
    details="bulk_actions/_presence_details.html",
    proceed="Set presence",
    joint="of",
    heading="Set the presence of",
    passive="given another presence",
    started="Setting the presence started",
    icon="user",
    done=lambda run, target: f"{target} is now {run.parameters.get('presence_label', '')}",
    title=_presence_title,
    extras=_presence_extras,
    recipient="representative",
    parameters=(("Presence", "presence_label"),),
)
CHANGE = RunKind(
    action=FloorAction.CHANGE_QUEUES,
    subject=REPRESENTATIVES,
    form=QueuesForm,
    template=CONFIRM,
    details="bulk_actions/_queues_details.html",
    proceed="Save",
    joint="for",
    heading="Change the queues of",
    passive="given other queues",
    started="Changing the queues started",
    icon="queue",
    done=lambda run, target: f"The queues of {target} were changed",
    extras=_queue_extras,
    recipient="representative",
    parameters=(("Added", "added_labels"), ("Taken away", "dropped_labels")),
)
KINDS = (PRESENCE, CHANGE)
