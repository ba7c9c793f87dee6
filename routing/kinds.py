"""Kinds, channels and modes of work: leaf names that queues, work streams and conversations share."""

from django.db import models


class Kind(models.TextChoices):
    """What a conversation is; work never crosses kinds."""

    MESSAGING = "messaging", "Messaging"
    VOICE = "voice", "Voice"
    RECORD = "record", "Record"


class Mode(models.TextChoices):
    """Whether the customer stays on the line. Voice and records have none."""

    LIVE_CHAT = "live_chat", "Live chat"
    PERSISTENT = "persistent", "Persistent"
    NONE = "none", "–"


class Channel(models.TextChoices):
    LIVE_CHAT = "live_chat", "Live chat"
    PERSISTENT_CHAT = "persistent_chat", "Persistent chat"
    SMS = "sms", "SMS"
    WHATSAPP = "whatsapp", "WhatsApp"
    FACEBOOK = "facebook", "Facebook"
    SOCIAL = "social", "Social"
    VOICE = "voice", "Voice"
    RECORD = "record", "Record"


# What customers write on a page of ours.
WITH_CHAT_PAGE = frozenset({Channel.LIVE_CHAT, Channel.PERSISTENT_CHAT})

MODE_OF_CHANNEL: dict[str, Mode] = {
    Channel.LIVE_CHAT: Mode.LIVE_CHAT,
    Channel.VOICE: Mode.NONE,
    Channel.RECORD: Mode.NONE,
}


def mode_of(channel: str) -> Mode:
    """Persistent for persistent chat and for every asynchronous messaging channel (product.md §4)."""
    return MODE_OF_CHANNEL.get(channel, Mode.PERSISTENT)


def kind_of(channel: str) -> Kind:
    return {Channel.VOICE: Kind.VOICE, Channel.RECORD: Kind.RECORD}.get(Channel(channel), Kind.MESSAGING)


class Presence(models.TextChoices):
    """Base presences. Inactive is set by the system only."""

    AVAILABLE = "available", "Available"
    BUSY = "busy", "Busy"
    DO_NOT_DISTURB = "do_not_disturb", "Busy – Do not disturb"
    AWAY = "away", "Away"
    OFFLINE = "offline", "Offline"
    INACTIVE = "inactive", "Inactive"
