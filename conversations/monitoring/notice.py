"""What representatives are told about monitoring: a notice with a version, acknowledged once."""

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from contact_center.audit.actions import AuditAction
from contact_center.audit.record import record
from contact_center.tenancy.access import Actor, OrganizationRequest, organization_view
from contact_center.tenancy.models import NoticeAcknowledgement
from contact_center.tenancy.roles import Right
from contact_center.tenancy.toggles import REPRESENTATIVE_NOTICE, REPRESENTATIVE_NOTICE_VERSION, Toggle


def is_due(actor: Actor) -> bool:
    """Whether this person still has to acknowledge the notice as it reads today. One query."""
    if Toggle.MONITOR not in actor.toggles or actor.membership_id is None or not actor.may(Right.USE_DESK):
        return False
    return not NoticeAcknowledgement.objects.filter(
        membership_id=actor.membership_id, notice=REPRESENTATIVE_NOTICE, version=REPRESENTATIVE_NOTICE_VERSION
    ).exists()


@require_POST
@organization_view(Right.USE_DESK)
def acknowledge(request: OrganizationRequest, organization: str) -> HttpResponse:
    """Once for each version; asked again it changes nothing."""
    membership_id = request.actor.membership_id or 0
    try:
        with transaction.atomic():
            NoticeAcknowledgement.objects.create(
                membership_id=membership_id, notice=REPRESENTATIVE_NOTICE, version=REPRESENTATIVE_NOTICE_VERSION
            )
            record(
                AuditAction.NOTICE_ACKNOWLEDGED,
                actor=request.actor,
                object_type="membership",
                object_id=membership_id,
                after={"notice": REPRESENTATIVE_NOTICE, "version": REPRESENTATIVE_NOTICE_VERSION},
            )
    except IntegrityError:
        pass
    return HttpResponse("") if request.htmx else redirect("desk:desk", organization)
