"""A Redis of a test's own, to be stopped and started again in the middle of things."""

from pathlib import Path

import redis

from contact_center import embedded_redis


class OwnRedis:
    """Its address stays the same over a restart."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self._state = embedded_redis.start(home, home)

    @property
    def url(self) -> str:
        return str(self._state["redis_url"])

    def stop(self, *, keep: bool) -> None:
        """Stopped with its queues written down, or with everything lost."""
        dump = self._home / "redis" / "dump.rdb"
        if keep:
            with redis.Redis.from_url(self.url) as client:
                client.save()
            assert dump.exists()
        else:
            dump.unlink(missing_ok=True)
        embedded_redis.stop(self._state)

    def start(self) -> None:
        self._state = embedded_redis.start(self._home, self._home)
