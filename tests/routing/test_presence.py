"""Presence: set by people, changed by the system with capacity, and its history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.errors import Invalid, Refused
from contact_center.tenancy.access import system_actor
from contact_center.tenancy.models import OrganizationSettings
from conversations.actions import perform
from conversations.actions.lifecycle import run_due_timers
from conversations.states import Status
from routing import capacity
from routing.kinds import Channel, Presence
from routing.models import CustomPresence, PresenceChange, Representative
from routing.presence import set_presence
from tests import factories

NOW = timezone.now()


def presence_of(person):
    return Representative.objects.get(pk=person.pk).presence


def assign(cast, row):
    perform("assign_to_representative", [row.pk], actor=cast.actor(), parameters={"representative": cast.ana.pk})


def desk(cast, action, *rows):
    results = perform(action, [row.pk for row in rows], actor=cast.actor(cast.agent))
    assert [result.outcome for result in results] == ["succeeded"] * len(rows)


# --- set by somebody ---


def test_a_chosen_presence_is_stored_with_its_history_and_audited(harbor):
    with harbor.scope():
        set_presence(harbor.ana, Presence.AWAY, by=harbor.actor(harbor.agent), now=NOW)
        ana = Representative.objects.get(pk=harbor.ana.pk)
        assert (ana.presence, ana.presence_since, ana.presence_set_by_system) == (Presence.AWAY, NOW, False)
        change = PresenceChange.objects.get(representative=ana)
        assert (change.presence, change.since, change.set_by_id) == (Presence.AWAY, NOW, harbor.agent.pk)
        event = AuditEvent.objects.get(action=AuditAction.PRESENCE_CHANGED)
        assert (event.before, event.after) == ({"presence": "available"}, {"presence": "away"})


def test_the_same_presence_again_changes_nothing(harbor):
    with harbor.scope():
        for _ in range(2):
            set_presence(harbor.ana, Presence.OFFLINE, by=harbor.actor(harbor.agent))
        assert PresenceChange.objects.count() == AuditEvent.objects.count() == 1


def test_a_custom_presence_counts_as_its_base_and_reads_as_its_text(harbor):
    with harbor.scope():
        lunch = CustomPresence.objects.create(name="Lunch", text="At lunch", base=Presence.AWAY)
        set_presence(harbor.ana, lunch, by=harbor.actor(harbor.agent))
        ana = Representative.objects.get(pk=harbor.ana.pk)
        assert (ana.presence, ana.custom_presence) == (Presence.AWAY, lunch)
        set_presence(harbor.ana, Presence.AWAY, by=harbor.actor(harbor.agent))
        assert Representative.objects.get(pk=harbor.ana.pk).custom_presence is None


@pytest.mark.parametrize("presence", [Presence.INACTIVE, "asleep", ""])
def test_inactive_is_the_systems_own_and_anything_else_is_a_mistake(harbor, presence):
    with harbor.scope(), pytest.raises(Invalid) as invalid:
        set_presence(harbor.ana, presence, by=harbor.actor(harbor.agent))
    assert invalid.value.fields == {"presence": "Choose a presence from the list."}


def test_an_ai_agent_has_none_to_set(harbor):
    with harbor.scope():
        agent = Representative.objects.create(name="Assistant", type=Representative.Type.AI_AGENT)
        with pytest.raises(Refused):
            set_presence(agent, Presence.BUSY, by=harbor.actor())


# --- following capacity ---


def test_untouched_is_available_partly_used_busy_and_exhausted_do_not_disturb(harbor):
    with harbor.scope():
        rows = factories.make_conversations(4, queue=harbor.orders)
        seen = []
        for row in rows:
            assign(harbor, row)
            seen.append(presence_of(harbor.ana))
        # Three times thirty of a hundred; the fourth exceeds it.
        assert seen == ["busy", "busy", "busy", "do_not_disturb"]
        desk(harbor, "reject", *rows)
        assert presence_of(harbor.ana) == Presence.AVAILABLE
        assert list(PresenceChange.objects.order_by("pk").values_list("presence", "set_by")) == [
            ("busy", None),
            ("do_not_disturb", None),
            ("available", None),
        ]
        assert Representative.objects.get(pk=harbor.ana.pk).presence_set_by_system


def test_available_by_choice_holds_until_the_next_accept(harbor):
    with harbor.scope():
        first, second = factories.make_conversations(2, queue=harbor.orders)
        assign(harbor, first)
        desk(harbor, "accept", first)
        set_presence(harbor.ana, Presence.AVAILABLE, by=harbor.actor(harbor.agent))
        assign(harbor, second)
        assert presence_of(harbor.ana) == Presence.AVAILABLE
        desk(harbor, "accept", second)
        assert presence_of(harbor.ana) == Presence.BUSY


def test_busy_by_choice_holds_until_the_next_close(harbor):
    with harbor.scope():
        factories.make_work_stream(Channel.LIVE_CHAT, queue=harbor.orders, wrap_up_rule="never")
        row = factories.make_conversation(queue=harbor.orders, status=Status.ACTIVE, representative=harbor.ana)
        set_presence(harbor.ana, Presence.BUSY, by=harbor.actor(harbor.agent))
        desk(harbor, "end", row)
        assert presence_of(harbor.ana) == Presence.AVAILABLE


@pytest.mark.parametrize("presence", [Presence.OFFLINE, Presence.AWAY, Presence.DO_NOT_DISTURB])
def test_offline_away_and_do_not_disturb_by_choice_hold_until_changed(harbor, presence):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        set_presence(harbor.ana, presence, by=harbor.actor(harbor.agent))
        assign(harbor, row)
        desk(harbor, "accept", row)
        desk(harbor, "end", row)
        desk(harbor, "wrap_up_done", row)
        assert presence_of(harbor.ana) == presence
        set_presence(harbor.ana, Presence.AVAILABLE, by=harbor.actor(harbor.agent))
        assign(harbor, factories.make_conversation(queue=harbor.orders))
        assert presence_of(harbor.ana) == Presence.AVAILABLE


def test_do_not_disturb_chosen_while_the_system_had_set_it_is_left_alone(harbor):
    with harbor.scope():
        rows = factories.make_conversations(4, queue=harbor.orders)
        for row in rows:
            assign(harbor, row)
        assert presence_of(harbor.ana) == Presence.DO_NOT_DISTURB
        set_presence(harbor.ana, Presence.DO_NOT_DISTURB, by=harbor.actor(harbor.agent))
        desk(harbor, "reject", *rows)
        assert presence_of(harbor.ana) == Presence.DO_NOT_DISTURB


# --- rejects and missed offers ---


@pytest.mark.parametrize(
    ("switch", "allowed", "becomes"),
    [
        (True, ["available", "busy"], Presence.DO_NOT_DISTURB),
        (True, ["available", "busy", "do_not_disturb"], Presence.AVAILABLE),
        (False, ["available", "busy"], Presence.AVAILABLE),
    ],
)
def test_a_reject_sets_do_not_disturb_where_the_organization_wants_it(harbor, switch, allowed, becomes):
    with harbor.scope():
        OrganizationSettings.objects.update(reject_sets_do_not_disturb=switch)
        factories.make_work_stream(queue=harbor.orders, allowed_presences=allowed)
        first, second = factories.make_conversations(2, queue=harbor.orders)
        assign(harbor, first)
        assign(harbor, second)
        desk(harbor, "reject", first)
        desk(harbor, "reject", second)
        assert presence_of(harbor.ana) == becomes


@pytest.mark.parametrize(
    ("switch", "allowed", "becomes"),
    [
        (True, ["available", "busy"], Presence.INACTIVE),
        (True, ["available", "busy", "away"], Presence.AVAILABLE),
        (False, ["available", "busy"], Presence.AVAILABLE),
    ],
)
def test_a_missed_offer_sets_inactive_where_the_organization_wants_it(harbor, switch, allowed, becomes):
    with harbor.scope():
        OrganizationSettings.objects.update(missed_offer_sets_inactive=switch)
        factories.make_work_stream(queue=harbor.orders, allowed_presences=allowed)
        assign(harbor, factories.make_conversation(queue=harbor.orders))
        late = timezone.now() + timedelta(seconds=121)
        assert run_due_timers(actor=system_actor(harbor.organization), now=late) == 1
        assert presence_of(harbor.ana) == becomes
        assert Representative.objects.get(pk=harbor.ana.pk).units_used == 0


def test_somebody_who_is_offline_by_choice_stays_so_when_they_miss_an_offer(harbor):
    with harbor.scope():
        OrganizationSettings.objects.update(missed_offer_sets_inactive=True)
        set_presence(harbor.ana, Presence.OFFLINE, by=harbor.actor(harbor.agent))
        assign(harbor, factories.make_conversation(queue=harbor.orders))
        run_due_timers(actor=system_actor(harbor.organization), now=timezone.now() + timedelta(seconds=121))
        assert presence_of(harbor.ana) == Presence.OFFLINE


def test_another_organizations_people_are_not_moved(harbor, summit):
    """Capacity is moved with SQL of its own: the organization in scope is part of it."""
    with harbor.scope():
        moved = capacity.move({summit.ana.pk: capacity.Change(units=30)}, now=NOW)
        assert not moved.representatives
        assert not capacity.reserve({summit.ana.pk: capacity.Wanted(30)}, now=NOW).representatives
    with summit.scope():
        ana = Representative.objects.get(pk=summit.ana.pk)
        assert (ana.units_used, ana.presence) == (0, "available")
