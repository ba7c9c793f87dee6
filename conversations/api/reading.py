"""The calls that read: conversations by the list's own filters, one conversation, its public messages."""

from typing import Annotated, Any

from django.http import QueryDict
from django.utils import timezone
from ninja import Path, Query, Schema
from pydantic import Field

from contact_center.errors import Invalid
from contact_center.tenancy.access import Actor
from contact_center.tenancy.api_keys import ApiRequest
from contact_center.web.pagination import read_page
from conversations.api import answers
from conversations.api.auth import READ
from conversations.api.router import router
from conversations.api.schemas import ConversationOut, ConversationPage, ErrorOut, MessagePage
from conversations.filters import BY_NAME, ConversationFilter
from conversations.models import Conversation, Message
from conversations.sorting import Cursor
from routing.models import WorkStream

ERRORS = {status: ErrorOut for status in (401, 403, 422, 429)}
ConversationId = Annotated[int, Path(description="The conversation's id.", examples=[2041])]
LARGEST_ID = 2**63 - 1
OWN_PARAMETERS = frozenset({"cursor", "limit", "external_id"})


class Filters(Schema):
    """The query names of All ongoing conversations; a name may be repeated, which means any of its values."""

    q: str | None = Field(
        None,
        max_length=200,
        description="Words in subject, customer, case number, regarding or representative; or a number.",
    )
    status: list[str] = Field([], description="open, active, waiting, wrap_up, closed or any; without it: not closed.")
    detail: list[str] = Field([], description="awaiting, in_conversation or transfer: what stands beside the status.")
    channel: list[str] = Field(
        [], description="live_chat, persistent_chat, sms, whatsapp, facebook, social, voice, record."
    )
    mode: list[str] = Field([], description="live_chat or persistent.")
    record_type: list[str] = Field([], description="case, email or activity.")
    queue: list[str] = Field([], description="Ids of queues.")
    representative: list[str] = Field([], description="Ids of representatives, or none.")
    sentiment: list[str] = Field([], description="very_negative … very_positive.")
    intent: list[str] = Field([], description="Ids of intents.")
    work_stream: list[str] = Field([], description="Short names or ids of work streams.")
    priority: list[str] = Field([], description="low, normal or high.")
    force_close_reason: list[str] = Field([], description="Ids of reasons; closed ones need status=closed as well.")
    disposition: list[str] = Field([], description="Ids of dispositions; closed ones need status=closed as well.")
    due: list[str] = Field([], description="breached, at_risk or on_time, by the targets of the queue.")
    tag: list[str] = Field([], description="Ids of tags.")
    hand: list[str] = Field([], description="raised.")
    created: list[str] = Field([], description="2h, 7d: in the last …; over-24h: more than … ago.")
    wait_over: list[str] = Field([], description="10m: waiting longer than that.")
    external_id: str | None = Field(None, max_length=120, description="Your own id, whatever the status.")
    sort: str | None = Field(
        None, description="created, wait, subject, …; with a minus in front: falling.", examples=["-created"]
    )
    limit: int = Field(50, ge=1, le=200)
    cursor: str | None = Field(None, max_length=2000, description="`next_cursor` of the page before.")


@router.get(
    "/conversations",
    auth=READ,
    tags=["Reading"],
    response={200: ConversationPage, **ERRORS},
    operation_id="list_conversations",
    summary="List conversations",
    exclude_none=False,
)
def list_conversations(request: ApiRequest, filters: Query[Filters]) -> Any:
    """Conversations that match, newest first unless sorted otherwise; ongoing ones unless a status is given."""
    if filters.external_id is not None:
        return {"conversations": answers.described(_with_external_id(filters.external_id)), "next_cursor": None}
    shown = _filter(request.GET, request.api_caller.actor)
    cursor = Cursor.decode(filters.cursor, shown.order, forward=True) if filters.cursor else None
    if filters.cursor and cursor is None:
        sentence = "This cursor belongs to another list; begin without one."
        raise Invalid(sentence, fields={"cursor": sentence})
    as_of = cursor.as_of if cursor else timezone.now()
    page = read_page(
        shown.rows(), shown.order.keyset(as_of), size=filters.limit, anchor=cursor.anchor if cursor else None
    )
    if cursor is not None and page.anchor is None:
        # Everything after the cursor is gone; the first page again would make a loop.
        return {"conversations": [], "next_cursor": None}
    return {
        "conversations": answers.described([row[0] for row in page.rows]),
        "next_cursor": Cursor(page.next, as_of).encode(shown.order) if page.next else None,
    }


