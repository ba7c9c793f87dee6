"""Tells the hubs that rows changed: organization, kind and ids cross Redis once that is committed, never content."""

import functools
import json
from collections.abc import Iterable

import redis
import structlog
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = structlog.get_logger(__name__)

# Above this many, "anything of this kind" says the same to every viewer and costs nothing to carry.
MAX_IDS = 2_000


def channel_name(organization_id: int) -> str:
    """PUBLISH knows no numbered databases, so the name says it: two installations may share one Redis by number."""
    return f"live:{_database_number(settings.REDIS_URL)}:{organization_id}"


def publish_on_commit(organization_id: int, kind: str, ids: Iterable[int] = ()) -> None:
    """Publish when the current transaction commits; ids of one kind in one transaction go out as one message.

    No ids means "anything of this kind". An id whose savepoint was rolled back may go out with the others: a message is
    a hint to read again, so it does no harm.
    """
    connection = transaction.get_connection()
    for _, waiting, _ in connection.run_on_commit:
        if isinstance(waiting, _Publication) and waiting.accepts(organization_id, kind):
            waiting.add(ids)
            return
    publication = _Publication(organization_id, kind)
    publication.add(ids)
    transaction.on_commit(publication, robust=True)


def publish_now(organization_id: int, kind: str, ids: Iterable[int] = ()) -> None:
    """Publish at once, for callers outside a transaction. A Redis fault is logged: the change itself stands."""
    known = sorted(set(ids))
    payload = json.dumps({"kind": kind, "ids": known if 0 < len(known) <= MAX_IDS else None})
    try:
        _client(settings.REDIS_URL).publish(channel_name(organization_id), payload)
    except (redis.RedisError, OSError) as error:
        # Viewers catch up by themselves: every hub reads all its views again after Redis comes back.
        logger.warning("live_publish_failed", organization_id=organization_id, kind=kind, error=str(error))


class _Publication:
    """What one transaction has to say about one kind; stands in the connection's list of commit callbacks.

    A rolled-back savepoint takes its callbacks with it, so being found in that list proves that this one will run.
    """

    def __init__(self, organization_id: int, kind: str) -> None:
        self.organization_id, self.kind = organization_id, kind
        self.ids: set[int] = set()
        self.anything = False
        self.done = False
        # Django names a failed callback by it.
        self.__qualname__ = type(self).__qualname__

    def accepts(self, organization_id: int, kind: str) -> bool:
        return not self.done and (self.organization_id, self.kind) == (organization_id, kind)

    def add(self, ids: Iterable[int]) -> None:
        added = set(ids)
        self.ids |= added
        self.anything = self.anything or not added

    def __call__(self) -> None:
        self.done = True
        publish_now(self.organization_id, self.kind, () if self.anything else self.ids)


@functools.cache
def _database_number(url: str) -> int:
    return int(redis.ConnectionPool.from_url(url).connection_kwargs.get("db", 0))


@functools.cache
def _client(url: str) -> redis.Redis:
    """One pool per process. Short time-outs and one retry: a slow Redis must not hold up the person who clicked."""
    return redis.Redis.from_url(url, socket_connect_timeout=0.5, socket_timeout=1, retry=Retry(NoBackoff(), 1))
