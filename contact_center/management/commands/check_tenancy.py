"""Verifies in the live database that no organization can see another: exit status 1 when there is a hole."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from contact_center.tenancy.inspection import inspect, runs_as_the_owner, tenant_tables


class Command(BaseCommand):
    help = (
        "Check the walls between organizations as the runtime role: row security, grants, role attributes, keys, "
        "functions, and every reference between rows. Changes nothing. Exits with 1 when something is open."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        holes = 0
        if runs_as_the_owner():
            holes += self._say("The console runs as a role of its own", ["DATABASE_URL names the owner."])
        for title, found in inspect():
            holes += self._say(title, found)
        tables = len(tenant_tables())
        if holes:
            self.stderr.write(self.style.ERROR(f"{holes:,} found in {tables} tenant tables."))
            sys.exit(1)
        self.stdout.write(self.style.SUCCESS(f"All walls stand: {tables} tenant tables."))

    def _say(self, title: str, found: list[str]) -> int:
        self.stdout.write(f"{self.style.ERROR('open') if found else 'ok  '}  {title}")
        for sentence in found:
            self.stdout.write(f"      {sentence}")
        return len(found)
