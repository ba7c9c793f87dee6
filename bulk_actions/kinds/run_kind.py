"""What a kind of run is made of: its form, its dialog and its words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from bulk_actions.models import BulkAction
from bulk_actions.subjects import CONVERSATIONS, Subject
from contact_center.tenancy.access import Actor
from conversations.rules import RULES, Action
from routing.floor import FloorAction

Typed = Mapping[str, Any]
# The dialog that asks once more; what differs is its `details`.
CONFIRM = "conversations/_confirm_dialog.html"


class TypedText(forms.CharField):
    """Counted as the counter beside it does: a browser sends a line end as two characters."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(value.replace("\r\n", "\n") if isinstance(value, str) else value)


class RunForm(forms.Form):
    """What a person enters before Proceed. It knows the run it is for, and who enters it."""

    def __init__(self, data: Any = None, *, run: BulkAction, actor: Actor) -> None:
        super().__init__(data)
        self.run = run
        self.actor = actor

    def parameters(self) -> dict[str, Any]:
        """As the action takes them, with labels as they read at the time."""
        return {}

    def sentences(self) -> dict[str, str]:
        """The first error of each field, for the dialog."""
        return {name: str(errors[0]) for name, errors in self.errors.items()}


def named(run: BulkAction, target: str) -> str:
    """The usual title: action and target. Everybody in the organization reads it, so it names no subject."""
    return f"{FloorAction(run.action).label if run.action in FloorAction else Action(run.action).label}: {target}"


def no_extras(run: BulkAction, actor: Actor, typed: Typed) -> dict[str, Any]:
    return {}


def as_eligible(run: BulkAction, actor: Actor) -> int:
    return run.eligible


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKind:
    """One action as people meet it. Everything that differs between actions in dialogs, notices and history is here.

    `heading` opens the dialog's title ("Force close 12 conversations"); `passive` completes "812 will be …", "812
    conversations … ." and "At most 1,000 can be … at once". `extras` gives the dialog's template what only it needs,
    and may replace what every dialog is given; `typed` is what was posted so far. `title` and `done` are given the
    run, with its parameters, and the conversations in words ("C-5", "12 conversations"); the title is made at the
    preview and again at Proceed. `recipients` are counted at Proceed and called `recipient`. `parameters` names what
    a run's page shows of its parameters, `words` which of them somebody typed: retention takes those away. `choices`
    are sister actions between which the dialog lets the person choose: each has a kind of its own with the same
    template and the same choices, and Proceed posts the chosen one as `choice`. Previewed with a `run_key` instead of
    a selection, the dialog goes over to a sister. `details`, `proceed` and `is_final` belong to the dialog that asks
    once more; `joint` stands before the number on the button, as in "Save for 3". `subject` is what its targets are.
    """

    action: Action | FloorAction
    form: type[RunForm]
    template: str
    heading: str
    passive: str
    started: str
    icon: str
    done: Callable[[BulkAction, str], str]
    title: Callable[[BulkAction, str], str] = named
    extras: Callable[[BulkAction, Actor, Typed], dict[str, Any]] = no_extras
    recipients: Callable[[BulkAction, Actor], int] = as_eligible
    recipient: str = "conversation"
    parameters: tuple[tuple[str, str], ...] = ()
    words: tuple[str, ...] = ()
    choices: tuple[Action, ...] = ()
    details: str = ""
    proceed: str = "Proceed"
    joint: str = "with"
    is_final: bool = False
    subject: Subject = CONVERSATIONS

    @property
    def label(self) -> str:
        return str(self.action.label)

    def for_selection(self, *, single: bool) -> str:
        """Which of the choices the dialog opens with: more than one conversation may allow only a sister."""
        if single or RULES[Action(self.action)].bulk:
            return self.action
        return next((choice for choice in self.choices if RULES[choice].bulk), self.action)

    def may_become(self, choice: str) -> bool:
        return choice == self.action or choice in self.choices
