"""An organization that has turned customized reports on for its supervisors."""

import pytest

from contact_center.tenancy.models import OrganizationSettings


def enable(cast, readers=("supervisor",), makers=("supervisor",)):
    with cast.scope():
        OrganizationSettings.objects.update(
            reports_enabled=True, report_readers=list(readers), report_makers=list(makers)
        )


@pytest.fixture
def reporting(harbor):
    enable(harbor)
    return harbor
