"""Audited changes of an organization's toggles, members and keys; pages that are open learn of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.errors import Invalid, Refused
from contact_center.live.publish import publish_on_commit
from contact_center.tenancy.access import Actor
from contact_center.tenancy.models import ApiKey, Membership, OrganizationSettings, User
from contact_center.tenancy.roles import REFUSAL, Right, Role
from contact_center.tenancy.toggles import MONITORING_NOTICE_VERSION, Toggle

LAST_ADMINISTRATOR = "An organization needs an active administrator; make somebody else one first."
CONFIRM_FIRST = "Read and confirm the notice before turning Supervisor Monitor on."
ALREADY_A_MEMBER = "This person is a member already."


def require_configure(actor: Actor) -> None:
    """Raises Refused. The system (commands of operators) may configure."""
    if not actor.is_system and not actor.may(Right.CONFIGURE):
        raise Refused(REFUSAL[Right.CONFIGURE])


def needs_confirmation(settings: OrganizationSettings, wanted: Iterable[str]) -> bool:
    """Turning Supervisor Monitor on asks for it, and so does leaving it on after the notice has changed."""
    turned_on = Toggle.MONITOR in wanted and Toggle.MONITOR not in settings.toggles
    outdated = 0 < settings.monitoring_notice_version < MONITORING_NOTICE_VERSION
    return Toggle.MONITOR in wanted and (turned_on or outdated)


def change_toggles(wanted: Iterable[str], *, actor: Actor, confirmed: bool = False) -> OrganizationSettings:
    """Set the four toggles, one audit event for each that changed.

    Raises Invalid when Supervisor Monitor is turned on without the confirmation of the notice; who confirmed which
    version and when stays with the settings.
    """
    require_configure(actor)
    settings = OrganizationSettings.objects.select_for_update().get()
    before, after = set(settings.toggles), {Toggle(each).value for each in wanted}
    if needs_confirmation(settings, after) and not confirmed:
        raise Invalid(CONFIRM_FIRST, fields={"confirmed": CONFIRM_FIRST})
    if confirmed and Toggle.MONITOR in after:
        _note_confirmation(settings, actor)
    settings.toggles = [each for each in Toggle.values if each in after]
    settings.save()
    for toggle in sorted(before ^ after):
        record(
            AuditAction.TOGGLE_CHANGED,
            actor=actor,
            object_type="organizationsettings",
            object_id=settings.pk,
            before={"toggle": toggle, "on": toggle in before},
            after={"toggle": toggle, "on": toggle in after},
        )
    if before != after:
        publish_on_commit(actor.organization_id, "rights")
    return settings


def _note_confirmation(settings: OrganizationSettings, actor: Actor) -> None:
    record(
        AuditAction.MONITORING_CONFIRMED,
        actor=actor,
        object_type="organizationsettings",
        object_id=settings.pk,
        before={"version": settings.monitoring_notice_version},
        after={"version": MONITORING_NOTICE_VERSION},
    )
    settings.monitoring_notice_version = MONITORING_NOTICE_VERSION
    settings.monitoring_confirmed_by_id = actor.user_id
    settings.monitoring_confirmed_at = timezone.now()


@dataclass(frozen=True, slots=True)
class Attached:
    """The user behind a new membership; `is_new` says whether the account was made for it."""

    user: User
    is_new: bool


def user_for(email: str, name: str) -> Attached:
    """The account with this address, made when there is none.

    An existing one may belong to people of other organizations: nothing of it is changed. A new one has no password
    until its owner chooses one through the mail. Raises Invalid for somebody who is a member already.
    """
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        return Attached(User.objects.create_user(email, name=name), is_new=True)
    if Membership.objects.filter(user=user).exists():
        raise Invalid(ALREADY_A_MEMBER, fields={"email": ALREADY_A_MEMBER})
    return Attached(user, is_new=False)


def is_last_administrator(membership: Membership) -> bool:
    administrators = Membership.objects.filter(
        roles__contains=[Role.ADMINISTRATOR], is_active=True, user__is_active=True
    ).exclude(pk=membership.pk)
    return not administrators.exists()


def refuse_without_administrator(membership: Membership, *, roles: Iterable[str], is_active: bool) -> None:
    """Raises Invalid when the change would leave nobody who can configure the organization."""
    stays = is_active and Role.ADMINISTRATOR in roles
    was = membership.pk and Membership.objects.filter(
        pk=membership.pk, is_active=True, roles__contains=[Role.ADMINISTRATOR]
    )
    if was and was.exists() and not stays and is_last_administrator(membership):
        raise Invalid(LAST_ADMINISTRATOR, fields={"roles": LAST_ADMINISTRATOR})


def revoke_key(key: ApiKey, *, actor: Actor) -> None:
    """From the next call on the key is refused. A revoked key stays revoked."""
    require_configure(actor)
    if key.revoked_at is not None:
        return
    key.revoked_at = timezone.now()
    key.save(update_fields=["revoked_at"])
    record(
        AuditAction.API_KEY_CHANGED,
        actor=actor,
        object_type="apikey",
        object_id=key.pk,
        before={"revoked": False},
        after={"revoked": True},
    )
