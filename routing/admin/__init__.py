"""Queues, work streams, representatives and intents in Django admin."""

from routing.admin import hours, intents, queues, representatives, work_streams

__all__ = ["hours", "intents", "queues", "representatives", "work_streams"]
