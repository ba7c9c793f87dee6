"""The figures of reports against a slow plain-Python computation of the same, over generated histories."""

from collections import defaultdict
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings

from analytics import rollups
from analytics.customized import counting, opening
from analytics.customized.counting import Question, count, uses_rollups
from analytics.customized.dimensions import DIMENSIONS, events_of, why_not
from analytics.customized.layout import Layout
from analytics.customized.listing import CUSTOMIZED
from analytics.customized.opening import Figure, rows_behind
from analytics.metrics import METRICS
from analytics.metrics.definition import Source
from contact_center.tenancy.models import OrganizationSettings
from conversations.filters import ConversationFilter
from conversations.models import Conversation, Disposition, Offer, QueueSegment
from conversations.sentiment import level_of
from conversations.visibility import visible_to
from routing.models import QueueMember, Representative
from tests.analytics import plain
from tests.analytics.history import MOVES
from tests.analytics.test_metrics import WALKS, rounded, walk

FEW = settings(WALKS, max_examples=3)

STAYS = [name for name, metric in METRICS.items() if metric.source is Source.STAYS]
LIVE = [name for name, metric in METRICS.items() if metric.source is Source.CONVERSATIONS]
OFFERS = [name for name, metric in METRICS.items() if metric.source is Source.OFFERS]
PEOPLE = [name for name, metric in METRICS.items() if metric.source is Source.REPRESENTATIVES]


def question(cast, now, metrics=(), by=(), member=None, **filters):
    query = QueryDict(mutable=True)
    query.setlist("metric", [metrics] if isinstance(metrics, str) else list(metrics)[:20])
    query.setlist("by", [by] if isinstance(by, str) else list(by))
    for name, value in filters.items():
        query.setlist(name, [str(value)])
    shown = ConversationFilter.from_query(query, cast.actor(member), CUSTOMIZED)
    assert shown.notices == []
    return Question(shown, Layout.of(shown), now)


def key_of_event(dimension, event, zone):
    row = event.row
    return {
        "queue": event.queue,
        "channel": event.channel,
        "work_stream": row.work_stream_id,
        "representative": event.by,
        "priority": row.priority,
        "intent": row.intent_id,
        "mode": row.mode,
        "disposition": row.disposition_id,
        "force_close_reason": row.force_close_reason_id,
        "sentiment": level_of(row.sentiment_score).value if row.sentiment_score is not None else None,
        "hour": event.at.astimezone(zone).replace(minute=0, second=0, microsecond=0),
        "day": event.at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0),
    }[dimension]


def key_of_row(dimension, row):
    if dimension == "sentiment":
        return level_of(row.sentiment_score).value if row.sentiment_score is not None else None
    return getattr(row, DIMENSIONS[dimension].path)


@FEW
@given(moves=MOVES)
def test_every_metric_by_every_dimension_is_what_its_definition_says(harbor, moves):
    with harbor.scope(), transaction.atomic():
        history = walk(harbor, moves)
        check(harbor, history)
        rolled_up(history)
        check(harbor, history)
        transaction.set_rollback(True)


def rolled_up(history):
    while rollups.fill(history.now + timedelta(hours=1)):
        pass


def check(cast, history):
    # What was counted lies before `now`; the history's last second belongs to it as well.
    now = history.now + timedelta(seconds=1)
    happened = plain.events()
    for by in (["queue"], ["channel", "hour"], ["day"], ["work_stream", "priority"], ["mode"], []):
        check_stays(cast, now, STAYS[:20], by, happened)
        check_stays(cast, now, STAYS[20:], by, happened)
    for name, by in ((name, by) for name in STAYS for by in ("representative", "disposition", "sentiment")):
        if not why_not(DIMENSIONS[by], METRICS[name]):
            check_stays(cast, now, [name], [by], happened)
    check_stays(
        cast, now, ["incoming", "abandon_rate"], ["queue"], happened, {"queue_ids": {cast.refunds.pk}}, "scoped"
    )
    check_stays(cast, now, STAYS[:20], ["hour"], happened, {"channels": ("sms",)}, channel="sms")
    check_stays(cast, now, STAYS[:8], ["queue"], happened, where=lambda each: each.row.priority == 2, priority="high")
    for by in ("queue", "channel", "representative", "status", "sentiment", "work_stream"):
        check_live(cast, now, [by])
    check_live(cast, now, ["queue", "status"])
    check_offers(cast, now)
    check_people(cast, now)


