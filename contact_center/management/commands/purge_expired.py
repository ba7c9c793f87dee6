"""Deletes what organizations keep no longer, by the retention in their settings."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contact_center.tenancy.models import Organization
from conversations.retention import OWNER, overdue, purge, retention_of

PROGRESS_SECONDS = 5.0


class Command(BaseCommand):
    help = (
        "Deletes conversations that were closed longer ago than the organization's settings keep them, with all that "
        "was said and done in them, and what is as old and hangs on none: customers and records without any "
        "conversation left, alerts, sent e-mails, notifications past their 14 days. Organizations without retention "
        "keep everything. What went is audited by its number. Needs DATABASE_OWNER_URL. May be stopped and run again."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="Only this one; all active ones when left out.")
        parser.add_argument("--dry-run", action="store_true", help="Say how much would be deleted and delete nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        if OWNER not in settings.DATABASES:
            raise CommandError("It runs as the owner: set DATABASE_OWNER_URL.")
        organizations = Organization.objects.filter(is_active=True).order_by("slug")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no active organization {slug}.")
        for organization in organizations:
            self._one(organization, dry_run=options["dry_run"])

    def _one(self, organization: Organization, *, dry_run: bool) -> None:
        days, now = retention_of(organization), timezone.now()
        if not days:
            self.stdout.write(f"{organization.slug}: keeps everything.")
            return
        found = overdue(organization, days, now)
        if dry_run:
            self.stdout.write(f"{organization.slug}: {found:,} closed more than {days:,} days ago would be deleted.")
            return
        said, gone = time.monotonic(), 0
        for lot in purge(organization, days, now):
            gone += lot
            if time.monotonic() - said >= PROGRESS_SECONDS:
                said = time.monotonic()
                self.stdout.write(f"{organization.slug}: {gone:,} of {found:,} deleted.")
        self.stdout.write(f"{organization.slug}: {gone:,} conversations deleted, kept for {days:,} days.")
