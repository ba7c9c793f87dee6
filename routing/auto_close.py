"""After how long conversations close by themselves, where a work stream is not told otherwise (reference.md §2.3)."""

from routing.kinds import Channel

MINUTE, HOUR, DAY = 60, 3600, 24 * 3600

FIELDS = (
    "open_auto_close_seconds",
    "active_auto_close_seconds",
    "waiting_auto_close_seconds",
    "wrap_up_auto_close_seconds",
)
# In the order of the fields; None never closes.
_ASYNCHRONOUS = (30 * DAY, 30 * DAY, 28 * DAY, DAY)
_OF_CHANNEL: dict[str, tuple[int | None, int | None, int | None, int | None]] = {
    Channel.LIVE_CHAT: (20 * MINUTE, None, None, 15 * MINUTE),
    Channel.PERSISTENT_CHAT: (30 * DAY, None, 28 * DAY, DAY),
    Channel.VOICE: (30 * DAY, 2 * HOUR, None, DAY),
    Channel.RECORD: (None, None, None, None),
}


def usual(channel: str) -> dict[str, int | None]:
    """Seconds by the work stream's field."""
    return dict(zip(FIELDS, _OF_CHANNEL.get(channel, _ASYNCHRONOUS), strict=True))
