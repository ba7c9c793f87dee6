"""Template tags of monitoring: the notice on a representative's desk."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from contact_center.tenancy.toggles import REPRESENTATIVE_NOTICE_TEXT
from conversations.monitoring import ledger, notice

register = template.Library()


@register.inclusion_tag("monitoring/_notice.html", takes_context=True)
def monitoring_notice(context: Context) -> dict[str, Any]:
    """Nothing once it is acknowledged. One query, two while it is due."""
    actor = context.get("actor")
    if actor is None or not notice.is_due(actor):
        return {}
    return {
        "text": REPRESENTATIVE_NOTICE_TEXT,
        "seen": ledger.representatives_may_see(),
        "url": reverse("desk:notice", args=[actor.organization_slug]),
        "own_url": reverse("desk:monitoring", args=[actor.organization_slug]),
    }
