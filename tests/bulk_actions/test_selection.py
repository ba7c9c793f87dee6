"""The frozen selection and what its preview says."""

import pytest
from django.http import QueryDict

from bulk_actions.models import BulkActionItem
from bulk_actions.selection import freeze, freeze_again, read_preview
from bulk_actions.states import RunStatus
from contact_center.tenancy.models import OrganizationSettings
from conversations.models import Conversation
from conversations.rules import Action
from conversations.selection import Selection
from conversations.states import Status
from routing.kinds import Channel
from tests.factories import make_conversation, make_conversations


def mixed(cast):
    """Three that can be closed, two closed ones, a call and a record."""
    open_ones = make_conversations(3, queue=cast.orders)
    closed = make_conversations(2, queue=cast.orders, status=Status.CLOSED)
    call, record = make_conversation(channel=Channel.VOICE), make_conversation(channel=Channel.RECORD)
    return open_ones, closed, call, record


def test_the_preview_counts_what_will_be_done_and_groups_the_rest_by_reason(harbor, preview):
    with harbor.scope():
        open_ones, closed, call, record = mixed(harbor)
        run = preview(harbor, [*open_ones, *closed, call, record])
        found = read_preview(run, actor=harbor.actor())
    assert (found.total, found.eligible, found.refused) == (7, 3, 4)
    assert [(group.code, group.count) for group in found.groups] == [
        ("is_closed", 2),
        ("bulk_voice", 1),
        ("record_force_close", 1),
    ]
    assert [each.number for each in found.groups[0].samples] == [each.number for each in closed]
    assert run.status == RunStatus.PREVIEWED
    assert run.title == "Force Close: 7 conversations"


def test_ids_of_another_organization_are_only_counted(harbor, summit, preview):
    with summit.scope():
        foreign = make_conversations(2)
    with harbor.scope():
        own = make_conversation()
        run = preview(harbor, [own, *foreign])
        found = read_preview(run, actor=harbor.actor())
        assert list(BulkActionItem.objects.values_list("target_id", flat=True)) == [own.pk]
    assert (found.total, found.eligible) == (3, 1)
    assert [(group.code, group.count, group.samples) for group in found.groups] == [("not_found", 2, [])]


def test_a_scoped_supervisor_freezes_own_queues_only(harbor, preview):
    with harbor.scope():
        mine, other = make_conversation(queue=harbor.refunds), make_conversation(queue=harbor.orders)
        run = preview(harbor, [mine, other], harbor.scoped)
        assert list(run.items.values_list("target_id", flat=True)) == [mine.pk]
        assert run.missing == 1


def test_one_call_can_be_closed_on_its_own_and_not_among_others(harbor, preview):
    with harbor.scope():
        call, chat = make_conversation(channel=Channel.VOICE), make_conversation()
        alone, among = preview(harbor, [call]), preview(harbor, [call, chat])
        assert alone.single
        assert not among.single
        assert read_preview(alone, actor=harbor.actor()).eligible == 1
        assert read_preview(among, actor=harbor.actor()).eligible == 1
    assert alone.title == f"Force Close: C-{call.pk}"


def test_items_hold_the_versions_at_the_preview(harbor, preview):
    with harbor.scope():
        conversation = make_conversation(version=7)
        run = preview(harbor, [conversation, make_conversation()])
        assert run.items.get(target_id=conversation.pk).version == 7


def test_what_a_filter_matches_is_frozen_and_not_evaluated_again(harbor):
    actor = harbor.actor()
    with harbor.scope():
        make_conversations(3, queue=harbor.orders)
        make_conversations(2, queue=harbor.refunds)
        posted = QueryDict(f"all=1&query=queue%3D{harbor.orders.pk}")
        run = freeze(Action.FORCE_CLOSE, Selection.from_request(posted, actor), actor=actor)
        make_conversations(4, queue=harbor.orders)
        assert (run.total, run.missing, run.items.count()) == (3, 0, 3)


def test_the_first_thousand_in_the_current_order_are_frozen_when_more_match(harbor):
    actor = harbor.actor()
    with harbor.scope():
        rows = make_conversations(1_003, queue=harbor.orders)
        selection = Selection.from_request(QueryDict("all=1&query=sort%3D-created&first=1000"), actor)
        run = freeze(Action.FORCE_CLOSE, selection, actor=actor)
        left_out = Conversation.objects.exclude(pk__in=run.items.values("target_id"))
        assert run.total == 1_000
        assert {each.pk for each in left_out} == {each.pk for each in rows[:3]}


def test_a_thousand_are_frozen_with_the_same_statements_as_two(harbor, django_assert_num_queries, preview):
    with harbor.scope():
        few, many = make_conversations(2), make_conversations(1_000)
        actor = harbor.actor()
        for conversations in (few, many):
            selection = Selection(actor, {each.pk: each.version for each in conversations})
            # Savepoint, run, items, the run's numbers, savepoint.
            with django_assert_num_queries(5):
                run = freeze(Action.FORCE_CLOSE, selection, actor=actor)
            with django_assert_num_queries(1):
                assert read_preview(run, actor=actor).eligible == len(conversations)


def test_freezing_again_takes_the_same_conversations_as_they_are_now(harbor, preview):
    with harbor.scope():
        conversation = make_conversation()
        run = preview(harbor, [conversation])
        Conversation.objects.filter(pk=conversation.pk).update(version=5)
        again = freeze_again(run, actor=harbor.actor())
        assert again.pk != run.pk
        assert again.single
        assert again.items.get().version == 5


@pytest.mark.parametrize("toggles", [[], ["supervisor_monitor"]])
def test_nothing_is_eligible_while_the_toggle_is_off(harbor, preview, toggles):
    with harbor.scope():
        OrganizationSettings.objects.update(toggles=toggles)
        run = preview(harbor, make_conversations(2))
        found = read_preview(run, actor=harbor.actor())
    assert found.eligible == 0
    assert [(group.code, group.count) for group in found.groups] == [("force_close_off", 2)]
