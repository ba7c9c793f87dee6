"""Action History and a run's page: what they show to whom."""

import re

import pytest

from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from conversations.models import Conversation
from conversations.states import Status
from tests.bulk_actions.conftest import HTMX, work
from tests.bulk_actions.test_views import open_dialog, proceed, text
from tests.factories import make_conversation, make_conversations, make_message, make_representative

HISTORY = "action-history/"


def get(cast, path, member=None, **headers):
    return cast.client(member).get(cast.url(path), headers=headers)


def page_of(cast, run, member=None, query=""):
    return get(cast, f"{HISTORY}{run.pk}/{query}", member)


def test_a_run_stands_in_the_history_with_all_its_columns(harbor, started):
    with harbor.scope():
        conversations = [*make_conversations(3), make_conversation(status=Status.CLOSED)]
    run = work(harbor, started(harbor, conversations))
    response = get(harbor, HISTORY)
    words = text(response)
    for heading in ("Action type", "Title", "Created by", "Recipients", "Start time", "End time", "Status"):
        assert heading in words
    assert "Action status details" in words
    row = re.search(rf'<tr id="run-{run.pk}".*?</tr>', response.content.decode(), re.S)[0]
    plain = " ".join(re.sub(r"<[^>]+>", " ", row).split())
    assert plain == (
        "Force Close Force Close: 4 conversations Supervisor 3 conversations Completed 3 succeeded, 1 skipped"
    )
    assert f'datetime="{run.started_at.isoformat()}"' in row
    assert f'datetime="{run.ended_at.isoformat()}"' in row
    assert "ws-connect" in response.content.decode()


def test_a_preview_is_no_run(harbor, preview):
    with harbor.scope():
        run = preview(harbor, make_conversations(2))
    assert "No action yet" in text(get(harbor, HISTORY))
    assert page_of(harbor, run).status_code == 404


def test_a_single_action_stands_in_the_history_without_its_subject(harbor):
    with harbor.scope():
        conversation = make_conversation(subject="Private matter")
    proceed(harbor, open_dialog(harbor, [conversation]))
    words = text(get(harbor, HISTORY))
    assert f"Force Close: C-{conversation.pk}" in words
    assert "Private matter" not in words


