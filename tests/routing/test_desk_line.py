"""The desk's line: presence at sign-in, Offline while it is lost, and what is restored on return."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from contact_center.tenancy.access import system_actor
from conversations.actions.lifecycle import run_due_timers
from routing.desk_line import GRACE, SILENT_AFTER, at_desk, notice_lost_lines
from routing.kinds import Presence
from routing.models import CustomPresence, PresenceChange, Representative
from routing.presence import set_presence

NOW = timezone.now()
LOST = NOW + SILENT_AFTER
IN_TIME = NOW + GRACE - timedelta(seconds=1)
TOO_LATE = NOW + GRACE


def given(person, **fields):
    Representative.objects.filter(pk=person.pk).update(**fields)


def seen(cast, at=NOW, person=None):
    at_desk(now_of(person or cast.ana), now=at)


def lost(cast, at=LOST):
    with transaction.atomic():
        notice_lost_lines(organization_id=cast.organization.pk, now=at)


def now_of(person):
    return Representative.objects.get(pk=person.pk)


def presence_of(person):
    return now_of(person).presence


@pytest.mark.parametrize(
    ("default", "used", "becomes", "held"),
    [
        (Presence.AVAILABLE, 0, Presence.AVAILABLE, False),
        (Presence.AVAILABLE, 30, Presence.BUSY, False),
        (Presence.BUSY, 0, Presence.AVAILABLE, False),
        (Presence.BUSY, 100, Presence.DO_NOT_DISTURB, False),
        (Presence.AWAY, 0, Presence.AWAY, True),
        (Presence.DO_NOT_DISTURB, 0, Presence.DO_NOT_DISTURB, True),
        (Presence.OFFLINE, 0, Presence.OFFLINE, True),
    ],
)
def test_signing_in_sets_the_default_presence_and_available_follows_the_units_used(
    harbor, default, used, becomes, held
):
    with harbor.scope():
        given(harbor.ana, presence="offline", default_presence=default, units_used=used)
        seen(harbor)
        ana = now_of(harbor.ana)
        assert (ana.presence, ana.presence_held, ana.presence_set_by_system) == (becomes, held, True)
        assert PresenceChange.objects.count() == (becomes != Presence.OFFLINE)


@pytest.mark.parametrize("fields", [{"presence": "away"}, {"presence": "offline", "presence_set_by_system": False}])
def test_what_was_chosen_before_the_desk_was_opened_stays(harbor, fields):
    with harbor.scope():
        given(harbor.ana, **fields)
        seen(harbor)
        assert presence_of(harbor.ana) == fields["presence"]
        assert now_of(harbor.ana).desk_seen_at == NOW


def test_an_open_desk_is_written_down_twice_a_minute(harbor, django_assert_num_queries):
    with harbor.scope():
        seen(harbor)
        with django_assert_num_queries(1):  # who it is
            seen(harbor, NOW + timedelta(seconds=29))
        with django_assert_num_queries(2):
            seen(harbor, NOW + timedelta(seconds=30))
        ana = now_of(harbor.ana)
        assert (ana.desk_seen_at, ana.desk_due_at) == (NOW + timedelta(seconds=30), NOW + timedelta(seconds=105))


def test_who_is_not_seen_any_more_is_offline_and_who_is_stays(harbor):
    with harbor.scope():
        seen(harbor)
        lost(harbor, LOST - timedelta(seconds=1))
        assert presence_of(harbor.ana) == Presence.AVAILABLE
        lost(harbor)
        ana = now_of(harbor.ana)
        assert (ana.presence, ana.desk_lost_at, ana.presence_since) == (Presence.OFFLINE, NOW, LOST)
        change = PresenceChange.objects.get()
        assert (change.presence, change.set_by) == (Presence.OFFLINE, None)
        lost(harbor, LOST + timedelta(seconds=5))
        assert PresenceChange.objects.count() == 1


def test_who_never_opened_the_desk_is_left_alone(harbor):
    with harbor.scope():
        lost(harbor)
        assert presence_of(harbor.ana) == Presence.AVAILABLE


@pytest.mark.parametrize(
    "fields",
    [
        {"presence": "away", "presence_held": True, "presence_set_by_system": False},
        {"presence": "do_not_disturb", "presence_held": True, "presence_set_by_system": True},
        {"presence": "busy", "presence_set_by_system": False},
        {"presence": "inactive"},
    ],
)
def test_back_in_time_presence_is_what_it_was(harbor, fields):
    with harbor.scope():
        given(harbor.ana, **fields)
        seen(harbor)
        lost(harbor)
        seen(harbor, IN_TIME)
        ana = now_of(harbor.ana)
        assert {name: getattr(ana, name) for name in fields} == fields
        assert (ana.desk_lost_at, ana.presence_before) == (None, None)


def test_a_custom_presence_comes_back_with_its_text(harbor):
    with harbor.scope():
        lunch = CustomPresence.objects.create(name="Lunch", text="At lunch", base=Presence.AWAY)
        seen(harbor)
        set_presence(harbor.ana, lunch, by=harbor.actor(harbor.agent), now=NOW)
        lost(harbor)
        assert now_of(harbor.ana).custom_presence is None
        seen(harbor, IN_TIME)
        assert (presence_of(harbor.ana), now_of(harbor.ana).custom_presence) == (Presence.AWAY, lunch)


def test_what_followed_capacity_follows_what_is_held_on_return(harbor):
    with harbor.scope():
        given(harbor.ana, presence="busy", units_used=30)
        seen(harbor)
        lost(harbor)
        given(harbor.ana, units_used=0)
        seen(harbor, IN_TIME)
        assert presence_of(harbor.ana) == Presence.AVAILABLE


def test_back_too_late_is_a_sign_in(harbor):
    with harbor.scope():
        given(harbor.ana, default_presence="away")
        seen(harbor)
        lost(harbor)
        seen(harbor, TOO_LATE)
        assert presence_of(harbor.ana) == Presence.AWAY


def test_a_presence_set_while_the_line_was_lost_stays_on_return(harbor):
    with harbor.scope():
        seen(harbor)
        lost(harbor)
        set_presence(harbor.ana, Presence.BUSY, by=harbor.actor(), now=LOST)
        seen(harbor, IN_TIME)
        assert presence_of(harbor.ana) == Presence.BUSY


def test_whose_presence_another_system_reports_that_system_looks_after(harbor):
    with harbor.scope():
        seen(harbor)
        set_presence(harbor.ana, Presence.BUSY, by=system_actor(harbor.organization), now=NOW)
        lost(harbor, NOW + timedelta(hours=1))
        assert presence_of(harbor.ana) == Presence.BUSY


def test_another_organizations_people_are_left_alone(harbor, summit):
    with summit.scope():
        seen(summit)
        stranger = now_of(summit.ana)
    with harbor.scope():
        lost(harbor, LOST + timedelta(hours=1))
        assert not at_desk(stranger, now=LOST + timedelta(hours=1))
    with summit.scope():
        assert (presence_of(summit.ana), now_of(summit.ana).desk_seen_at) == (Presence.AVAILABLE, NOW)


def test_only_organizations_with_somebody_due_are_found(harbor, summit):
    with summit.scope():
        seen(summit, timezone.now())
    with harbor.scope():
        seen(harbor, timezone.now() - timedelta(hours=1))
        with connection.cursor() as cursor:
            cursor.execute("select organizations_with_due_representatives()")
            assert [row[0] for row in cursor.fetchall()] == [harbor.organization.pk]


def test_opening_the_desk_is_being_there_and_opening_the_console_is_not(harbor):
    with harbor.scope():
        given(harbor.ana, presence="offline")
    harbor.client(harbor.agent).get(harbor.url("notifications/"))
    with harbor.scope():
        assert presence_of(harbor.ana) == Presence.OFFLINE
    harbor.client(harbor.agent).get(harbor.url("desk/"))
    with harbor.scope():
        assert presence_of(harbor.ana) == Presence.AVAILABLE
        assert run_due_timers(actor=system_actor(harbor.organization), now=NOW) == 0
