"""What the calls take and answer, with the words and examples of the OpenAPI document."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from conversations.api.texts import Email, ExternalId, Label, MessageExternalId, MessageText, Name, Slug, Subject
from conversations.states import Priority

MAX_BATCH = 1_000
PRIORITIES = {"low": Priority.LOW, "normal": Priority.NORMAL, "high": Priority.HIGH}
PRIORITY_NAMES: dict[int, str] = {value: name for name, value in PRIORITIES.items()}


class Taken(Schema):
    """A body sent to us: a field we don't know is a mistake worth telling."""

    model_config = ConfigDict(extra="forbid")


class CustomerIn(Taken):
    external_id: ExternalId = Field(description="The customer's id in your own system.", examples=["customer-4711"])
    name: Name = Field(examples=["Amara Okafor"])
    email: Email | None = Field(
        None, description="Where the customer can be reached by e-mail.", examples=["amara@example.com"]
    )


class SkillIn(Taken):
    name: Label = Field(examples=["German"])
    proficiency: int = Field(1, ge=1, le=10, description="The least proficiency that will do.")


def _named_skill(value: Any) -> Any:
    return {"name": value} if isinstance(value, str) else value


class ConversationIn(Taken):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "chat-2041",
                    "work_stream": "live-chat",
                    "subject": "Parcel arrived damaged",
                    "customer": {"external_id": "customer-4711", "name": "Amara Okafor"},
                    "message": "Hello, the lamp I ordered arrived in pieces.",
                }
            ]
        },
    )

    external_id: ExternalId = Field(description="Your own id of this conversation; the same one again changes nothing.")
    work_stream: Slug = Field(description="The work stream's short name, for example live-chat.")
    subject: Subject
    customer: CustomerIn
    message: MessageText = Field(description="The customer's first message, at most 28 KB.")
    priority: Literal["low", "normal", "high"] = "normal"
    intent: Label | None = Field(None, description="The name of an intent of the organization.")
    skills: list[Annotated[SkillIn, BeforeValidator(_named_skill)]] = Field(
        default_factory=list, max_length=20, description="Skills asked of the representative."
    )
    handled_by: Literal["ai_agent"] | None = Field(None, description="An AI agent takes the conversation first.")


class MessageIn(Taken):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"external_id": "message-90017", "from": "customer", "text": "Can you send a new one?"}]
        },
    )

    external_id: MessageExternalId = Field(description="Your own id of this message; it is stored once.")
    author: Literal["customer", "representative"] = Field(alias="from")
    text: MessageText = Field(description="At most 28 KB.")
    representative: Email | None = Field(None, description="E-mail of the representative; required from one.")

    @model_validator(mode="after")
    def _representative_is_named(self) -> "MessageIn":
        if self.author == "representative" and self.representative is None:
            raise ValueError("A representative's message names the representative by e-mail.")
        if self.author == "customer" and self.representative is not None:
            raise ValueError("Only a representative's message names a representative.")
        return self


class BatchMessageIn(MessageIn):
    conversation: int = Field(ge=1, description="The conversation's id.")


class BatchIn(Taken):
    """Items are checked one by one, so that a wrong one stops no other."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "messages": [
                        {"conversation": 12, "external_id": "message-90018", "from": "customer", "text": "Any news?"}
                    ]
                }
            ]
        },
    )

    messages: Annotated[
        list[Any],
        Field(min_length=1, max_length=MAX_BATCH),
        WithJsonSchema(
            {
                "type": "array",
                "minItems": 1,
                "maxItems": MAX_BATCH,
                "items": BatchMessageIn.model_json_schema(),
                "description": "In the order in which they were said.",
            }
        ),
    ]


class EndIn(Taken):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"by": "customer"}]})

    by: Literal["customer", "representative"]


class ElevateIn(Taken):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"to": "voice"}]})

    to: Literal["voice", "video"]


class PresenceIn(Taken):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"presence": "available"}]})

    presence: Literal["available", "busy", "do_not_disturb", "away", "offline"]


class ConversationReceipt(Schema):
    id: int = Field(examples=[2041])
    number: str = Field(examples=["C-2041"])
    status: str = Field(examples=["open"])
    external_id: str
    previous_id: int | None = Field(None, description="The closed conversation this one continues.")


class MessageReceipt(Schema):
    id: int = Field(description="The message's id.")
    external_id: str
    conversation_id: int = Field(
        description="Where the message went: another conversation than addressed when that one was closed."
    )
    number: str
    status: str
    previous_id: int | None = Field(None, description="The closed conversation this one continues.")


class ErrorDetail(Schema):
    code: str = Field(description="For programs.", examples=["invalid"])
    message: str = Field(description="One sentence for people.", examples=["subject: This is required."])
    fields: dict[str, str] | None = Field(None, description="A sentence for each field at fault.")


class ErrorOut(Schema):
    error: ErrorDetail


class BatchAnswer(Schema):
    position: int = Field(description="Counted from 0, in the order sent.")
    status: int = Field(description="What the single call would have answered: 201, 200, 404, 409 or 422.")
    message: MessageReceipt | None = None
    error: ErrorDetail | None = None


class BatchOut(Schema):
    stored: int
    repeated: int
    refused: int
    answers: list[BatchAnswer]


class QueueOut(Schema):
    id: int
    name: str


class RepresentativeOut(Schema):
    name: str
    email: str


class CustomerOut(Schema):
    external_id: str
    name: str
    email: str


class RecordOut(Schema):
    external_id: str
    record_type: str
    case_number: str
    regarding: str
    resolved_at: datetime | None


class ConversationOut(Schema):
    id: int
    number: str
    external_id: str
    subject: str
    status: str
    status_reason: str
    kind: str
    channel: str
    mode: str
    work_stream: str
    queue: QueueOut
    representative: RepresentativeOut | None
    customer: CustomerOut | None
    record: RecordOut | None
    priority: Literal["low", "normal", "high"]
    intent: str | None
    previous_id: int | None
    created_at: datetime
    queued_at: datetime
    accepted_at: datetime | None
    last_customer_message_at: datetime | None
    closed_at: datetime | None


class ConversationPage(Schema):
    conversations: list[ConversationOut]
    next_cursor: str | None = Field(None, description="Send it as `cursor` for the next page; absent on the last.")


class MessageOut(Schema):
    id: int
    external_id: str
    author: str = Field(description="customer, representative, supervisor, ai_agent, organization or system.")
    text: str
    created_at: datetime


class MessagePage(Schema):
    messages: list[MessageOut]
    next_cursor: str | None = None


class PresenceOut(Schema):
    email: str
    name: str
    presence: str
    since: datetime
