"""From the grids and their pages: presence and queues of representatives, closing and diverting, each a tracked run."""

import re

import pytest
from django.http import QueryDict
from django.utils import timezone

from analytics.grids.one_view import OneView
from analytics.grids.pages import QUEUES
from bulk_actions.models import BulkAction
from bulk_actions.states import RunStatus
from contact_center.live.registry import factory_of
from contact_center.tenancy.models import Membership, OrganizationSettings
from routing.models import Queue, Representative
from tests.bulk_actions.conftest import HTMX, work
from tests.bulk_actions.work_item.conftest import key_of, runs, text
from tests.factories import make_conversations, make_queue, make_representative


def post(cast, path, data=None, member=None):
    return cast.client(member).post(cast.url(path), data or {}, headers=HTMX)


def proceed(cast, action, dialog, member=None, **typed):
    return post(cast, f"conversations/actions/{action}/start/", {"run_key": key_of(dialog), **typed}, member)


def on_people(cast, action, people, member=None, **data):
    return post(cast, f"representatives/actions/{action}/", data or {"id": [f"{each.pk}:0" for each in people]}, member)


def on_queue(cast, action, queue, member=None):
    return post(cast, f"queues/{queue.pk}/actions/{action}/", {}, member)


def presences(*people):
    return [Representative.objects.get(pk=each.pk).presence for each in people]


@pytest.fixture
def ben(harbor):
    with harbor.scope():
        return make_representative("Ben Osei", queues=[harbor.orders, harbor.refunds])


def test_the_presence_of_several_is_previewed_set_and_stands_in_the_history(harbor, ben):
    with harbor.scope():
        make_conversations(2, status="active", queue=harbor.orders, representative=ben)
    dialog = on_people(harbor, "set_presence", [harbor.ana, ben])
    words = text(dialog)
    assert "Set the presence of 2 representatives" in words
    assert "2 will be given another presence." in words
    assert "1 of them holds 2 active conversations" in words
    assert proceed(harbor, "set_presence", dialog).status_code == 422
    proceed(harbor, "set_presence", dialog, presence="away")
    [run] = runs(harbor)
    run = work(harbor, run)
    assert (run.status, run.succeeded, run.title) == (
        RunStatus.COMPLETED,
        2,
        "Set presence Away: 2 representatives",
    )
    with harbor.scope():
        assert presences(harbor.ana, ben) == ["away", "away"]
    page = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "2 representatives given another presence." in page
    assert "Available → Away" in page
    assert "Ana Ruiz" in page
    history = text(harbor.client().get(harbor.url("action-history/")))
    assert "Set presence" in history
    assert "2 representatives" in history
    grid = text(harbor.client().get(harbor.url("representatives/")))
    assert f"set by {harbor.supervisor}" in grid
    export = harbor.client().get(harbor.url(f"action-history/{run.pk}/export/"))
    assert "Ana Ruiz" in b"".join(export.streaming_content).decode()


def test_all_that_match_are_the_grids_filter(harbor, ben):
    dialog = on_people(harbor, "set_presence", [], all="1", query="q=Ben")
    assert "Set the presence of Ben Osei" in text(dialog)
    proceed(harbor, "set_presence", dialog, presence="offline")
    with harbor.scope():
        assert presences(harbor.ana, ben) == ["available", "offline"]
    assert post(harbor, "representatives/actions/set_presence/", {"all": "1", "query": "q=Zoe"}).status_code == 422


def test_queues_are_changed_and_shown_before_and_after(harbor, ben):
    with harbor.scope():
        returns = make_queue("Returns")
    dialog = on_people(harbor, "change_queues", [harbor.ana, ben])
    assert "Returns" in text(dialog)
    assert "Choose a queue to add or to take away." in text(proceed(harbor, "change_queues", dialog))
    proceed(harbor, "change_queues", dialog, add=[returns.pk], drop=[harbor.refunds.pk])
    [run] = runs(harbor)
    work(harbor, run)
    page = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "Orders, Refunds → Orders, Returns" in page
    grid = text(harbor.client().get(harbor.url("representatives/")))
    assert "Orders, Returns" in grid


