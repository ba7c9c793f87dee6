"""Conversations and everything that hangs on one."""

from conversations.models.alerts import Alert, AlertChoice, AlertIgnored, AlertSettings
from conversations.models.conversation import (
    Conversation,
    ConversationSkill,
    ConversationTag,
    Customer,
    RecordItem,
    Tag,
)
from conversations.models.course import Offer, Participant, QueueSegment, Session
from conversations.models.delivery import Notification, OutboxEntry, WebhookEndpoint
from conversations.models.desk import DeskAlerts, ReadMark
from conversations.models.messages import Message, MessageTemplate
from conversations.models.reasons import Disposition, ForceCloseReason
from conversations.models.sentiment import SentimentScore
from conversations.models.views import DefaultView, SavedView, SavedViewShare

__all__ = [
    "Alert",
    "AlertChoice",
    "AlertIgnored",
    "AlertSettings",
    "Conversation",
    "ConversationSkill",
    "ConversationTag",
    "Customer",
    "DefaultView",
    "DeskAlerts",
    "Disposition",
    "ForceCloseReason",
    "Message",
    "MessageTemplate",
    "Notification",
    "Offer",
    "OutboxEntry",
    "Participant",
    "QueueSegment",
    "ReadMark",
    "RecordItem",
    "SavedView",
    "SavedViewShare",
    "SentimentScore",
    "Session",
    "Tag",
    "WebhookEndpoint",
]
