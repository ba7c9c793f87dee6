"""The audit page as the hub reads it: the page's own rows, new ones at the top, and nothing without the right."""

import re

import pytest
from django.http import QueryDict

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Refused
from contact_center.live.registry import factory_of
from conversations.actions import perform
from conversations.rules import Action
from tests.factories import make_conversation


def view(cast, query="", member=None):
    return factory_of("audit")(cast.actor(member or cast.auditor), QueryDict(query))


def log(cast, number=1):
    for each in range(number):
        record(AuditAction.EXPORTED, actor=cast.actor(), object_type="action_history", object_id=each)


def page(cast, query=""):
    return cast.client(cast.auditor).get(cast.url(f"audit/{query}")).content.decode()


def socket_query(html):
    """What the page's socket asks for."""
    return re.search(r'ws-connect="/ws/o/[^/]+/audit/\?([^"]*)"', html)[1].replace("&amp;", "&")


def test_a_new_entry_enters_at_the_top(harbor):
    with harbor.scope():
        log(harbor, 2)
        watched = view(harbor)
        before = watched.read()
        conversation = make_conversation()
        perform(Action.FORCE_CLOSE, [conversation.pk], actor=harbor.actor(), parameters={"reason": harbor.reason.pk})
        after = watched.read()
        assert [id for id, _ in after.rows[1:]] == [id for id, _ in before.rows]
        assert (before.counters["count"], after.counters["count"]) == ("2", "3")
        assert f"C-{conversation.pk}" in watched.render_rows([after.rows[0][0]])[after.rows[0][0]]
        assert watched.concerned_by("conversation", frozenset({conversation.pk}))


def test_its_rows_are_those_of_the_page(harbor):
    with harbor.scope():
        log(harbor)
        watched = view(harbor)
        ((pk, _),) = watched.read().rows
        row = watched.render_rows([pk])[pk].strip()
    assert row in page(harbor)
    assert row.startswith(f'<tr id="event-{pk}"')


def test_a_later_page_stays_as_it_is_and_says_how_many_are_new(harbor):
    with harbor.scope():
        log(harbor, 30)
    later = re.search(r'rel="next" href="[^"?]+\?([^"]+)"', page(harbor, "?size=25"))[1].replace("&amp;", "&")
    query = socket_query(page(harbor, f"?{later}"))
    with harbor.scope():
        watched = view(harbor, query)
        before = watched.read()
        assert (len(before.rows), before.counters["new"]) == (5, "")
        assert "new</a>" not in watched.render_counters(before.counters)
        log(harbor, 3)
        after = watched.read()
        assert (after.rows, after.counters["new"]) == (before.rows, "3 new")
        said = watched.render_counters(after.counters)
        assert f'<a class="btn btn-ghost" href="{harbor.url("audit/")}?size=25">3 new</a>' in said


def test_the_first_page_says_nothing_of_new_ones_because_they_are_there(harbor):
    with harbor.scope():
        log(harbor)
        assert "since" not in socket_query(page(harbor) or "")
        assert view(harbor, "since=nonsense").read().counters["new"] == ""


def test_the_filter_of_the_page_holds_for_what_enters(harbor):
    with harbor.scope():
        log(harbor)
        watched = view(harbor, "action=runs")
        assert watched.read().rows == ()
        record(AuditAction.RUN_STARTED, actor=harbor.actor(), object_type="bulk_action", object_id=1)
        assert len(watched.read().rows) == 1


def test_everybody_who_may_read_it_shares_one_log(harbor, summit):
    with harbor.scope():
        keys = {view(harbor, member=member).key for member in (harbor.admin, harbor.auditor)}
        assert len(keys) == 1
    with summit.scope():
        log(summit)
        assert view(summit).key not in keys
    with harbor.scope():
        assert view(harbor).read().rows == ()


def test_supervisors_and_representatives_are_refused(harbor):
    with harbor.scope():
        for member in (harbor.supervisor, harbor.agent):
            with pytest.raises(Refused):
                view(harbor, member=member)


def test_reading_and_rendering_take_a_fixed_number_of_queries(harbor, django_assert_num_queries):
    for number in (2, 20):
        with harbor.scope():
            log(harbor, number)
            watched = view(harbor)
            with django_assert_num_queries(4):
                watched.render_rows([pk for pk, _ in watched.read().rows])
