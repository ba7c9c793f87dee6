"""Where a figure leads: to the list of the very conversations or people that it counts, or to what happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.urls import reverse

from analytics.metrics import METRICS
from analytics.metrics.definition import Source
from analytics.narrowing import Narrowing
from routing.kinds import Kind, Presence

Pairs = Sequence[tuple[str, str]]

# What the list of conversations is asked for, to show what a figure of now counts.
IN_LIST: Mapping[str, Pairs] = {
    "ongoing": (),
    "active": (("detail", "in_conversation"),),
    "backlog": (("detail", "in_queue"),),
    "open": (("status", "open"),),
    "awaiting_acceptance": (("detail", "awaiting"),),
    "waiting": (("status", "waiting"),),
    "wrap_up": (("status", "wrap_up"),),
    "longest_wait": (("detail", "in_queue"), ("sort", "-wait")),
}
ONLINE = tuple(("presence", presence.value) for presence in Presence if presence is not Presence.OFFLINE)
# And the grid of representatives.
IN_GRID: Mapping[str, Pairs] = {
    "online_representatives": ONLINE,
    **{f"presence_{presence.value}": (("presence", presence.value),) for presence in Presence},
}
WITHOUT_RECORDS: Pairs = (("kind", Kind.MESSAGING.value), ("kind", Kind.VOICE.value))
RECORDS = ("records", "1")


@dataclass(frozen=True)
class Leading:
    """The addresses behind the figures of a page, narrowed as the page is; `records` says that it counts them too.

    Made once for a page: a grid asks for thousands of addresses.
    """

    narrowing: Narrowing
    records: bool = False

    def to(self, name: str, *more: tuple[str, str]) -> str:
        """`more` narrows it to one queue or representative. Empty for a figure that nothing countable is behind."""
        if METRICS[name].source in (Source.STAYS, Source.OFFERS):
            return f"{self._counted.replace('METRIC', name)}?{urlencode([*more, *self._but(more), *self._period])}"
        if name in IN_GRID:
            return self.people(*more, *IN_GRID[name])
        if name in IN_LIST:
            return _with(self._list, [*more, *self._but(more), *self._kinds, *IN_LIST[name]])
        return ""

    def people(self, *more: tuple[str, str]) -> str:
        """The representatives of the page’s queues."""
        return _with(self.people_url, [*[pair for pair in self._but(more) if pair[0] == "queue"], *more])

    def _but(self, more: Pairs) -> Pairs:
        """What the page is narrowed to, but for the fields that are narrowed further."""
        return [pair for pair in self._chosen if pair[0] not in {name for name, _ in more}]

    @cached_property
    def _chosen(self) -> Pairs:
        return [pair for pair in self.narrowing.filter.pairs() if pair[0] in ("queue", "channel")]

    @cached_property
    def _kinds(self) -> Pairs:
        return () if self.records or any(name == "channel" for name, _ in self._chosen) else WITHOUT_RECORDS

    @cached_property
    def _period(self) -> Pairs:
        return [*self.narrowing.span_pairs, *([RECORDS] if self.records else [])]

    @cached_property
    def _counted(self) -> str:
        return reverse("analytics:counted", args=[self.slug, "METRIC"])

    @cached_property
    def people_url(self) -> str:
        return reverse("analytics:representatives", args=[self.slug])

    @cached_property
    def _list(self) -> str:
        return reverse("conversations:list", args=[self.slug])

    @property
    def slug(self) -> str:
        return self.narrowing.actor.organization_slug


def _with(url: str, pairs: Pairs) -> str:
    return f"{url}?{urlencode(pairs)}" if pairs else url
