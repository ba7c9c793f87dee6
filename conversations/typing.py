"""Who is typing in a conversation right now: short-lived marks in Redis; who, and never what."""

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from contact_center.live.publish import publish_now

logger = structlog.get_logger(__name__)

Answer = TypeVar("Answer")

# A mark lives this long; pages repeat it more often while somebody goes on typing.
LIVES_SECONDS = 6.0
# What the hub hears; ids are those of conversations.
KIND = "typing"


class Side(StrEnum):
    CUSTOMER = "customer"
    REPRESENTATIVE = "representative"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class Typing:
    """`representatives` and `supervisors` by their ids (of a membership for the latter).

    A mark changes with every sign of life of its side, so that a page knows to show it a little longer; 0 is nobody.
    """

    customer_mark: int = 0
    our_mark: int = 0
    representatives: frozenset[int] = frozenset()
    supervisors: frozenset[int] = frozenset()

    @property
    def customer(self) -> bool:
        return self.customer_mark > 0


NOBODY = Typing()


def is_typing(organization_id: int, conversation_id: int, side: Side, id: int = 0) -> None:
    """Somebody types at this moment. What they write for colleagues only must not be told here."""
    name, now = _name(organization_id, conversation_id), time.time()
    if _do(lambda client: _noted(client, name, f"{side}:{id}", now)):
        publish_now(organization_id, KIND, [conversation_id])


def has_stopped(organization_id: int, conversation_id: int, side: Side, id: int = 0) -> None:
    """They sent it, or thought better of it."""
    if _do(lambda client: client.zrem(_name(organization_id, conversation_id), f"{side}:{id}")):
        publish_now(organization_id, KIND, [conversation_id])


def typing_in(organization_id: int, conversation_id: int) -> Typing:
    """Who types now; nobody while Redis doesn't answer."""
    now = time.time()
    name = _name(organization_id, conversation_id)
    answer = _do(lambda client: client.zrangebyscore(name, now, "+inf", withscores=True))
    found = cast(list[tuple[bytes, float]], answer or [])
    people: dict[str, dict[int, int]] = {side: {} for side in Side}
    for member, until in found:
        side, _, id = member.decode().partition(":")
        people[side][int(id)] = int(until * 1000)
    representatives, supervisors = people[Side.REPRESENTATIVE], people[Side.SUPERVISOR]
    return Typing(
        customer_mark=max(people[Side.CUSTOMER].values(), default=0),
        our_mark=max((*representatives.values(), *supervisors.values()), default=0),
        representatives=frozenset(representatives),
        supervisors=frozenset(supervisors),
    )


def _name(organization_id: int, conversation_id: int) -> str:
    return f"typing:{organization_id}:{conversation_id}"


def _noted(client: redis.Redis, name: str, member: str, now: float) -> bool:
    pipeline = client.pipeline(transaction=False)
    pipeline.zremrangebyscore(name, "-inf", now)
    pipeline.zadd(name, {member: now + LIVES_SECONDS})
    pipeline.expire(name, int(LIVES_SECONDS) + 1)
    pipeline.execute()
    return True


def _do(work: Callable[[redis.Redis], Answer]) -> Answer | None:
    """None when Redis doesn't answer: a sign that somebody types is worth no error."""
    try:
        return work(_client(settings.REDIS_URL))
    except (redis.RedisError, OSError) as error:
        logger.warning("typing_unavailable", error=str(error))
        return None


@functools.cache
def _client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_connect_timeout=0.3, socket_timeout=0.3, retry=Retry(NoBackoff(), 0))
