"""Unread marks: stored for the person, the same in every tab, gone once somebody has looked."""

import pytest
from django.http import QueryDict

from contact_center.live.registry import factory_of
from conversations.models import Participant, ReadMark
from conversations.states import Status
from tests import factories

HTMX = {"HX-Request": "true"}


@pytest.fixture
def held(harbor):
    with harbor.scope():
        return factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)


def see(cast, row, message, member=None):
    url = cast.url(f"desk/conversations/{row.pk}/seen/")
    return cast.client(member or cast.agent).post(url, {"message": message}, headers=HTMX)


def unread(cast, member=None):
    """The number beside each conversation, as the page shows it."""
    page = cast.client(member or cast.agent).get(cast.url("desk/")).context["parts"]["mine"]
    return [int(part.partition('"')[0]) for part in page.split('data-unread="')[1:]]


def write(cast, row, *texts, **fields):
    with cast.scope():
        return [factories.make_message(row, text, **fields) for text in texts]


def test_what_customers_and_colleagues_write_is_unread_until_it_is_seen(harbor, held):
    first, second = write(harbor, held, "Hello?", "Anybody there?")
    write(harbor, held, "Ask for the receipt", author="supervisor", visibility="internal")
    write(harbor, held, "You are next in line", author="system")
    assert unread(harbor) == [3]
    assert see(harbor, held, first.pk).status_code == 204
    assert unread(harbor) == [2]
    assert see(harbor, held, second.pk + 1).status_code == 204
    assert unread(harbor) == []


def test_ones_own_words_are_never_news_and_say_that_one_has_read(harbor, held):
    write(harbor, held, "Hello?")
    write(harbor, held, "Good morning", author="representative", representative=harbor.ana)
    assert unread(harbor) == []
    write(harbor, held, "Where is it?")
    assert unread(harbor) == [1]


def test_a_mark_never_goes_back(harbor, held):
    first, second = write(harbor, held, "One", "Two")
    see(harbor, held, second.pk)
    see(harbor, held, first.pk)
    assert unread(harbor) == []
    with harbor.scope():
        assert ReadMark.objects.get().message_id == second.pk


def test_every_tab_hears_of_it_once(harbor, held, monkeypatch, django_capture_on_commit_callbacks):
    published = []
    monkeypatch.setattr(
        "contact_center.live.publish.publish_now",
        lambda organization, kind, ids=(): published.append((kind, frozenset(ids))),
    )
    [message] = write(harbor, held, "Hello?")
    for _ in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            see(harbor, held, message.pk)
    assert published == [("desk", frozenset({harbor.ana.pk}))]


def test_two_tabs_of_one_desk_share_what_they_show(harbor, held):
    """Two sockets with the same conversation are one view; with another one chosen, the list is the same."""
    [message] = write(harbor, held, "Hello?")
    with harbor.scope():
        one, other = (factory_of("desk")(harbor.actor(harbor.agent), QueryDict(q)) for q in ("", f"c={held.pk}"))
        before = dict(one.read().rows), dict(other.read().rows)
        assert all(tab.concerned_by("desk", frozenset({harbor.ana.pk})) for tab in (one, other))
        assert not one.concerned_by("desk", frozenset({harbor.ana.pk + 1}))
    see(harbor, held, message.pk)
    with harbor.scope():
        after = dict(one.read().rows), dict(other.read().rows)
    changed = [{part for part in old if old[part] != new[part]} for old, new in zip(before, after, strict=True)]
    assert changed == [{3}, {3}], "My conversations, and nothing else"


def test_a_consultant_has_marks_of_their_own(harbor, held):
    with harbor.scope():
        member = factories.make_member("ben@harbor.example", "representative")
        ben = factories.make_representative("Ben Osei", membership=member)
        Participant.objects.create(conversation=held, representative=ben, mode="consult")
    [message] = write(harbor, held, "Hello?")
    assert unread(harbor, member) == [1]
    assert see(harbor, held, message.pk, member).status_code == 204
    assert unread(harbor, member) == []
    assert unread(harbor) == [1]


@pytest.mark.parametrize("message", ["", "x", "-1", "9" * 30])
def test_what_is_no_message_marks_nothing(harbor, held, message):
    assert see(harbor, held, message).status_code == 422


def test_strangers_and_those_who_have_no_part_in_it_mark_nothing(harbor, summit, held):
    with harbor.scope():
        anothers = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE)
        elsewhere = factories.make_conversation(queue=factories.make_queue("Elsewhere"), status=Status.ACTIVE)
        secret = factories.make_message(anothers)
    with summit.scope():
        foreign = factories.make_conversation(queue=summit.orders, status=Status.ACTIVE)
        foreign_message = factories.make_message(foreign)
    assert see(harbor, anothers, secret.pk).status_code == 204
    assert see(harbor, elsewhere, secret.pk).status_code == 404
    assert see(harbor, foreign, foreign_message.pk).status_code == 404
    assert see(harbor, held, secret.pk, summit.agent).status_code == 404
    assert see(harbor, held, secret.pk, harbor.supervisor).status_code == 403
    assert see(harbor, held, foreign_message.pk).status_code == 204
    with harbor.scope():
        assert not ReadMark.objects.exists()
    with summit.scope():
        assert not ReadMark.objects.exists()


@pytest.mark.parametrize("count", [1, 40])
def test_seeing_costs_a_fixed_number_of_queries(harbor, held, django_assert_num_queries, count):
    messages = write(harbor, held, *["Hello?"] * count)
    client, url = harbor.client(harbor.agent), harbor.url(f"desk/conversations/{held.pk}/seen/")
    client.post(url, {"message": messages[0].pk - 1})
    with django_assert_num_queries(14):
        client.post(url, {"message": messages[-1].pk})
