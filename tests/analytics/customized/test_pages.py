"""The pages of reports: who may open them, what stands on them, the file, and what comes live."""

import csv
import io
import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.customized.listing import CUSTOMIZED
from analytics.customized.live_view import CustomizedView
from analytics.customized.plots import plots
from analytics.customized.table import Table
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from conversations.filters import ConversationFilter
from conversations.models import Conversation, SavedView
from conversations.saved_views import changing
from conversations.saved_views.changing import Share
from conversations.states import Status
from routing.kinds import Channel
from routing.models import Queue, Representative
from tests.analytics.customized.conftest import enable
from tests.analytics.customized.reading import HTMX, LAYOUT, cells, get, text
from tests.factories import make_conversation, make_conversations, make_queue

# --- Rights ---

PAGES = ("", f"report/?{LAYOUT}", "edit/", "check/", f"file/?{LAYOUT}")


def test_nobody_has_reports_until_an_administrator_turns_them_on(harbor):
    for path in PAGES:
        assert get(harbor, path).status_code == 403
        assert get(harbor, path, harbor.admin).status_code == 403
    assert "hasn’t turned customized reports on" in get(harbor, "").content.decode()
    assert harbor.url("reports/") not in harbor.client().get(harbor.url("conversations/")).content.decode()
    with harbor.scope(), pytest.raises(Refused):
        factory_of("customized")(harbor.actor(), QueryDict(LAYOUT))
    with harbor.scope(), pytest.raises(Refused):
        changing.save_new(harbor.actor(), "customized", "Mine", LAYOUT)


def test_the_roles_that_may_see_and_make_are_the_organizations_choice(harbor):
    enable(harbor, readers=("supervisor", "auditor"), makers=("auditor",))
    assert [get(harbor, path).status_code for path in PAGES] == [200, 200, 403, 403, 200]
    assert all(get(harbor, path, harbor.auditor).status_code == 200 for path in PAGES)
    assert all(get(harbor, path, harbor.admin).status_code == 403 for path in PAGES)
    assert all(get(harbor, path, harbor.agent).status_code == 403 for path in PAGES)
    assert "New report" not in text(harbor, "")
    assert "New report" in text(harbor, "", harbor.auditor)


def test_who_makes_reports_must_be_among_those_who_see_them(harbor):
    enable(harbor, readers=("supervisor",), makers=("supervisor", "administrator"))
    assert all(get(harbor, path, harbor.admin).status_code == 403 for path in PAGES)


def test_whoever_isnt_a_supervisor_sees_figures_and_no_conversation(floor):
    enable(floor, readers=("supervisor", "administrator"), makers=("administrator",))
    with floor.scope():
        Conversation.objects.update(subject="Secret parcel")
    html = text(floor, f"report/?{LAYOUT}", floor.admin)
    assert ["Orders", "Live chat", "2", "2"] in cells(html)
    assert "Secret parcel" not in html
    assert "Select conversation" not in html
    assert "figure=" not in html
    assert "are for supervisors" in html
    fragment = get(floor, f"report/?{LAYOUT}", floor.admin, **{"HX-Request": "true", "HX-Target": "list-body"})
    assert "Secret parcel" not in fragment.content.decode()
    with floor.scope():
        view = CustomizedView(floor.actor(floor.admin), QueryDict(LAYOUT))
        assert view.read().rows == ()
        assert "figure=" not in view.render_counters(view.read().counters)
    export = floor.client(floor.admin).get(floor.url(f"conversations/export/file/?list=customized&{LAYOUT}"))
    assert export.status_code == 403


def test_the_export_of_its_conversations_asks_for_the_reports_right_too(harbor):
    assert harbor.client().get(harbor.url(f"conversations/export/?list=customized&{LAYOUT}")).status_code == 403
    enable(harbor)
    assert harbor.client().get(harbor.url(f"conversations/export/?list=customized&{LAYOUT}")).status_code == 200


# --- One report ---


def test_its_rows_are_figures_and_below_them_stand_the_conversations(floor):
    html = text(floor, f"report/?{LAYOUT}")
    assert cells(html) == [
        ["Orders", "Live chat", "2", "2"],
        ["Orders", "SMS", "1", "1"],
        ["Refunds", "Live chat", "1", "1"],
        ["All together", "", "4", "4"],
    ]
    assert html.count('aria-label="Select conversation') == 4
    assert "All queues" in html
    assert 'aria-label="See details: Queue backlog"' in html
    assert 'id="plot-report-backlog"' in html


def test_every_figure_opens_its_conversations(floor):
    html = text(floor, f"report/?{LAYOUT}")
    url = re.search(r'href="([^"]*figure=incoming%3Bqueue%3D\d+%3Bchannel%3Dsms)"', html)[1].replace("&amp;", "&")
    page = floor.client().get(url)
    assert page.content.decode().count('aria-label="Select conversation') == 1
    assert "Incoming, Orders, SMS" in page.content.decode()
    # Zero leads nowhere.
    assert "figure=abandoned" not in text(floor, "report/?metric=abandoned&by=queue")