def check_stays(cast, now, metrics, by, happened, slowly=None, member=None, where=lambda each: True, **filters):
    asked = question(cast, now, metrics, by, getattr(cast, member) if member else None, **filters)
    counts, period, zone = count(asked), asked.period, zone_of(asked)
    slowly = slowly or {}

    def key(event):
        return tuple(key_of_event(name, event, zone) for name in by)

    kinds = {kind: [each for each in found if where(each)] for kind, found in happened.items()}
    keys = {key(event) for found in kinds.values() for event in found} | set(counts.rows)
    nothing = {name: 0.0 if METRICS[name].unit == "count" else None for name in metrics}
    for each in keys:
        only = {kind: [event for event in found if key(event) == each] for kind, found in kinds.items()}
        expected = plain.period_values(period.since, period.until, happened=only, **slowly)
        found = counts.rows.get(each, nothing)
        assert rounded(found) == rounded({name: expected[name] for name in metrics}), (each, by)
    expected = plain.period_values(period.since, period.until, happened=kinds, **slowly)
    assert rounded(counts.total) == rounded({name: expected[name] for name in metrics})


def zone_of(asked):
    return ZoneInfo(asked.zone)


def check_live(cast, now, by):
    counts = count(question(cast, now, LIVE, by))
    keys = {tuple(key_of_row(name, row) for name in by) for row in Conversation.objects.all()} | set(counts.rows)
    for each in keys:
        expected = plain.live_values(now, where=lambda row, at=each: tuple(key_of_row(n, row) for n in by) == at)
        nothing = {name: 0.0 if METRICS[name].unit == "count" else None for name in LIVE}
        assert rounded(counts.rows.get(each, nothing)) == rounded({name: expected[name] for name in LIVE}), (each, by)
    expected = plain.live_values(now)
    assert rounded(counts.total) == rounded({name: expected[name] for name in LIVE})


def check_offers(cast, now):
    stays = defaultdict(list)
    for stay in QueueSegment.objects.order_by("entered_at", "pk"):
        stays[stay.conversation_id].append(stay)
    expected = defaultdict(lambda: dict.fromkeys(OFFERS, 0.0))
    for offer in Offer.objects.select_related("conversation"):
        if offer.conversation.channel == "record":
            continue
        queue = [stay for stay in stays[offer.conversation_id] if stay.entered_at <= offer.offered_at][-1].queue_id
        values = expected[(queue, offer.representative_id)]
        values["offers"] += 1
        if f"offers_{offer.outcome}" in values:
            values[f"offers_{offer.outcome}"] += 1
    assert count(question(cast, now, OFFERS, ["queue", "representative"])).rows == dict(expected)


def check_people(cast, now):
    members = list(QueueMember.objects.select_related("representative"))
    people = [each for each in Representative.objects.all() if each.is_active and each.type == "person"]
    counts = count(question(cast, now, PEOPLE, "queue"))
    for queue in (cast.orders, cast.refunds):
        serving = [
            each for each in people if any((m.queue_id, m.representative_id) == (queue.pk, each.pk) for m in members)
        ]
        online = [each for each in serving if each.presence != "offline"]
        found = counts.rows.get((queue.pk,), {})
        assert found.get("online_representatives", 0.0) == len(online)
        assert found.get("units_in_use", 0.0) == sum(each.units_used for each in online)
    assert counts.total["online_representatives"] == sum(each.presence != "offline" for each in people)


def test_a_rich_history_in_another_time_zone(harbor):
    moves = [
        ("pick", [0], 0, 0),
        ("comes_to_an_ai_agent", [2], 0, 0),
        ("overflows", [4], 0, 2),
        ("escalates", [2], 0, 2),
        ("customer_left", [4], 0, 0),
        ("transfer_to_representative", [0], 0, 1),
        ("accept", [0], 1, 0),
        ("end", [0], 1, 0),
        ("wrap_up_done", [0], 1, 0),
        ("comes_in", [3], 0, 0),
        ("long_pause", [0], 0, 0),
        ("pick", [2, 3], 0, 2),
        ("pick", [5], 0, 2),
        ("force_close", [1], 0, 0),
    ]
    with harbor.scope():
        OrganizationSettings.objects.update(time_zone="Asia/Kathmandu")
        history = walk(harbor, moves)
        done = Disposition.objects.create(label="Solved")
        Conversation.objects.filter(status="closed").update(disposition=done, priority=2)
        check(harbor, history)
        rolled_up(history)
        check(harbor, history)


