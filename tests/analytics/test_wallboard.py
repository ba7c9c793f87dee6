"""The wallboard: its figures, its filters, and whose numbers they are."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import details, rollups, samples, wallboard
from analytics.live_view import WallboardView
from analytics.metrics import METRICS
from analytics.models import Threshold
from analytics.scope import Period, Scope
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from routing.models import PresenceChange, Representative
from tests.factories import make_conversations, make_representative


def board(scope=None, minutes=60):
    now = timezone.now()
    return wallboard.read(scope or Scope(), Period(now - timedelta(minutes=minutes), now))


def text(cast, query="", member=None):
    answer = cast.client(member).get(cast.url(f"wallboard/?{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_shows_the_present_and_the_period(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders, created_at=timezone.now() - timedelta(minutes=10))
        make_conversations(2, queue=harbor.refunds, status="active", created_at=timezone.now() - timedelta(minutes=2))
        bot = make_representative("Bot", type=Representative.Type.AI_AGENT)
        make_conversations(1, queue=harbor.refunds, status="active", representative=bot)
        shown = board()
    figures = shown["figures"]
    assert figures["active"]["text"] == "3"
    assert (shown["with_representatives"], shown["with_ai_agents"]) == (2, 1)
    assert figures["backlog"]["text"] == "3"
    assert (figures["longest_wait"]["text"], figures["longest_wait"]["level"]) == ("10:00", "critical")
    assert figures["service_level_20"]["text"] == "100 %"
    assert figures["abandon_rate"]["text"] == "0 %"
    assert sum(each["count"] for each in shown["presence"]) == 2


def test_a_figure_without_anything_to_count_says_so(harbor):
    with harbor.scope():
        figures = board()["figures"]
    assert figures["average_speed_to_answer"]["text"] == "–"
    assert figures["average_speed_to_answer"]["level"] == "normal"


def test_trends_look_five_minutes_back(harbor):
    now = timezone.now()
    with harbor.scope():
        make_conversations(3, queue=harbor.orders, created_at=now - timedelta(minutes=10))
        samples.take(now - timedelta(minutes=5))
        make_conversations(2, queue=harbor.orders, created_at=now - timedelta(minutes=1))
        PresenceChange.objects.create(representative=harbor.ana, presence="offline", since=now - timedelta(hours=1))
        figures = board()["figures"]
    assert figures["backlog"]["by"] == "▲ 2"
    assert figures["backlog"]["moved"] == "2 more than five minutes ago"
    assert figures["backlog"]["trend"] == "bad"
    assert (figures["online_representatives"]["by"], figures["online_representatives"]["trend"]) == ("▲ 1", "good")


def test_the_organization_sets_the_thresholds(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        assert board()["figures"]["backlog"]["level"] == "normal"
        Threshold.objects.create(metric="backlog", at_risk=2, critical=4)
        assert board()["figures"]["backlog"]["level_label"] == "At risk"
        Threshold.objects.update(critical=3)
        assert board()["figures"]["backlog"]["level_label"] == "Critical"


def test_the_number_of_queries_stays(harbor):
    with harbor.scope():
        for count in (1, 8):
            make_conversations(count, queue=harbor.orders)
            samples.take(timezone.now() + timedelta(minutes=count))
            with CaptureQueriesContext(connection) as queries:
                board()
            assert len(queries) <= 15


# --- The page ---


def test_a_scoped_supervisor_sees_the_numbers_of_the_scope(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversations(1, queue=harbor.refunds)
    everything, scoped = text(harbor), text(harbor, member=harbor.scoped)
    assert "All queues" in everything
    assert "Your queues: Refunds" in scoped
    assert figure_of(everything, "backlog") == "4"
    assert figure_of(scoped, "backlog") == "1"
    # Asking for another queue by its number shows nothing of it.
    assert figure_of(text(harbor, f"queue={harbor.orders.pk}", harbor.scoped), "backlog") == "0"


def figure_of(page, tile):
    return words_of(page.partition(f'id="tile-{tile}"')[2].partition('tile__figure">')[2].partition("</p>")[0])


def words_of(markup):
    return re.sub(r"<[^>]*>", "", markup).strip()


def test_the_address_carries_period_channel_and_queue(harbor):
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversations(1, queue=harbor.refunds)
    page = text(harbor, f"period=today&queue={harbor.refunds.pk}&channel=live_chat")
    assert figure_of(page, "backlog") == "1"
    assert f"/ws/o/harbor/wallboard/?channel=live_chat&amp;queue={harbor.refunds.pk}&amp;period=today" in page
    assert figure_of(text(harbor, "channel=voice"), "backlog") == "0"
    assert "isn’t a period" in text(harbor, "period=forever")
    assert "isn’t a value of the filter Channel" in text(harbor, "channel=pigeon")


def test_another_organization_is_not_counted(harbor, summit):
    with summit.scope():
        make_conversations(3, queue=summit.orders)
    assert figure_of(text(harbor), "backlog") == "0"


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    client = harbor.client(getattr(harbor, member))
    assert client.get(harbor.url("wallboard/")).status_code == 403
    assert client.get(harbor.url("metrics/backlog/")).status_code == 403
    with harbor.scope(), pytest.raises(Refused):
        factory_of("wallboard")(harbor.actor(getattr(harbor, member)), QueryDict(""))


# --- See details ---


def test_hours_that_nobody_has_counted_yet_are_no_zeros(harbor):
    """The worker stood still for two hours: the course ends where it did."""
    now = timezone.now().replace(minute=40)
    with harbor.scope():
        make_conversations(3, queue=harbor.orders, created_at=now - timedelta(hours=3))
        while rollups.fill(now - timedelta(hours=2)):
            pass
        points = details.course(METRICS["incoming"], Scope(), now).points
        assert sum(value for _, (value,) in points) == 3
        assert points[-1][0] + timedelta(minutes=15) <= now - timedelta(hours=2)
        while rollups.fill(now):
            pass
        assert details.course(METRICS["incoming"], Scope(), now).points[-1][0] > now - timedelta(hours=1)


def test_every_metric_tells_how_it_is_counted(harbor):
    with harbor.scope():
        samples.take(timezone.now())
    for name in ("backlog", "online_representatives", "abandon_rate", "average_speed_to_answer", "incoming"):
        page = harbor.client().get(harbor.url(f"metrics/{name}/"))
        assert page.status_code == 200
        assert "Calculation" in page.content.decode()
    assert (
        "At risk at 20 or more, Critical at 50 or more"
        in harbor.client().get(harbor.url("metrics/backlog/")).content.decode()
    )
    assert harbor.client().get(harbor.url("metrics/nothing/")).status_code == 404


# --- Live ---


def test_everybody_with_the_same_scope_and_period_watches_one_view(harbor):
    with harbor.scope():
        mine = WallboardView(harbor.actor(), QueryDict("period=24h"))
        assert mine.key == WallboardView(harbor.actor(harbor.second), QueryDict("period=24h&x=1")).key
        assert mine.key != WallboardView(harbor.actor(), QueryDict("")).key
        assert mine.key != WallboardView(harbor.actor(harbor.scoped), QueryDict("period=24h")).key


def test_who_asks_for_a_queue_and_who_sees_it_alone_watch_views_of_their_own(harbor):
    """What the tiles lead to carries what was asked for."""
    with harbor.scope():
        asked = WallboardView(harbor.actor(), QueryDict(f"queue={harbor.refunds.pk}"))
        sees = WallboardView(harbor.actor(harbor.scoped), QueryDict(""))
        assert f"/metrics/backlog/?queue={harbor.refunds.pk}" in asked.render_counters(asked.read().counters)
        assert asked.key != sees.key


def test_it_is_counted_at_most_once_a_second(harbor):
    with harbor.scope():
        view = WallboardView(harbor.actor(), QueryDict(""))
        first = view.read()
        with CaptureQueriesContext(connection) as queries:
            assert view.read() == first
        assert len(queries) == 0
        assert 'id="tiles"' in view.render_counters(first.counters)
        assert 'hx-swap-oob="morph"' in view.render_counters(first.counters)
