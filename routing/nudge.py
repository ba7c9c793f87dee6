"""Wakes the dispatcher of an organization, by name: what enters a queue, frees units or changes presence is offered."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import redis
import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = structlog.get_logger(__name__)

DISPATCH = "conversations.dispatch"
# While a task is on its way a second one would find the same; the mark outlives a lost task by this much.
MARK_SECONDS = 5

_left_to_the_beat: ContextVar[bool] = ContextVar("dispatch_left_to_the_beat", default=False)


def nudge_dispatch_on_commit(organization_id: int) -> None:
    """One task per organization, however often it is asked for before a worker takes it up."""
    if _left_to_the_beat.get():
        return
    connection = transaction.get_connection()
    if any(
        isinstance(waiting, _Nudge) and waiting.waits_for(organization_id) for _, waiting, _ in connection.run_on_commit
    ):
        return
    transaction.on_commit(_Nudge(organization_id), robust=True)


@contextmanager
def left_to_the_beat() -> Iterator[None]:
    """For a command that makes work where nobody may be at work yet: the beat finds it once there is one."""
    token = _left_to_the_beat.set(True)
    try:
        yield
    finally:
        _left_to_the_beat.reset(token)


def taken_up(organization_id: int) -> None:
    """The task has begun: what changes from now on needs another one."""
    try:
        _client(settings.REDIS_URL).delete(_mark(organization_id))
    except (redis.RedisError, OSError) as error:
        logger.warning("dispatch_mark_not_removed", organization_id=organization_id, error=str(error))


class _Nudge:
    def __init__(self, organization_id: int) -> None:
        self.organization_id = organization_id
        self.done = False
        # Django names a failed callback by it.
        self.__qualname__ = type(self).__qualname__

    def waits_for(self, organization_id: int) -> bool:
        return not self.done and self.organization_id == organization_id

    def __call__(self) -> None:
        self.done = True
        try:
            first = _client(settings.REDIS_URL).set(_mark(self.organization_id), "1", nx=True, ex=MARK_SECONDS)
        except (redis.RedisError, OSError) as error:
            # The broker is the same Redis: the beat finds the work when it is back.
            logger.warning("dispatch_nudge_failed", organization_id=self.organization_id, error=str(error))
            return
        if first:
            current_app.send_task(DISPATCH, kwargs={"organization_id": self.organization_id})


def _mark(organization_id: int) -> str:
    return f"dispatch:{organization_id}"


@functools.cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
