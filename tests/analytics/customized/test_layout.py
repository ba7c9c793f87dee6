"""What a report may hold together, and the words in which the rest is refused."""

import pytest
from django.http import QueryDict

from analytics.customized.dimensions import DIMENSIONS
from analytics.customized.layout import Layout
from analytics.customized.listing import CUSTOMIZED
from analytics.customized.opening import Figure
from conversations.filters import ConversationFilter


def shown(cast, query):
    return ConversationFilter.from_query(QueryDict(query), cast.actor(), CUSTOMIZED)


def problems(cast, query):
    with cast.scope():
        return list(Layout.of(shown(cast, query)).problems)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        (
            "metric=backlog&by=hour",
            "Queue backlog can’t be split by hour: it says how things are now.",
        ),
        (
            "metric=abandon_rate&by=representative",
            "Abandon rate can’t be split by representative: it also counts conversations that nobody had accepted.",
        ),
        (
            "metric=incoming&by=disposition",
            "Incoming can’t be split by disposition: "
            "it also counts conversations that aren’t closed, and those have none yet.",
        ),
        (
            "metric=incoming&by=status",
            "Incoming can’t be split by status: it counts what happened in the period, and a status is of now.",
        ),
        (
            "metric=units_in_use&by=channel",
            "Units in use can’t be split by channel: it counts people, and people have none.",
        ),
        (
            "metric=answered&status=open",
            "Accepted can’t be narrowed by status: it counts what happened in the period, and a status is of now.",
        ),
        (
            "metric=answered&due=breached",
            "Accepted can’t be narrowed by due in: that filter is about conversations as they are now.",
        ),
        (
            "metric=presence_busy&channel=sms",
            "Busy can’t be narrowed by channel: it counts people, and people have none.",
        ),
        ("metric=gossip", "“gossip” isn’t a metric."),
        ("metric=incoming&by=mood", "“mood” isn’t a dimension."),
        ("metric=incoming&period=century", "“century” isn’t a period."),
        ("metric=incoming&plot=closed", "“Closed” can’t be plotted: it isn’t among the metrics."),
        ("metric=incoming&q=parcel", "A report isn’t narrowed by a search. Take the search text away."),
        (
            "metric=incoming&by=queue&by=channel&by=priority&by=mode",
            "A report has at most 3 dimensions; this one has 4.",
        ),
    ],
)
def test_what_makes_no_sense_together_is_refused_in_words(harbor, query, sentence):
    assert problems(harbor, query) == [sentence]


def test_what_is_refused_is_left_out_and_the_rest_is_counted(harbor):
    with harbor.scope():
        layout = Layout.of(shown(harbor, "metric=backlog&metric=incoming&by=hour&plot=backlog"))
        assert [metric.name for metric in layout.metrics] == ["incoming"]
        assert layout.plots == ()


def test_any_status_narrows_nothing(harbor):
    assert problems(harbor, "metric=incoming&status=any") == []


def test_an_address_becomes_canonical_and_stays_it(harbor):
    with harbor.scope():
        found = shown(harbor, "order=-incoming&by=queue&metric=closed&metric=incoming&metric=closed&period=24h&by=")
        assert found.definition == "metric=closed&metric=incoming&by=queue&order=-incoming"
        assert shown(harbor, found.definition).definition == found.definition


def test_a_figure_is_no_part_of_what_is_saved_but_of_what_is_selected(harbor):
    with harbor.scope():
        found = shown(harbor, "metric=backlog&by=channel&figure=backlog%3Bchannel%3Dsms")
        assert "figure" not in found.definition
        assert "figure=" in found.query_string()
        assert "figure=" in found.stored()
        assert ConversationFilter.from_text(found.stored(), harbor.actor()).figure == "backlog;channel=sms"
        assert [chip.value for chip in found.chips()] == ["Queue backlog, SMS"]


@pytest.mark.parametrize(
    "typed",
    [
        "gossip",
        "backlog;mood=1",
        "backlog;queue=one",
        "backlog;queue=-1",
        f"backlog;queue={2**70}",
        "backlog;channel=pigeon",
        "backlog;hour=2026-11-21T09:00+00:00",
        "incoming;hour=nine",
        "incoming;hour=2026-11-21T09:00",
        "units_in_use;queue=1",
        ";".join(["incoming", *["queue=1"] * 40]),
    ],
)
def test_a_figure_that_no_report_has_is_named_and_matches_nothing(harbor, typed):
    assert Figure.read(typed) is None
    with harbor.scope():
        query = QueryDict(mutable=True)
        query["metric"], query["figure"] = "backlog", typed
        found = ConversationFilter.from_query(query, harbor.actor(), CUSTOMIZED)
        assert "There is no figure" in found.notices[-1]
        assert not found.rows().exists()


def test_every_dimension_that_is_a_field_of_the_filter_narrows_the_same_way():
    assert set(DIMENSIONS) - {"hour", "day"} <= set(CUSTOMIZED.filters)
