"""The people every test knows: two organizations with the same roles, so that a leak has somewhere to leak to."""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from django.test import Client

from contact_center.tenancy.access import Actor, actor_of_membership
from contact_center.tenancy.models import Membership, Organization
from contact_center.tenancy.roles import Role
from contact_center.tenancy.scope import organization_scope
from conversations.models import ForceCloseReason
from routing.models import Queue, QueueScope, Representative
from tests import factories

PEOPLE = {
    "agent": Role.REPRESENTATIVE,
    "supervisor": Role.SUPERVISOR,
    "second": Role.SUPERVISOR,
    "scoped": Role.SUPERVISOR,
    "admin": Role.ADMINISTRATOR,
    "auditor": Role.AUDITOR,
}


@dataclass(frozen=True)
class Cast:
    """One organization and its people. `scoped` sees `refunds` only; `ana` is the representative behind `agent`."""

    organization: Organization
    orders: Queue
    refunds: Queue
    supervisor: Membership
    second: Membership
    scoped: Membership
    admin: Membership
    auditor: Membership
    agent: Membership
    ana: Representative
    reason: ForceCloseReason

    @property
    def slug(self) -> str:
        return self.organization.slug

    def scope(self) -> AbstractContextManager[None]:
        return organization_scope(self.organization.pk)

    def url(self, path: str = "") -> str:
        return f"/o/{self.slug}/{path}"

    def actor(self, member: Membership | None = None) -> Actor:
        with self.scope():
            return actor_of_membership((member or self.supervisor).pk)

    def client(self, member: Membership | None = None) -> Client:
        """A browser signed in as the member, the supervisor by default."""
        client = Client()
        client.force_login((member or self.supervisor).user)
        return client


def make_cast(slug: str) -> Cast:
    organization = factories.make_organization(slug)
    with organization_scope(organization.pk):
        orders, refunds = factories.make_queue("Orders"), factories.make_queue("Refunds")
        members = factories.make_members(
            {f"{name}@{slug}.example": role for name, role in PEOPLE.items()}, scoped={f"scoped@{slug}.example"}
        )
        by_name = {email.split("@")[0]: member for email, member in members.items()}
        QueueScope.objects.create(membership=by_name["scoped"], queue=refunds)
        return Cast(
            organization=organization,
            orders=orders,
            refunds=refunds,
            **by_name,
            ana=factories.make_representative("Ana Ruiz", queues=[orders, refunds], membership=by_name["agent"]),
            reason=ForceCloseReason.objects.create(label="Outage resolved"),
        )


@pytest.fixture
def harbor(db):
    return make_cast("harbor")


@pytest.fixture
def summit(db):
    """The foreign organization; a person of harbor must see nothing of it."""
    return make_cast("summit")
