"""The table of a run's transitions, and the one statement that makes them; nothing else writes a run's status."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, F, Value, When
from django.utils import timezone

from bulk_actions.models import BulkAction
from bulk_actions.progress import Counts
from bulk_actions.states import CANCELLABLE, UNFINISHED, RunStatus
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.scope import current_organization_id

PREVIEWED, AWAITING = RunStatus.PREVIEWED, RunStatus.AWAITING_APPROVAL
QUEUED, RUNNING = RunStatus.QUEUED, RunStatus.RUNNING


@dataclass(frozen=True, slots=True)
class Transition:
    sources: frozenset[str]
    target: RunStatus


def _from(*sources: RunStatus, to: RunStatus) -> Transition:
    return Transition(frozenset(sources), to)


TRANSITIONS: dict[str, Transition] = {
    "confirm": _from(PREVIEWED, to=QUEUED),
    # A single action is done in the request of its Proceed.
    "confirm_single": _from(PREVIEWED, to=RUNNING),
    "submit": _from(PREVIEWED, to=AWAITING),
    "approve": _from(AWAITING, to=QUEUED),
    "reject": _from(AWAITING, to=RunStatus.REJECTED),
    "expire": _from(AWAITING, to=RunStatus.EXPIRED),
    "withdraw": _from(AWAITING, to=RunStatus.CANCELLED),
    "begin": _from(QUEUED, to=RUNNING),
    "complete": _from(QUEUED, RUNNING, to=RunStatus.COMPLETED),
    "complete_with_errors": _from(QUEUED, RUNNING, to=RunStatus.COMPLETED_WITH_ERRORS),
    "fail": _from(QUEUED, RUNNING, to=RunStatus.FAILED),
    "cancel": _from(QUEUED, RUNNING, to=RunStatus.CANCELLED),
}


def move(bulk_action_id: int, name: str, **changes: Any) -> bool:
    """Make the transition if the run is where it starts from; of several who try at once, one does."""
    transition = TRANSITIONS[name]
    return _update(bulk_action_id, transition.sources, status=transition.target, **changes)


def move_each(sentences: Mapping[int, str], name: str, **changes: Any) -> None:
    """Make one transition of many runs, each with a sentence of its own; those that are elsewhere stay as they are."""
    transition = TRANSITIONS[name]
    said = Case(*(When(pk=pk, then=Value(sentence[:250])) for pk, sentence in sentences.items()))
    BulkAction.objects.filter(pk__in=list(sentences), status__in=transition.sources).update(
        status=transition.target,
        status_sentence=said,
        moved_at=timezone.now(),
        row_stamp=F("row_stamp") + 1,
        **changes,
    )
    publish_on_commit(current_organization_id(), "bulk_action", list(sentences))


def touch(bulk_action_id: int, **changes: Any) -> bool:
    """Store progress of an unfinished run without a transition."""
    return _update(bulk_action_id, UNFINISHED, **changes)


def settle_at_start(bulk_action_id: int, skipped: int) -> bool:
    """What the preview said won't be done, for a run that starts or waits for approval."""
    return _update(bulk_action_id, CANCELLABLE, skipped=skipped)


def _update(bulk_action_id: int, sources: frozenset[str], **changes: Any) -> bool:
    moved = BulkAction.objects.filter(pk=bulk_action_id, status__in=sources).update(
        moved_at=timezone.now(), row_stamp=F("row_stamp") + 1, **changes
    )
    if moved:
        publish_on_commit(current_organization_id(), "bulk_action", [bulk_action_id])
    return bool(moved)


def ending_of(counts: Counts) -> str:
    """Which transition ends a run with these outcomes.

    What the preview had said won't be done, and what changed by itself since, is no error. A run that did nothing of
    what was confirmed has failed.
    """
    if counts.cancelled:
        return "cancel"
    if counts.errors and not counts.succeeded:
        return "fail"
    return "complete_with_errors" if counts.errors else "complete"