def test_a_figure_of_the_period_also_opens_what_is_closed_by_now(floor):
    with floor.scope():
        Conversation.objects.filter(channel=Channel.SMS).update(status=Status.CLOSED, closed_at=timezone.now())
    figure = "figure=incoming%3Bchannel%3Dsms"
    assert text(floor, f"report/?{LAYOUT}&{figure}").count('aria-label="Select conversation') == 1
    assert text(floor, f"report/?{LAYOUT}").count('aria-label="Select conversation') == 3


def test_its_conversations_have_the_lists_commands_and_the_rule_table_decides(floor):
    html = text(floor, f"report/?{LAYOUT}")
    for name in ("Assign", "Transfer", "Monitor", "Force Close"):
        assert f"<span>{name}</span>" in html
    with floor.scope():
        opened = Conversation.objects.filter(queue=floor.orders).first()
        held = make_conversation(queue=floor.orders, status=Status.ACTIVE, representative=floor.ana)
    assert possible(floor, opened) == {"Assign", "Force Close"}
    assert possible(floor, held) == {"Transfer", "Monitor", "Force Close"}


def possible(cast, row):
    """Which of the four the selection of this one conversation allows, as the report's own bar says."""
    url = cast.url("conversations/selection-summary/?list=customized")
    answer = cast.client().post(url, {"id": f"{row.pk}:{row.version}"})
    found = set()
    for summary in answer.context["summaries"]:
        labels = {"assign_to_representative": "Assign", "transfer_to_representative": "Transfer"}
        label = labels.get(summary.name, summary.name.replace("_", " ").title())
        if summary.allowed and label in {"Assign", "Transfer", "Monitor", "Force Close"}:
            found.add(label)
    return found


def test_all_that_match_means_the_opened_figure(floor):
    query = f"list=customized&{LAYOUT}&figure=backlog%3Bqueue%3D{floor.orders.pk}"
    answer = floor.client().post(
        floor.url("conversations/selection-summary/?list=customized"), {"all": "1", "query": query}
    )
    assert {summary.allowed for summary in answer.context["summaries"] if summary.name == "force_close"} == {3}


def test_a_scoped_supervisor_reads_the_figures_of_the_scope_and_is_told(saved, floor):
    html = text(floor, f"report/?view={saved.pk}", floor.scoped)
    assert cells(html) == [["Refunds", "Live chat", "1", "1"], ["All together", "", "1", "1"]]
    assert "Your queues: Refunds" in html


def test_a_figure_of_another_queue_opens_nothing_for_the_scope(floor):
    html = text(floor, f"report/?{LAYOUT}&figure=backlog%3Bqueue%3D{floor.orders.pk}", floor.scoped)
    assert "Select conversation" not in html.replace("data-select", "")


def test_what_makes_no_sense_is_said_and_not_saved(floor):
    assert "Queue backlog can’t be split by hour" in text(floor, "report/?metric=backlog&by=hour")
    answer = floor.client().post(
        floor.url("conversations/views/save/?list=customized&metric=backlog&by=hour"),
        {"as": "new", "name": "No"},
        headers=HTMX,
    )
    assert answer.status_code == 422
    assert "Remove it before you save" in answer.content.decode()
    with floor.scope():
        assert not SavedView.objects.exists()


def test_a_foreign_queue_or_representative_matches_nothing_and_names_nobody(floor, summit):
    with summit.scope():
        make_conversations(2, queue=summit.orders)
    for query in (f"queue={summit.orders.pk}", f"representative={summit.ana.pk}"):
        html = text(floor, f"report/?metric=backlog&metric=answered&by=queue&{query}")
        assert "nothing matches it" in html
        assert cells(html) == [["All together", "0", "0"]]
    html = text(floor, f"report/?{LAYOUT}&figure=backlog%3Bqueue%3D{summit.orders.pk}")
    assert "one that is gone" in html
    assert html.count('aria-label="Select conversation') == 0


def test_a_report_about_a_queue_that_was_deactivated_goes_on(floor):
    with floor.scope():
        old = make_queue("Old desk")
        make_conversation(queue=old, status=Status.CLOSED, created_at=timezone.now() - timedelta(hours=2))
        query = f"queue={old.pk}&metric=conversations&by=queue"
        report = changing.save_new(floor.actor(), "customized", "Old", query)
        changing.share(floor.actor(), report.pk, [Share()])
        Queue.objects.filter(pk=old.pk).update(is_active=False)
    html = text(floor, f"report/?view={report.pk}", floor.second)
    assert ["Old desk (inactive)", "1"] in cells(html)
    assert "nothing matches" not in html


