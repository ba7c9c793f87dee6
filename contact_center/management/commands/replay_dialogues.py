"""Plays a file of dialogues against the HTTP API and reports what it made."""

import time
from argparse import ArgumentParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact_center.demo_data.client import Answer, Client, NotThere
from conversations.replay import BadLine, Dialogue, following, opening, read_dialogues, representative_for

PROGRESS_SECONDS = 5.0


@dataclass(slots=True)
class Tally:
    opened: int = 0
    found: int = 0
    messages: int = 0
    repeated: int = 0
    ended: int = 0
    refused: list[BadLine] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.opened} conversations opened, {self.found} found again; {self.messages} messages stored, "
            f"{self.repeated} found again; {self.ended} ended; {len(self.refused)} lines refused."
        )


class Command(BaseCommand):
    help = (
        "Plays dialogues (one JSON object a line: id, turns with from and text) through the HTTP API: opens a "
        "conversation for each, sends its messages in order and ends it. A second run finds everything again and makes "
        "nothing twice. Exit status 1 when a line was refused."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, help="Short name, for example harbor.")
        parser.add_argument("--rate", type=float, default=10.0, help="Messages a second; 0 is as fast as it goes.")
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument("--key", help="API key; the demo's when left out.")
        parser.add_argument("--work-stream", default="live-chat")
        parser.add_argument(
            "--representative",
            action="append",
            help="E-mail of one who answers; may be repeated. The demo's when left out.",
        )
        parser.add_argument("--limit", type=int, help="At most so many dialogues.")
        parser.add_argument("--keep-open", action="store_true", help="Don't end the conversations.")
        parser.add_argument("--dry-run", action="store_true", help="Check the file and send nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        dialogues, bad = self._read(options["file"], options["limit"])
        tally = Tally(refused=bad)
        if options["dry_run"]:
            turns = sum(len(dialogue.turns) for dialogue in dialogues)
            self.stdout.write(f"{len(dialogues)} dialogues with {turns} messages would be played.")
        else:
            self._play(dialogues, tally, options)
            self.stdout.write(str(tally))
        for line in sorted(tally.refused, key=lambda line: line.line):
            self.stderr.write(f"line {line.line}: {line.reason}")
        if tally.refused:
            raise CommandError(f"{len(tally.refused)} lines were refused.")

    def _read(self, path: Path, limit: int | None) -> tuple[list[Dialogue], list[BadLine]]:
        dialogues: list[Dialogue] = []
        bad: list[BadLine] = []
        try:
            with path.open(encoding="utf-8") as lines:
                for found in read_dialogues(lines):
                    if isinstance(found, BadLine):
                        bad.append(found)
                    elif limit is None or len(dialogues) < limit:
                        dialogues.append(found)
                    else:
                        break
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} can't be read: {error}") from None
        return dialogues, bad

    def _play(self, dialogues: list[Dialogue], tally: Tally, options: dict[str, Any]) -> None:
        slug = options["organization"]
        emails = options["representative"] or [f"rep{number}@{slug}.example" for number in range(1, 9)]
        try:
            client = Client(options["url"], options["key"] or f"demo-key-{slug}")
        except ValueError as reason:
            raise CommandError(str(reason)) from None
        try:
            self._play_all(client, dialogues, emails, tally, options)
        except NotThere as error:
            raise CommandError(f"{options['url']} does not answer ({error}). {tally}") from None
        finally:
            client.close()

    def _play_all(
        self, client: Client, dialogues: list[Dialogue], emails: list[str], tally: Tally, options: dict[str, Any]
    ) -> None:
        pace, said = Pace(options["rate"]), time.monotonic()
        for number, dialogue in enumerate(dialogues):
            problem = self._one(client, dialogue, representative_for(number, emails), tally, pace, options)
            if problem is not None:
                if problem.status == 401:
                    raise CommandError(problem.reason)
                tally.refused.append(BadLine(dialogue.line, problem.reason))
            if time.monotonic() - said > PROGRESS_SECONDS:
                said = time.monotonic()
                self.stdout.write(f"{number + 1} of {len(dialogues)} dialogues …")
                self.stdout.flush()

    def _one(
        self,
        client: Client,
        dialogue: Dialogue,
        representative: str,
        tally: Tally,
        pace: "Pace",
        options: dict[str, Any],
    ) -> Answer | None:
        """Play one dialogue; the answer that refused it, if one did."""
        pace.wait(1)
        answer = client.patiently("POST", "/conversations", opening(dialogue, options["work_stream"]), attempts=10)
        if not answer.ok:
            return answer
        self._count(tally, answer)
        conversation = answer.body["id"]
        for item in following(dialogue, conversation, representative):
            pace.wait(1)
            body = {name: value for name, value in item.items() if name != "conversation"}
            answer = client.patiently("POST", f"/conversations/{conversation}/messages", body, attempts=10)
            if not answer.ok:
                return answer
            tally.messages += answer.status == 201
            tally.repeated += answer.status == 200
        return None if options["keep_open"] else self._end(client, conversation, tally)

    @staticmethod
    def _count(tally: Tally, answer: Answer) -> None:
        fresh = answer.status == 201
        tally.opened += fresh
        tally.found += not fresh
        tally.messages += fresh
        tally.repeated += not fresh

    @staticmethod
    def _end(client: Client, conversation: int, tally: Tally) -> Answer | None:
        answer = client.patiently("POST", f"/conversations/{conversation}/end", {"by": "representative"}, attempts=10)
        tally.ended += answer.ok
        return None if answer.ok else answer


class Pace:
    """Lets through so many a second, evenly."""

    def __init__(self, rate: float) -> None:
        self._step = 1.0 / rate if rate > 0 else 0.0
        self._next = time.monotonic()

    def wait(self, number: int) -> None:
        delay = self._next - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        self._next = max(self._next, time.monotonic() - 1.0) + self._step * number
