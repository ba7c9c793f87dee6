"""A capacity profile that resets at the end of the day: units of finished work come back at midnight."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from contact_center.tenancy.access import system_actor
from contact_center.tenancy.models import OrganizationSettings
from conversations.actions import perform
from conversations.actions.disconnection import run_due
from conversations.states import Status
from routing.kinds import Channel, Presence
from routing.models import CapacityProfile, Representative
from tests import factories, invariants

INLINE = "queue_memberships"
NOW = datetime(2026, 3, 10, 21, 0, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 10, 23, 0, tzinfo=UTC)


@pytest.fixture
def daily(harbor):
    with harbor.scope():
        OrganizationSettings.objects.update(time_zone="Europe/Berlin")
        profile = CapacityProfile.objects.create(name="Daily", reset=CapacityProfile.Reset.END_OF_DAY)
        Representative.objects.filter(pk=harbor.ana.pk).update(capacity_profile=profile)
    return profile


def ana_of(cast):
    return Representative.objects.get(pk=cast.ana.pk)


def resolve(cast, row, at=NOW):
    (result,) = perform("resolve", [row.pk], actor=cast.actor(cast.agent), now=at)
    assert result.outcome == "succeeded"


def held(cast, channel=Channel.RECORD):
    return factories.make_conversation(channel=channel, status=Status.ACTIVE, representative=ana_of(cast))


def test_units_of_finished_work_come_back_at_the_end_of_the_organizations_day(harbor, daily):
    with harbor.scope():
        resolve(harbor, held(harbor))
        ana = ana_of(harbor)
        assert (ana.units_used, ana.units_spent, ana.units_return_at) == (factories.UNITS, factories.UNITS, MIDNIGHT)
        assert ana.presence == Presence.BUSY
        invariants.assert_all()
        actor = system_actor(harbor.organization)
        run_due(actor=actor, now=MIDNIGHT - timedelta(seconds=1))
        assert ana_of(harbor).units_used == factories.UNITS
        run_due(actor=actor, now=MIDNIGHT)
        ana = ana_of(harbor)
        assert (ana.units_used, ana.units_spent, ana.units_return_at) == (0, 0, None)
        assert ana.presence == Presence.AVAILABLE
        invariants.assert_all()


@pytest.mark.parametrize("action", ["leave_waiting", "release_own"])
def test_work_that_goes_on_elsewhere_or_later_gives_its_units_back_at_once(harbor, daily, action):
    with harbor.scope():
        row = held(harbor, Channel.SMS)
        perform(action, [row.pk], actor=harbor.actor(harbor.agent), now=NOW)
        assert (ana_of(harbor).units_used, ana_of(harbor).units_spent) == (0, 0)


def test_an_offer_that_is_rejected_costs_nothing(harbor, daily):
    with harbor.scope():
        row = factories.make_conversation(queue=harbor.orders)
        perform(
            "assign_to_representative",
            [row.pk],
            actor=harbor.actor(),
            parameters={"representative": harbor.ana.pk},
            now=NOW,
        )
        perform("reject", [row.pk], actor=harbor.actor(harbor.agent), now=NOW)
        assert (ana_of(harbor).units_used, ana_of(harbor).units_spent) == (0, 0)


def test_without_such_a_profile_units_come_back_at_once(harbor):
    with harbor.scope():
        at_once = CapacityProfile.objects.create(name="At once")
        Representative.objects.filter(pk=harbor.ana.pk).update(capacity_profile=at_once)
        resolve(harbor, held(harbor))
        assert (ana_of(harbor).units_used, ana_of(harbor).units_spent) == (0, 0)


def test_another_organizations_day_is_left_alone(harbor, summit, daily):
    with harbor.scope():
        resolve(harbor, held(harbor))
    with summit.scope():
        run_due(actor=system_actor(summit.organization), now=MIDNIGHT)
    with harbor.scope():
        assert ana_of(harbor).units_spent == factories.UNITS


# --- In the admin ---


def save(cast, row, by=None, **form):
    name = row._meta.model_name
    empty = {f"{prefix}-{part}_FORMS": "0" for prefix in ("skills", INLINE) for part in ("TOTAL", "INITIAL")}
    url = reverse(f"admin:routing_{name}_change", args=[row.pk])
    return cast.client(by or cast.admin).post(url, {**empty, **form})


def person_form(cast, profile, total):
    with cast.scope():
        ana = ana_of(cast)
    return {
        "name": ana.name,
        "email": ana.email,
        "is_active": "on",
        "membership": ana.membership_id,
        "default_presence": ana.default_presence,
        "capacity_profile": profile.pk,
        "total_units": total,
    }


@pytest.fixture
def half(harbor):
    with harbor.scope():
        return CapacityProfile.objects.create(name="Half", total_units=50)


def total_of(cast):
    with cast.scope():
        return ana_of(cast).total_units


def test_choosing_a_profile_takes_its_total_and_one_typed_with_it_stays(harbor, half):
    assert save(harbor, harbor.ana, **person_form(harbor, half, 100)).status_code == 302
    assert total_of(harbor) == 50
    assert save(harbor, harbor.ana, **person_form(harbor, half, 70)).status_code == 302
    assert total_of(harbor) == 70


@pytest.mark.parametrize(("own", "after"), [(50, 40), (70, 70)])
def test_a_profiles_new_total_reaches_whoever_has_its_former_one(harbor, half, own, after):
    with harbor.scope():
        Representative.objects.filter(pk=harbor.ana.pk).update(capacity_profile=half, total_units=own)
    assert save(harbor, half, name="Half", total_units=40).status_code == 302
    assert total_of(harbor) == after


def test_another_organizations_administrator_changes_nothing(harbor, summit, half):
    save(harbor, half, summit.admin, name="Half", total_units=40)
    with harbor.scope():
        assert CapacityProfile.objects.get(pk=half.pk).total_units == 50
