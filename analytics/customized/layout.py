"""What a report shows: its metrics, dimensions, plots, period and order, as an address carries them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from analytics import spans
from analytics.customized.dimensions import DIMENSIONS, Dimension, why_not
from analytics.metrics import METRICS, Metric
from analytics.metrics.definition import Source
from conversations.filter_fields import ANY_STATUS
from conversations.filters import BY_NAME, ConversationFilter

# In the order in which a view keeps them.
NAMES = ("metric", "by", "plot", "period", "order")
MOST_METRICS, MOST_DIMENSIONS, MOST_PLOTS = 20, 3, 4
SPAN = "24h"
NO_METRIC = "Choose one or more figures."
# Fields of the filter that aren't dimensions and yet narrow whatever counts conversations.
OF_CONVERSATIONS = frozenset({"tag", "kind"})


@dataclass(frozen=True)
class Layout:
    """As it was asked for. `metrics` and the like hold what makes sense of it, `problems` say what doesn't."""

    asked: Mapping[str, tuple[str, ...]]
    # The fields by which the report is filtered.
    fields: tuple[str, ...]
    searched: bool = False

    @classmethod
    def of(cls, shown: ConversationFilter) -> "Layout":
        asked: dict[str, tuple[str, ...]] = {name: () for name in NAMES}
        for name, value in shown.carried:
            asked[name] += (value,)
        wrong = {each.name for each in shown.senseless}
        chosen = {*narrowing(shown), *wrong}
        return cls(asked, tuple(name for name in BY_NAME if name in chosen), bool(shown.text))

    @cached_property
    def dimensions(self) -> tuple[Dimension, ...]:
        found = tuple(DIMENSIONS[name] for name in self.asked["by"] if name in DIMENSIONS)
        return found[:MOST_DIMENSIONS]

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        known = [METRICS[name] for name in self.asked["metric"][:MOST_METRICS] if name in METRICS]
        return tuple(metric for metric in known if not self._refusals(metric))

    @cached_property
    def plots(self) -> tuple[Metric, ...]:
        return tuple(metric for metric in self.metrics if metric.name in self.asked["plot"])[:MOST_PLOTS]

    @property
    def span(self) -> str:
        typed = next(iter(self.asked["period"]), SPAN)
        return typed if typed in spans.SPANS_OF_REPORTS else SPAN

    @property
    def has_period(self) -> bool:
        """Whether anything in it depends on the period."""
        return any(not metric.is_live for metric in self.metrics)

    @property
    def order(self) -> tuple[str, bool]:
        """The column by which rows stand, and whether the largest come first; "" for the dimensions' own order."""
        typed = next(iter(self.asked["order"]), "")
        name = typed.removeprefix("-")
        return (name, typed.startswith("-")) if name in {metric.name for metric in self.metrics} else ("", False)

    @cached_property
    def problems(self) -> tuple[str, ...]:
        """A sentence for everything that makes no sense."""
        found = [f"“{name[:60]}” isn’t a metric." for name in self.asked["metric"] if name not in METRICS]
        found += [f"“{name[:60]}” isn’t a dimension." for name in self.asked["by"] if name not in DIMENSIONS]
        found += [
            f"“{each[:60]}” isn’t a period." for each in self.asked["period"] if each not in spans.SPANS_OF_REPORTS
        ]
        found += _too_many("metrics", self.asked["metric"], MOST_METRICS)
        found += _too_many("dimensions", self.asked["by"], MOST_DIMENSIONS)
        found += _too_many("plots", self.asked["plot"], MOST_PLOTS)
        unplotted = [name for name in self.asked["plot"] if name not in self.asked["metric"]]
        found += [f"“{_label(name)}” can’t be plotted: it isn’t among the metrics." for name in unplotted]
        found += [f"{metric.label} {why}" for metric in self._known for why in self._refusals(metric)]
        if self.searched:
            found.append("A report isn’t narrowed by a search. Take the search text away.")
        return tuple(found)

    @property
    def complaints(self) -> tuple[str, ...]:
        """The problems, or that there is nothing to show yet."""
        return self.problems or (() if self.asked["metric"] else (NO_METRIC,))

    @property
    def _known(self) -> list[Metric]:
        return [METRICS[name] for name in self.asked["metric"] if name in METRICS]

    def _refusals(self, metric: Metric) -> list[str]:
        """Why the metric can’t be in this report, each as the rest of a sentence that begins with its label."""
        split = [(each, why) for each in self.dimensions if (why := why_not(each, metric))]
        return [
            *(f"can’t be split by {each.label.lower()}: {why}." for each, why in split),
            *(f"can’t be narrowed by {BY_NAME[name].label.lower()}: {why}." for name, why in self._unfit(metric)),
        ]

    def _unfit(self, metric: Metric) -> list[tuple[str, str]]:
        found = []
        for name in self.fields:
            if name in DIMENSIONS:
                why = why_not(DIMENSIONS[name], metric)
            elif metric.source is Source.CONVERSATIONS or (
                name in OF_CONVERSATIONS and metric.source is not Source.REPRESENTATIVES
            ):
                why = ""
            else:
                why = "that filter is about conversations as they are now"
            if why:
                found.append((name, why))
        return found


def narrowing(shown: ConversationFilter) -> dict[str, tuple[str, ...]]:
    """The filter's values without the one that lifts a default of lists and narrows nothing."""
    return {name: values for name, values in shown.values.items() if (name, values) != ("status", (ANY_STATUS,))}


def carried(values: Mapping[str, Sequence[str]]) -> tuple[tuple[str, str], ...]:
    """The canonical pairs: each value once, in the order in which it was chosen; the usual period left out."""
    found = []
    for name in NAMES:
        chosen = dict.fromkeys(value.strip() for value in values.get(name, ()))
        if name in ("period", "order"):
            chosen = dict.fromkeys(list(chosen)[-1:])
        found += [(name, value) for value in chosen if value and (name, value) != ("period", SPAN)]
    return tuple(found)


def _too_many(what: str, chosen: Sequence[str], most: int) -> list[str]:
    return [f"A report has at most {most} {what}; this one has {len(chosen)}."] if len(chosen) > most else []


def _label(name: str) -> str:
    return METRICS[name].label if name in METRICS else name[:60]
