"""Fills the two demo organizations with people, queues and conversations."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from contact_center.demo_data.cast import CASTS
from contact_center.demo_data.seeding import seed


class Command(BaseCommand):
    help = (
        "Makes the demo organizations harbor and summit with accounts (password demo-password), queues, work streams, "
        "API keys and conversations in every state. What is there already stays. Only where DEMO or DEBUG is set, "
        "because its passwords and keys are known to everybody."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--organization", choices=sorted(CASTS), action="append", help="Only this; may be repeated."
        )
        parser.add_argument("--without-conversations", action="store_true", help="People and settings only.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be made and change nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["organization"] or sorted(CASTS)
        if not (settings.DEMO or settings.DEBUG):
            raise CommandError("The demo's passwords are known to everybody; set DEMO=true where you want that.")
        if options["dry_run"]:
            for slug in slugs:
                self.stdout.write(f"Would make {CASTS[slug].name} ({slug}) unless it exists.")
            return
        began = time.monotonic()
        try:
            seed(slugs, report=self.stdout.write, with_conversations=not options["without_conversations"])
        except ValueError as reason:
            raise CommandError(str(reason)) from None
        self.stdout.write(f"Done in {time.monotonic() - began:.1f} s.")