def _filter(given: QueryDict, actor: Actor) -> ConversationFilter:
    """The list's own filter. Raises Invalid naming every value that makes no sense."""
    query = QueryDict(mutable=True)
    for name, values in given.lists():
        if name not in OWN_PARAMETERS:
            query.setlist(name, [_plain(value) for value in values])
    if slugs := [value for value in query.getlist("work_stream") if not value.isdecimal()]:
        ids = dict(WorkStream.objects.filter(slug__in=slugs).values_list("slug", "pk"))
        named = [str(ids.get(value, value)) for value in query.getlist("work_stream")]
        query.setlist("work_stream", named)
    shown = ConversationFilter.from_query(query, actor)
    if unknown := sorted(set(query) - {*BY_NAME, "q", "sort"}):
        raise Invalid("There is no such filter.", fields={name: "There is no such filter." for name in unknown})
    if shown.senseless:
        fields = {wrong.name: sentence for wrong, sentence in zip(shown.senseless, shown.notices, strict=True)}
        raise Invalid(next(iter(fields.values())), fields=fields)
    return shown


def _with_external_id(external_id: str) -> list[int]:
    """A conversation and a record may carry the same one; of a record's conversations the latest."""
    if not (wanted := _plain(external_id)):
        return []
    own = Conversation.objects.filter(external_id=wanted).values_list("pk", flat=True)[:1]
    of_record = Conversation.objects.filter(record__external_id=wanted).order_by("-pk").values_list("pk", flat=True)[:1]
    return [*own, *of_record]


def _plain(text: str) -> str:
    if "\0" in text:
        raise Invalid("A value contains the character NUL, which nothing can match.")
    return text


@router.get(
    "/conversations/{int:conversation_id}",
    auth=READ,
    tags=["Reading"],
    response={200: ConversationOut, 404: ErrorOut, **ERRORS},
    operation_id="get_conversation",
    summary="Read a conversation",
)
def get_conversation(request: ApiRequest, conversation_id: ConversationId) -> Any:
    """One conversation as it is now."""
    if conversation_id > LARGEST_ID or not (found := answers.described([conversation_id])):
        raise answers.no_conversation()
    return found[0]


class MessageFilters(Schema):
    limit: int = Field(50, ge=1, le=200)
    cursor: int | None = Field(None, ge=0, le=LARGEST_ID, description="`next_cursor` of the page before.")


@router.get(
    "/conversations/{int:conversation_id}/messages",
    auth=READ,
    tags=["Reading"],
    response={200: MessagePage, 404: ErrorOut, **ERRORS},
    operation_id="list_messages",
    summary="Read a transcript",
)
def list_messages(request: ApiRequest, conversation_id: ConversationId, filters: Query[MessageFilters]) -> Any:
    """The public messages, oldest first. Internal ones are never in it."""
    if conversation_id > LARGEST_ID or not Conversation.objects.filter(pk=conversation_id).exists():
        raise answers.no_conversation()
    rows = Message.objects.filter(
        conversation_id=conversation_id, visibility=Message.Visibility.PUBLIC, pk__gt=filters.cursor or 0
    ).order_by("pk")[: filters.limit + 1]
    found = list(rows)
    shown = found[: filters.limit]
    return {
        "messages": [answers.message_out(row) for row in shown],
        "next_cursor": str(shown[-1].pk) if len(found) > filters.limit else None,
    }
