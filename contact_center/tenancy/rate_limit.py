"""Counts the calls of an API key per minute in Redis; without Redis every call passes."""

import functools
import time
from dataclasses import dataclass

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = structlog.get_logger(__name__)

WINDOW_SECONDS = 60
# After a fault Redis is left alone this long, so that its time-outs don't add up call by call.
PAUSE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Verdict:
    allowed: bool
    retry_after: int = 0


class _Pause:
    until = 0.0


def count_call(key_id: int | str, per_minute: int) -> Verdict:
    """Count one call and say whether it is within the key's limit."""
    if time.monotonic() < _Pause.until:
        return Verdict(allowed=True)
    now = time.time()
    window, passed = divmod(now, WINDOW_SECONDS)
    try:
        calls = _counted(_client(settings.REDIS_URL), f"api-calls:{key_id}:{int(window)}")
    except (redis.RedisError, OSError) as error:
        # Better to serve too many calls than to lose what customers write.
        _Pause.until = time.monotonic() + PAUSE_SECONDS
        logger.warning("rate_limit_unavailable", error=str(error))
        return Verdict(allowed=True)
    if calls > per_minute:
        return Verdict(allowed=False, retry_after=max(1, round(WINDOW_SECONDS - passed)))
    return Verdict(allowed=True)


def _counted(client: redis.Redis, name: str) -> int:
    pipeline = client.pipeline(transaction=False)
    pipeline.incr(name)
    pipeline.expire(name, WINDOW_SECONDS * 2)
    return int(pipeline.execute()[0])


@functools.cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
