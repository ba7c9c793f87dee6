"""Priority, tags and the pinned note: set on one conversation or on many, without joining any."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from bulk_actions.kinds.run_kind import CONFIRM, RunForm, RunKind, Typed, TypedText
from bulk_actions.models import BulkAction
from contact_center.tenancy.access import Actor
from conversations.actions.context import NO_TAG, PINNED_LENGTH
from conversations.models import Conversation, Tag
from conversations.rules import Action
from conversations.states import Priority

TAG_LENGTH = 40
MOST_NEW_TAGS = 5
_NOT_OFFERED = {"invalid_choice": "Choose tags from the list.", "invalid_pk_value": "Choose tags from the list."}


class PriorityForm(RunForm):
    priority = forms.ChoiceField(
        choices=Priority.choices,
        error_messages={"required": "Choose a priority.", "invalid_choice": "Choose a priority."},
    )

    def parameters(self) -> dict[str, Any]:
        chosen = Priority(int(self.cleaned_data["priority"]))
        return {"priority": chosen.value, "priority_label": str(chosen.label)}


class TagsForm(RunForm):
    """`new` are names that no tag has yet, parted by commas; they are made when the run starts."""

    add: "forms.ModelMultipleChoiceField[Tag]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, error_messages=_NOT_OFFERED
    )
    drop: "forms.ModelMultipleChoiceField[Tag]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False, error_messages=_NOT_OFFERED
    )
    new = TypedText(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("add", "drop"):
            self.fields[name].queryset = Tag.objects.all()  # type: ignore[attr-defined]

    def clean_new(self) -> list[str]:
        typed = str(self.cleaned_data["new"])
        names = list(dict.fromkeys(name.strip() for name in typed.split(",") if name.strip()))
        if any(len(name) > TAG_LENGTH for name in names):
            raise forms.ValidationError(f"Keep each tag to {TAG_LENGTH} characters.")
        if len(names) > MOST_NEW_TAGS:
            raise forms.ValidationError(f"Make at most {MOST_NEW_TAGS} new tags at once.")
        return names

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(name) for name in ("add", "drop", "new")):
            self.add_error("add", NO_TAG)
        return cleaned

    def parameters(self) -> dict[str, Any]:
        made = [Tag.objects.get_or_create(name=name)[0] for name in self.cleaned_data["new"]]
        added, dropped = {*self.cleaned_data["add"], *made}, set(self.cleaned_data["drop"])
        return {
            "add": sorted(tag.pk for tag in added),
            "drop": sorted(tag.pk for tag in dropped - added),
            "added_labels": _names(added),
            "dropped_labels": _names(dropped - added),
        }


class NoteForm(RunForm):
    text = TypedText(
        required=False,
        max_length=PINNED_LENGTH,
        error_messages={"max_length": f"Keep the note to {PINNED_LENGTH} characters."},
    )

    def parameters(self) -> dict[str, Any]:
        return {"text": self.cleaned_data["text"]}


def _names(tags: set[Tag]) -> str:
    return ", ".join(sorted(tag.name for tag in tags))


def _the_one(run: BulkAction) -> Conversation | None:
    """Of a dialog for one conversation: what it has now is what the dialog begins with."""
    if not run.single:
        return None
    return Conversation.objects.filter(pk__in=run.items.values("target_id")).first()


def _priorities(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    row = _the_one(run)
    chosen = str(typed.get("priority", row.priority if row else ""))
    return {
        "priorities": [
            {"value": value, "label": label, "chosen": str(value) == chosen}
            for value, label in reversed(Priority.choices)
        ]
    }


def _tags(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    tagged: QuerySet[Conversation] = Conversation.objects.filter(pk__in=run.items.values("target_id"))
    in_use = set(tagged.filter(tags__isnull=False).values_list("tags__pk", flat=True).distinct())
    lists = {name: set(_listed(typed, name)) for name in ("add", "drop")}
    tags = [
        {
            "id": tag.pk,
            "name": tag.name,
            "adding": str(tag.pk) in lists["add"],
            "dropping": str(tag.pk) in lists["drop"],
            "in_use": tag.pk in in_use,
        }
        for tag in Tag.objects.order_by("name")
    ]
    return {"tags": tags, "new": typed.get("new", ""), "any_in_use": bool(in_use)}


def _listed(typed: Typed, name: str) -> list[str]:
    getlist = getattr(typed, "getlist", None)
    return list(getlist(name)) if getlist else list(typed.get(name) or [])


def _note(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    row = _the_one(run)
    return {
        "text": typed.get("text", row.supervisor_note if row else ""),
        "text_length": PINNED_LENGTH,
    }


PRIORITY = RunKind(
    action=Action.SET_PRIORITY,
    form=PriorityForm,
    template=CONFIRM,
    details="conversations/_priority_details.html",
    proceed="Save",
    joint="for",
    heading="Set the priority of",
    passive="given another priority",
    started="Setting the priority started",
    icon="flag",
    done=lambda run, target: f"{target} given the priority {run.parameters.get('priority_label', '')}",
    title=lambda run, target: f"Set priority {run.parameters.get('priority_label', '')}: {target}".replace(" :", ":"),
    extras=_priorities,
    parameters=(("Priority", "priority_label"),),
)
TAGS = RunKind(
    action=Action.SET_TAGS,
    form=TagsForm,
    template=CONFIRM,
    details="conversations/_tags_details.html",
    proceed="Save",
    joint="for",
    heading="Tag",
    passive="tagged",
    started="Tagging started",
    icon="tag",
    done=lambda run, target: f"{target} tagged",
    extras=_tags,
    parameters=(("Added", "added_labels"), ("Taken away", "dropped_labels")),
)
NOTE = RunKind(
    action=Action.PIN_NOTE,
    form=NoteForm,
    template=CONFIRM,
    details="conversations/_note_details.html",
    proceed="Save",
    joint="for",
    heading="Pin a note to",
    passive="given the note",
    started="Pinning the note started",
    icon="pin",
    done=lambda run, target: f"{target} given the note",
    extras=_note,
    parameters=(("Note", "text"),),
    words=("text",),
)
KINDS = (PRIORITY, TAGS, NOTE)
