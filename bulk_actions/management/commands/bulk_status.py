"""Shows the runs that haven't ended, for operators; the exit status says whether one of them is stuck."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from bulk_actions.limits import STUCK_AFTER
from bulk_actions.models import BulkAction
from bulk_actions.states import UNFINISHED
from contact_center.tenancy.models import Organization
from contact_center.tenancy.scope import organization_scope
from contact_center.web.templatetags.console import duration


class Command(BaseCommand):
    help = (
        "List the unfinished runs of each organization. "
        f"Exit status 1 when one made no progress for {STUCK_AFTER.seconds} seconds: is a worker running?"
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.filter(is_active=True).order_by("slug")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no active organization {slug!r}.")
        shown = [self._show(organization) for organization in organizations]
        if not sum(len(runs) for runs in shown):
            self.stdout.write("No unfinished runs.")
        if any(stuck for runs in shown for stuck in runs):
            sys.exit(1)

    def _show(self, organization: Organization) -> list[bool]:
        """One line for each run; for each, whether it is stuck."""
        stuck = []
        with organization_scope(organization.pk):
            for run in BulkAction.objects.filter(status__in=UNFINISHED).order_by("started_at", "pk"):
                still = timezone.now() - run.moved_at
                # Without a call for a worker it waits for a representative's answer.
                stuck.append(still > STUCK_AFTER and run.enqueued_at is not None)
                done = run.succeeded + run.skipped + run.failed
                self.stdout.write(
                    f"{organization.slug}  run {run.pk}  {run.get_status_display().lower()}  {done} of {run.total}  "
                    f"last progress {duration(still)} ago{'  STUCK' if stuck[-1] else ''}  {run.title}"
                )
        return stuck