def test_newest_first_in_pages_that_neither_repeat_nor_miss_one(harbor, started):
    with harbor.scope():
        runs = [started(harbor, make_conversations(1)) for _ in range(30)]
        BulkAction.objects.filter(pk__in=[run.pk for run in runs[10:20]]).update(started_at=runs[10].started_at)
    url, shown = harbor.url(f"{HISTORY}?size=25"), []
    while url:
        page = harbor.client().get(url).content.decode()
        shown += [int(pk) for pk in re.findall(r'<tr id="run-(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following and following[1].replace("&amp;", "&")
    ordered = sorted(runs[:10] + runs[20:], key=lambda run: run.started_at)
    place = next(i for i, run in enumerate(ordered) if run.started_at > runs[10].started_at)
    expected = ordered[:place] + runs[10:20] + ordered[place:]
    assert shown == [run.pk for run in reversed(expected)]


@pytest.mark.parametrize("query", ["after=x", "after=1-2-3", "before=999999999999999999-1", "size=7", "after=%00"])
def test_an_address_that_cannot_be_read_shows_the_first_page(harbor, started, query):
    with harbor.scope():
        run = started(harbor, make_conversations(1))
    assert f"run-{run.pk}" in get(harbor, f"{HISTORY}?{query}").content.decode()
    assert page_of(harbor, run, query=f"?{query}&outcome=nonsense").status_code == 200


def test_htmx_gets_the_part_it_replaces(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    part = get(harbor, HISTORY, **HTMX, **{"HX-Target": "list-body"}).content.decode()
    assert part.lstrip().startswith('<section id="list-body"')
    part = get(harbor, f"{HISTORY}{run.pk}/", **HTMX, **{"HX-Target": "run-items"}).content.decode()
    assert part.lstrip().startswith('<section id="run-items"')


# --- One run ---


def test_the_page_of_a_run_tells_everything_about_it(harbor, started):
    with harbor.scope():
        ana = make_representative("Ben Osei")
        active = make_conversation(status=Status.ACTIVE, representative=ana, queue=harbor.orders, subject="Lost parcel")
        closed = make_conversation(status=Status.CLOSED)
    run = work(harbor, started(harbor, [active, closed]))
    response = page_of(harbor, run)
    words = text(response)
    assert "1 conversation closed. 1 skipped." in words
    assert "Reason Outage resolved" in words
    assert "Created by Supervisor" in words
    assert "1 Skipped : It is already closed." in words or "1 Skipped: It is already closed." in words
    assert (
        f"C-{active.pk} Lost parcel Succeeded – Active with Ben Osei in Orders → Force closed by a supervisor" in words
    )
    assert harbor.url(f"conversations/{active.pk}/") in response.content.decode()
    assert "Cancel" not in words.replace("Cancelled", "")


def test_outcomes_can_be_opened_one_by_one(harbor, started):
    with harbor.scope():
        done, closed = make_conversation(), make_conversation(status=Status.CLOSED)
    run = work(harbor, started(harbor, [done, closed]))
    words = text(page_of(harbor, run, query="?outcome=skipped&reason=is_closed"))
    assert f"C-{closed.pk} " in words
    assert f"C-{done.pk} " not in words


def test_items_come_in_pages(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(60))
    first = page_of(harbor, run, query="?size=25").content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
    second = harbor.client().get(following).content.decode()
    ids = [set(re.findall(r'<tr id="item-(\d+)"', page)) for page in (first, second)]
    assert [len(each) for each in ids] == [25, 25]
    assert not ids[0] & ids[1]


def test_a_scoped_supervisor_sees_every_run_but_items_of_own_queues_only(harbor, started):
    with harbor.scope():
        mine = make_conversation(queue=harbor.refunds, subject="Mine")
        other = make_conversation(queue=harbor.orders, subject="Not mine")
    run = work(harbor, started(harbor, [mine, other]))
    assert "Force Close: 2 conversations" in text(get(harbor, HISTORY, harbor.scoped))
    words = text(page_of(harbor, run, harbor.scoped))
    assert f"C-{mine.pk} Mine" in words
    assert f"C-{other.pk}" not in words
    assert "1 more in queues that you don’t see" in words


@pytest.mark.parametrize("who", ["admin", "auditor"])
def test_administrators_and_auditors_read_runs_without_texts_of_messages(harbor, started, who):
    with harbor.scope():
        conversation = make_conversation()
        make_message(conversation, "My card number is secret")
    run = work(harbor, started(harbor, [conversation, *make_conversations_in(harbor)]))
    response = page_of(harbor, run, getattr(harbor, who))
    assert f"C-{conversation.pk}" in text(response)
    assert "card number" not in text(response)
    # They have no conversation pages and can't cancel.
    assert f"conversations/{conversation.pk}/" not in response.content.decode()
    assert "cancel/" not in response.content.decode()


def make_conversations_in(cast):
    with cast.scope():
        return make_conversations(2)


def test_a_conversation_deleted_since_then_leaves_its_outcome(harbor, started):
    with harbor.scope():
        conversation, other = make_conversations(2)
    run = work(harbor, started(harbor, [conversation, other]))
    with harbor.scope():
        Conversation.objects.filter(pk=conversation.pk).delete()
    words = text(page_of(harbor, run))
    assert f"C-{conversation.pk} No longer here Succeeded" in words


# --- Cancel ---


def cancel(cast, run, member=None, **headers):
    return cast.client(member).post(cast.url(f"{HISTORY}{run.pk}/cancel/"), headers=headers)


def test_cancel_answers_with_the_head_of_the_run(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
    assert f"{HISTORY}{run.pk}/cancel/" in page_of(harbor, run).content.decode()
    response = cancel(harbor, run, **HTMX)
    assert response.status_code == 200
    assert "Being cancelled, 3 of 3 done." in text(response)
    assert "cancel/" not in response.content.decode()
    run = work(harbor, run)
    assert run.status == RunStatus.CANCELLED
    assert "0 conversations closed. 3 skipped." in text(page_of(harbor, run))


def test_cancel_without_htmx_leads_back_to_the_run(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(1))
    assert cancel(harbor, run)["Location"] == harbor.url(f"{HISTORY}{run.pk}/")


def test_cancel_is_for_supervisors_whose_queues_cover_the_run(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2, queue=harbor.orders))
    assert "cancel/" not in page_of(harbor, run, harbor.scoped).content.decode()
    for member in (harbor.scoped, harbor.admin, harbor.auditor, harbor.agent):
        assert cancel(harbor, run, member).status_code == 403
    with harbor.scope():
        assert not AuditEvent.objects.filter(action=AuditAction.RUN_CANCELLED).exists()
    assert cancel(harbor, run, harbor.second).status_code == 302


# --- Who may read, and at what price ---


def test_representatives_have_no_action_history(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(1))
    assert get(harbor, HISTORY, harbor.agent).status_code == 403
    assert page_of(harbor, run, harbor.agent).status_code == 403


def test_another_organization_finds_nothing_under_any_address(harbor, summit, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
    for cast, expected in ((harbor, 404), (summit, 404)):
        # Own address with a foreign run, and the foreign organization's own address.
        client = summit.client()
        assert client.get(cast.url(f"{HISTORY}{run.pk}/")).status_code == expected
        assert client.post(cast.url(f"{HISTORY}{run.pk}/cancel/")).status_code == expected
    assert summit.client().get(harbor.url(HISTORY)).status_code == 404
    assert summit.client().post(harbor.url("conversations/actions/force_close/")).status_code == 404
    assert f"run-{run.pk}" not in get(summit, HISTORY).content.decode()
    with harbor.scope():
        assert BulkAction.objects.get(pk=run.pk).cancel_requested_at is None


def test_the_history_takes_the_same_queries_for_one_run_and_for_fifty(harbor, started, django_assert_num_queries):
    client = harbor.client()
    with harbor.scope():
        started(harbor, make_conversations(1))
    client.get(harbor.url(HISTORY))
    with django_assert_num_queries(QUERIES_OF_THE_HISTORY):
        client.get(harbor.url(HISTORY))
    with harbor.scope():
        for _ in range(49):
            started(harbor, make_conversations(1))
    with django_assert_num_queries(QUERIES_OF_THE_HISTORY):
        client.get(harbor.url(HISTORY))


def test_a_run_takes_the_same_queries_for_two_items_and_for_two_hundred(harbor, started, django_assert_num_queries):
    client = harbor.client()
    with harbor.scope():
        runs = [started(harbor, make_conversations(number, queue=harbor.orders)) for number in (2, 200)]
    for run in runs:
        url = harbor.url(f"{HISTORY}{work(harbor, run).pk}/?size=200")
        client.get(url)
        with django_assert_num_queries(QUERIES_OF_A_RUN):
            client.get(url)


QUERIES_OF_THE_HISTORY = 17
QUERIES_OF_A_RUN = 18
