"""Who acts, with which rights: read fresh, per organization, and gone at once when it ends."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import Client

from contact_center.tenancy.access import (
    Actor,
    NotAMember,
    actor_of_membership,
    organization_view,
    resolve_actor,
    system_actor,
)
from contact_center.tenancy.models import Membership, Organization, OrganizationSettings
from contact_center.tenancy.roles import REFUSAL, ROLES_WITH, Right, Role
from contact_center.tenancy.toggles import Toggle
from tests import factories


def test_an_actor_carries_roles_toggles_scope_and_profile(harbor):
    actor = harbor.actor(harbor.scoped)
    assert (actor.organization_id, actor.organization_slug) == (harbor.organization.pk, "harbor")
    assert actor.roles == {Role.SUPERVISOR}
    assert actor.toggles == set(Toggle)
    assert actor.queue_ids == {harbor.refunds.pk}
    assert (actor.sees_queue(harbor.refunds.pk), actor.sees_queue(harbor.orders.pk)) == (True, False)
    assert harbor.actor(harbor.supervisor).queue_ids is None
    assert harbor.actor(harbor.agent).representative_id == harbor.ana.pk


def test_somebody_in_two_organizations_has_the_rights_of_the_one_they_act_in(harbor, summit):
    user = factories.make_user("both@example.com", "Both")
    with harbor.scope():
        here = Membership.objects.create(user=user, roles=[Role.SUPERVISOR], name="Bo")
    with summit.scope():
        there = Membership.objects.create(user=user, roles=[Role.AUDITOR])
    assert (harbor.actor(here).roles, summit.actor(there).roles) == ({Role.SUPERVISOR}, {Role.AUDITOR})
    assert (harbor.actor(here).name, summit.actor(there).name) == ("Bo", "Both")
    with harbor.scope(), pytest.raises(NotAMember):
        actor_of_membership(there.pk)


@pytest.mark.parametrize("end", ["membership", "user", "organization"])
def test_whoever_is_no_longer_there_is_no_actor(harbor, end):
    with harbor.scope():
        if end == "membership":
            Membership.objects.filter(pk=harbor.supervisor.pk).update(is_active=False)
        elif end == "user":
            harbor.supervisor.user.is_active = False
            harbor.supervisor.user.save()
        else:
            Organization.objects.filter(pk=harbor.organization.pk).update(is_active=False)
        organization = Organization.objects.get(pk=harbor.organization.pk)
        with pytest.raises(NotAMember):
            resolve_actor(harbor.supervisor.user_id, organization)
        with pytest.raises(NotAMember):
            actor_of_membership(harbor.supervisor.pk)


def test_the_number_of_queries_does_not_grow_with_queues(harbor, django_assert_num_queries):
    with harbor.scope():
        for _ in range(5):
            queue = factories.make_queue()
            harbor.scoped.queue_scopes.create(queue=queue)
        with django_assert_num_queries(3):
            assert len(resolve_actor(harbor.scoped.user_id, harbor.organization).queue_ids) == 6


def test_an_organization_without_settings_has_no_toggle_on(harbor):
    with harbor.scope():
        OrganizationSettings.objects.all().delete()
    assert harbor.actor().toggles == frozenset()


def test_the_system_is_nobody_and_holds_no_right():
    actor = system_actor(7, "Timers")
    assert (actor.is_system, actor.is_supervisor, actor.name) == (True, False, "Timers")
    assert not any(actor.may(right) for right in Right)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_a_right_is_held_by_the_roles_of_the_table(right, role):
    actor = Actor(organization_id=1, roles=frozenset({role}))
    assert actor.may(right) is (role in ROLES_WITH[right])


@pytest.mark.parametrize("right", Right)
def test_every_right_has_a_refusal_in_words(right):
    assert REFUSAL[right].endswith(".")


def test_a_guarded_view_is_marked_and_refuses_with_the_reason():
    @organization_view(Right.SUPERVISE)
    def page(request):
        return HttpResponse("inside")

    request = type("Request", (), {"actor": Actor(organization_id=1, roles=frozenset({Role.AUDITOR}))})()
    assert page.organization_right is Right.SUPERVISE
    with pytest.raises(PermissionDenied, match="This page is for supervisors"):
        page(request)
    request.actor = Actor(organization_id=1, roles=frozenset({Role.SUPERVISOR}))
    assert page(request).content == b"inside"


@pytest.mark.parametrize("slug", ["HARBOR", "Harbor", "har_bor", "harbor%20", "..", "harbor.", "%00"])
def test_odd_spellings_of_an_organization_are_not_found(harbor, slug):
    """An address that the middleware didn't recognize would reach the view without a scope."""
    assert harbor.client().get(f"/o/{slug}/conversations/").status_code == 404
    assert Client().get(f"/o/{slug}/conversations/").status_code in (302, 404)
