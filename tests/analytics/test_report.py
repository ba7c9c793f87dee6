"""The Ongoing conversation report: its rows, windows, figures and whose numbers they are."""

from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import report
from analytics.live_view import ReportView
from analytics.report_context import report_context
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from contact_center.tenancy.models import OrganizationSettings
from conversations.filters import ConversationFilter
from conversations.listing import REPORT
from conversations.models import Conversation, Disposition, ForceCloseReason
from conversations.states import Status
from routing.kinds import Channel
from routing.models import Representative
from tests.analytics.test_wallboard import words_of
from tests.factories import make_conversation, make_conversations


def page(cast, query="", member=None):
    answer = cast.client(member).get(cast.url(f"report/?{query}"))
    assert answer.status_code == 200
    return answer.content.decode()


def subjects(cast, query="", member=None):
    text = page(cast, query, member)
    return {name for name in ("Fresh", "Earlier", "Old", "Record", "Done", "Elsewhere") if f">{name}</a>" in text}


@pytest.fixture
def day(harbor):
    """One conversation for each thing the report tells apart."""
    now = timezone.now()
    with harbor.scope():
        make_conversation(subject="Fresh", queue=harbor.orders, created_at=now - timedelta(hours=1))
        make_conversation(subject="Earlier", queue=harbor.orders, created_at=now - timedelta(hours=5))
        make_conversation(subject="Old", queue=harbor.orders, created_at=now - timedelta(hours=30))
        make_conversation(subject="Record", channel=Channel.RECORD, created_at=now - timedelta(hours=1))
        make_conversation(subject="Done", queue=harbor.orders, status=Status.CLOSED, created_at=now)
        make_conversation(subject="Elsewhere", queue=harbor.refunds, created_at=now - timedelta(hours=1))
    return harbor


def test_it_shows_what_is_open_of_the_last_day_without_records(day):
    assert subjects(day) == {"Fresh", "Earlier", "Elsewhere"}
    # Whatever is asked for, nothing closed and no record.
    assert subjects(day, "status=any&window=open") == {"Fresh", "Earlier", "Elsewhere", "Old"}
    assert subjects(day, "status=closed") == set()
    assert subjects(day, "channel=record") == set()


def test_asked_how_it_ended_it_shows_the_closed_ones_of_its_window(day):
    with day.scope():
        spam = ForceCloseReason.objects.create(label="Spam")
        solved = Disposition.objects.create(label="Solved")
        Conversation.objects.filter(subject="Done").update(force_close_reason=spam, disposition=solved)
        make_conversation(
            subject="Old", status=Status.CLOSED, disposition=solved, created_at=timezone.now() - timedelta(days=3)
        )
    assert subjects(day, f"force_close_reason={spam.pk}") == {"Done"}
    assert subjects(day, f"disposition={solved.pk}") == {"Done"}
    assert subjects(day, f"disposition={solved.pk}&window=open") == {"Done", "Old"}
    assert subjects(day, f"disposition={solved.pk}", day.scoped) == set()
    assert figure_of(page(day, f"disposition={solved.pk}"), "Ongoing conversations") == "0"


def test_the_window_is_chosen_in_the_address(day):
    assert subjects(day, "window=2h") == {"Fresh", "Elsewhere"}
    assert subjects(day, "window=open") == {"Fresh", "Earlier", "Elsewhere", "Old"}
    assert subjects(day, "window=2h&window=24h") == {"Fresh", "Earlier", "Elsewhere"}
    assert "isn’t a value of the filter Created" in page(day, "window=forever")


def test_today_is_the_organizations(day):
    now = timezone.now()
    with day.scope():
        OrganizationSettings.objects.update(time_zone="Pacific/Auckland")
        Conversation.objects.filter(subject="Fresh").update(created_at=now)
        Conversation.objects.exclude(subject="Fresh").update(created_at=now - timedelta(hours=25))
    assert subjects(day, "window=today") == {"Fresh"}


def test_a_scoped_supervisor_sees_the_rows_and_numbers_of_the_scope(day):
    text = page(day, member=day.scoped)
    assert subjects(day, member=day.scoped) == {"Elsewhere"}
    assert "Your queues: Refunds" in text
    assert "All queues" in page(day)
    assert figure_of(text, "Ongoing conversations") == "1"
    assert figure_of(page(day), "Ongoing conversations") == "3"


def figure_of(text, label):
    return words_of(text.partition(f'figure__label">{label}<')[2].partition('figure__value">')[2].partition("</b>")[0])


