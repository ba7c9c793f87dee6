"""One delivery task at a time for each organization: a mark in Redis that its holder keeps alive.

Without it a slow address would take one thread after the other. Correctness doesn't hang on it: rows are leased.
"""

import functools
from collections.abc import Iterable

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import LockError
from redis.lock import Lock
from redis.retry import Retry

logger = structlog.get_logger(__name__)

# Longer than one parcel may take; a worker that died is waited for no longer.
SECONDS = 45


class Turn:
    """Held by one task."""

    def __init__(self, lock: Lock | None) -> None:
        # None when Redis doesn't answer.
        self._lock = lock

    def keep(self) -> bool:
        """Before each parcel; False when another task has begun in the meantime."""
        if self._lock is None:
            return True
        try:
            return bool(self._lock.extend(SECONDS, replace_ttl=True))
        except LockError:
            return False
        except (redis.RedisError, OSError) as error:
            logger.warning("delivery_turn_not_kept", error=str(error))
            return True

    def give_back(self) -> None:
        if self._lock is None:
            return
        try:
            self._lock.release()
        except (redis.RedisError, OSError) as error:
            # It ends by itself.
            logger.warning("delivery_turn_not_given_back", error=str(error))


def take(organization_id: int) -> Turn | None:
    """None when another task has it."""
    lock = _client(settings.REDIS_URL).lock(name_of(organization_id), timeout=SECONDS, thread_local=False)
    try:
        return Turn(lock) if lock.acquire(blocking=False) else None
    except (redis.RedisError, OSError) as error:
        logger.warning("delivery_turn_unavailable", organization_id=organization_id, error=str(error))
        return Turn(None)


def without_one(organization_ids: Iterable[int]) -> list[int]:
    """Those of which nobody has the turn now."""
    ids = list(organization_ids)
    if not ids:
        return []
    try:
        held = _client(settings.REDIS_URL).mget([name_of(each) for each in ids])
    except (redis.RedisError, OSError) as error:
        logger.warning("delivery_turns_unknown", error=str(error))
        return ids
    return [each for each, holder in zip(ids, held, strict=True) if holder is None]


def name_of(organization_id: int) -> str:
    return f"delivery:{organization_id}"


@functools.cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
