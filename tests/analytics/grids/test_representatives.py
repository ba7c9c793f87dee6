"""The Representatives grid and one person's page: presence, units, offers, whose people they are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.grids.pages import REPRESENTATIVES
from analytics.grids.presence import history
from analytics.metrics.offers import offers_by_representative
from analytics.scope import Period, Scope
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from conversations.models import Offer, QueueSegment
from routing.models import PresenceChange, Representative, RepresentativeSkill, Skill
from routing.presence import set_presence
from tests.analytics.history import History
from tests.factories import make_conversations, make_representative


def rows_of(cast, query="", member=None):
    shown = REPRESENTATIVES.shown(QueryDict(query), cast.actor(member))
    rows, _ = REPRESENTATIVES.page(shown, timezone.now())
    return {row.name: row for row in rows}


def get(cast, path="", member=None):
    return cast.client(member).get(cast.url(f"representatives/{path}"))


def slowly(period, queue_ids=None):
    """Offers of the period, each in the queue in which its conversation was then; one after another."""
    found = {}
    for offer in Offer.objects.select_related("conversation"):
        if not period.since <= offer.offered_at < period.until or offer.conversation.channel == "record":
            continue
        stays = [
            stay
            for stay in QueueSegment.objects.filter(conversation=offer.conversation_id).order_by("entered_at", "pk")
            if stay.entered_at <= offer.offered_at
        ]
        if queue_ids is not None and stays[-1].queue_id not in queue_ids:
            continue
        counts = found.setdefault(offer.representative_id, [0, 0, 0, 0])
        counts[0] += 1
        for place, outcome in enumerate(("accepted", "rejected", "timed_out"), start=1):
            counts[place] += offer.outcome == outcome
    return found


def test_offers_are_what_a_slow_count_finds_in_every_scope(harbor):
    moves = [
        ("assign_to_representative", [0, 1], 0, 0),
        ("accept", [0], 0, 0),
        ("reject", [1], 0, 0),
        ("assign_to_queue", [1], 0, 1),
        ("assign_to_representative", [1, 4], 0, 1),
        ("accept", [1], 1, 0),
    ]
    with harbor.scope():
        walked = History(harbor)
        for move in moves:
            walked.move(*move)
        assert Offer.objects.exists()
        for since in (walked.began, walked.began + (walked.now - walked.began) / 2):
            period = Period(since, walked.now + timedelta(seconds=1))
            for queue_ids in (None, {harbor.orders.pk}, {harbor.refunds.pk}):
                scope = Scope(None if queue_ids is None else frozenset(queue_ids))
                found = {pk: [*counts.values()] for pk, counts in offers_by_representative(period, scope).items()}
                assert found == slowly(period, queue_ids)


def test_a_row_shows_presence_units_work_skills_and_queues(harbor):
    with harbor.scope():
        skill = Skill.objects.create(name="Spanish")
        RepresentativeSkill.objects.create(representative=harbor.ana, skill=skill, proficiency=7)
        make_conversations(2, queue=harbor.orders, status="active", representative=harbor.ana)
        Representative.objects.filter(pk=harbor.ana.pk).update(units_used=120, total_units=100)
        row = rows_of(harbor)["Ana Ruiz"]
    assert (row.used, row.total, row.exceeded, row.bar) == (120, 100, 20, 100)
    assert row.active.text == "2"
    assert row.skills == ("Spanish 7",)
    assert row.queues == ("Orders", "Refunds")


def test_it_says_who_set_the_presence(harbor):
    with harbor.scope():
        assert rows_of(harbor)["Ana Ruiz"].set_by == "the system"
        set_presence(harbor.ana, "away", by=harbor.actor())
        assert rows_of(harbor)["Ana Ruiz"].set_by == str(harbor.supervisor)
        set_presence(harbor.ana, "busy", by=harbor.actor(harbor.agent))
        assert rows_of(harbor)["Ana Ruiz"].set_by == "themselves"


def test_it_is_filtered_by_presence_name_and_queue(harbor):
    with harbor.scope():
        make_representative("Bo Lind", queues=[harbor.refunds], presence="away")
        make_representative("Bot", type=Representative.Type.AI_AGENT, queues=[harbor.refunds])
        assert set(rows_of(harbor)) == {"Ana Ruiz", "Bo Lind"}
        assert set(rows_of(harbor, "presence=away")) == {"Bo Lind"}
        assert set(rows_of(harbor, "q=lind")) == {"Bo Lind"}
        assert set(rows_of(harbor, f"queue={harbor.orders.pk}")) == {"Ana Ruiz"}
        assert set(rows_of(harbor, "presence=asleep")) == set()
        assert list(rows_of(harbor, "sort=-name")) == ["Bo Lind", "Ana Ruiz"]


def test_a_scoped_supervisor_sees_the_people_and_names_of_their_queues_only(harbor):
    with harbor.scope():
        other = make_representative("Only Orders", queues=[harbor.orders])
        make_conversations(2, queue=harbor.orders, status="active", representative=harbor.ana)
        make_conversations(1, queue=harbor.refunds, status="active", representative=harbor.ana)
        rows = rows_of(harbor, member=harbor.scoped)
    assert set(rows) == {"Ana Ruiz"}
    assert (rows["Ana Ruiz"].active.text, rows["Ana Ruiz"].queues) == ("1", ("Refunds",))
    assert get(harbor, f"{other.pk}/", harbor.scoped).status_code == 404
    page = get(harbor, f"{harbor.ana.pk}/", harbor.scoped).content.decode()
    assert "Refunds" in page
    assert "Orders" not in page


def test_the_same_filter_live_names_other_queues_to_nobody_who_may_not_read_them(harbor):
    """Both ask for Refunds, and one of them sees nothing else: one view for both would tell of Orders."""
    query = QueryDict(f"queue={harbor.refunds.pk}")
    with harbor.scope():
        everything, scoped = (
            factory_of("representatives")(harbor.actor(member), query) for member in (harbor.supervisor, harbor.scoped)
        )
        rows = [view.render_rows([id for id, _ in view.read().rows])[harbor.ana.pk] for view in (everything, scoped)]
    assert ["Orders" in row for row in rows] == [True, False]
    assert everything.key != scoped.key


def test_the_page_leads_to_the_person_and_their_conversations(harbor):
    with harbor.scope():
        make_conversations(1, queue=harbor.orders, status="active", representative=harbor.ana)
    page = get(harbor).content.decode()
    assert f"/o/harbor/representatives/{harbor.ana.pk}/" in page
    assert f'"/o/harbor/conversations/?representative={harbor.ana.pk}&amp;detail=in_conversation"' in page
    assert "/o/harbor/metrics/offers_rejected/" in page
    answer = harbor.client().get(harbor.url("metrics/offers_rejected/"))
    assert "Offers made to representatives" in answer.content.decode()


def test_the_presence_history_covers_24_hours_without_a_gap(harbor):
    now = timezone.now()
    with harbor.scope():
        PresenceChange.objects.filter(representative=harbor.ana).delete()
        for hours, presence, by in ((30, "offline", None), (5, "available", harbor.agent), (2, "away", harbor.second)):
            PresenceChange.objects.create(
                representative=harbor.ana, presence=presence, since=now - timedelta(hours=hours), set_by=by
            )
        plot = history(harbor.ana, now)
    assert [(item.name, item.end - item.start, item.by) for item in plot.items] == [
        ("offline", timedelta(hours=19), "a system"),
        ("available", timedelta(hours=3), "themselves"),
        ("away", timedelta(hours=2), str(harbor.second)),
    ]
    assert sum(row["width"] for row in plot.rows) == pytest.approx(100, abs=0.01)
    assert plot.summary == "Available 3:00:00, Away 2:00:00, Offline 19:00:00"
    page = get(harbor, f"{harbor.ana.pk}/").content.decode()
    assert plot.title in page
    assert f'<span role="cell">{harbor.second}</span>' in page


def test_a_person_without_a_known_presence_has_a_sentence_instead_of_a_plot(harbor):
    with harbor.scope():
        PresenceChange.objects.all().delete()
        assert history(harbor.ana, timezone.now()).summary == "No presence is known of these hours."
    assert get(harbor, f"{harbor.ana.pk}/").status_code == 200


def test_people_of_another_organization_are_not_found(harbor, summit):
    assert get(harbor, f"{summit.ana.pk}/").status_code == 404
    assert harbor.client(summit.supervisor).get(harbor.url("representatives/")).status_code == 404
    with summit.scope():
        make_representative("Summit alone", queues=[summit.orders])
    assert "Summit alone" not in get(harbor).content.decode()


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    member = getattr(harbor, member)
    assert get(harbor, "", member).status_code == 403
    assert get(harbor, f"{harbor.ana.pk}/", member).status_code == 403
    with harbor.scope(), pytest.raises(Refused):
        factory_of("representatives")(harbor.actor(member), QueryDict(""))


@pytest.mark.parametrize("count", [1, 12])
def test_reading_takes_a_fixed_number_of_queries(harbor, count):
    with harbor.scope():
        for _ in range(count):
            person = make_representative(queues=[harbor.orders])
            make_conversations(1, queue=harbor.orders, status="active", representative=person)
            set_presence(person, "away", by=harbor.actor())
        shown = REPRESENTATIVES.shown(QueryDict(""), harbor.actor())
        with CaptureQueriesContext(connection) as queries:
            REPRESENTATIVES.page(shown, timezone.now())
        assert len(queries) <= 9


def test_above_the_table_stands_who_is_there_whatever_the_table_is_filtered_to(harbor):
    with harbor.scope():
        make_representative("Bo Lind", queues=[harbor.refunds], presence="away")
        make_representative("Off", queues=[harbor.orders], presence="offline", capacity_profile=None)
        make_representative("Bot", type=Representative.Type.AI_AGENT, queues=[harbor.refunds])
        make_conversations(2, queue=harbor.orders, status="active", representative=harbor.ana)
        shown = REPRESENTATIVES.shown(QueryDict("q=nobody"), harbor.actor())
        with CaptureQueriesContext(connection) as queries:
            summary = REPRESENTATIVES.summary(shown, timezone.now())
        assert len(queries) == 3
    texts = {each["name"]: each["text"] for each in summary["figures"]}
    assert (texts["online_representatives"], texts["presence_offline"]) == ("2", "1")
    assert texts["representatives_in_conversation"] == "1"
    counts = {each["name"]: each["count"] for each in summary["presence"]}
    assert (counts["available"], counts["away"], counts["offline"]) == (1, 1, 1)
    assert 'id="grid-summary"' in get(harbor).content.decode()
