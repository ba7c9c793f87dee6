"""Queues, work streams, representatives and intents in Django admin."""

from routing.admin import intents, queues, representatives, work_streams

__all__ = ["intents", "queues", "representatives", "work_streams"]
