"""What operators do to organizations: make one with its first administrator, issue and revoke API keys."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import system_actor
from contact_center.tenancy.models import ApiKey, Membership, Organization, OrganizationSettings, User
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_scope
from contact_center.tenancy.toggles import ON_IN_A_NEW_ORGANIZATION


class Impossible(Exception):
    """The command can't do that; the text is one sentence for the operator."""


def check_new_organization(slug: str, name: str, email: str) -> None:
    """Raises Impossible with everything that speaks against it."""
    candidate = Organization(slug=slug, name=name)
    try:
        candidate.full_clean()
    except ValidationError as error:
        raise Impossible(
            " ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
        ) from None
    try:
        validate_email(email)
    except ValidationError:
        raise Impossible(f"{email} is no e-mail address.") from None


def create_organization(slug: str, name: str, email: str, person: str) -> tuple[Organization, User, bool]:
    """The organization, its administrator and whether that account is new. One transaction. Raises Impossible."""
    check_new_organization(slug, name, email)
    with transaction.atomic():
        organization = Organization.objects.create(slug=slug, name=name)
        user = User.objects.filter(email__iexact=email).first()
        is_new = user is None
        if user is None:
            # Without a password: the person sets one through the link of the password reset.
            user = User.objects.create_user(email, None, name=person or email.partition("@")[0])
        if not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        with organization_scope(organization.pk):
            OrganizationSettings.objects.create(toggles=sorted(ON_IN_A_NEW_ORGANIZATION))
            membership = Membership.objects.create(user=user, roles=[Role.ADMINISTRATOR])
            record(
                AuditAction.MEMBERSHIP_CHANGED,
                actor=system_actor(organization, "manage.py create_organization"),
                object_type="membership",
                object_id=membership.pk,
                after={"roles": [Role.ADMINISTRATOR]},
            )
    return organization, user, is_new


def find_organization(slug: str) -> Organization:
    organization = Organization.objects.filter(slug=slug).first()
    if organization is None:
        raise Impossible(f"There is no organization {slug}.")
    return organization


def issue_key(slug: str, name: str, scopes: Sequence[str], per_minute: int | None) -> tuple[ApiKey, str]:
    """A new key and its text, which isn't stored anywhere. Raises Impossible."""
    organization = find_organization(slug)
    with organization_scope(organization.pk):
        limits: dict[str, Any] = {} if per_minute is None else {"per_minute": per_minute}
        row, text = ApiKey.issue(name, scopes=list(scopes) or None, **limits)
        _audit(organization, row, "issued")
    return row, text


def revoke_keys(slug: str, name: str) -> list[ApiKey]:
    """Revoke the keys of that name, at once. Raises Impossible when there is none."""
    organization = find_organization(slug)
    with organization_scope(organization.pk):
        rows = list(valid_keys().filter(name=name).select_for_update())
        if not rows:
            raise Impossible(f"There is no valid key named {name}.")
        ApiKey.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=timezone.now())
        for row in rows:
            _audit(organization, row, "revoked")
    return rows


def rotate_key(slug: str, name: str, scopes: Sequence[str], per_minute: int | None) -> tuple[ApiKey, str]:
    """Revoke the valid keys of that name and issue one with the same scopes and limit, in one transaction."""
    organization = find_organization(slug)
    with organization_scope(organization.pk):
        old = valid_keys().filter(name=name).order_by("-pk").first()
        if old is None:
            raise Impossible(f"There is no valid key named {name}; issue one first.")
        revoke_keys(slug, name)
        return issue_key(slug, name, scopes or old.scopes, per_minute or old.per_minute)


def valid_keys() -> models.QuerySet[ApiKey]:
    return ApiKey.objects.filter(revoked_at=None)


def list_keys(slug: str) -> list[ApiKey]:
    organization = find_organization(slug)
    with organization_scope(organization.pk):
        return list(ApiKey.objects.order_by("name", "pk"))


def _audit(organization: Organization, row: ApiKey, what: str) -> None:
    record(
        AuditAction.API_KEY_CHANGED,
        actor=system_actor(organization, "manage.py rotate_api_key"),
        object_type="api_key",
        object_id=row.pk,
        after={"change": what, "scopes": row.scopes},
    )
