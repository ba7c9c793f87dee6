"""Filters and exports of Action History: what they let through, what they name, who may take it away."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from bulk_actions.models import BulkAction
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.actions import perform
from conversations.models import Disposition, ForceCloseReason
from conversations.states import Status
from tests.bulk_actions.conftest import work
from tests.bulk_actions.test_history import HISTORY, get
from tests.bulk_actions.test_live_view import view
from tests.bulk_actions.test_views import text
from tests.factories import make_conversation, make_conversations


def shown(cast, query, member=None):
    page = get(cast, f"{HISTORY}{query}", member).content.decode()
    return {int(part.split('"')[0]) for part in page.split('<tr id="run-')[1:]}


def exported(cast, path, member=None):
    response = get(cast, path, member)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    content = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content)))


@pytest.fixture
def two(harbor, started):
    """The supervisor's of today, completed; the second's of ten days ago, queued."""
    with harbor.scope():
        first = started(harbor, make_conversations(2))
        second = started(harbor, make_conversations(2), harbor.second)
        BulkAction.objects.filter(pk=second.pk).update(started_at=timezone.now() - timedelta(days=10))
    return work(harbor, first), second


# --- Filters ---


def test_everything_without_a_filter(harbor, two):
    assert shown(harbor, "") == {run.pk for run in two}


def test_each_filter_lets_its_own_through(harbor, two):
    first, second = ({run.pk} for run in two)
    assert shown(harbor, "?type=force_close") == first | second
    assert shown(harbor, "?type=release") == set()
    assert shown(harbor, f"?person={harbor.second.pk}") == second
    assert shown(harbor, f"?person={harbor.second.pk}&person={harbor.supervisor.pk}") == first | second
    assert shown(harbor, "?status=completed") == first
    assert shown(harbor, "?status=completed&status=queued") == first | second
    assert shown(harbor, "?date=today") == first
    assert shown(harbor, "?date=7-days") == first
    assert shown(harbor, "?date=30-days") == first | second
    day = (timezone.now() - timedelta(days=10)).date().isoformat()
    assert shown(harbor, f"?date={day}") == second
    assert shown(harbor, f"?status=completed&person={harbor.second.pk}") == set()


def test_chips_name_the_filter_and_take_it_away(harbor, two):
    page = get(harbor, f"{HISTORY}?status=completed&date=2026-11-20").content.decode()
    assert "20 November 2026" in page
    assert f'href="{harbor.url(HISTORY)}?date=2026-11-20"' in page
    assert f'href="{harbor.url(HISTORY)}?status=completed"' in page


@pytest.mark.parametrize(
    "query", ["type=x", "person=0", "person=abc", "status=previewed", "date=2026-02-31", "date=soon", "status=%00"]
)
def test_a_senseless_value_is_named_and_matches_nothing(harbor, two, query):
    assert shown(harbor, f"?{query}") == set()
    words = text(get(harbor, f"{HISTORY}?{query}"))
    assert "isn’t a value of the filter" in words.replace("&#x27;", "’")
    assert "None of these" in words


def test_a_person_of_another_organization_is_no_value(harbor, summit, two):
    assert shown(harbor, f"?person={summit.supervisor.pk}") == set()
    assert f"“{summit.supervisor.pk}” isn’t a value" in text(get(harbor, f"{HISTORY}?person={summit.supervisor.pk}"))


def test_pages_keep_the_filter(harbor, two):
    page = get(harbor, f"{HISTORY}?status=completed").content.decode()
    assert "status=completed&amp;size=25" in page


def test_the_live_view_shows_what_the_page_shows(harbor, two):
    with harbor.scope():
        watched, other = (view(harbor, query=f"status={status}") for status in ("completed", "queued"))
        assert [id for id, _ in watched.read().rows] == [two[0].pk]
    assert watched.key != other.key


# --- CSV ---


def test_the_history_as_csv_has_what_the_filter_lets_through(harbor, two):
    rows = exported(harbor, f"{HISTORY}export/?status=completed")
    assert rows[0][:4] == ["Action type", "Title", "Created by", "Recipients"]
    assert len(rows) == 2
    assert rows[1][0:4] == ["Force Close", "Force Close: 2 conversations", "Supervisor", "2"]
    assert rows[1][6:11] == ["Completed", "2", "0", "0", "2"]


def test_every_lot_is_in_the_csv_once(harbor, started, monkeypatch):
    monkeypatch.setattr("bulk_actions.exports.LOT", 2)
    with harbor.scope():
        runs = [started(harbor, make_conversations(1)) for _ in range(5)]
        run = started(harbor, make_conversations(7))
    assert len(exported(harbor, f"{HISTORY}export/")) == 1 + len(runs) + 1
    numbers = [row[0] for row in exported(harbor, f"{HISTORY}{run.pk}/export/")[1:]]
    assert len(numbers) == len(set(numbers)) == 7


def test_a_run_as_csv_has_its_conversations_by_outcome(harbor, started):
    with harbor.scope():
        run = started(harbor, [*make_conversations(2), make_conversation(status=Status.CLOSED)])
    work(harbor, run)
    assert len(exported(harbor, f"{HISTORY}{run.pk}/export/")) == 4
    skipped = exported(harbor, f"{HISTORY}{run.pk}/export/?outcome=skipped&reason=is_closed")
    assert [row[2:4] for row in skipped[1:]] == [["Skipped", "It is already closed."]]


@pytest.mark.parametrize("subject", ["=1+1", "+1", "-1", "@SUM(A1)", "  =1+1"])
def test_no_subject_is_taken_for_a_formula(harbor, started, subject):
    with harbor.scope():
        run = started(harbor, [make_conversation(subject=subject)])
    assert exported(harbor, f"{HISTORY}{run.pk}/export/")[1][1] == f"'{subject}"


def test_the_csv_of_a_run_has_items_of_ones_own_queues_only(harbor, started):
    with harbor.scope():
        orders = make_conversation(queue=harbor.orders, subject="Secret")
        run = started(harbor, [orders, make_conversation(queue=harbor.refunds)])
    rows = exported(harbor, f"{HISTORY}{run.pk}/export/", harbor.scoped)
    assert len(rows) == 2
    assert "Secret" not in str(rows)


def test_an_export_is_audited_with_ids_only(harbor, two):
    exported(harbor, f"{HISTORY}export/?status=completed&type=bogus")
    exported(harbor, f"{HISTORY}{two[0].pk}/export/")
    with harbor.scope():
        events = list(AuditEvent.objects.filter(action=AuditAction.EXPORTED).order_by("pk"))
    assert [(event.object_type, event.object_id, event.after) for event in events] == [
        ("action_history", None, {"status": ["completed"]}),
        ("bulk_action", two[0].pk, {}),
    ]


@pytest.mark.parametrize("path", ["export/", "{run}/export/"])
def test_an_export_is_closed_to_representatives_and_strangers(harbor, summit, two, path):
    path = f"{HISTORY}{path.format(run=two[0].pk)}"
    assert get(harbor, path, harbor.agent).status_code == 403
    client = summit.client()
    assert client.get(harbor.url(path)).status_code == 404
    if "run" not in path:
        assert client.get(summit.url(f"{HISTORY}{two[0].pk}/export/")).status_code == 404
    with harbor.scope():
        assert not AuditEvent.objects.filter(action=AuditAction.EXPORTED).exists()


def test_runs_are_found_by_reason_and_by_how_their_conversations_were_wrapped_up(harbor, summit, started):
    with harbor.scope():
        solved, other = (Disposition.objects.create(label=label) for label in ("Solved by us", "Passed on"))
        rows = make_conversations(2, status=Status.WRAP_UP, representative=harbor.ana)
        run = started(harbor, rows)
        elsewhere = started(harbor, make_conversations(1))
        perform(
            "wrap_up_done",
            [rows[0].pk],
            actor=harbor.actor(harbor.agent),
            parameters={"disposition": str(solved.pk)},
            single=True,
        )
        reason = ForceCloseReason.objects.create(label="Spam")
    with summit.scope():
        foreign = Disposition.objects.create(label="Not yours")
    assert shown(harbor, f"?disposition={solved.pk}") == {run.pk}
    assert shown(harbor, f"?disposition={other.pk}") == set()
    assert shown(harbor, f"?disposition={solved.pk}&disposition={other.pk}") == {run.pk}
    assert shown(harbor, f"?reason={harbor.reason.pk}") == {run.pk, elsewhere.pk}
    assert shown(harbor, f"?reason={reason.pk}") == set()
    for query in (f"?disposition={foreign.pk}", "?disposition=9999999", "?disposition=x"):
        assert shown(harbor, query) == set()
    assert "Not yours" not in get(harbor, f"{HISTORY}?disposition={foreign.pk}").content.decode()
