"""The customer's page over HTTP: ask, write, answer about monitoring, end, and read where no socket can be."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from contact_center.errors import DomainError
from contact_center.live.publish import publish_on_commit
from conversations.actions.consent import customer_decides
from conversations.actions.lifecycle import end_by_customer
from conversations.chat.access import ChatRequest, chat_view
from conversations.chat.addresses import addresses_of
from conversations.chat.forms import MessageForm, StartForm
from conversations.chat.limits import What
from conversations.chat.live_view import ChatView
from conversations.chat.notice import notice_for
from conversations.chat.opening import why_closed
from conversations.chat.reading import current_conversation
from conversations.chat.sending import send, start
from conversations.chat.standing import is_over
from conversations.chat.waiting import line_of
from conversations.models import Conversation

# A chat that has ended is still shown to who comes back so soon; later they begin anew.
SHOWN_AFTER_THE_END = timedelta(days=1)
NO_COOKIE = (
    "Your browser doesn’t keep this chat’s cookie here, so your conversation couldn’t be found again. "
    "Open the chat in a window of its own, or allow its cookie, and send your question from there."
)


@require_safe
@chat_view(What.READ)
def chat_page(request: ChatRequest, key: str) -> HttpResponse:
    if request.must_wait:
        return _too_fast(request)
    conversation = current_conversation(request.visitor, request.stream)
    if conversation is None or _begins_anew(request, conversation):
        return _start_page(request, StartForm())
    shown = _view(request, conversation).whole()
    lines, parts = shown if shown else ("", {})
    context = {"lines": lines, "parts": parts, "addresses": addresses_of(key), **_frame(request)}
    return _remembered(request, render(request, "chat/conversation.html", context))


def _begins_anew(request: ChatRequest, conversation: Conversation) -> bool:
    if not is_over(conversation):
        return False
    long_ago = timezone.now() - conversation.status_since > SHOWN_AFTER_THE_END
    return "new" in request.GET or long_ago


@require_POST
@chat_view(What.START)
def start_chat(request: ChatRequest, key: str) -> HttpResponse:
    form = StartForm(request.POST)
    if request.must_wait:
        return _start_page(request, form, status=429, problem=_wait_sentence(request))
    if not form.is_valid():
        return _start_page(request, form, status=422)
    if not request.visitor.known:
        return _start_page(request, form, status=422, problem=NO_COOKIE, own_window=True)
    current = current_conversation(request.visitor, request.stream)
    found = start(request, current, form.cleaned_data)
    if isinstance(found, DomainError):
        return _start_page(request, form, status=422, problem=found.sentence)
    _tell_page(request, found)
    return HttpResponseRedirect(addresses_of(key)["page"])


@require_POST
@chat_view(What.WRITE)
def write_message(request: ChatRequest, key: str) -> HttpResponse:
    """The page's script gets what is on the page now; without it the page is loaded again."""
    current, form = current_conversation(request.visitor, request.stream), MessageForm(request.POST)
    if current is None:
        return _answer(request, None)
    if request.must_wait:
        return _refused(request, _wait_sentence(request), 429)
    if not form.is_valid():
        return _refused(request, next(str(errors[0]) for errors in form.errors.values()), 422)
    found = send(request, current, form.cleaned_data)
    if isinstance(found, DomainError):
        return _refused(request, found.sentence, 422)
    if found.pk != current.pk:
        _tell_page(request, found)
    return _answer(request, found)


@require_safe
@chat_view(What.READ)
def read_messages(request: ChatRequest, key: str) -> HttpResponse:
    if request.must_wait:
        return _refused(request, _wait_sentence(request), 429)
    conversation = current_conversation(request.visitor, request.stream)
    return HttpResponse(status=204) if conversation is None else HttpResponse(_frame_text(request, conversation))


@require_POST
@chat_view(What.WRITE)
def answer_about_monitoring(request: ChatRequest, key: str) -> HttpResponse:
    current, answer = current_conversation(request.visitor, request.stream), request.POST.get("answer")
    if request.must_wait:
        return _refused(request, _wait_sentence(request), 429)
    asked = notice_for(request.stream, current).answer
    if current is not None and asked and answer in ("yes", "no"):
        customer_decides(current.pk, consents=answer == "yes", actor=request.customer, now=timezone.now())
    return _answer(request, current)


@require_POST
@chat_view(What.WRITE)
def end_chat(request: ChatRequest, key: str) -> HttpResponse:
    """What a customer may not end stays as it is."""
    current = current_conversation(request.visitor, request.stream)
    if current is not None:
        end_by_customer([current.pk], actor=request.customer, now=timezone.now())
    return _answer(request, current)


# --- Answers ---


def _view(request: ChatRequest, conversation: Conversation) -> ChatView:
    # Not the lines shared by all sockets, which may be a second old: what somebody asked for is read.
    return ChatView(
        request.visitor,
        request.stream,
        request.organization,
        conversation.customer_id or 0,
        line_of=lambda queue: line_of(queue, now=timezone.now()),
    )


def _frame_text(request: ChatRequest, conversation: Conversation) -> str:
    """As a socket would send it."""
    shown = _view(request, conversation).whole()
    return shown[0] + "".join(shown[1].values()) if shown else ""


def _answer(request: ChatRequest, conversation: Conversation | None) -> HttpResponse:
    if not request.htmx or conversation is None:  # type: ignore[attr-defined]
        return HttpResponseRedirect(addresses_of(request.visitor.key)["page"])
    return _remembered(request, HttpResponse(_frame_text(request, conversation)))


def _refused(request: ChatRequest, sentence: str, status: int) -> HttpResponse:
    """With the reason; what was written stays in the page."""
    response = JsonResponse({"error": sentence}, status=status)
    if request.must_wait:
        response["Retry-After"] = str(request.must_wait)
    return response


def _too_fast(request: ChatRequest) -> HttpResponse:
    response = render(request, "chat/wait.html", {"sentence": _wait_sentence(request), **_frame(request)}, status=429)
    response["Retry-After"] = str(request.must_wait)
    return response


def _wait_sentence(request: ChatRequest) -> str:
    seconds = request.must_wait
    return f"That was a lot in a short time. Please wait {seconds} second{'s' if seconds != 1 else ''} and try again."


def _tell_page(request: ChatRequest, conversation: Conversation) -> None:
    """Another tab of the visitor shows the new conversation as well; it can't know its id yet."""
    publish_on_commit(request.organization.pk, "customer", [conversation.customer_id or 0])


def _remembered(request: ChatRequest, response: HttpResponse) -> HttpResponse:
    request.visitor.remember(response, secure=settings.SESSION_COOKIE_SECURE)
    return response


def _start_page(
    request: ChatRequest, form: StartForm, *, status: int = 200, problem: str = "", own_window: bool = False
) -> HttpResponse:
    context = {
        "form": form,
        "problem": problem,
        "own_window": own_window,
        "closed": why_closed(request.stream, now=timezone.now()),
        "notice": notice_for(request.stream, None),
        "addresses": addresses_of(request.visitor.key),
        "token": form.data.get("token") or uuid.uuid4(),
        **_frame(request),
    }
    return _remembered(request, render(request, "chat/start.html", context, status=status))


def _frame(request: ChatRequest) -> dict[str, Any]:
    """What the frame of every page takes: `origins` may talk to the page where they show it."""
    return {
        "organization": request.organization,
        "chat_key": request.visitor.key,
        "origins": [*request.stream.allowed_origins],
    }
