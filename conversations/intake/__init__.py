"""What comes in from outside: conversations, messages and their ends, many at a time, each stored once."""

from conversations.intake.conversations import receive_conversations
from conversations.intake.ending import end
from conversations.intake.handing_over import elevate, escalate
from conversations.intake.messages import receive_messages
from conversations.intake.parcels import ConversationParcel, CustomerParcel, MessageParcel, Receipt, RecordParcel
from conversations.intake.records import look_at_records, receive_records, resolve_record

__all__ = [
    "ConversationParcel",
    "CustomerParcel",
    "MessageParcel",
    "Receipt",
    "RecordParcel",
    "elevate",
    "end",
    "escalate",
    "look_at_records",
    "receive_conversations",
    "receive_messages",
    "receive_records",
    "resolve_record",
]
