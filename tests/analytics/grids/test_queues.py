"""The Queues grid: its figures against a slow count, its order, whose numbers they are, and its address."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given

from analytics import rollups
from analytics.grids.live_view import GridView
from analytics.grids.pages import QUEUES
from analytics.metrics import period_values
from analytics.metrics.measures import NOTHING
from analytics.scope import Period, Scope
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from routing.kinds import Channel, Kind
from routing.models import Queue
from tests.analytics import plain
from tests.analytics.history import MOVES
from tests.analytics.test_metrics import WALKS, rounded, walk
from tests.factories import make_conversations, make_queue, make_representative


def rows_of(cast, query="", member=None):
    shown = QUEUES.shown(QueryDict(query), cast.actor(member))
    rows, _ = QUEUES.page(shown, timezone.now())
    return {row.name: row for row in rows}


def get(cast, query="", member=None):
    answer = cast.client(member).get(cast.url(f"queues/?{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


@WALKS
@given(moves=MOVES)
def test_each_queue_counts_what_a_slow_count_of_that_queue_alone_finds(harbor, moves):
    with harbor.scope(), transaction.atomic():
        history = walk(harbor, moves)
        period = Period(history.began, history.now + timedelta(seconds=1))
        direct = rollups.sums_by_queue(period, Scope())
        for queue_id in (harbor.orders.pk, harbor.refunds.pk):
            expected = plain.period_values(period.since, period.until, queue_ids={queue_id})
            assert rounded(period_values(direct.get(queue_id, NOTHING))) == rounded(expected)
        while rollups.fill(history.now + timedelta(hours=1)):
            pass
        counted = rollups.sums_by_queue(period, Scope())
        assert {pk: sums for pk, sums in counted.items() if sums != NOTHING} == direct
        transaction.set_rollback(True)


def test_a_row_shows_the_present_and_the_period(harbor):
    now = timezone.now()
    with harbor.scope():
        make_conversations(3, queue=harbor.orders, created_at=now - timedelta(minutes=10))
        make_conversations(1, queue=harbor.orders, status="active", created_at=now - timedelta(minutes=2))
        make_representative(queues=[harbor.orders], presence="offline")
        row = rows_of(harbor)["Orders"]
    assert (row.backlog.text, row.longest_wait // 60, row.offered.text) == ("3", 10, "4")
    assert row.longest_since == (now - timedelta(minutes=10)).isoformat(timespec="seconds")
    assert (row.service_level.text, row.answered.text) == ("100 %", "1")
    assert [(name, count) for name, _, count in row.presences][-1] == ("offline", 1)
    assert (row.online, row.members) == (row.members - 1, sum(count for _, _, count in row.presences))


def test_records_are_counted_in_their_own_queues_without_a_wait(harbor):
    with harbor.scope():
        records = make_queue("Cases", kind=Kind.RECORD)
        make_conversations(2, queue=records, channel=Channel.RECORD)
        row = rows_of(harbor)["Cases"]
    assert (row.backlog.text, row.longest_since) == ("2", "")


def test_hours_closing_and_inactive_queues(harbor):
    with harbor.scope():
        Queue.objects.filter(pk=harbor.orders.pk).update(closed_until=timezone.now() + timedelta(hours=1))
        empty, held = make_queue("Old", is_active=False), make_queue("Held", is_active=False)
        make_conversations(1, queue=held)
        rows = rows_of(harbor)
    assert rows["Orders"].state_label == "Closed until"
    assert rows["Refunds"].state_label == "Open"
    assert rows["Held"].state_label == "Inactive"
    assert empty.name not in rows


def test_it_is_sorted_by_any_figure_and_what_has_none_comes_last(harbor):
    with harbor.scope():
        make_queue("Aside")
        make_conversations(1, queue=harbor.orders, created_at=timezone.now() - timedelta(minutes=5))
        make_conversations(3, queue=harbor.refunds, created_at=timezone.now() - timedelta(minutes=1))
        assert list(rows_of(harbor, "sort=-backlog"))[:2] == ["Refunds", "Orders"]
        assert list(rows_of(harbor, "sort=-longest"))[:2] == ["Orders", "Refunds"]
        assert list(rows_of(harbor, "sort=longest"))[:2] == ["Refunds", "Orders"]
        assert list(rows_of(harbor, "sort=nonsense")) == sorted(rows_of(harbor))


def test_it_is_searched_by_name(harbor):
    with harbor.scope():
        assert set(rows_of(harbor, "q=efu")) == {"Refunds"}
    assert 'aria-label="Search by name"' in get(harbor)


def test_a_scoped_supervisor_sees_their_queues_only(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversations(1, queue=harbor.refunds)
        assert set(rows_of(harbor, member=harbor.scoped)) == {"Refunds"}
        assert set(rows_of(harbor, f"queue={harbor.orders.pk}", harbor.scoped)) == set()
    page = get(harbor, member=harbor.scoped)
    assert "Your queues: Refunds" in page
    assert "Orders" not in page


def test_the_page_leads_to_the_conversations_and_explains_its_figures(harbor):
    with harbor.scope():
        make_conversations(1, queue=harbor.orders)
    page = get(harbor, "sort=-backlog&period=24h")
    queue = f"queue={harbor.orders.pk}"
    assert f'"/o/harbor/conversations/?{queue}&amp;detail=in_queue"' in page
    assert f'"/o/harbor/metrics/stays/counted/?{queue}&amp;period=24h&amp;records=1"' in page
    # Behind nothing is nothing.
    assert "metrics/stays_answered/counted/" not in page
    assert "/o/harbor/metrics/service_level_met/" in page
    assert 'aria-sort="descending"' in page
    assert "/ws/o/harbor/queues/?period=24h&amp;sort=-backlog" in page
    assert "No queues yet" in page


def test_another_organization_is_not_seen(harbor, summit):
    with summit.scope():
        make_conversations(3, queue=summit.orders)
        make_queue("Summit alone")
    page = get(harbor)
    assert "Summit alone" not in page
    assert harbor.client(summit.supervisor).get(harbor.url("queues/")).status_code == 404


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    assert harbor.client(getattr(harbor, member)).get(harbor.url("queues/")).status_code == 403
    with harbor.scope(), pytest.raises(Refused):
        factory_of("queues")(harbor.actor(getattr(harbor, member)), QueryDict(""))


@pytest.mark.parametrize("count", [1, 12])
def test_reading_takes_a_fixed_number_of_queries(harbor, count):
    with harbor.scope():
        for _ in range(count):
            queue = make_queue()
            make_conversations(2, queue=queue)
            make_representative(queues=[queue])
        shown = QUEUES.shown(QueryDict(""), harbor.actor())
        with CaptureQueriesContext(connection) as queries:
            QUEUES.page(shown, timezone.now())
        assert len(queries) <= 10


def test_everybody_with_the_same_scope_and_order_watches_one_view(harbor):
    with harbor.scope():

        def view(query="", member=None):
            return GridView(harbor.actor(member), QueryDict(query), QUEUES)

        assert view().key == view("x=1&sort=name", harbor.second).key
        assert len({view().key, view("sort=-backlog").key, view("period=24h").key, view("", harbor.scoped).key}) == 4


def test_rows_come_and_change_over_the_socket_without_the_clock_counting_as_a_change(harbor):
    with harbor.scope():
        make_conversations(1, queue=harbor.orders, created_at=timezone.now() - timedelta(minutes=5))
        one, other = (GridView(harbor.actor(), QueryDict(""), QUEUES) for _ in range(2))
        first = one.read()
        assert other.read() == first
        html = one.render_rows([harbor.orders.pk])[harbor.orders.pk]
        assert html.startswith(f'<tr id="queues-{harbor.orders.pk}"')
        assert 'id="pages"' in one.render_counters(first.counters)
        make_conversations(1, queue=harbor.orders)
        assert GridView(harbor.actor(), QueryDict(""), QUEUES).read() != first
