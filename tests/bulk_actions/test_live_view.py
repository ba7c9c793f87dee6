"""Action History and a run as the hub reads them: the page's own rows, and nothing to those without a right."""

import pytest
from django.http import QueryDict

from contact_center.errors import NotFound, Refused
from contact_center.live.entry import Entry
from contact_center.live.protocol import NOT_FOUND, RIGHT_ENDED, AccessEnded
from contact_center.live.registry import factory_of
from conversations.states import Status
from tests.bulk_actions.conftest import work
from tests.bulk_actions.test_views import text
from tests.factories import make_conversation, make_conversations


def view(cast, name="action-history", query="", member=None):
    return factory_of(name)(cast.actor(member), QueryDict(query))


def run_view(cast, run, query="", member=None):
    return view(cast, "run", f"id={run.pk}{query}", member)


def words(html):
    return text(type("Response", (), {"content": html.encode()}))


def test_a_new_run_enters_and_its_progress_changes_its_stamp(harbor, started):
    with harbor.scope():
        watched = view(harbor)
        assert watched.read().rows == ()
        run = started(harbor, make_conversations(2))
        first = watched.read()
        assert first.rows == ((run.pk, run.row_stamp),)
        assert first.counters["count"] == "1"
    run = work(harbor, run)
    with harbor.scope():
        assert watched.read().rows == ((run.pk, run.row_stamp),)
        assert watched.read() != first


def test_its_rows_are_those_of_the_page(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(2))
        row = view(harbor).render_rows([run.pk])[run.pk].strip()
    assert row in harbor.client().get(harbor.url("action-history/")).content.decode()
    assert row.startswith(f'<tr id="run-{run.pk}"')


def test_everybody_who_may_read_it_shares_one_history(harbor, summit):
    with harbor.scope():
        keys = {view(harbor, member=member).key for member in (harbor.supervisor, harbor.second, harbor.scoped)}
        assert len(keys) == 1
        assert view(harbor, query="size=25").key not in keys
    with summit.scope():
        assert view(summit).key not in keys


def test_reading_and_rendering_take_a_fixed_number_of_queries(harbor, started, django_assert_num_queries):
    for number in (2, 20):
        with harbor.scope():
            run = started(harbor, make_conversations(number, status=Status.ACTIVE))
        work(harbor, run)
        with harbor.scope():
            watched, one = view(harbor), run_view(harbor, run)
            with django_assert_num_queries(3):
                watched.render_rows([pk for pk, _ in watched.read().rows])
            with django_assert_num_queries(6):
                one.render_rows([pk for pk, _ in one.read().rows])
            with django_assert_num_queries(3):
                one.render_counters({"before": "", "after": ""})


def test_a_run_shows_its_progress_as_it_advances(harbor, started):
    with harbor.scope():
        conversation = make_conversation(subject="Lost parcel", queue=harbor.orders)
        run = started(harbor, [conversation, *make_conversations(2, queue=harbor.orders)])
        watched = run_view(harbor, run)
        before = watched.read()
        assert "3 will be closed." in words(watched.render_counters(before.counters))
    work(harbor, run)
    with harbor.scope():
        after = watched.read()
        assert [pk for pk, _ in after.rows] == [pk for pk, _ in before.rows]
        assert set(dict(after.rows).values()) == {("succeeded", "")}
        assert "3 conversations closed." in words(watched.render_counters(after.counters))
        item = after.rows[0][0]
        row = watched.render_rows([item])[item].strip()
        assert "Open in Orders → Force closed by a supervisor" in words(row)
    assert row in harbor.client().get(harbor.url(f"action-history/{run.pk}/")).content.decode()


def test_a_run_is_concerned_by_itself_only(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(1))
        watched = run_view(harbor, run)
    assert watched.concerned_by("bulk_action", frozenset({run.pk}))
    assert watched.concerned_by("bulk_action", None)
    assert not watched.concerned_by("bulk_action", frozenset({run.pk + 1}))
    assert not watched.concerned_by("conversation", frozenset({run.pk}))


def test_a_scoped_supervisor_is_sent_items_of_own_queues_only(harbor, started):
    with harbor.scope():
        mine, other = make_conversation(queue=harbor.refunds), make_conversation(queue=harbor.orders)
        run = started(harbor, [mine, other])
        watched = run_view(harbor, run, member=harbor.scoped)
        own = run.items.get(target_id=mine.pk).pk
        assert [pk for pk, _ in watched.read().rows] == [own]
        assert watched.key != run_view(harbor, run).key


def test_the_chosen_outcome_stays_chosen(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(3))
        assert run_view(harbor, run, "&outcome=succeeded").read().rows == ()
    work(harbor, run)
    with harbor.scope():
        assert len(run_view(harbor, run, "&outcome=succeeded").read().rows) == 3


def test_representatives_are_refused(harbor, started):
    with harbor.scope():
        run = started(harbor, make_conversations(1))
        with pytest.raises(Refused):
            view(harbor, member=harbor.agent)
        with pytest.raises(Refused):
            run_view(harbor, run, member=harbor.agent)


@pytest.mark.parametrize("typed", ["", "abc", "9" * 30, "-1"])
def test_a_run_that_does_not_exist_is_not_found(harbor, typed):
    with harbor.scope(), pytest.raises(NotFound):
        view(harbor, "run", f"id={typed}")


def test_a_run_of_another_organization_and_a_preview_are_not_found(harbor, summit, started, preview):
    with summit.scope():
        foreign = started(summit, make_conversations(1))
    with harbor.scope():
        for run in (foreign, preview(harbor, make_conversations(1))):
            with pytest.raises(NotFound):
                run_view(harbor, run)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(("name", "query"), [("action-history", ""), ("run", "id={run}")])
def test_the_socket_is_closed_to_strangers_and_to_members_without_the_right(harbor, summit, started, name, query):
    with harbor.scope():
        run = started(harbor, make_conversations(1))

    def close_code(cast, member):
        session = cast.client(member).cookies["sessionid"].value
        entry = Entry(session, cast.slug, name, query.format(run=run.pk))
        with pytest.raises(AccessEnded) as ended:
            entry.resolve()
        return ended.value.code

    assert close_code(harbor, summit.supervisor) == NOT_FOUND
    assert close_code(harbor, harbor.agent) == RIGHT_ENDED
    if name == "run":
        assert close_code(summit, summit.supervisor) == NOT_FOUND
