"""What the dialogs of an action are given: the preview in numbers, reasons, and what was typed so far."""

from typing import Any

from django.urls import reverse

from bulk_actions import approval
from bulk_actions.kinds import RunForm, RunKind, Typed, kind_of
from bulk_actions.limits import MAXIMUM
from bulk_actions.models import BulkAction
from bulk_actions.selection import conversation_of_single, in_words, read_preview
from bulk_actions.subjects import CONVERSATIONS
from contact_center.tenancy.access import Actor, OrganizationRequest
from conversations.selection import Selection
from conversations.wording import state_in_words


def context(
    run: BulkAction, actor: Actor, *, typed: Typed, form: RunForm | None = None, error: str = "", notice: str = ""
) -> dict[str, Any]:
    """What every dialog is given, with the extras of the run's kind on top.

    An extra called `impossible` says why the dialog as a whole can't be proceeded with.
    """
    kind = kind_of(run.action)
    preview = read_preview(run, actor=actor)
    single = conversation_of_single(run, actor=actor) if run.single and kind.subject is CONVERSATIONS else None
    extras = kind.extras(run, actor, typed)
    second = approval.said_beforehand(run, preview.eligible)
    return {
        "title": f"{kind.heading} {in_words(run, preview.total)}",
        "passive": kind.passive,
        "details": kind.details,
        "proceed": kind.proceed,
        "proceed_several": f"{kind.proceed} {kind.joint}".strip(),
        "is_final": kind.is_final,
        "total": preview.total,
        "eligible": preview.eligible,
        "refused_total": preview.refused,
        "single": run.single,
        "subject": single.subject if single else "" if kind.subject is CONVERSATIONS else in_words(run),
        "noun": kind.subject.noun,
        "conversation": single,
        "refused_groups": [
            {
                "count": group.count,
                "sentence": group.sentence,
                "samples": group.samples,
                "more": group.count - len(group.samples) if group.samples else 0,
            }
            for group in preview.groups
        ],
        "action": run.action,
        "action_url": action_url("action-start", kind.action, actor),
        "run_key": str(run.key),
        "errors": form.sentences() if form and not form.is_valid() else {},
        "error": error or extras.get("impossible", ""),
        "notice": " ".join(said for said in (notice, second) if said),
        **extras,
    }


def action_url(name: str, action: str, actor: Actor) -> str:
    return reverse(f"bulk_actions:{name}", args=[actor.organization_slug, str(action)])


def changed_since_seen(selection: Selection, run: BulkAction, actor: Actor) -> str:
    """For one conversation that is no longer as the person saw it: what it is now."""
    conversation = conversation_of_single(run, actor=actor) if selection.single else None
    if conversation is None or selection.versions.get(conversation.pk) == conversation.version:
        return ""
    return f"It has changed since you selected it. It is now {state_in_words(conversation)}."


def over_limit(kind: RunKind, selection: Selection, request: OrganizationRequest) -> dict[str, Any]:
    """More match than can be changed at once: the first thousand, or back."""
    return {
        "title": f"More than can be {kind.passive} at once",
        "passive": kind.passive,
        "matching": str(selection.matching),
        "limit": MAXIMUM,
        "action_url": request.path,
        "query": request.POST.get("query", ""),
    }
