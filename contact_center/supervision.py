"""Starts processes in groups of their own, watches them and ends every one of them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

POLL_SECONDS = 0.1
GRACE_SECONDS = 10
SHOWN_LINES = 15


class ChildFailed(Exception):
    """A process ended that should not have; the text names it and shows its last lines."""


class Ending(Exception):
    """Somebody asked for the end: Ctrl-C, SIGTERM, or the terminal went away."""


@dataclass(frozen=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def failure(self) -> ChildFailed:
        lines = self.log.read_text(errors="replace").splitlines()[-SHOWN_LINES:]
        said = "\n".join(f"  {line}" for line in lines)
        return ChildFailed(
            f"{self.name} ended with status {self.process.returncode}. Its last lines ({self.log}):\n{said}"
        )


class _Lines:
    """The whole lines of a growing file, each once."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._begun = file, ""

    def new(self) -> list[str]:
        *whole, self._begun = (self._begun + self._file.read()).split("\n")
        return whole


class Supervisor:
    """Children by name. Nothing is restarted: when one dies, its last lines are shown and all end."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._children: list[Child] = []
        self._ending = False
        logs.mkdir(parents=True, exist_ok=True)

    def heed_signals(self) -> None:
        # Only a flag: an exception out of a handler could strike between a start and its entry in the list.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._note_signal)

    def _note_signal(self, *_: object) -> None:
        self._ending = True

    def check(self) -> None:
        """Raise when the end was asked for or a lasting child is gone."""
        if self._ending:
            raise Ending
        for child in self._children:
            if child.process.poll() is not None:
                raise child.failure()

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """Start a process that is to run until the end."""
        self.check()
        self._children.append(self._spawn(name, command, environment))

    def run(
        self,
        name: str,
        command: Sequence[str],
        environment: Mapping[str, str],
        *,
        said: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Run a process to its end and insist on success; `said` is called with each line it has written."""
        self.check()
        child = self._spawn(name, command, environment)
        with child.log.open(encoding="utf-8", errors="replace") as log:
            lines = _Lines(log)
            while child.process.poll() is None:
                if self._ending:
                    _end_groups([child])
                    raise Ending
                for line in lines.new():
                    said(line)
                time.sleep(POLL_SECONDS)
            for line in lines.new():
                said(line)
        if child.process.returncode != 0:
            raise child.failure()

    def wait_until(self, is_so: Callable[[], bool], *, seconds: float) -> bool:
        """Watch over the children until the condition holds; False when time is up."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            if is_so():
                return True
            time.sleep(POLL_SECONDS)
        return False

    def watch(self) -> None:
        """Stay until one of the ends; leaves by an exception only."""
        while True:
            self.check()
            time.sleep(POLL_SECONDS)

    def stop(self) -> None:
        """End every child and everything it started, the last started first."""
        _end_groups(list(reversed(self._children)))
        self._children.clear()

    def _spawn(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> Child:
        log = self._logs / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment),
                # Its own group: Ctrl-C reaches it through us, in order, and its children end with it.
                start_new_session=True,
            )
        return Child(name, process, log)


def _end_groups(children: list[Child]) -> None:
    for child in children:
        _signal_group(child, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while time.monotonic() < deadline and any(_group_lives(child) for child in children):
        time.sleep(POLL_SECONDS)
    for child in children:
        if _group_lives(child):
            _signal_group(child, signal.SIGKILL)
        child.process.wait()


def _signal_group(child: Child, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process.pid, number)


def _group_lives(child: Child) -> bool:
    child.process.poll()
    try:
        os.killpg(child.process.pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        # macOS answers so for a group of which only zombies are left.
        return False
    return True
