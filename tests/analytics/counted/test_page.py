"""What stands behind a figure of a period: exactly as many lines as it counts, in the reader's scope."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given

from analytics.counted.page import CountedPage
from analytics.counted.parts import family_of, parts_of
from analytics.counted.rows import OUT_OF_SIGHT, PAGE_SIZE
from analytics.metrics import METRICS, OF_PERIOD
from analytics.metrics.definition import Total
from analytics.metrics.measures import direct_sums
from analytics.metrics.offers import OF_OFFERS, offers_by_representative
from analytics.scope import Period
from conversations.models import Conversation, Offer, QueueSegment, Session
from tests.analytics.history import MOVES
from tests.analytics.test_metrics import WALKS, periods, scopes, walk
from tests.factories import make_conversations


def read(cast, name, query="", member=None, now=None):
    return CountedPage.read(METRICS[name], QueryDict(query), cast.actor(member), now or timezone.now())


def get(cast, name, query="", member=None):
    return cast.client(member).get(cast.url(f"metrics/{name}/counted/?{query}"))


@WALKS
@given(moves=MOVES)
def test_as_many_stays_and_offers_stand_behind_a_figure_as_it_counts(harbor, moves):
    with harbor.scope(), transaction.atomic():
        history = walk(harbor, moves)
        for scope, _ in scopes(harbor):
            for period in periods(history)[:2]:
                check_stays(period, scope)
                check_offers(period, scope)
        transaction.set_rollback(True)


def check_stays(period, scope):
    sums = direct_sums([period], scope)
    for metric in OF_PERIOD:
        parts = parts_of(metric)
        counts = [part.rows(period, scope).count() for part in parts]
        if isinstance(metric.expression, Total):
            assert counts == [sums[metric.expression.measure]], metric.name
            continue
        assert sum(counts) == sum(sums[name] for name in metric.expression.bottom), metric.name
        if metric.unit == "share":
            assert counts[0] == sums[metric.expression.top], metric.name
        assert len({part.name for part in parts}) == len(parts)


def check_offers(period, scope):
    of_people = offers_by_representative(period, scope)
    for metric in OF_OFFERS:
        (part,) = parts_of(metric)
        rows = part.rows(period, scope)
        for person, counts in of_people.items():
            assert rows.filter(representative_id=person).count() == counts[metric.name]
        assert rows.count() == sum(counts[metric.name] for counts in of_people.values())


@pytest.fixture
def answered(harbor):
    """Three answered within 20 seconds and two later; then one of another queue."""
    began = timezone.now() - timedelta(minutes=20)
    with harbor.scope():
        rows = []
        for seconds in (5, 10, 15, 100, 200):
            rows += make_conversations(
                1, queue=harbor.orders, status="active", representative=harbor.ana, created_at=began
            )
            accepted_at = began + timedelta(seconds=seconds)
            Conversation.objects.filter(pk=rows[-1].pk).update(accepted_at=accepted_at, first_accepted_at=accepted_at)
            for model in (QueueSegment, Session):
                model.objects.filter(conversation=rows[-1]).update(accepted_at=accepted_at)
        rows += make_conversations(
            1, queue=harbor.refunds, status="active", representative=harbor.ana, created_at=began
        )
    return rows


def test_a_share_is_shown_as_what_it_counts_and_what_is_left(harbor, answered):
    with harbor.scope():
        found = read(harbor, "service_level_20", f"queue={harbor.orders.pk}").context
        assert [(tab["label"], tab["count"], tab["current"]) for tab in found["tabs"]] == [
            ("Within 20\u00a0s", "3", True),
            ("After more than 20\u00a0s", "2", False),
        ]
        assert found["figure"] == "60 %"
        assert len(found["rows"]) == 3
        later = read(harbor, "service_level_20", f"queue={harbor.orders.pk}&part=not_answered_within_20&sort=-length")
        waits = [dict(row.more)["Wait"] for row in later.context["rows"]]
        assert waits == ["03:20", "01:40"]
    page = get(harbor, "service_level_20").content.decode()
    assert f"/o/harbor/conversations/{answered[0].pk}/" in page
    assert METRICS["service_level_20"].sentence in page


def test_a_line_names_who_accepted_and_offers_name_the_answer(harbor, answered):
    with harbor.scope():
        row = read(harbor, "stays_answered").context["rows"][0]
        assert dict(row.more)["Representative"] == "Ana Ruiz"
        Offer.objects.all().delete()
        made = timezone.now() - timedelta(minutes=3)
        for outcome in ("accepted", "rejected", "timed_out"):
            Offer.objects.create(
                conversation=answered[0],
                representative=harbor.ana,
                kind="routing",
                units=1,
                offered_at=made,
                answered_at=made + timedelta(seconds=30),
                outcome=outcome,
            )
        found = read(harbor, "offers_rejected", f"representative={harbor.ana.pk}").context
        assert [(tab["label"], tab["count"]) for tab in found["tabs"]] == [
            ("Offered", "3"),
            ("Accepted", "1"),
            ("Rejected", "1"),
            ("Timed out", "1"),
        ]
        (row,) = found["rows"]
        assert row.more == (
            ("Representative", "Ana Ruiz"),
            ("Offered by", "Routed"),
            ("Answer", "Rejected"),
            ("After", "00:30"),
        )
        assert [chip["value"] for chip in found["chips"]] == ["Ana Ruiz"]
        nobody = read(harbor, "offers", "representative=999999").context
        assert nobody["rows"] == []


def test_what_has_left_the_scope_is_counted_without_being_named(harbor, answered):
    with harbor.scope():
        moved = answered[-1]
        Conversation.objects.filter(pk=moved.pk).update(queue=harbor.orders)
        (row,) = read(harbor, "stays_answered", member=harbor.scoped).context["rows"]
        assert (row.subject, row.url, row.customer) == (OUT_OF_SIGHT, "", "")
    page = get(harbor, "stays_answered", member=harbor.scoped).content.decode()
    assert moved.subject not in page
    assert "Orders" not in page
    assert "Your queues: Refunds" in page


def test_the_moment_stays_while_pages_are_turned(harbor, answered):
    then = timezone.now() - timedelta(minutes=30)
    with harbor.scope():
        assert read(harbor, "stays", f"at={then:%Y-%m-%dT%H:%M:%SZ}").now < then
        for nonsense in ("x", "2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "2026-01-01"):
            assert timezone.now() - read(harbor, "stays", f"at={nonsense}").now < timedelta(minutes=1)
        make_conversations(PAGE_SIZE + 5, queue=harbor.orders, created_at=timezone.now() - timedelta(minutes=9))
        first = read(harbor, "stays").context
        assert (len(first["rows"]), first["pagination"]["previous_url"]) == (PAGE_SIZE, "")
        query = first["pagination"]["next_url"].partition("?")[2]
        second = read(harbor, "stays", query).context
        assert second["moment"] == first["moment"]
        assert len(second["rows"]) == int(first["tabs"][0]["count"]) - PAGE_SIZE
        assert {row.id for row in first["rows"]}.isdisjoint(row.id for row in second["rows"])


@pytest.mark.parametrize("times", [1, 20])
@pytest.mark.parametrize("name", ["stays_answered", "abandon_rate", "offers_accepted", "transfers_in"])
def test_it_takes_a_fixed_number_of_queries(harbor, name, times):
    with harbor.scope():
        make_conversations(times, queue=harbor.orders, status="active", representative=harbor.ana)
        page = read(harbor, name)
        with CaptureQueriesContext(connection) as queries:
            assert page.context
        assert len(queries) <= 12


def test_only_figures_of_a_period_have_such_a_page(harbor, summit):
    assert get(harbor, "backlog").status_code == 404
    assert get(harbor, "nothing").status_code == 404
    assert get(harbor, "abandon_rate", member=summit.supervisor).status_code == 404
    for metric in (*OF_PERIOD, *OF_OFFERS):
        assert get(harbor, metric.name).status_code == 200, metric.name
        assert metric in family_of(metric)


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    assert get(harbor, "abandon_rate", member=getattr(harbor, member)).status_code == 403


def test_conversations_of_another_organization_are_not_counted(harbor, summit):
    with summit.scope():
        make_conversations(2, queue=summit.orders)
    assert "Nothing was counted" in get(harbor, "stays").content.decode()
    with harbor.scope():
        period = Period(timezone.now() - timedelta(hours=1), timezone.now())
        assert parts_of(METRICS["stays"])[0].rows(period, read(harbor, "stays").scope).count() == 0


def test_every_part_has_words():
    for metric in (*OF_PERIOD, *OF_OFFERS):
        assert all(part.label for part in parts_of(metric)), metric.name
