"""An organization that has turned customized reports on for its supervisors, what goes on in it, and a shared one."""

import pytest

from contact_center.tenancy.models import OrganizationSettings
from conversations.saved_views import changing
from conversations.saved_views.changing import Share
from routing.kinds import Channel
from tests.analytics.customized.reading import LAYOUT
from tests.factories import make_conversation, make_conversations


def enable(cast, readers=("supervisor",), makers=("supervisor",)):
    with cast.scope():
        OrganizationSettings.objects.update(
            reports_enabled=True, report_readers=list(readers), report_makers=list(makers)
        )


@pytest.fixture
def reporting(harbor):
    enable(harbor)
    return harbor


@pytest.fixture
def floor(reporting):
    """Three wait in Orders, one of them by SMS; one waits in Refunds; one record."""
    with reporting.scope():
        make_conversations(2, queue=reporting.orders)
        make_conversation(queue=reporting.orders, channel=Channel.SMS)
        make_conversation(queue=reporting.refunds)
        make_conversation(channel=Channel.RECORD)
    return reporting


@pytest.fixture
def saved(floor):
    with floor.scope():
        report = changing.save_new(floor.actor(), "customized", "Floor", LAYOUT)
        changing.share(floor.actor(), report.pk, [Share(floor.second.pk), Share(floor.scoped.pk)])
        return report