@pytest.mark.parametrize("query", ["", "status=open&status=active", "detail=transfer", "window=open&channel=sms"])
def test_every_figure_and_bar_leads_to_what_it_counts_within_the_report(harbor, query):
    with harbor.scope():
        for number, status in enumerate((Status.OPEN, Status.ACTIVE, Status.WAITING, Status.WRAP_UP), start=1):
            make_conversations(number, queue=harbor.orders, status=status, channel=Channel.SMS, sentiment_score=20)
        make_conversations(2, queue=harbor.refunds, status=Status.ACTIVE, status_reason="awaiting_acceptance")
        Conversation.objects.filter(status=Status.WAITING).update(transfer_pending=True)
        shown = ConversationFilter.from_query(QueryDict(query), harbor.actor(), REPORT)
        context = report_context("harbor", shown, report.read(shown.rows()))
        leads = [(each["url"], each["text"]) for each in context["report"]["figures"] if "url" in each]
        leads += [(row["url"], row["text"]) for plot in context["plots"] if "bars" in plot for row in plot["bars"].rows]
        assert len(leads) > 3
        for url, text in leads:
            if url and ":" not in text:
                opened = QueryDict(url.partition("?")[2])
                assert ConversationFilter.from_query(opened, harbor.actor(), REPORT).rows().count() == int(text), url


def test_it_has_the_lists_commands_without_those_of_records(day):
    text = page(day)
    for name in ("Assign", "Transfer", "Force Close", "Message Customer", "Notify CSR"):
        assert f"<span>{name}</span>" in text
    assert "<span>Release</span>" not in text
    assert "<span>Remove</span>" not in text


def test_all_that_match_means_the_reports_own_rows(day):
    """A selection of all carries the list it is about, and with it the window."""
    client = day.client()
    answer = client.post(day.url("conversations/selection-summary/?list=report"), {"all": "1", "query": "list=report"})
    assert answer.status_code == 200
    assert "3" in answer.content.decode()


def test_a_row_shows_presence_units_and_handle_time(harbor):
    now = timezone.now()
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(presence="busy", total_units=90)
        harbor.ana.refresh_from_db()
        make_conversation(
            queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana, created_at=now - timedelta(minutes=9)
        )
    text = page(harbor)
    assert "Busy</span> <small>30/90 units</small>" in text
    assert 'class="c-handle-time"' in text


def test_plots_count_the_rows_and_lead_to_them(day):
    with day.scope():
        Conversation.objects.filter(subject="Fresh").update(sentiment_score=5)
        found = report.read(Conversation.objects.exclude(status=Status.CLOSED).exclude(channel=Channel.RECORD))
    assert found["channels"] == {"live_chat": 4}
    assert found["phases"] == {"open": 4}
    assert found["sentiment"]["very_negative"] == 1
    assert sum(count for _, count in found["course"]) == 4
    text = page(day, "window=2h")
    assert "/o/harbor/report/?window=2h&amp;channel=live_chat" in text
    assert 'id="plot-over-time"' in text


def test_an_empty_report_says_so(harbor):
    text = page(harbor)
    assert "No ongoing conversations in this period" in text
    assert "No ongoing conversation." in text


def test_the_number_of_queries_stays(harbor):
    numbers = []
    for count in (1, 30):
        with harbor.scope():
            make_conversations(count, queue=harbor.orders)
        with CaptureQueriesContext(connection) as queries:
            page(harbor)
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


@pytest.mark.parametrize("member", ["admin", "auditor", "agent"])
def test_it_is_for_supervisors(harbor, member):
    assert harbor.client(getattr(harbor, member)).get(harbor.url("report/")).status_code == 403
    with harbor.scope(), pytest.raises(Refused):
        factory_of("report")(harbor.actor(getattr(harbor, member)), QueryDict(""))


def test_another_organization_is_not_in_it(harbor, summit):
    with summit.scope():
        make_conversations(2, queue=summit.orders)
    assert figure_of(page(harbor), "Ongoing conversations") == "0"


# --- Live ---


def test_it_reads_rows_figures_and_presences(harbor):
    with harbor.scope():
        row = make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        view = ReportView(harbor.actor(), QueryDict(""))
        before = view.read()
        assert [id for id, _ in before.rows] == [row.pk]
        frame = view.render_counters(before.counters)
        assert '<div id="report-figures" class="report__figures" hx-swap-oob="morph">' in frame
        assert f'id="conversation-{row.pk}"' in view.render_rows([row.pk])[row.pk]
        Representative.objects.filter(pk=harbor.ana.pk).update(presence="away")
        assert view.read().rows != before.rows


def test_it_is_told_of_presences_as_well(harbor):
    with harbor.scope():
        view = ReportView(harbor.actor(), QueryDict(""))
        assert view.concerned_by("representative", frozenset({1}))
        assert view.concerned_by("conversation", None)
        assert not view.concerned_by("notification", None)
