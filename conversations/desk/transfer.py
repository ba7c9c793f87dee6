"""A representative's own transfer: the dialog with its two lists, and what it starts."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import NotFound
from contact_center.tenancy.access import OrganizationRequest, organization_view
from contact_center.tenancy.roles import Right
from conversations.desk.answers import answer
from conversations.desk.performing import perform_one, require_within_reach
from conversations.desk.place import chosen_of, number_in
from conversations.models import Conversation
from conversations.rules import Action, needed, require, sentence_of
from conversations.states import Status
from conversations.work_item.presenters import people_lines, people_panel, queue_line, queues_panel
from conversations.work_item.queues import QueueFilter, QueueLine, find_queues
from routing.models import Queue, Representative

TABS = (
    ("people", "Find an agent", Action.TRANSFER_OWN),
    ("queues", "Find a queue", Action.TRANSFER_OWN_TO_QUEUE),
)
CHOICES = frozenset(action for _, _, action in TABS)


@require_safe
@organization_view(Right.USE_DESK)
def dialog(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """A fixed number of queries, however many people and queues there are."""
    conversation = _asked_for(request, conversation_id, Action.TRANSFER_OWN)
    context = {
        "id": conversation.pk,
        "version": conversation.version,
        "subject": conversation.subject,
        "chosen_id": chosen_of(request.GET),
        "tabs": [
            {"name": name, "label": label, "action": action.value, "current": name == "people"}
            for name, label, action in TABS
        ],
        "people": people_panel(
            conversation, request.GET, transfers=True, url=_url("transfer-people", request, conversation)
        ),
        "queues": _queues(request, conversation),
        "action_url": _url("transfer-start", request, conversation),
        "seconds": conversation.work_stream.offer_seconds,
    }
    return render(request, "desk/_transfer_dialog.html", context)


@require_safe
@organization_view(Right.USE_DESK)
def people(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    conversation = _asked_for(request, conversation_id, Action.TRANSFER_OWN)
    return render(request, "conversations/_work_item_people.html", people_lines(conversation, request.GET))


@require_safe
@organization_view(Right.USE_DESK)
def queues(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    conversation = _asked_for(request, conversation_id, Action.TRANSFER_OWN_TO_QUEUE)
    return render(request, "conversations/_work_item_queues.html", _queues(request, conversation))


@require_POST
@organization_view(Right.USE_DESK)
def start(request: OrganizationRequest, organization: str, conversation_id: int) -> HttpResponse:
    """The dialog closes on success; refused, it stays open with a notice."""
    if request.POST.get("choice", "") not in CHOICES:
        raise NotFound("There is no such action.")
    require_within_reach(request, conversation_id)
    action = Action(request.POST["choice"])
    parameters = {name: number_in(request.POST.get(name, "")) for name in ("representative", "queue")}
    perform_one(action, conversation_id, request, parameters)
    messages.success(request, _told(action, parameters))
    response = answer(request, chosen_of(request.POST))
    response["HX-Trigger-After-Settle"] = "dialog:close"
    return response


def _told(action: Action, chosen: Mapping[str, int | None]) -> str:
    if action == Action.TRANSFER_OWN:
        name = Representative.objects.values_list("name", flat=True).get(pk=chosen["representative"] or 0)
        return f"Offered to {name}. It stays with you until they accept."
    return f"Transferred to {Queue.objects.values_list('name', flat=True).get(pk=chosen['queue'] or 0)}."


def _asked_for(request: OrganizationRequest, conversation_id: int, action: Action) -> Conversation:
    """The conversation, when it may be transferred now; what one has nothing to do with isn't there."""
    require_within_reach(request, conversation_id)
    found = needed(Conversation.objects.filter(pk=conversation_id), request.actor).first()
    if found is None:
        raise NotFound(sentence_of("not_found"))
    require(action, found, request.actor)
    return found


def _queues(request: OrganizationRequest, conversation: Conversation) -> dict[str, Any]:
    chosen = QueueFilter.of(request.GET)
    found = find_queues(conversation.kind, chosen, current_id=conversation.queue_id)
    listed = [0, *(line.queue.pk for line in found.lines)]
    rows = Conversation.objects.filter(status=Status.OPEN, queue_id__in=listed).order_by().values("queue_id")
    waiting = dict(rows.annotate(rows=Count("pk")).values_list("queue_id", "rows"))
    picked = request.GET.get("queue", "")
    lines = [_queue(line, picked, waiting.get(line.queue.pk, 0)) for line in found.lines]
    return queues_panel(
        found, chosen, conversation.kind, lines, narrow=True, url=_url("transfer-queues", request, conversation)
    )


def _queue(line: QueueLine, picked: str, waiting: int) -> dict[str, Any]:
    note = f"It goes to the end of {line.queue.name}, where {waiting:,} wait now, and leaves your desk."
    return queue_line(line, picked, waiting=waiting, note=note)


def _url(name: str, request: OrganizationRequest, conversation: Conversation) -> str:
    return reverse(f"desk:{name}", args=[request.actor.organization_slug, conversation.pk])
