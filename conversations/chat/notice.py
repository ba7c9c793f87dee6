"""What customers are told about monitoring, and whether they are asked."""

from dataclasses import dataclass

from contact_center.tenancy.models import OrganizationSettings
from contact_center.tenancy.toggles import Toggle
from conversations.models import Conversation
from routing.models import WorkStream

DEFAULT_QUESTION = "A supervisor may read this conversation to help us serve you well."


@dataclass(frozen=True, slots=True)
class Notice:
    """`answer` is empty where nobody asks, else open, given or declined."""

    text: str = ""
    answer: str = ""


def notice_for(stream: WorkStream, conversation: Conversation | None) -> Notice:
    """The work stream's own words before the organization's. One query."""
    settings = OrganizationSettings.objects.first() or OrganizationSettings()
    text = stream.monitoring_notice or settings.customer_notice
    if not settings.consent_required or Toggle.MONITOR not in settings.toggles:
        return Notice(text)
    given = conversation.monitoring_consent if conversation else None
    return Notice(text or DEFAULT_QUESTION, {None: "open", True: "given", False: "declined"}[given])
