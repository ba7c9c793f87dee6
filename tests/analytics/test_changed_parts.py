"""Live figures: what reaches the viewers is what changed, no more and no less."""

import re

import pytest
from django.http import QueryDict

from analytics.customized.live_view import CustomizedView
from analytics.live_view import ReportView
from conversations.models import Conversation
from routing.models import Representative
from tests.analytics.customized.conftest import enable
from tests.factories import make_conversation, make_conversations, make_queue

BY_QUEUE = "metric=backlog&metric=ongoing&by=queue&plot=backlog"
IDS = re.compile(r'<\w+ id="([\w-]+)"[^>]*hx-swap-oob="morph"')


@pytest.fixture
def floor(harbor):
    """Two wait in Orders, one in Refunds."""
    enable(harbor)
    with harbor.scope():
        make_conversations(2, queue=harbor.orders)
        make_conversation(queue=harbor.refunds)
    return harbor


def read_again(view):
    """As if the figures' pace allowed it."""
    view._next_at = view._read_at = 0
    return view.read().counters


def test_a_customized_report_sends_the_rows_the_total_and_the_plots_that_changed(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict(BY_QUEUE))
        before = read_again(view)
        make_conversation(queue=floor.refunds)
        frame = view.render_counter_changes(before, read_again(view))
    assert set(IDS.findall(frame)) >= {"figure-row-2", "figure-total", "plot-report-backlog"}
    assert "figure-row-1" not in frame
    assert "report-figures" not in frame
    assert 'id="count"' in frame


def test_what_is_sent_is_what_a_page_fetched_anew_shows(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict(BY_QUEUE))
        before = read_again(view)
        make_conversation(queue=floor.refunds)
        after = read_again(view)
        frame, page = view.render_counter_changes(before, after), view.render_counters(after)
    (row,) = re.findall(r'<div id="figure-row-2".*?</div>', frame, re.DOTALL)
    assert row.replace(' hx-swap-oob="morph"', "") in page


def test_figures_that_stay_as_they_are_are_not_sent_with_the_count(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict("metric=online_representatives&metric=backlog&by=queue"))
        before = read_again(view)
        frame = view.render_counter_changes({**before, "count": "7"}, read_again(view))
    assert 'id="count"' in frame
    assert "figure-" not in frame
    assert "plot-" not in frame


def test_a_new_row_brings_all_figures(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict(BY_QUEUE))
        before = read_again(view)
        make_conversation(queue=make_queue("Zebra"))
        frame = view.render_counter_changes(before, read_again(view))
    assert '<div id="report-figures"' in frame
    assert "Zebra" in frame


def test_without_dimensions_the_total_alone_is_sent(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict("metric=backlog"))
        before = read_again(view)
        make_conversation(queue=floor.refunds)
        frame = view.render_counter_changes(before, read_again(view))
    assert IDS.findall(frame).count("figure-total") == 1
    assert "figure-row" not in frame


def test_figures_passed_over_by_their_pace_are_owed(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict("metric=online_representatives"))
        view.read()
        assert view.reread_seconds == CustomizedView.__mro__[1].reread_seconds
        Representative.objects.update(presence="offline")
        passed_over = view.read()
        assert view.reread_seconds <= 5
        assert read_again(view) != passed_over.counters
        assert view.reread_seconds > 5


def test_the_ongoing_report_sends_the_figures_and_plots_that_changed(floor):
    with floor.scope():
        view = ReportView(floor.actor(), QueryDict(""))
        before = read_again(view)
        Conversation.objects.filter(queue=floor.refunds).update(sentiment_score=10)
        frame = view.render_counter_changes(before, read_again(view))
    assert IDS.findall(frame) == ["report-numbers", "plot-by-sentiment"]


def test_the_ongoing_report_sends_nothing_where_nothing_changed(floor):
    with floor.scope():
        view = ReportView(floor.actor(), QueryDict(""))
        assert view.render_counter_changes(read_again(view), read_again(view)) == ""
