"""The customer's page: ask, read the answers, write again, end. It asks for news every two seconds while it is open."""

import uuid

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import DomainError
from conversations.actions.connection import customer_seen
from conversations.actions.lifecycle import end_by_customer
from conversations.chat.access import ChatRequest, chat_view
from conversations.chat.forms import MessageForm, StartForm
from conversations.chat.transcript import state_line, transcript
from conversations.intake.conversations import receive_conversations
from conversations.intake.messages import receive_messages
from conversations.intake.parcels import ConversationParcel, CustomerParcel, MessageParcel, Receipt
from conversations.models import Conversation
from conversations.rules.guards import customer_may_end
from conversations.states import Status


@require_safe
@chat_view
def chat_page(request: ChatRequest, key: str) -> HttpResponse:
    conversation = _conversation(request)
    if conversation is None or "new" in request.GET:
        return _start_page(request, StartForm())
    return render(request, "chat/conversation.html", _context(request, conversation))


@require_POST
@chat_view
def start_chat(request: ChatRequest, key: str) -> HttpResponse:
    form = StartForm(request.POST)
    if not form.is_valid():
        return _start_page(request, form, status=422)
    name, question = form.cleaned_data["name"], form.cleaned_data["question"]
    token = form.cleaned_data["token"]
    visitor = request.visitor = request.visitor.named(token)
    parcel = ConversationParcel(
        external_id=f"chat:{token.hex}",
        work_stream=request.stream.slug,
        subject=question.splitlines()[0][:120],
        customer=CustomerParcel(external_id=visitor.external_id, name=name),
        message=question,
    )
    receipt = receive_conversations([parcel], actor=request.customer, now=timezone.now())[0]
    return _back(request, receipt)


@require_POST
@chat_view
def write_message(request: ChatRequest, key: str) -> HttpResponse:
    conversation, form = _conversation(request), MessageForm(request.POST)
    if conversation is None:
        return HttpResponseRedirect(_url("chat", key))
    if not form.is_valid():
        context = _context(request, conversation) | {"error": _first_error(form), "text": request.POST.get("text", "")}
        return render(request, "chat/_panel.html", context)
    parcel = MessageParcel(
        conversation_id=conversation.pk,
        external_id=f"chat:{form.cleaned_data['token'].hex}",
        text=form.cleaned_data["text"],
    )
    receipt = receive_messages([parcel], actor=request.customer, now=timezone.now())[0]
    moved = receipt.conversation or conversation
    response = render(request, "chat/_panel.html", _context(request, moved))
    request.visitor.inside(moved).remember(response, secure=settings.SESSION_COOKIE_SECURE)
    return response


@require_safe
@chat_view
def read_messages(request: ChatRequest, key: str) -> HttpResponse:
    conversation = _conversation(request)
    if conversation is None:
        return HttpResponse(status=204)
    return render(request, "chat/_messages.html", _context(request, conversation))


@require_POST
@chat_view
def end_chat(request: ChatRequest, key: str) -> HttpResponse:
    """What a customer may not end stays as it is."""
    conversation = request.visitor.conversation()
    if conversation is not None:
        end_by_customer([conversation.pk], actor=request.customer, now=timezone.now())
    return HttpResponseRedirect(_url("chat", key))


def _conversation(request: ChatRequest) -> Conversation | None:
    """The visitor's; that the page is open is noted, so that we know when it no longer is."""
    conversation = request.visitor.conversation()
    if conversation is not None:
        customer_seen(conversation, now=timezone.now())
    return conversation


def _start_page(request: ChatRequest, form: StartForm, *, status: int = 200, problem: str = "") -> HttpResponse:
    context = {
        "organization": request.organization,
        "form": form,
        "problem": problem,
        "start_url": _url("chat-start", request.visitor.key),
        "token": form.data.get("token") or uuid.uuid4(),
    }
    return render(request, "chat/start.html", context, status=status)


def _back(request: ChatRequest, receipt: Receipt) -> HttpResponse:
    if receipt.conversation is None:
        problem = receipt.error.sentence if isinstance(receipt.error, DomainError) else ""
        return _start_page(request, StartForm(request.POST), status=422, problem=problem)
    response = HttpResponseRedirect(_url("chat", request.visitor.key))
    request.visitor.inside(receipt.conversation).remember(response, secure=settings.SESSION_COOKIE_SECURE)
    return response


def _context(request: ChatRequest, conversation: Conversation) -> dict[str, object]:
    conversation = Conversation.objects.select_related("representative", "queue", "customer").get(pk=conversation.pk)
    key = request.visitor.key
    closed = conversation.status == Status.CLOSED
    over = closed or conversation.status == Status.WRAP_UP
    return {
        "organization": request.organization,
        "messages_shown": transcript(conversation, request.organization.name),
        "state": state_line(conversation),
        "over": over,
        "may_end": customer_may_end(conversation) and not over,
        "token": uuid.uuid4(),
        "write_url": _url("chat-write", key),
        "read_url": _url("chat-read", key),
        "end_url": _url("chat-end", key),
        "new_url": f"{_url('chat', key)}?new",
    }


def _url(name: str, key: str) -> str:
    return reverse(name, kwargs={"key": key})


def _first_error(form: MessageForm) -> str:
    return next(str(errors[0]) for errors in form.errors.values())
