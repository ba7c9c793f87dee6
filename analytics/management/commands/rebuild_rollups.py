"""Counts the roll-ups of past periods anew."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date

from analytics import rollups
from analytics.scope import Period
from contact_center.tenancy.models import Organization
from contact_center.tenancy.scope import organization_scope
from conversations.retention import purged_before


class Command(BaseCommand):
    help = (
        "Counts the roll-ups anew from the stays of conversations in queues, a day in one transaction. What was "
        "counted right stays as it is, and so does what purge_expired has deleted since: it can't be counted again. "
        "Exit status: 0 when done; with --dry-run 1 when something would change."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", action="append", help="Its slug; may be repeated. All of them otherwise.")
        parser.add_argument("--since", type=_day, help="First day, as 2026-03-01 (UTC). The first there is otherwise.")
        parser.add_argument("--until", type=_day, help="Day to stop before. What is over by now otherwise.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would change, and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        dry_run, changed = options["dry_run"], 0
        for organization in _organizations(options["organization"]):
            changed += self._rebuild(organization, options["since"], options["until"], dry_run=dry_run)
        self.stdout.write(f"{changed:,} rows {'would change' if dry_run else 'changed'}.")
        if dry_run and changed:
            raise SystemExit(1)

    def _rebuild(
        self, organization: Organization, since: datetime | None, until: datetime | None, *, dry_run: bool
    ) -> int:
        changed = 0
        with organization_scope(organization.pk):
            first, purged = since or rollups.first_moment(), purged_before()
        over = rollups.bucket_of(timezone.now() - rollups.SETTLED_AFTER)
        if first is None:
            self.stdout.write(f"{organization.slug}: nothing to count.")
            return 0
        if purged and first < purged:
            first = rollups.bucket_of(purged + rollups.BUCKET)
            said = f"{first:%Y-%m-%d %H:%M}: conversations closed before have been deleted. Their figures stay."
            self.stdout.write(f"{organization.slug} from {said}")
        for period in rollups.stretches(Period(first, min(until or over, over))):
            with organization_scope(organization.pk):
                found = rollups.differences(period)
                if found and not dry_run:
                    rollups.replace(period)
            changed += found
            self.stdout.write(f"{organization.slug} {period.since:%Y-%m-%d %H:%M}: {found:,} rows differ.")
        return changed


def _organizations(slugs: list[str] | None) -> list[Organization]:
    found = list(Organization.objects.filter(slug__in=slugs) if slugs else Organization.objects.order_by("slug"))
    if missing := sorted(set(slugs or ()) - {organization.slug for organization in found}):
        raise CommandError(f"There is no organization called {', '.join(missing)}.")
    return found


def _day(text: str) -> datetime:
    day = parse_date(text)
    if day is None:
        raise CommandError(f"“{text}” isn’t a day; write it as 2026-03-01.")
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
