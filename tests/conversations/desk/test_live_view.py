"""The desk as the hub reads it: its parts are rows, and other people's work is no reason to read it again."""

import pytest
from django.http import QueryDict

from contact_center.errors import Refused
from contact_center.live import frames
from contact_center.live.difference import difference
from contact_center.live.registry import factory_of
from conversations.actions import perform
from conversations.desk.parts import PARTS
from conversations.states import Status
from tests import factories

READ_QUERIES = 13


def view(cast, query="", member=None):
    return factory_of("desk")(cast.actor(member or cast.agent), QueryDict(query))


def changed(before, after):
    return {PARTS[number - 1] for (number, old), (_, new) in zip(before.rows, after.rows, strict=True) if old != new}


@pytest.mark.parametrize("name", ["supervisor", "auditor", "admin"])
def test_it_is_for_representatives(harbor, name):
    with pytest.raises(Refused):
        view(harbor, member=getattr(harbor, name))


def test_it_shows_what_the_page_shows(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        watched = view(harbor, f"c={row.pk}")
        snapshot = watched.read()
        rows = watched.render_rows([number for number, _ in snapshot.rows])
    text = harbor.client(harbor.agent).get(harbor.url(f"desk/?c={row.pk}")).content.decode()
    assert len(rows) == len(PARTS)
    for number, html in rows.items():
        assert html.startswith(f'<section id="{watched.row_dom_id(number)}"')
        assert html in text


def test_an_offer_changes_offers_and_units_and_nothing_else(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.refunds)
        harbor.refunds.members.all().delete()
        watched = view(harbor)
        before = watched.read()
        assert changed(before, watched.read()) == set()
        parameters = {"representative": harbor.ana.pk}
        perform("assign_to_representative", [row.pk], actor=harbor.actor(), parameters=parameters, single=True)
        assert changed(before, watched.read()) == {"status", "offers"}


def test_a_message_changes_the_transcript_and_leaves_the_composer_alone(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        watched = view(harbor, f"c={row.pk}")
        before = watched.read()
        factories.make_message(row, "Are you there?")
        assert changed(before, watched.read()) == {"mine", "transcript"}, "unread until somebody has looked"


def test_it_hears_of_its_own_work_queues_and_person_only(harbor):
    with harbor.scope():
        mine = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        other = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        elsewhere = factories.make_queue("Elsewhere")
        watched = view(harbor)
        assert watched.concerned_by("conversation", frozenset({other.pk})), "not read yet: anything may matter"
        watched.read()
    assert watched.concerned_by("conversation", frozenset({mine.pk}))
    assert watched.concerned_by("conversation", None)
    assert watched.concerned_by("representative", frozenset({harbor.ana.pk}))
    assert watched.concerned_by("queue", frozenset({harbor.orders.pk}))
    assert not watched.concerned_by("conversation", frozenset({other.pk}))
    assert not watched.concerned_by("representative", frozenset({other.representative_id}))
    assert not watched.concerned_by("queue", frozenset({elsewhere.pk}))
    assert not watched.concerned_by("notification", None)


def test_every_action_names_whom_it_concerns(harbor, monkeypatch, django_capture_on_commit_callbacks):
    """An assignment tells the desk of whom it is offered to and the desks that saw it open."""
    published = []
    monkeypatch.setattr(
        "contact_center.live.publish.publish_now",
        lambda organization, kind, ids=(): published.append((kind, frozenset(ids))),
    )
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        with django_capture_on_commit_callbacks(execute=True):
            parameters = {"representative": harbor.ana.pk}
            perform("assign_to_representative", [row.pk], actor=harbor.actor(), parameters=parameters, single=True)
    told = dict(published)
    assert told["conversation"] == {row.pk}
    assert told["representative"] == {harbor.ana.pk}
    assert told["queue"] == {harbor.orders.pk}


def test_one_changed_part_is_one_element_of_the_frame(harbor):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        watched = view(harbor, f"c={row.pk}")
        before = watched.read()
        page = watched.render_page(list(watched.render_rows([number for number, _ in before.rows]).values()))
        assert page.lstrip().startswith('<div id="desk-body"')
        assert page.count("hx-swap-oob") == 1
        factories.make_message(row, "We are back", author="organization")
        found = difference(before, watched.read())
        frame = frames.changes(watched, found, watched.render_rows(found.changed))
    assert frame.startswith('<section id="desk-transcript" hx-swap-oob="morph"')
    assert frame.count("hx-swap-oob") == 1


def test_a_desk_is_read_in_a_fixed_number_of_queries(harbor, django_assert_num_queries):
    with harbor.scope():
        watched = view(harbor)
        watched.read()  # she arrives
        with django_assert_num_queries(READ_QUERIES):
            watched.read()
        factories.make_conversations(5, queue=harbor.orders)
        with django_assert_num_queries(READ_QUERIES):
            watched.read()
