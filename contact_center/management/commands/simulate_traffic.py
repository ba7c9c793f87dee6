"""Keeps the demo's floor alive through the HTTP API until it is told to end."""

import random
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contact_center.demo_data.cast import CASTS
from contact_center.demo_data.client import Client, NotThere
from contact_center.demo_data.traffic import Simulation

RETRY_SECONDS = 2.0
PROGRESS_EVENTS = 100


class Command(BaseCommand):
    help = (
        "Sends customers and representatives of the demo through the HTTP API: new conversations, messages, ends, at "
        "--rate events a second in all. Waits for a server that isn't there and ends on SIGTERM or Ctrl-C."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--url", default="http://127.0.0.1:8000")
        parser.add_argument(
            "--organization", choices=sorted(CASTS), action="append", help="May be repeated; both when left out."
        )
        parser.add_argument("--rate", type=float, default=0.5, help="Events a second, all organizations together.")
        parser.add_argument("--events", type=int, help="End after so many.")
        parser.add_argument("--seed", type=int, help="Same number, same choices.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be sent where, and send nothing.")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = options["organization"] or sorted(CASTS)
        if options["rate"] <= 0:
            raise CommandError("--rate must be more than 0.")
        if options["dry_run"]:
            self.stdout.write(
                f"Would send {options['rate']} events a second to {options['url']} for {', '.join(slugs)}."
            )
            return
        self._ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._ended.set())
        source = random.Random(options["seed"])
        try:
            simulations = [Simulation(slug, Client(options["url"], f"demo-key-{slug}"), source) for slug in slugs]
        except ValueError as reason:
            raise CommandError(str(reason)) from None
        try:
            self._run(simulations, source, options["rate"], options["events"])
        finally:
            for simulation in simulations:
                simulation.client.close()
        for simulation in simulations:
            self.stdout.write(f"{simulation.slug}: {simulation.tally}.")

    def _run(self, simulations: list[Simulation], source: random.Random, rate: float, events: int | None) -> None:
        done, waiting = 0, False
        while not self._ended.is_set() and (events is None or done < events):
            try:
                source.choice(simulations).step()
            except NotThere as error:
                if not waiting:
                    self.stdout.write(f"Waiting for the console ({error}) …")
                    waiting = True
                self._ended.wait(RETRY_SECONDS)
                continue
            waiting = False
            done += 1
            if done % PROGRESS_EVENTS == 0:
                self.stdout.write("; ".join(f"{one.slug}: {one.tally}" for one in simulations))
                self.stdout.flush()
            # Believable arrivals come in clusters and gaps.
            self._ended.wait(min(source.expovariate(rate), 4 / rate))
