"""What comes in from outside: conversations, messages and their ends, many at a time, each stored once."""

from conversations.intake.conversations import receive_conversations
from conversations.intake.ending import end
from conversations.intake.handing_over import elevate, escalate
from conversations.intake.messages import receive_messages
from conversations.intake.parcels import ConversationParcel, CustomerParcel, MessageParcel, Receipt

__all__ = [
    "ConversationParcel",
    "CustomerParcel",
    "MessageParcel",
    "Receipt",
    "elevate",
    "end",
    "escalate",
    "receive_conversations",
    "receive_messages",
]
