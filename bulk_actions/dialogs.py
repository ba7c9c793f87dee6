"""What the dialogs of an action are given: the preview in numbers, reasons, and what was typed so far."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from bulk_actions.forms import ForceCloseForm
from bulk_actions.limits import MAXIMUM
from bulk_actions.models import BulkAction
from bulk_actions.selection import conversation_of_single, read_preview
from contact_center.tenancy.access import Actor, OrganizationRequest
from conversations.models import Conversation, ForceCloseReason
from conversations.selection import Selection
from conversations.wording import state_in_words

NO_REASONS = "Your organization has no reasons for a force close yet. Ask an administrator to add one."


def force_close(
    run: BulkAction,
    actor: Actor,
    *,
    typed: Mapping[str, str],
    form: ForceCloseForm | None = None,
    error: str = "",
    notice: str = "",
) -> dict[str, Any]:
    """The context of `conversations/_force_close_dialog.html`."""
    preview = read_preview(run, actor=actor)
    single = conversation_of_single(run, actor=actor) if run.single else None
    reasons = list(ForceCloseReason.objects.filter(is_active=True))
    return {
        "title": _title(run, preview.total),
        "total": preview.total,
        "eligible": preview.eligible,
        "refused_total": preview.refused,
        "single": run.single,
        "subject": single.subject if single else "",
        "refused_groups": [
            {
                "count": group.count,
                "sentence": group.sentence,
                "samples": [_sample(conversation, actor) for conversation in group.samples],
                "more": group.count - len(group.samples) if group.samples else 0,
            }
            for group in preview.groups
        ],
        "reasons": [
            {"id": reason.pk, "label": reason.label, "chosen": str(reason.pk) == typed.get("reason")}
            for reason in reasons
        ],
        "note": typed.get("note", ""),
        "action_url": reverse("bulk_actions:force-close-start", args=[actor.organization_slug]),
        "run_key": str(run.key),
        "errors": form.sentences() if form and not form.is_valid() else {},
        "error": error or ("" if reasons else NO_REASONS),
        "notice": notice,
    }


def _title(run: BulkAction, total: int) -> str:
    target = run.title.partition(": ")[2]
    return f"Force close {target}" if run.total == total else f"Force close {total:,} conversations"


def _sample(conversation: Conversation, actor: Actor) -> dict[str, str]:
    url = reverse("conversations:detail", args=[actor.organization_slug, conversation.pk])
    return {"number": conversation.number, "subject": conversation.subject, "url": url}


def changed_since_seen(selection: Selection, run: BulkAction, actor: Actor) -> str:
    """For one conversation that is no longer as the person saw it: what it is now."""
    conversation = conversation_of_single(run, actor=actor) if selection.single else None
    if conversation is None or selection.versions.get(conversation.pk) == conversation.version:
        return ""
    return f"It has changed since you selected it. It is now {state_in_words(conversation)}."


def over_limit(selection: Selection, request: OrganizationRequest) -> dict[str, Any]:
    """More match than can be changed at once: the first thousand, or back."""
    return {
        "title": "More than can be closed at once",
        "matching": str(selection.matching),
        "limit": MAXIMUM,
        "action_url": request.path,
        "query": request.POST.get("query", ""),
    }
