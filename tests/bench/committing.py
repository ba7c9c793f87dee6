"""Commits changes at a steady rate and tells the viewers, in a process of its own; prints when each was committed.

Each change gives one conversation a new time of entry into its queue, which its row shows: a viewer that sees the time
knows which change it got. `hub` publishes what the console publishes; `groups` sends the rendered row to a Channels
group, as the usual pattern does.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg
import redis
from channels_redis.pubsub import RedisPubSubChannelLayer

from contact_center.live.publish import channel_name
from tests.bench.plain_groups import GROUP

# About what a row of the list weighs.
ROW_BYTES = 1_000
_CHANGE = """
update conversations_conversation set queued_at = %s, row_stamp = row_stamp + 1 where organization_id = %s and id = %s
"""


def main() -> None:
    order = json.loads(sys.stdin.readline())
    committed = asyncio.run(_commit_all(order))
    sys.stdout.write(json.dumps(committed))


async def _commit_all(order: dict) -> dict[str, float]:
    """Stamp → moment of its commit, on the clock that all processes of a machine share."""
    tell = _teller(order)
    committed: dict[str, float] = {}
    with psycopg.connect(order["database_url"], autocommit=True) as connection:
        begun = time.monotonic()
        for number in range(order["count"]):
            due = begun + number / order["rate"]
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            id = order["ids"][number % len(order["ids"])]
            stamp = datetime.now(UTC)
            with connection.transaction():
                connection.execute("select set_config('app.organization_id', %s, true)", [str(order["organization"])])
                connection.execute(_CHANGE, [stamp, order["organization"], id])
            committed[stamp.isoformat()] = time.monotonic()
            await tell(id, stamp.isoformat())
    return committed


def _teller(order: dict) -> Callable:
    if order["pattern"] == "groups":
        layer = RedisPubSubChannelLayer(hosts=[order["redis_url"]])

        async def send(id: int, stamp: str) -> None:
            row = f'<tr id="conversation-{id}"><td><time datetime="{stamp}" data-kind="wait"></time></td>'
            row += "x" * (ROW_BYTES - len(row)) + "</tr>"
            await layer.group_send(GROUP, {"type": "row", "html": row})

        return send
    client = redis.Redis.from_url(order["redis_url"])
    channel = channel_name(order["organization"])

    async def publish(id: int, stamp: str) -> None:
        client.publish(channel, json.dumps({"kind": "conversation", "ids": [id]}))

    return publish


if __name__ == "__main__":
    main()
