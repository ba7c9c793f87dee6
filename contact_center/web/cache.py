"""The cache of a console whose Redis may be down: then nothing is remembered, and nobody is kept from signing in."""

from typing import Any

import structlog
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = structlog.get_logger(__name__)


class ForgetfulCache(RedisCache):
    """Without Redis the limits on attempts to sign in don't count, as those of the API don't (`rate_limit.py`)."""

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        try:
            return bool(super().add(key, value, timeout, version))
        except (RedisError, OSError) as error:
            _note(error)
            # Whoever takes a lock this way goes on without it.
            return True

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except (RedisError, OSError) as error:
            _note(error)
            return default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        try:
            super().set(key, value, timeout, version)
        except (RedisError, OSError) as error:
            _note(error)

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except (RedisError, OSError) as error:
            _note(error)
            return False


def _note(error: Exception) -> None:
    logger.warning("cache_unavailable", error=str(error))
