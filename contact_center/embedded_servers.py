"""What the embedded servers' starts share: their refusal and how they read a log."""

START_SECONDS = 60


class ServersUnavailable(RuntimeError):
    """No PostgreSQL or no Redis can be had; the text is one sentence for the person at the terminal."""


def last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"
