"""What operators do: make organizations, issue, rotate and revoke keys."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from contact_center.audit.actions import AuditAction
from contact_center.audit.models import AuditEvent
from contact_center.tenancy.access import resolve_actor
from contact_center.tenancy.lookup import organization_of_api_key
from contact_center.tenancy.models import ApiKey, Organization, User
from contact_center.tenancy.scope import organization_scope

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_a_new_organization_has_an_administrator_and_monitor_on(db):
    said = run("create_organization", "acme", "Acme Bank", "boss@acme.example", "--person", "Bo Lind")
    assert "/o/acme/" in said
    organization, user = Organization.objects.get(slug="acme"), User.objects.get(email="boss@acme.example")
    assert (user.name, user.is_staff, user.has_usable_password(), organization.is_demo) == (
        "Bo Lind",
        True,
        False,
        False,
    )
    with organization_scope(organization.pk):
        actor = resolve_actor(user.pk, organization)
        assert (set(actor.roles), set(actor.toggles)) == ({"administrator"}, {"supervisor_monitor"})
        assert AuditEvent.objects.get().action == AuditAction.MEMBERSHIP_CHANGED


def test_somebody_who_has_an_account_keeps_it(harbor):
    before = harbor.supervisor.user.password
    assert "existed" in run("create_organization", "acme", "Acme Bank", harbor.supervisor.user.email.upper())
    user = User.objects.get(pk=harbor.supervisor.user_id)
    assert (user.password, user.is_staff) == (before, True)


@pytest.mark.parametrize(
    ("slug", "email", "reason"),
    [("harbor", "a@b.example", "slug"), ("No Slug", "a@b.example", "slug"), ("acme", "nobody", "no e-mail")],
)
@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_an_organization_that_cannot_be_is_refused(harbor, slug, email, reason, dry):
    with pytest.raises(CommandError, match=reason):
        run("create_organization", slug, "Acme Bank", email, *dry)
    assert Organization.objects.count() == 1
    assert not User.objects.filter(email="a@b.example").exists()


def test_a_dry_run_makes_no_organization(db):
    assert run("create_organization", "acme", "Acme Bank", "a@b.example", "--dry-run").startswith("Would make")
    assert not Organization.objects.exists()


def issued(harbor, *arguments):
    return run("rotate_api_key", harbor.slug, "Website", *arguments).splitlines()[-1]


def test_a_key_is_shown_once_and_works(harbor):
    text = issued(harbor, "--issue", "--scope", "read", "--per-minute", "30")
    assert organization_of_api_key(text) == harbor.organization.pk
    with harbor.scope():
        row = ApiKey.objects.get()
        assert (row.scopes, row.per_minute) == (["read"], 30)
        assert text not in str(vars(row))
        assert AuditEvent.objects.get().after == {"change": "issued", "scopes": ["read"]}
    assert text not in run("rotate_api_key", harbor.slug, "--list")


def test_rotating_ends_the_old_key_and_keeps_its_rights(harbor):
    old = issued(harbor, "--issue", "--scope", "read", "--per-minute", "30")
    new = issued(harbor)
    assert (organization_of_api_key(old), organization_of_api_key(new)) == (None, harbor.organization.pk)
    with harbor.scope():
        row = ApiKey.objects.get(revoked_at=None)
        assert (row.scopes, row.per_minute) == (["read"], 30)
        changes = [event.after["change"] for event in AuditEvent.objects.order_by("pk")]
        assert changes == ["issued", "revoked", "issued"]


def test_a_revoked_key_ends_and_none_takes_its_place(harbor):
    old = issued(harbor, "--issue")
    assert issued(harbor, "--revoke") == "1 revoked."
    assert organization_of_api_key(old) is None
    with pytest.raises(CommandError, match="no valid key"):
        issued(harbor, "--revoke")
    with pytest.raises(CommandError, match="no valid key"):
        issued(harbor)


def test_a_key_of_another_organization_is_not_touched(harbor, summit):
    kept = issued(summit, "--issue")
    issued(harbor, "--issue")
    issued(harbor, "--revoke")
    assert organization_of_api_key(kept) == summit.organization.pk


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere", "Website"], "no organization"),
        (["harbor"], "name"),
        (["harbor", "W", "--per-minute", "0"], "at least 1"),
    ],
)
def test_a_command_that_makes_no_sense_says_why(harbor, arguments, reason):
    with pytest.raises(CommandError, match=reason):
        run("rotate_api_key", *arguments)


def test_a_dry_run_changes_no_key(harbor):
    assert issued(harbor, "--issue", "--dry-run").startswith("Would issue")
    with harbor.scope():
        assert not ApiKey.objects.exists()
