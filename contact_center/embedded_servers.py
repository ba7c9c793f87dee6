"""What the embedded servers' starts share: their refusal, reading a log, telling whether a process lives."""

import os
from pathlib import Path

START_SECONDS = 60


class ServersUnavailable(RuntimeError):
    """No PostgreSQL or no Redis can be had; the text is one sentence for the person at the terminal."""


def last_line(text: str) -> str:
    """The line that tells why: the last fatal one, or else the last."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line]
    return (fatal or lines or ["no message"])[-1]


def process_lives(pid: int) -> bool:
    """A zombie doesn't: in a container whose first process reaps nobody, the dead stay in the list."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        # The state follows the command's name, which is in brackets and may hold anything.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True
