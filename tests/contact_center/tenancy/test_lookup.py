"""What is asked before an organization is known: ids, for whom they concern, and nothing else."""

import pytest
from django.db import connection
from django.utils import timezone

from contact_center.tenancy.lookup import organization_of_api_key, organizations_of_user
from contact_center.tenancy.models import ApiKey, Membership, Organization
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_id_or_none
from tests import factories


def test_a_person_finds_the_organizations_they_belong_to_by_name(harbor, summit):
    user = factories.make_user("both@example.com")
    for cast in (summit, harbor):
        with cast.scope():
            Membership.objects.create(user=user, roles=[Role.SUPERVISOR])
    assert [each.slug for each in organizations_of_user(user.pk)] == ["harbor", "summit"]
    assert organizations_of_user(harbor.admin.user_id) == [harbor.organization]
    assert organization_id_or_none() is None


def test_closed_memberships_and_organizations_are_left_out(harbor, summit):
    user = factories.make_user("both@example.com")
    with harbor.scope():
        Membership.objects.create(user=user, roles=[Role.SUPERVISOR], is_active=False)
    with summit.scope():
        Membership.objects.create(user=user, roles=[Role.SUPERVISOR])
    assert organizations_of_user(user.pk) == [summit.organization]
    Organization.objects.filter(pk=summit.organization.pk).update(is_active=False)
    assert organizations_of_user(user.pk) == []


def test_a_key_leads_to_its_organization_until_it_is_revoked(harbor, summit):
    with summit.scope():
        row, key = ApiKey.issue("Shop")
    assert organization_of_api_key(key) == summit.organization.pk
    for wrong in ("", key[:-1], row.key_hash, key.upper()):
        assert organization_of_api_key(wrong) is None
    with summit.scope():
        ApiKey.objects.filter(pk=row.pk).update(revoked_at=timezone.now())
    assert organization_of_api_key(key) is None


@pytest.mark.django_db
def test_the_key_itself_is_stored_nowhere(harbor):
    with harbor.scope():
        row, key = ApiKey.issue("Shop")
        with connection.cursor() as cursor:
            cursor.execute("select a::text from tenancy_apikey a")
            assert key not in cursor.fetchone()[0]
    assert row.key_hash != key
