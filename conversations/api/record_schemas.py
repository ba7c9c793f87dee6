"""What the calls about records take and answer."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from conversations.api.schemas import CustomerIn, Taken
from conversations.api.texts import CaseNumber, ExternalId, Label, Regarding, Slug, Subject


def _as_text(value: Any) -> Any:
    return str(value) if type(value) is int else value


class RecordIn(Taken):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "external_id": "case-7731",
                    "record_type": "case",
                    "title": "Awning torn in the storm",
                    "case_number": "CAS-01201-X7Z1",
                    "regarding": "Okafor household",
                    "queue": "Cases",
                    "priority": "high",
                }
            ]
        },
    )

    external_id: ExternalId = Field(description="Your own id of this record; the same one again changes nothing.")
    record_type: Literal["case", "email", "activity"]
    title: Subject = Field(description="Shown as the conversation's subject.")
    case_number: CaseNumber = Field("", description="As people call the case; found by the search.")
    regarding: Regarding = Field("", description="What or whom the record is about; found by the search.")
    queue: (
        Annotated[
            Label,
            BeforeValidator(_as_text),
            WithJsonSchema({"anyOf": [{"type": "string", "minLength": 1, "maxLength": 80}, {"type": "integer"}]}),
        ]
        | None
    ) = Field(None, description="Name or id of a queue for records. Without it: the work stream's default queue.")
    work_stream: Slug | None = Field(
        None, description="The short name of a work stream for records. Without it: the one that fills the queue."
    )
    priority: Literal["low", "normal", "high"] = "normal"
    customer: CustomerIn | None = Field(None, description="Whom the record concerns.")

    @model_validator(mode="after")
    def _goes_somewhere(self) -> "RecordIn":
        if self.queue is None and self.work_stream is None:
            raise ValueError("Name a queue or a work stream.")
        return self


class RecordReceipt(Schema):
    id: int = Field(description="The conversation's id; what the other calls take.", examples=[2041])
    number: str = Field(examples=["C-2041"])
    status: str = Field(examples=["open"])
    external_id: str = Field(examples=["case-7731"])
    record_type: str = Field(examples=["case"])
