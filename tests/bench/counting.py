"""Counts the roll-ups of the organizations named, in a process of its own; prints seconds, days and rows of each."""

import json
import sys
import time

import django

django.setup()

from django.utils import timezone  # noqa: E402 - Django must be set up before its models

from analytics import rollups, samples  # noqa: E402
from analytics.models import Rollup  # noqa: E402
from contact_center.tenancy.models import Organization  # noqa: E402
from contact_center.tenancy.scope import organization_scope  # noqa: E402


def count(slug: str) -> dict:
    organization = Organization.objects.get(slug=slug)
    begun, days, more = time.monotonic(), 0, True
    while more:
        with organization_scope(organization.pk):
            more = rollups.fill(timezone.now())
            days += 1
    with organization_scope(organization.pk):
        seconds = time.monotonic() - begun
        begun = time.monotonic()
        samples.take(timezone.now())
        sampling = time.monotonic() - begun
        return {"seconds": seconds, "days": days, "rows": Rollup.objects.count(), "sampling": sampling}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({slug: count(slug) for slug in sys.argv[1:]}))