def test_the_page_takes_the_same_number_of_queries_whatever_there_is(reporting):
    numbers = []
    for count in (1, 20):
        with reporting.scope():
            make_conversations(count, queue=reporting.orders)
            make_conversations(count, queue=make_queue())
        with CaptureQueriesContext(connection) as queries:
            text(reporting, f"report/?{LAYOUT}")
        numbers.append(len(queries))
    assert numbers[0] == numbers[1]


# --- The file ---


def exported(cast, query, member=None):
    answer = get(cast, f"file/?{query}", member)
    assert answer.status_code == 200, answer.content
    assert answer["Content-Type"].startswith("text/csv")
    body = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    heading, *rows = csv.reader(io.StringIO(body))
    return heading, rows


def test_figures_go_into_a_file_without_formulas_and_the_log_holds_no_names(floor):
    with floor.scope():
        Queue.objects.filter(pk=floor.orders.pk).update(name="=HYPERLINK(1)")
    heading, rows = exported(floor, "metric=backlog&metric=abandon_rate&metric=longest_wait&by=queue")
    assert heading == ["Queue", "Queue backlog", "Abandon rate (percent)", "Current longest wait (seconds)"]
    assert [row[:3] for row in rows] == [["'=HYPERLINK(1)", "3", ""], ["Refunds", "1", ""]]
    with floor.scope():
        event = AuditEvent.objects.get(action=AuditAction.EXPORTED)
    assert event.object_type == "report"
    assert event.after == {"metrics": ["backlog", "abandon_rate", "longest_wait"], "by": ["queue"], "rows": 2}
    assert "HYPERLINK" not in json.dumps(event.after)


def test_the_file_follows_the_scope_and_refuses_what_makes_no_sense(floor):
    assert exported(floor, "metric=backlog&by=queue", floor.scoped)[1] == [["Refunds", "1"]]
    answer = get(floor, "file/?metric=backlog&by=hour")
    assert answer.status_code == 422
    with floor.scope():
        assert not AuditEvent.objects.filter(action=AuditAction.EXPORTED, after__rows=0).exists()


def test_a_colleague_with_fewer_queues_reads_and_exports_their_part_of_a_report_about_several(floor):
    query = f"metric=backlog&by=queue&queue={floor.orders.pk}&queue={floor.refunds.pk}"
    html = text(floor, f"report/?{query}", floor.scoped)
    assert cells(html)[0] == ["Refunds", "1"]
    assert len(cells(html)) == 2
    assert "isn’t among yours" in html
    assert "not among yours" in html
    assert "Orders" not in html
    assert exported(floor, query, floor.scoped)[1] == [["Refunds", "1"]]
    assert get(floor, f"file/?metric=backlog&by=queue&queue={floor.orders.pk}", floor.scoped).status_code == 422


# --- Live ---


def test_it_is_live_with_figures_and_rows(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict(LAYOUT))
        snapshot = view.read()
        assert len(snapshot.rows) == 4
        frame = view.render_counters(snapshot.counters)
        assert '<div id="report-figures" class="report__figures" hx-swap-oob="morph">' in frame
        assert "<table" not in frame
        assert view.key != CustomizedView(floor.actor(floor.scoped), QueryDict(LAYOUT)).key
        assert view.concerned_by("representative", None)


def test_figures_are_counted_at_their_pace(floor):
    with floor.scope():
        view = CustomizedView(floor.actor(), QueryDict("metric=online_representatives"))
        before = view.read().counters["figures"]
        Representative.objects.update(presence="offline")
        assert view.read().counters["figures"] == before
        view._next_at = 0
        assert view.read().counters["figures"] != before


def test_hours_in_which_nothing_happened_are_rows_too(floor):
    with floor.scope():
        table = Table.read(ConversationFilter.from_query(QueryDict(BY_HOUR), floor.actor(), CUSTOMIZED), timezone.now())
    assert len(table.lines) in (24, 25)
    assert sum(line.values["incoming"] for line in table.lines) == 4
    (plot,) = plots(table)
    assert [values for _, values in plot["course"].points] == [[line.values["incoming"]] for line in table.lines]


BY_HOUR = "metric=incoming&metric=abandon_rate&by=hour&plot=incoming"


def test_plots_of_shares_and_times_read_as_such(floor):
    with floor.scope():
        query = QueryDict("metric=longest_wait&metric=backlog&by=queue&plot=longest_wait&plot=backlog")
        found = plots(Table.read(ConversationFilter.from_query(query, floor.actor(), CUSTOMIZED), timezone.now()))
    waits, backlog = (plot["bars"].rows for plot in found)
    assert re.fullmatch(r"\d+:\d\d:\d\d|\d\d:\d\d", waits[0]["text"])
    assert [(row["label"], row["text"], row["width"]) for row in backlog] == [
        ("Orders", "3", 100.0),
        ("Refunds", "1", 33.3),
    ]
