"""The page behind a figure, as one address asks for it: its number, its parts, and the lines of the chosen part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.urls import reverse

from analytics import rollups
from analytics.counted.parts import Part, family_of, parts_of
from analytics.counted.rows import PAGE_SIZE, lines, narrowed, number_of
from analytics.figures import written
from analytics.grids.cells import with_records
from analytics.leading import RECORDS
from analytics.metrics import Metric, measures_of, period_value
from analytics.metrics.definition import Quotient, Source
from analytics.narrowing import Narrowing
from analytics.scope import Period, Scope
from contact_center.tenancy.access import Actor
from contact_center.web.query_filter import Field
from conversations.choices import Choices
from conversations.list_context import details_url_of

# How long an address keeps its moment.
KEPT = timedelta(days=1)
NOTHING = {
    "icon": "inbox",
    "title": "Nothing was counted",
    "text": "Choose a longer period, or remove a filter.",
}


@dataclass(frozen=True)
class CountedPage:
    """`now` stays the same while one turns the pages, so that the figure and its lines do."""

    metric: Metric
    actor: Actor
    narrowing: Narrowing
    part: Part
    now: datetime
    page: int
    longest_first: bool
    records: bool

    @classmethod
    def read(cls, metric: Metric, query: QueryDict, actor: Actor, now: datetime) -> "CountedPage":
        parts = parts_of(metric)
        page = query.get("page", "")
        part = next((each for each in parts if each.name == query.get("part")), parts[0])
        return cls(
            metric=metric,
            actor=actor,
            narrowing=Narrowing.from_query(query, actor, _fields(metric, actor)),
            part=part,
            now=_moment(query.get("at", ""), now),
            page=max(1, int(page)) if page.isdecimal() and len(page) <= 4 else 1,
            longest_first=query.get("sort") == "-length" and part.length is not None,
            records=RECORDS in query.items(),
        )

    @cached_property
    def period(self) -> Period:
        return self.narrowing.period(self.now)

    @property
    def scope(self) -> Scope:
        return with_records(self.narrowing.scope) if self.records else self.narrowing.scope

    @property
    def representative(self) -> int | None:
        chosen = self.narrowing.filter.values.get("representative", ())
        return int(chosen[0]) if chosen else None

    def rows(self, part: Part) -> QuerySet[Any]:
        return narrowed(part.rows(self.period, self.scope), self.representative)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Of each part. A query each."""
        parts = parts_of(self.metric)
        return {part.name: number_of(part, self.period, self.scope, self.representative) for part in parts}

    @property
    def figure(self) -> str:
        """As the page from which one came counts it."""
        if self.metric.source is Source.OFFERS:
            return written(self.metric, self.counts[self.part.name])
        sums = rollups.period_sums(self.period, self.scope, measures_of([self.metric]))
        return written(self.metric, period_value(self.metric, sums))

    # --- Addresses ---

    @property
    def url(self) -> str:
        return self._of(self.metric)

    def _of(self, metric: Metric) -> str:
        return reverse("analytics:counted", args=[self.actor.organization_slug, metric.name])

    @property
    def _kept(self) -> dict[str, str]:
        """What an address carries beside filter and period."""
        return {RECORDS[0]: RECORDS[1]} if self.records else {}

    def _with(self, metric: Metric, **more: str) -> str:
        said = {name: value for name, value in more.items() if value}
        return f"{self._of(metric)}?{self.narrowing.query_string(**self._kept, at=self.now.isoformat(), **said)}"

    def _here(self, **more: str) -> str:
        part = {} if self.part == parts_of(self.metric)[0] else {"part": self.part.name}
        order = {"sort": "-length"} if self.longest_first else {}
        return self._with(self.metric, **{**part, **order, **more})

    # --- For the templates ---

    @property
    def context(self) -> dict[str, Any]:
        """For analytics/counted/page.html."""
        total = self.counts[self.part.name]
        choices = self.narrowing.choices
        details_url = details_url_of(self.actor)
        found = lines(
            self.part,
            self.rows(self.part),
            choices,
            details_url,
            page=self.page,
            longest_first=self.longest_first,
        )
        return {
            "metric": self.metric,
            "figure": self.figure,
            "page": {"list_url": self.url},
            "slug": self.actor.organization_slug,
            "query": self.narrowing.query_string(),
            "back": self._back,
            "moment": self.now.isoformat(),
            "again_url": f"{self.url}?{self.narrowing.query_string(**self._kept)}",
            "scope_words": self.narrowing.scope_words,
            "records": self.records,
            "chips": self.narrowing.chips(self.url, **self._kept),
            "filter_fields": self.narrowing.filter.controls(),
            "filter_state": [
                {"name": name, "value": value}
                for name, value in (("period", self.narrowing.span), *self._kept.items(), *self._uncontrolled)
            ],
            "filter_notices": self.narrowing.notices,
            "spans": self.narrowing.span_links(self.url, **self._kept),
            "tabs": self._tabs,
            "length": self._length_head,
            "columns": [name for name, _ in found[0].more] if found else [],
            "rows": found,
            "empty": NOTHING,
            "pagination": self._pagination(total),
        }

    @property
    def _uncontrolled(self) -> list[tuple[str, str]]:
        """The form has no control for the person."""
        return [pair for pair in self.narrowing.filter.pairs() if pair[0] == "representative"]

    @property
    def _tabs(self) -> list[dict[str, Any]]:
        """The parts of a share, else the figures that are read together."""
        family = family_of(self.metric)
        if isinstance(self.metric.expression, Quotient):
            return [
                {
                    "label": part.label,
                    "count": f"{self.counts[part.name]:,}",
                    "url": self._with(self.metric, part=part.name),
                    "current": part == self.part,
                }
                for part in parts_of(self.metric)
            ]
        return [self._tab(metric) for metric in family]

    def _tab(self, metric: Metric) -> dict[str, Any]:
        part = parts_of(metric)[0]
        number = (
            self.counts[part.name]
            if metric is self.metric
            else number_of(part, self.period, self.scope, self.representative)
        )
        return {
            "label": part.label,
            "count": f"{number:,}",
            "url": self._with(metric),
            "current": metric is self.metric,
        }

    @property
    def _length_head(self) -> dict[str, str] | None:
        if self.part.length is None:
            return None
        url = self._here(sort="" if self.longest_first else "-length")
        return {"label": self.part.length[1], "url": url, "sort": "descending" if self.longest_first else ""}

    @property
    def _back(self) -> dict[str, str]:
        chosen = self.narrowing.filter.values
        name, label = "wallboard", "Wallboard"
        if self.metric.source is Source.OFFERS:
            name, label = "representatives", "Representatives"
        elif self.records or "queue" in chosen:
            name, label = "queues", "Queues"
        span = urlencode(self.narrowing.span_pairs)
        url = reverse(f"analytics:{name}", args=[self.actor.organization_slug])
        return {"url": f"{url}?{span}" if span else url, "label": label}

    def _pagination(self, total: int) -> dict[str, str]:
        """For conversations/_pagination.html."""
        return {
            "id": "pages",
            "label": f"{total:,} in all" if total > PAGE_SIZE else "",
            "previous_url": self._here(page=str(self.page - 1)) if self.page > 1 else "",
            "next_url": self._here(page=str(self.page + 1)) if self.page * PAGE_SIZE < total else "",
        }


def _fields(metric: Metric, actor: Actor) -> tuple[Field, ...]:
    """Offers are made to a person; a query for the names only where one is asked for."""
    if metric.source is not Source.OFFERS:
        return ()
    names = Choices(actor)
    return (
        Field(
            "representative",
            "Representative",
            {},
            lambda values: Q(),
            lambda value: names.representatives.get(value) if value.isdecimal() else None,
        ),
    )


def _moment(typed: str, now: datetime) -> datetime:
    """The one that an address of this page carries; now for anything else."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return now
    return moment if moment.tzinfo and now - KEPT < moment <= now else now
