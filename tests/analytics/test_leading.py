"""A figure of now opens exactly as many conversations, or people, as it says."""

from urllib.parse import urlsplit

import pytest
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from hypothesis import given

from analytics.grids.cells import with_records
from analytics.grids.pages import REPRESENTATIVES
from analytics.leading import IN_GRID, IN_LIST, Leading
from analytics.metrics import METRICS
from analytics.metrics.live import IN_QUEUE, live_values, ongoing
from analytics.narrowing import Narrowing
from analytics.wallboard import OF_NOW, OF_PERIOD
from conversations.filters import ConversationFilter
from tests.analytics.history import MOVES
from tests.analytics.test_metrics import WALKS, walk


def opened(url, actor):
    """How many the address shows, and where."""
    parts = urlsplit(url)
    query = QueryDict(parts.query)
    if parts.path.endswith("/conversations/"):
        return ConversationFilter.from_query(query, actor).rows().count()
    assert parts.path.endswith("/representatives/")
    return len(REPRESENTATIVES.read(REPRESENTATIVES.shown(query, actor), timezone.now()))


@WALKS
@given(moves=MOVES)
def test_behind_every_figure_of_now_stand_as_many_as_it_says(harbor, moves):
    with harbor.scope(), transaction.atomic():
        history = walk(harbor, moves)
        for member in (harbor.supervisor, harbor.scoped):
            actor = harbor.actor(member)
            for query in ("", f"queue={harbor.refunds.pk}", "channel=sms", f"queue={harbor.orders.pk}&channel=voice"):
                for records in (False, True):
                    check(Narrowing.from_query(QueryDict(query), actor), history.now, records=records)
        transaction.set_rollback(True)


def check(narrowing, now, *, records):
    scope = with_records(narrowing.scope) if records else narrowing.scope
    leading, values = Leading(narrowing, records=records), live_values(scope, now)
    for name in (*IN_LIST, *IN_GRID):
        expected = ongoing(scope).filter(IN_QUEUE).count() if name == "longest_wait" else values[name]
        assert opened(leading.to(name), narrowing.actor) == expected, (name, leading.to(name))


def test_further_narrowing_takes_the_place_of_the_pages_own(harbor):
    with harbor.scope():
        page = Narrowing.from_query(QueryDict(f"queue={harbor.orders.pk}&period=24h"), harbor.actor())
        leading = Leading(page, records=True)
        assert leading.to("backlog", ("queue", "7")) == "/o/harbor/conversations/?queue=7&detail=in_queue"
        assert leading.to("stays", ("queue", "7")) == "/o/harbor/metrics/stays/counted/?queue=7&period=24h&records=1"
        assert leading.to("offers", ("representative", "3")).endswith(
            f"?representative=3&queue={harbor.orders.pk}&period=24h&records=1"
        )


@pytest.mark.parametrize("name", [*OF_NOW, *OF_PERIOD])
def test_every_figure_of_the_wallboard_leads_somewhere(harbor, name):
    with harbor.scope():
        assert Leading(Narrowing.from_query(QueryDict(""), harbor.actor())).to(name)
    assert METRICS[name].label
