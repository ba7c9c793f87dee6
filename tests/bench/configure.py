"""Makes the organizations of the benchmark, in a process of its own, and prints what the filler needs to know."""

import json
import sys

import django

django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402 - Django must be set up before its models

from contact_center.tenancy.models import ApiKey, Membership, Organization  # noqa: E402
from contact_center.tenancy.roles import Role  # noqa: E402
from contact_center.tenancy.scope import organization_scope  # noqa: E402
from conversations.models import ForceCloseReason  # noqa: E402
from routing.kinds import Channel, Presence  # noqa: E402
from routing.models import Queue, QueueMember, Representative, WorkStream  # noqa: E402
from tests import factories  # noqa: E402

QUEUES, REPRESENTATIVES, SUPERVISORS = 20, 200, 2


def configure(number: int) -> None:
    slug = f"bench-{number}"
    organization = factories.make_organization(slug, reports_enabled=True)
    with organization_scope(organization.pk):
        queues = [factories.make_queue(f"Queue {queue:02}") for queue in range(1, QUEUES + 1)]
        factories.make_work_stream(Channel.LIVE_CHAT, queue=queues[0])
        for supervisor in range(1, SUPERVISORS + 1):
            factories.make_member(f"supervisor{supervisor}@{slug}.example", Role.SUPERVISOR)
        agents = [factories.make_member(f"agent{agent}@{slug}.example", Role.REPRESENTATIVE) for agent in range(1, 6)]
        people = Representative.objects.bulk_create(
            Representative(
                name=f"Representative {person:03}",
                email=f"representative{person}@{slug}.example",
                # Some are members, so that a force close writes notices for them.
                membership=agents[person] if person < len(agents) else None,
                presence=Presence.AVAILABLE,
                total_units=1_000_000,
            )
            for person in range(REPRESENTATIVES)
        )
        QueueMember.objects.bulk_create(
            QueueMember(queue=queue, representative=person) for person in people for queue in queues[:5]
        )
        factories.make_reason()
        ApiKey.issue("Benchmark", key=f"key-of-{slug}", per_minute=10_000_000)


def describe(number: int) -> dict:
    organization = Organization.objects.get(slug=f"bench-{number}")
    with organization_scope(organization.pk):
        return {
            "id": organization.pk,
            "slug": organization.slug,
            "work_stream": WorkStream.objects.get().pk,
            "queues": list(Queue.objects.order_by("pk").values_list("pk", flat=True)),
            "representatives": list(Representative.objects.order_by("pk").values_list("pk", flat=True)),
            "supervisor": Membership.objects.get(user__email=f"supervisor1@{organization.slug}.example").pk,
            "second_supervisor": Membership.objects.get(user__email=f"supervisor2@{organization.slug}.example").pk,
            "reason": ForceCloseReason.objects.get().pk,
        }


def main() -> None:
    PBKDF2PasswordHasher.iterations = 1_000
    count = int(sys.argv[1])
    for number in range(1, count + 1):
        if not Organization.objects.filter(slug=f"bench-{number}").exists():
            configure(number)
    sys.stdout.write(json.dumps([describe(number) for number in range(1, count + 1)]))


if __name__ == "__main__":
    main()