def test_a_scoped_supervisor_reaches_their_people_and_queues_only(harbor, ben):
    with harbor.scope():
        elsewhere = make_representative("Elsewhere", queues=[harbor.orders])
    dialog = on_people(harbor, "set_presence", [harbor.ana, elsewhere], member=harbor.scoped)
    assert "1 will be given another presence. 1 won’t." in text(dialog)
    queues = text(on_people(harbor, "change_queues", [harbor.ana], member=harbor.scoped))
    assert "Refunds" in queues
    assert "Orders" not in queues
    closing = on_queue(harbor, "close_queue", harbor.orders, harbor.scoped)
    assert "Orders" not in text(closing)
    assert harbor.client(harbor.scoped).get(harbor.url(f"queues/{harbor.orders.pk}/")).status_code == 404


def test_closing_and_reopening_are_single_runs_with_the_person(harbor, ben):
    page = text(harbor.client().get(harbor.url(f"queues/{harbor.orders.pk}/")))
    assert "Close queue" in page
    assert "Reopen queue" not in page
    dialog = on_queue(harbor, "close_queue", harbor.orders)
    assert "“Orders” will be closed." in text(dialog)
    said = proceed(harbor, "close_queue", dialog, minutes="", waiting="stay")
    assert "Orders is closed" in text(said)
    [run] = runs(harbor)
    assert (run.status, run.title, run.created_by_id) == (
        RunStatus.COMPLETED,
        "Close queue Orders",
        harbor.supervisor.pk,
    )
    page = text(harbor.client().get(harbor.url(f"queues/{harbor.orders.pk}/")))
    assert "Closed until it is reopened" in page
    assert "Reopen queue" in page
    with harbor.scope():
        shown = QUEUES.shown(QueryDict(""), harbor.actor())
        states = {row.name: row.state_label for row in QUEUES.page(shown, timezone.now())[0]}
    assert states == {"Orders": "Closed", "Refunds": "Open"}
    again = on_queue(harbor, "close_queue", harbor.orders)
    assert "closed already" in text(again)
    assert "Orders is open again" in text(
        proceed(harbor, "reopen_queue", on_queue(harbor, "reopen_queue", harbor.orders))
    )
    assert {run.action for run in runs(harbor)} == {"close_queue", "reopen_queue"}
    history = text(harbor.client().get(harbor.url(f"action-history/{run.pk}/")))
    assert "Open → Closed" in history


def test_a_diverting_queue_says_so_in_the_grid_and_a_circle_is_refused_in_words(harbor, ben):
    dialog = on_queue(harbor, "divert_queue", harbor.orders)
    assert proceed(harbor, "divert_queue", dialog).status_code == 422
    proceed(harbor, "divert_queue", dialog, target=harbor.refunds.pk)
    assert "diverts to Refunds" in text(harbor.client().get(harbor.url("queues/")))
    back = on_queue(harbor, "divert_queue", harbor.refunds)
    assert "it would go round in a circle" in text(back)
    refused = proceed(harbor, "divert_queue", back, target=harbor.orders.pk)
    assert refused.status_code == 422
    assert "it would go round in a circle" in text(refused)
    with harbor.scope():
        assert Queue.objects.get(pk=harbor.refunds.pk).diverts_to_id is None
    ended = proceed(harbor, "end_diverting", on_queue(harbor, "end_diverting", harbor.orders))
    assert "Orders takes its own work again" in text(ended)


def test_the_message_is_set_and_its_text_is_for_supervisors_alone(harbor):
    dialog = on_queue(harbor, "set_queue_message", harbor.orders)
    proceed(harbor, "set_queue_message", dialog, text="We moved house.")
    [run] = runs(harbor)
    address = harbor.url(f"action-history/{run.pk}/")
    assert "We moved house." in text(harbor.client().get(address))
    assert "We moved house." not in text(harbor.client(harbor.auditor).get(address))
    assert "We moved house." in text(harbor.client().get(harbor.url(f"queues/{harbor.orders.pk}/")))


