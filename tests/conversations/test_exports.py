"""A list as CSV: what the list shows, all of it, in its columns and order, and nobody else's."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.models import OrganizationSettings, User
from conversations.columns import COLUMNS
from conversations.listing import LISTINGS, ONGOING, RECORDS
from conversations.models import Conversation, ConversationTag, Tag
from conversations.saved_views import changing
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations, make_customer

FILE = "conversations/export/file/"


def get(cast, path, member=None):
    return cast.client(member).get(cast.url(path), headers={"HX-Request": "true"})


def exported(cast, query="", member=None):
    """The heading, and the rows below it."""
    response = get(cast, f"{FILE}{query}", member)
    assert response.status_code == 200, response.content
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    heading, *rows = csv.reader(io.StringIO(content))
    return heading, rows


def subjects(cast, query="", member=None):
    return [row[0] for row in exported(cast, query, member)[1]]


def exports_in_the_log(cast):
    with cast.scope():
        return list(AuditEvent.objects.filter(action=AuditAction.EXPORTED))


def test_the_file_has_the_lists_columns_and_order(harbor):
    with harbor.scope():
        make_conversation(subject="First", queue=harbor.orders, created_at=timezone.now() - timedelta(hours=1))
        make_conversation(subject="Second", queue=harbor.orders)
    heading, rows = exported(harbor)
    assert heading == [column.label for column, _ in ONGOING.columns]
    assert [row[0] for row in rows] == ["Second", "First"]
    heading, rows = exported(harbor, "?columns=number,subject:300,queue&sort=created")
    assert heading == ["Number", "Subject", "Queue"]
    assert [row[1:] for row in rows] == [["First", "Orders"], ["Second", "Orders"]]


def test_the_filter_the_search_and_the_list_decide_what_is_in_the_file(harbor):
    with harbor.scope():
        make_conversation(subject="Lost parcel", queue=harbor.orders)
        make_conversation(subject="Refund", queue=harbor.refunds)
        make_conversation(subject="Done", status=Status.CLOSED)
        make_conversation(subject="Case", channel=Channel.RECORD)
    assert set(subjects(harbor)) == {"Lost parcel", "Refund", "Case"}
    assert subjects(harbor, f"?queue={harbor.refunds.pk}") == ["Refund"]
    assert subjects(harbor, "?q=parcel") == ["Lost parcel"]
    assert subjects(harbor, "?status=closed") == ["Done"]
    heading, rows = exported(harbor, "?list=records")
    assert heading == [column.label for column, _ in RECORDS.columns]
    assert [row[0] for row in rows] == ["Case"]


def test_a_saved_view_is_exported_as_it_is_saved(harbor):
    with harbor.scope():
        make_conversation(subject="Text", channel=Channel.SMS)
        make_conversation(subject="Chat")
        view = changing.save_new(harbor.actor(), "conversations", "Texts", "channel=sms&columns=subject,channel")
    assert exported(harbor, f"?view={view.pk}") == (["Subject", "Channel"], [["Text", "SMS"]])
    assert get(harbor, f"{FILE}?view={view.pk}", harbor.second).status_code == 422


def test_of_a_shared_view_a_narrower_scope_exports_its_part(harbor):
    with harbor.scope():
        make_conversation(subject="Lost parcel", queue=harbor.orders)
        make_conversation(subject="Refund", queue=harbor.refunds)
    query = f"?queue={harbor.orders.pk}&queue={harbor.refunds.pk}"
    assert subjects(harbor, query, harbor.scoped) == ["Refund"]


@pytest.mark.parametrize(
    "query", ["", "?sort=subject", "?sort=-wait", "?sort=status,-created", "?wait_over=1m&sort=-wait"]
)
def test_every_lot_is_in_the_file_once_and_in_the_lists_order(harbor, monkeypatch, query):
    monkeypatch.setattr("conversations.exports.LOT", 3)
    with harbor.scope():
        make_conversations(10, queue=harbor.orders)
        Conversation.objects.update(queued_at=timezone.now() - timedelta(minutes=5))
    page = harbor.client().get(harbor.url(f"conversations/{query}"))
    shown = [row.number for row in page.context["rows"]]
    assert len(shown) == 10
    columns = f"{query}{'&' if query else '?'}columns=number"
    assert [row[0] for row in exported(harbor, columns)[1]] == shown


def test_a_lot_costs_the_same_however_many_rows_it_has(harbor, monkeypatch):
    monkeypatch.setattr("conversations.exports.LOT", 5)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            rows = exported(harbor, f"?columns={','.join(ONGOING.offered_columns)}")[1]
        return len(rows), len(queries)

    with harbor.scope():
        make_conversations(1)
    assert cost()[0] == 1
    few = cost()[1]
    with harbor.scope():
        make_conversations(4)
    assert cost() == (5, few)
    with harbor.scope():
        make_conversations(5)
    two_lots = cost()
    with harbor.scope():
        make_conversations(5)
    assert two_lots[1] - few == cost()[1] - two_lots[1] > 0


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.name)
def test_every_column_of_a_list_can_be_exported(harbor, listing):
    with harbor.scope():
        OrganizationSettings.objects.update(reports_enabled=True)
        make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        make_conversation(channel=Channel.RECORD)
    heading, rows = exported(harbor, f"?list={listing.name}&columns={','.join(listing.offered_columns)}")
    assert heading == [COLUMNS[name].label for name in listing.offered_columns]
    assert all(len(row) == len(heading) for row in rows)
    assert len(rows) == (2 if listing is ONGOING else 1)
    if listing is not RECORDS:
        presence = next(row[heading.index("Presence and units")] for row in rows if harbor.ana.name in row)
        assert presence.endswith(" units")


def test_what_is_due_is_a_moment_and_tags_stand_in_one_cell(harbor):
    at = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    with harbor.scope():
        row = make_conversation(queue=harbor.orders, target_due_at=at, target_risk_at=at, supervisor_note="=Call back")
        for name in ("vip", "fraud"):
            ConversationTag.objects.create(conversation=row, tag=Tag.objects.create(name=name))
        make_conversation(queue=harbor.orders, created_at=at)
    found = exported(harbor, "?columns=due_in,tags,note")[1]
    assert sorted(found) == [["", "", ""], [found[0][0] or found[1][0], "fraud, vip", "'=Call back"]]
    assert datetime.fromisoformat(max(found)[0]) == at


def test_times_are_iso_in_the_persons_time_zone_and_clocks_can_be_added_up(harbor):
    User.objects.filter(pk=harbor.supervisor.user_id).update(time_zone="Asia/Kathmandu")
    at = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)
    with harbor.scope():
        make_conversation(created_at=at, queue=harbor.orders)
        Conversation.objects.update(accepted_at=at + timedelta(hours=30, seconds=5))
        make_conversation(channel=Channel.RECORD, created_at=at - timedelta(days=1))
    assert exported(harbor, "?columns=created,wait")[1] == [
        ["2026-03-01T17:45:00+05:45", "30:00:05"],
        ["2026-02-28T17:45:00+05:45", ""],
    ]


@pytest.mark.parametrize("lead", ["=", "+", "-", "@", "\t", "  =", "\uff1d"])
def test_no_text_is_taken_for_a_formula(harbor, lead):
    with harbor.scope():
        make_conversation(subject=f"{lead}1+1", customer=make_customer(f"{lead}cmd"))
    assert exported(harbor, "?columns=subject,customer")[1] == [[f"'{lead}1+1", f"'{lead}cmd"]]


def test_markup_quotes_and_line_breaks_are_text(harbor):
    subject = '<b>"Hello", she said</b>\nand left'
    with harbor.scope():
        make_conversation(subject=subject)
    assert subjects(harbor) == [subject]


def test_nobody_may_keep_the_file_but_the_person(harbor):
    response = get(harbor, FILE)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith('attachment; filename="conversations-')


def test_a_scoped_supervisor_exports_their_own_queues(harbor):
    with harbor.scope():
        make_conversation(subject="Secret", queue=harbor.orders)
        make_conversation(subject="Mine", queue=harbor.refunds)
    assert subjects(harbor, "", harbor.scoped) == ["Mine"]
    assert get(harbor, f"{FILE}?queue={harbor.orders.pk}", harbor.scoped).status_code == 422


def test_the_log_says_how_many_and_by_which_filter_but_not_what_was_searched_for(harbor):
    with harbor.scope():
        make_conversations(2, queue=harbor.refunds, subject="Lost parcel")
    exported(harbor, f"?q=parcel&queue={harbor.refunds.pk}&status=open")
    (event,) = exports_in_the_log(harbor)
    assert (event.object_type, event.membership_id) == ("conversation_list", harbor.supervisor.pk)
    assert event.after == {
        "list": "conversations",
        "rows": 2,
        "searched": True,
        "queue": [str(harbor.refunds.pk)],
        "status": ["open"],
    }


@pytest.mark.parametrize(
    ("query", "notice"),
    [
        ("status=bogus", "“bogus” isn’t a value of the filter Status"),
        ("sort=secret", "can’t be sorted by “secret”"),
        ("columns=password", "“password” can’t be shown"),
        ("view=999999", "There is no view “999999”"),
        ("q=%21%21", "no letter or digit"),
    ],
)
@pytest.mark.parametrize("path", ["conversations/export/", FILE])
def test_a_filter_that_makes_no_sense_is_refused_with_the_notice(harbor, path, query, notice):
    with harbor.scope():
        make_conversation()
    response = get(harbor, f"{path}?{query}")
    text = response.content.decode()
    assert response.status_code == 422
    assert notice in text
    assert "Nothing was exported." in text
    assert exports_in_the_log(harbor) == []


def test_a_list_that_there_is_not_is_not_found(harbor):
    assert get(harbor, f"{FILE}?list=secrets").status_code == 404


def test_the_dialog_says_how_many_and_leads_to_the_file(harbor):
    with harbor.scope():
        make_conversations(3, channel=Channel.SMS)
        make_conversation(channel=Channel.RECORD)
    text = get(harbor, "conversations/export/?list=conversations&channel=sms&sort=subject").content.decode()
    assert "<strong>3</strong> conversations will be in the file" in text
    assert "Channel SMS" in text
    assert f'href="{harbor.url(FILE)}?channel=sms&amp;sort=subject&amp;list=conversations"' in text
    assert exports_in_the_log(harbor) == []
    nothing = get(harbor, "conversations/export/?channel=voice").content.decode()
    assert "nothing to export" in nothing
    assert "data-export " not in nothing


@pytest.mark.parametrize("listing", [ONGOING, RECORDS], ids=lambda listing: listing.name)
def test_the_page_offers_the_export_of_what_it_shows(harbor, listing):
    path = "conversations/records/" if listing is RECORDS else "conversations/"
    page = harbor.client().get(harbor.url(f"{path}?priority=high&sort=subject")).content.decode()
    query = f"priority=high&amp;sort=subject&amp;list={listing.name}"
    assert f'hx-get="{harbor.url("conversations/export/")}?{query}"' in page


@pytest.mark.parametrize("path", ["conversations/export/", FILE])
def test_the_export_is_closed_to_strangers_and_to_those_without_the_right(harbor, summit, path):
    with harbor.scope():
        make_conversation(subject="Secret")
    for member in (harbor.agent, harbor.auditor, harbor.admin):
        assert get(harbor, path, member).status_code == 403
    assert summit.client().get(harbor.url(path)).status_code == 404
    assert subjects(summit) == []
    assert exports_in_the_log(harbor) == []