# --- Behind a figure ---


@FEW
@given(moves=MOVES)
def test_behind_a_count_stand_exactly_the_conversations_that_it_counts(harbor, moves):
    with harbor.scope(), transaction.atomic():
        history = walk(harbor, moves)
        now = history.now + timedelta(seconds=1)
        happened = plain.events()
        for name in ("incoming", "answered", "abandoned", "closed", "stays"):
            asked = question(harbor, now, name, ["queue", "hour"])
            zone = zone_of(asked)
            expected = defaultdict(set)
            for event in happened[name]:
                if event.channel != "record" and asked.period.since <= event.at < asked.period.until:
                    expected[event.queue, key_of_event("hour", event, zone)].add(event.row.pk)
            for key in count(asked).rows:
                assert opened(harbor, asked, name, key) == expected[key]
        for name in ("backlog", "ongoing", "wrap_up"):
            asked = question(harbor, now, name, ["status"])
            for key, values in count(asked).rows.items():
                assert len(opened(harbor, asked, name, key)) == values[name]
        asked = question(harbor, now, "offers", ["representative"])
        for (key,) in count(asked).rows:
            assert opened(harbor, asked, "offers", (key,)) == {
                each.conversation_id
                for each in Offer.objects.filter(representative_id=key).exclude(conversation__channel="record")
            }
        transaction.set_rollback(True)


def opened(cast, asked, name, key):
    figure = Figure(METRICS[name], tuple(zip(asked.layout.dimensions, key, strict=True)))
    assert str(Figure.read(str(figure))) == str(figure)
    rows = visible_to(cast.actor()).filter(CUSTOMIZED.base)

    def behind():
        return set(rows_behind(Figure.read(str(figure)), asked.shown, rows, asked.now).values_list("pk", flat=True))

    # So many that they are looked for in the order of the list, and so few that they are looked up.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "FEW", -1)
        in_order = behind()
    assert in_order == behind()
    return in_order


# --- Cost ---


@pytest.mark.parametrize("times", [1, 6])
def test_a_report_takes_a_fixed_number_of_queries(harbor, times):
    metrics = ["backlog", "incoming", "answered", "abandoned", "offers"]
    with harbor.scope():
        history = walk(harbor, [("comes_in", [0], 0, 0)] * times)
        rolled_up(history)
        asked = question(harbor, history.now, metrics, "queue")
        with CaptureQueriesContext(connection) as queries:
            count(asked)
        # Time zone, ongoing and in all, mark, three events, roll-ups, offers.
        assert len(queries) == 9
        asked = question(harbor, history.now, ["online_representatives", "units_in_use"], "queue")
        with CaptureQueriesContext(connection) as queries:
            count(asked)
        assert len(queries) == 2


def test_roll_ups_are_used_where_they_know_enough(harbor):
    with harbor.scope():
        now = Conversation._meta.get_field("created_at").get_default()
        assert uses_rollups(question(harbor, now, "incoming", ["queue", "channel", "hour"], channel="sms"))
        assert not uses_rollups(question(harbor, now, "incoming", "priority"))
        assert not uses_rollups(question(harbor, now, "incoming", "queue", priority="high"))


def test_too_many_rows_are_refused_instead_of_cut(harbor, monkeypatch):
    with harbor.scope():
        history = walk(harbor, [("comes_in", [0], 0, 0)] * 3)
        monkeypatch.setattr(counting, "MOST_ROWS", 1)
        with pytest.raises(counting.TooFine):
            count(question(harbor, history.now + timedelta(seconds=1), "incoming", ["work_stream"]))


def test_what_a_metric_counts_decides_by_what_it_splits():
    assert not why_not(DIMENSIONS["representative"], METRICS["answered"])
    assert why_not(DIMENSIONS["representative"], METRICS["abandon_rate"])
    assert events_of(METRICS["abandon_rate"]) == {"accepted_at", "left_at"}
    for dimension in ("hour", "day", "disposition"):
        assert why_not(DIMENSIONS[dimension], METRICS["backlog"])
    for dimension in set(DIMENSIONS) - {"queue", "representative"}:
        assert why_not(DIMENSIONS[dimension], METRICS["units_in_use"])
    assert why_not(DIMENSIONS["status"], METRICS["closed"])