def test_actions_of_one_kind_are_not_possible_on_another(harbor, ben):
    assert post(harbor, "representatives/actions/close_queue/", {"id": f"{ben.pk}:0"}).status_code == 404
    assert on_queue(harbor, "set_presence", harbor.orders).status_code == 404
    assert post(harbor, "conversations/actions/set_presence/", {"id": "1:1"}).status_code == 404


def test_another_organization_reaches_nothing(harbor, summit, ben):
    dialog = on_people(harbor, "set_presence", [summit.ana])
    assert "1 won’t" in text(dialog) or "can’t be given another presence" in text(dialog)
    closing = on_queue(harbor, "close_queue", summit.orders)
    assert "Orders" not in text(closing)
    assert harbor.client().get(harbor.url(f"queues/{summit.orders.pk}/")).status_code == 404
    with summit.scope():
        assert not BulkAction.objects.exists()


def test_a_queues_page_is_live_and_names_who_waits(harbor, ben):
    with harbor.scope():
        [waits] = make_conversations(1, queue=harbor.orders, subject="Where is my parcel?")
        view = factory_of("queue")(harbor.actor(), QueryDict(f"id={harbor.orders.pk}"))
        assert isinstance(view, OneView)
        first = view.read()
        assert [pk for pk, _ in first.rows] == [waits.pk]
        assert "Where is my parcel?" in view.render_rows([waits.pk])[waits.pk]
        assert re.search(r"Open\s*<", view.render_counters(first.counters))
        assert "<table" not in view.render_counters(first.counters)
        assert "<form" not in view.render_counters(first.counters)
    proceed(harbor, "close_queue", on_queue(harbor, "close_queue", harbor.orders), waiting="stay")
    with harbor.scope():
        again = view.read()
        assert again.counters != first.counters
        assert "Reopen queue" in view.render_counters(again.counters)


def test_a_persons_page_is_live_without_what_the_parser_drops(harbor, ben):
    with harbor.scope():
        [held] = make_conversations(1, queue=harbor.orders, status="active", representative=ben)
        view = factory_of("representative")(harbor.actor(), QueryDict(f"id={ben.pk}"))
        snapshot = view.read()
        assert [pk for pk, _ in snapshot.rows] == [held.pk]
        html = view.render_counters(snapshot.counters)
        assert "Return to queues" in html
        assert "<table" not in html
        assert "<form" not in html
        assert view.concerned_by("representative", frozenset({ben.pk}))
        assert not view.concerned_by("representative", frozenset({harbor.ana.pk}))
        assert view.concerned_by("conversation", frozenset({held.pk}))


def test_presence_and_closing_wait_for_a_second_supervisor_where_the_organization_asks_for_one(harbor, ben):
    with harbor.scope():
        OrganizationSettings.objects.update(approval_actions=["set_presence", "close_queue"])
        others = Membership.objects.filter(pk__in=[harbor.second.pk, harbor.scoped.pk])
        others.update(api_access=True)
    dialog = on_people(harbor, "set_presence", [ben])
    assert "no other supervisor sees this representative." in text(dialog)
    with harbor.scope():
        others.update(api_access=False)
    proceed(harbor, "set_presence", on_people(harbor, "set_presence", [harbor.ana, ben]), presence="away")
    proceed(harbor, "close_queue", on_queue(harbor, "close_queue", harbor.orders), minutes="", waiting="stay")
    waiting = [run for run in runs(harbor) if run.status == RunStatus.AWAITING_APPROVAL]
    assert {run.action for run in waiting} == {"set_presence", "close_queue"}
    with harbor.scope():
        assert presences(harbor.ana, ben) == ["available", "available"]
    for run in waiting:
        assert post(harbor, f"action-history/{run.pk}/approve/", {}, harbor.second).status_code == 200
        assert work(harbor, run).status == RunStatus.COMPLETED
    with harbor.scope():
        assert presences(harbor.ana, ben) == ["away", "away"]
        assert Queue.objects.get(pk=harbor.orders.pk).closed_at is not None
