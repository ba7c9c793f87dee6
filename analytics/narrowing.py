"""The filter over figures: the address's period, channel and queue ↔ chips and check boxes ↔ the scope they mean."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.http import QueryDict

from analytics import spans
from analytics.scope import MEASURED_CHANNELS, Period, Scope
from contact_center.tenancy.access import Actor
from contact_center.web.query_filter import Field, QueryFilter
from conversations.choices import Choices
from routing.kinds import Channel

CHANNELS = {value: str(label) for value, label in Channel.choices if value in MEASURED_CHANNELS}


def _any(values: object) -> Q:
    """Figures are counted by their scope; no rows are filtered here."""
    return Q()


@dataclass(frozen=True)
class Narrowing:
    """What a person wants figures about, never beyond the queues they see."""

    actor: Actor
    choices: Choices
    filter: QueryFilter
    span: str
    notices: tuple[str, ...]

    @classmethod
    def from_query(cls, query: QueryDict, actor: Actor, more: Sequence[Field] = ()) -> "Narrowing":
        """One query, for the names of the queues. `more` fields choose rows of a grid, not what is counted."""
        choices = Choices(actor)
        fields = (
            Field("channel", "Channel", CHANNELS, _any),
            Field("queue", "Queue", choices.offered_queues, _any, choices.queues.get),
            *more,
        )
        found = QueryFilter.from_query(query, fields)
        span, notices = query.get("period") or spans.DEFAULT, list(found.notices)
        if span not in spans.SPANS:
            notices.append(f"“{span[:60]}” isn’t a period. {spans.SPANS[spans.DEFAULT]} is shown.")
            span = spans.DEFAULT
        return cls(actor, choices, found, span, tuple(notices))

    @property
    def scope(self) -> Scope:
        if self.filter.senseless:
            return Scope(frozenset())
        chosen = self.filter.values
        return Scope.of(
            self.actor, queue_ids=[int(pk) for pk in chosen.get("queue", ())], channels=chosen.get("channel", ())
        )

    def period(self, now: datetime) -> Period:
        return spans.period_of(self.span, now)

    @property
    def scope_words(self) -> str:
        """Whose numbers these are, as every page with figures says it."""
        chosen = self.filter.values.get("queue", ())
        if chosen:
            return ", ".join(self.choices.queues[pk] for pk in chosen)
        if self.actor.queue_ids is None:
            return "All queues"
        return "Your queues: " + (", ".join(self.choices.queues.values()) or "none")

    @property
    def span_pairs(self) -> tuple[tuple[str, str], ...]:
        """The period as an address carries it."""
        return () if self.span == spans.DEFAULT else (("period", self.span),)

    def query_string(self, **more: str) -> str:
        return urlencode([*self.filter.pairs(), *({**dict(self.span_pairs), **more}).items()])

    def chips(self, url: str, **more: str) -> list[dict[str, str]]:
        """Taking a chip away keeps the period, and what else the page's address carries."""
        kept = urlencode({**dict(self.span_pairs), **more})
        return [{**chip, "remove_url": _joined(chip["remove_url"], kept)} for chip in self.filter.chips(url)]

    def span_links(self, url: str, **more: str) -> list[dict[str, Any]]:
        pairs = [*self.filter.pairs(), *more.items()]
        return [
            {
                "label": label,
                "url": f"{url}?{urlencode([*pairs, ('period', span)])}",
                "current": span == self.span,
            }
            for span, label in spans.SPANS.items()
        ]


def _joined(url: str, query: str) -> str:
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"
