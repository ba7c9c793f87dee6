"""Routes the records of a file: cases, e-mails and activities, each once, with a report of refused lines."""

import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from contact_center.management.organizations import Impossible, find_organization
from contact_center.tenancy.access import Actor, system_actor
from contact_center.tenancy.scope import organization_scope
from conversations import intake
from conversations.api.records import record_parcel
from conversations.record_files import BadLine, Found, RecordLine, UnreadableFile, read_records

# Records of one transaction.
BATCH = 500
PROGRESS_SECONDS = 5.0


@dataclass(slots=True)
class Tally:
    opened: int = 0
    found: int = 0
    refused: list[BadLine] = field(default_factory=list)

    def told(self, *, dry_run: bool) -> str:
        opened = "would be opened" if dry_run else "opened"
        return (
            f"{counted(self.opened, 'conversation')} {opened}, {self.found:,} found again, "
            f"{counted(len(self.refused), 'line')} refused."
        )


class Command(BaseCommand):
    help = (
        "Opens a conversation for each record of a file, as POST /api/v1/records does. CSV needs a header with "
        "external_id, record_type (case, email, activity) and title; case_number, regarding, queue (name or id), "
        "work_stream (short name), priority and customer_external_id, customer_name, customer_email are optional, but "
        "a queue or a work stream is needed. JSON lines carry the API's body, one object a line. A second run finds "
        "everything again and opens nothing twice. Exit status 1 when a line was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="SLUG", help="Short name, for example harbor.")
        parser.add_argument("--format", choices=["csv", "jsonl"], help="By the file's name when left out.")
        parser.add_argument("--dry-run", action="store_true", help="Check every line and store nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        path, dry_run = options["file"], options["dry_run"]
        try:
            organization = find_organization(options["organization"])
        except Impossible as reason:
            raise CommandError(str(reason)) from None
        actor = system_actor(organization, "manage.py import_records")
        tally = Tally()
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                self._take(read_records(file, options["format"] or format_of(path)), actor, tally, dry_run=dry_run)
        except (OSError, UnicodeDecodeError, UnreadableFile) as error:
            raise CommandError(f"{path} can't be read: {error} {tally.told(dry_run=dry_run)}") from None
        finally:
            for bad in sorted(tally.refused, key=lambda bad: bad.line):
                self.stderr.write(f"line {bad.line}: {bad.reason}")
        self.stdout.write(tally.told(dry_run=dry_run))
        if tally.refused:
            raise CommandError(f"{counted(len(tally.refused), 'line')} refused.")

    def _take(self, lines: Iterator[Found], actor: Actor, tally: Tally, *, dry_run: bool) -> None:
        said, done = time.monotonic(), 0
        while batch := list(islice(lines, BATCH)):
            good = [line for line in batch if isinstance(line, RecordLine)]
            tally.refused += [line for line in batch if isinstance(line, BadLine)]
            for line, receipt in zip(good, received(good, actor, dry_run=dry_run), strict=True):
                if receipt.error is not None:
                    tally.refused.append(BadLine(line.line, receipt.error.sentence))
                tally.opened += receipt.created
                tally.found += receipt.conversation is not None and not receipt.created
            done += len(batch)
            if time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                self.stdout.write(f"{counted(done, 'record')} …")
                self.stdout.flush()


def received(lines: Sequence[RecordLine], actor: Actor, *, dry_run: bool) -> list[intake.Receipt]:
    """One transaction: all of them, or the command ends."""
    parcels = [record_parcel(line.record) for line in lines]
    with organization_scope(actor.organization_id):
        if dry_run:
            return intake.look_at_records(parcels)
        return intake.receive_records(parcels, actor=actor, now=timezone.now())


def format_of(path: Path) -> str:
    """Raises CommandError for a name that doesn't say."""
    if path.suffix.lower() == ".csv":
        return "csv"
    if path.suffix.lower() in (".jsonl", ".ndjson", ".json"):
        return "jsonl"
    raise CommandError(f"{path.name} could be anything; say --format csv or --format jsonl.")


def counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
