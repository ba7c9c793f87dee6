"""Makes rows for the journeys in a process of its own: Playwright's event loop and Django's ORM don't share one.

Reads one JSON command per line and answers each with one line.
"""

import json
import sys

import django

django.setup()

from django.contrib.auth.hashers import PBKDF2PasswordHasher  # noqa: E402 - Django must be set up before its models

from tests.journeys import rows  # noqa: E402

KNOWN = (
    rows.team,
    rows.alert_about,
    rows.conversations,
    rows.representatives,
    rows.offer,
    rows.reports,
    rows.colleague,
    rows.joint,
    rows.outsider,
    rows.session,
    rows.chat,
    rows.messages,
)
COMMANDS = {command.__name__: command for command in KNOWN}


def main() -> None:
    # Signing in upgrades the hash; dozens of people at full strength would take longer than their journeys.
    PBKDF2PasswordHasher.iterations = 1_000
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"result": COMMANDS[name](**arguments)}
        except Exception as error:  # noqa: BLE001 - the test that asked shows it
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
