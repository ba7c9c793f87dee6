"""What the templates of runs print: words and numbers, made once; no rule and no query in here."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from bulk_actions.kinds import kind_of
from bulk_actions.limits import APPROVAL_EXPIRES
from bulk_actions.models import BulkAction, BulkActionItem
from bulk_actions.queries import ItemRows
from bulk_actions.states import TERMINAL, UNFINISHED, Outcome, RunStatus
from conversations.rules import sentence_of

# Nothing was done, and why.
NEVER_RAN: dict[str, str] = {
    RunStatus.REJECTED: "Rejected. Nothing was changed.",
    RunStatus.EXPIRED: "Nobody approved it in time. Nothing was changed.",
}
# Sentences that name a state of their own are told in general above a list.
CODE_OF_CHANGED = "changed"


def run_row(run: BulkAction, slug: str) -> dict[str, Any]:
    """One line of Action History."""
    kind = kind_of(run.action)
    return {
        "id": run.pk,
        "url": run_url(run.pk, slug),
        "action_label": kind.label,
        "action_icon": kind.icon,
        "title": run.title,
        "created_by": str(run.created_by),
        "recipients": counted(run.recipients, kind.recipient),
        "started_at": moment(run.started_at),
        "ended_at": moment(run.ended_at),
        "status": run.status,
        "status_label": run.get_status_display(),
        "succeeded": run.succeeded,
        "skipped": run.skipped,
        "failed": run.failed,
        "total": run.total,
        "details": details(run),
    }


def run_head(run: BulkAction, slug: str, *, cancellable: bool, retriable: bool) -> dict[str, Any]:
    """The head of a run's page."""
    done = run.succeeded + run.skipped + run.failed
    return run_row(run, slug) | {
        "sentence": sentence(run),
        "noun": kind_of(run.action).subject.noun,
        "done": done,
        "pending": max(0, run.total - done),
        "cancel_url": f"{run_url(run.pk, slug)}cancel/" if cancellable else "",
        "retry_url": f"{run_url(run.pk, slug)}retry/" if retriable else "",
        "decided_by": str(run.decided_by) if run.decided_by_id else "",
        "decided_at": moment(run.decided_at),
        "decision_label": "Rejected by" if run.status == RunStatus.REJECTED else "Approved by",
        "decision_reason": run.decision_reason,
    }


def decision(run: BulkAction, slug: str, *, refusal: str) -> dict[str, Any]:
    """The second supervisor's part of a run that awaits it; `refusal` says why this person has none."""
    until = run.started_at + APPROVAL_EXPIRES if run.started_at else None
    return {
        "until": moment(until),
        "refusal": refusal,
        "approve_url": "" if refusal else f"{run_url(run.pk, slug)}approve/",
        "reject_url": "" if refusal else f"{run_url(run.pk, slug)}reject/",
    }


def related(runs: Iterable[BulkAction], slug: str) -> list[dict[str, str]]:
    return [{"title": run.title, "url": run_url(run.pk, slug), "status": str(run.get_status_display())} for run in runs]


# What was written to customers or representatives, and so for supervisors only.
MESSAGE_TEXTS = frozenset({"text"})
# What retention has taken away.
FORGOTTEN = "No longer kept"


def parameters(run: BulkAction, *, with_texts: bool) -> list[dict[str, str]]:
    """What was chosen; `with_texts` for who may read messages (product.md §3: administrators and auditors may not)."""
    kind = kind_of(run.action)
    return [
        {"label": label, "value": run.parameters.get(name, FORGOTTEN if name in kind.words else "")}
        for label, name in kind.parameters
        if with_texts or name not in MESSAGE_TEXTS
    ]


def details(run: BulkAction) -> str:
    """In numbers: how far it is, or what came of it."""
    if run.status not in TERMINAL:
        return f"{processed(run):,} of {run.eligible:,}"
    said = [
        f"{number:,} {word}"
        for number, word in ((run.succeeded, "succeeded"), (run.skipped, "skipped"), (run.failed, "failed"))
        if number
    ]
    return ", ".join(said) or "Nothing done"


def sentence(run: BulkAction) -> str:
    """The same for a reader, consequences first."""
    kind = kind_of(run.action)
    passive = kind.passive
    refused = run.total - run.eligible
    if run.status == RunStatus.AWAITING_APPROVAL or (run.status == RunStatus.QUEUED and not run.cancel_requested_at):
        return f"{run.eligible:,} will be {passive}." + (f" {refused:,} won’t." if refused else "")
    if run.status in NEVER_RAN:
        return NEVER_RAN[run.status]
    if run.status in UNFINISHED:
        if run.enqueued_at is None and run.single:
            return run.status_sentence
        so_far = f"{processed(run):,} of {run.eligible:,} done"
        if run.enqueued_at is None:
            return f"{so_far}. The others are offered and await an answer."
        return f"Being cancelled, {so_far}." if run.cancel_requested_at else f"{so_far}."
    said = f"{counted(run.succeeded, kind.subject.noun)} {passive}."
    if run.skipped:
        said += f" {run.skipped:,} skipped."
    if run.failed:
        said += f" {run.failed:,} failed."
    return f"{said} {run.status_sentence}".strip()


def processed(run: BulkAction) -> int:
    """Of those the preview promised; the others were settled at the start."""
    return max(0, run.succeeded + run.skipped + run.failed - (run.total - run.eligible))


def group_chips(groups: list[tuple[str, str, str, int]], chosen: Mapping[str, str], url: str) -> list[dict[str, Any]]:
    """One chip for each outcome and reason, led by all of them."""
    everything = {
        "outcome": "",
        "outcome_label": "In all",
        "reason": "",
        "count": sum(number for *_, number in groups),
        "url": url,
        "current": not chosen,
    }
    return [everything] + [
        {
            "outcome": outcome,
            "outcome_label": Outcome(outcome).label,
            "reason": reason_in_general(code, said),
            "count": number,
            "url": f"{url}?outcome={outcome}" + (f"&reason={code}" if code else ""),
            "current": chosen == ({"outcome": outcome, "reason": code} if code else {"outcome": outcome}),
        }
        for outcome, code, said, number in groups
    ]


def reason_in_general(code: str, said: str) -> str:
    if not code:
        return ""
    return sentence_of(code) if code == CODE_OF_CHANGED else said


def item_row(item: BulkActionItem, names: ItemRows) -> dict[str, Any]:
    """One target of a run, with an address where the person has a page of it."""
    line = names.lines.get(item.target_id)
    before, after = (names.subject.state_words(state, names.names) for state in (item.before, item.after))
    return {
        "id": item.pk,
        "number": names.subject.number_of(item.target_id) if line is None else line.number,
        "subject": "No longer here" if line is None else line.subject,
        "url": "" if line is None else line.url,
        "outcome": item.outcome,
        "outcome_label": item.get_outcome_display(),
        "reason": item.sentence,
        "before": before,
        "after": "" if after == before else after,
    }


def run_url(bulk_action_id: int, slug: str) -> str:
    return f"/o/{slug}/action-history/{bulk_action_id}/"


def moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
